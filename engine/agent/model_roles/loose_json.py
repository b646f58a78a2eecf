"""JSON as language models write it when nothing makes them write it properly."""

from __future__ import annotations

import ast
import json
import re

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})
_TRAILING_COMMA = re.compile(r",(\s*[\]}])")
_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_CLOSERS = {"{": "}", "[": "]"}


def loose_value(text: str) -> object | None:
    """Return the first object or list in a text, or a call written like a function's as an object; None without one.

    Single quotes, trailing commas, typographic quotes, missing closing brackets and Python's constants are understood.
    """
    stripped = text.strip()
    start = next((index for index, letter in enumerate(stripped) if letter in "{["), None)
    called = _CALL.search(stripped)
    if called and (start is None or called.start() < start):
        value = _function_call(stripped[called.start() :], called.group(1))
        if value is not None:
            return value
    if start is None:
        return None
    body = stripped[start:]
    for candidate in (body, _TRAILING_COMMA.sub(r"\1", body), body.translate(_QUOTES)):
        value = _json(candidate)
        if value is not None:
            return value
    repaired = _closed(body.translate(_QUOTES))
    for candidate in (repaired, _TRAILING_COMMA.sub(r"\1", repaired)):
        value = _json(candidate)
        if value is None:
            value = _literal(candidate)
        if value is not None:
            return value
    return None


def _json(text: str) -> object | None:
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _literal(text: str) -> object | None:
    named = re.sub(r"\b(true|false|null)\b", lambda word: {"t": "True", "f": "False", "n": "None"}[word[0][0]], text)
    for candidate in (text, named):
        try:
            value: object = ast.literal_eval(candidate)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
        if isinstance(value, dict | list):
            return value
    return None


def _closed(text: str) -> str:
    """Return the first bracketed value of a text up to its end, with the brackets and the quote that it lacks."""
    open_brackets: list[str] = []
    quote = ""
    escaped = False
    for index, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quote:
            escaped = letter == "\\"
            quote = "" if letter == quote and _ends_string(text, index) else quote
        elif letter in "\"'":
            quote = letter
        elif letter in _CLOSERS:
            open_brackets.append(_CLOSERS[letter])
        elif letter in "}]" and open_brackets:
            if letter in open_brackets:
                missing = "".join(_popped_until(open_brackets, letter))
                if missing:
                    return _closed(text[:index] + missing + text[index:])
            if not open_brackets:
                return text[: index + 1]
    return text.rstrip().rstrip(",") + quote + "".join(reversed(open_brackets))


def _popped_until(open_brackets: list[str], letter: str) -> list[str]:
    """Take brackets off the end until the given one was taken; return those that stood before it."""
    missing = []
    while (closer := open_brackets.pop()) != letter:
        missing.append(closer)
    return missing


def _ends_string(text: str, index: int) -> bool:
    """Whether a quotation mark ends a string rather than being an apostrophe in it."""
    rest = text[index + 1 :].lstrip()
    return text[index] == '"' or not rest or rest[0] in ",:]}"


def _function_call(text: str, name: str) -> object | None:
    """Return ``name(key=value)`` as an object with a name and arguments."""
    for end in (index + 1 for index, letter in enumerate(text) if letter == ")"):
        try:
            node = ast.parse(text[:end].strip(), mode="eval").body
            if isinstance(node, ast.Call):
                arguments = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
                plain = [ast.literal_eval(value) for value in node.args]
                return {"name": name, "arguments": arguments or (plain[0] if len(plain) == 1 else plain)}
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None
