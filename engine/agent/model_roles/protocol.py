"""A reply of the policy, understood: a search, pages to open, an answer, or what is wrong with it.

Lenient in form, because not every engine enforces a grammar; strict in what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.agent.model_roles.loose_json import loose_calls, loose_value, loose_values
from engine.agent.model_roles.profiles.frame import Profile

_MAX_REPLY = 40_000
"""Characters that are looked at."""
_MAX_QUERY = 400
_MAX_ANSWER = 4_000
_MAX_PLAIN_ANSWER = 1_000
"""Characters of an answer that stands there just so: more than that is thinking aloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCall:
    """The model wants to search."""

    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseCall:
    """The model wants pages to be read, named as they were shown to it, or otherwise."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The model has an answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """The reply was not understood."""

    problem: str
    """For the model: what to do better."""


Step = SearchCall | BrowseCall | Answer | Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a reply says."""

    thought: str
    step: Step


_THINK = re.compile(r"</?think(?:ing)?>", re.IGNORECASE)
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_CALL_BEGINS = re.compile(r"<(?:tool_call|tool-call|toolcall|function_call|tool_calls|\|tool_call\|)>", re.IGNORECASE)
_CALL_ENDS = re.compile(r"</(?:tool_call|tool-call|toolcall|function_call|tool_calls|\|tool_call\|)>", re.IGNORECASE)
_ANSWER_BEGINS = re.compile(r"<(?:final_)?answer>", re.IGNORECASE)
_ANSWER_ENDS = re.compile(r"</(?:final_)?answer>", re.IGNORECASE)
_ANSWER_WORD = re.compile(r"^(?:the )?(?:final )?answer(?: is)?\s*:\s*", re.IGNORECASE)
_XML_CALL = re.compile(r"<function=([\w.-]+)>(.*?)(?:</function>|\Z)", re.DOTALL)
_XML_PARAMETER = re.compile(r"<parameter=([\w.-]+)>(.*?)(?=</parameter>|<parameter=|\Z)", re.DOTALL)

_MARK = re.compile(
    "|".join(one.pattern for one in (_CALL_BEGINS, _ANSWER_BEGINS, _XML_CALL)), re.IGNORECASE | re.DOTALL
)

_NAME_KEYS = ("name", "tool", "tool_name", "function", "action")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "action_input", "arguments_json", "params")
_SEARCH_NAMES = frozenset({"search", "websearch", "googlesearch", "searchweb", "google", "librarysearch"})
_BROWSE_NAMES = frozenset(
    {"browse", "browsewebpage", "browsepage", "visit", "visitpage", "open", "openpage", "openurl", "read", "readpage"}
    | {"fetch", "webbrowse", "browseweb", "browser", "readwebpage", "visitwebpage", "openwebpage"}
)
_ANSWER_NAMES = frozenset({"answer", "finalanswer", "finish", "submit", "giveanswer", "submitanswer"})
_QUERY_KEYS = ("query", "queries", "q", "search_query", "search_queries", "keywords", "querylist", "query_list")
_ADDRESS_KEYS = ("url_list", "urls", "url", "urllist", "links", "link", "address", "addresses", "pages", "page", "href")
_ANSWER_KEYS = ("answer", "text", "final_answer", "response", "result", "value", "content")


def understood(reply: str, *, profile: Profile) -> Understood:
    """Return what a reply says, however it is written."""
    text = reply[:_MAX_REPLY]
    closing = _THOUGHT_ENDS.search(text)
    after = closing.end() if closing else 0
    mark = _MARK.search(text, after) or _MARK.search(text)
    if mark is not None:
        thought = text[: mark.start()] if mark.start() >= after else text[:after]
        return Understood(thought=_plain(thought), step=_marked_step(text[mark.start() :], profile))
    step = _unmarked_step(_THINK.sub("", text[after:]).strip(), profile)
    return Understood(thought=_plain(text[:after] if closing else text), step=step)


def _plain(thought: str) -> str:
    return _THINK.sub("", thought).strip()


def _marked_step(body: str, profile: Profile) -> Step:
    if begun := _ANSWER_BEGINS.match(body):
        return _answer(_ANSWER_ENDS.split(body[begun.end() :], maxsplit=1)[0])
    inner = _CALL_ENDS.split(_CALL_BEGINS.sub("", body, count=1), maxsplit=1)[0]
    if xml := _XML_CALL.search(inner):
        arguments = {name: _xml_value(value) for name, value in _XML_PARAMETER.findall(xml.group(2))}
        return _call(xml.group(1), arguments, profile)
    return _call_in(inner, profile) or Malformed(problem="The tool call is not valid JSON.")


def _xml_value(value: str) -> object:
    value = value.strip()
    return loose_value(value) or value if value[:1] in ("[", "{") else value


def _unmarked_step(body: str, profile: Profile) -> Step:
    """Understand a reply without a tag: a call in a code fence or on its own, or, where that is allowed, an answer."""
    step = _call_in(body, profile)
    if step is not None and not (isinstance(step, Malformed) and profile.plain_answers):
        return step
    if profile.plain_answers and body:
        if len(body) > _MAX_PLAIN_ANSWER:
            return Malformed(problem="The reply is long and calls no tool.")
        return _answer(_ANSWER_WORD.sub("", body))
    if not body:
        return Malformed(problem="The reply ended before a tool call or an answer.")
    return Malformed(problem="The reply has no tool call and no answer.")


def _call_in(text: str, profile: Profile) -> Step | None:
    """Return the first call in a text, or None where there is none."""
    wrong: Step | None = None
    for value in loose_values(text):
        for item in value if isinstance(value, list) else (value,):
            if not isinstance(item, Mapping):
                continue
            step = _call_of(item, profile)
            if not isinstance(step, Malformed):
                return step
            wrong = wrong or step
    for name, arguments in loose_calls(text):
        if _kind(name, profile) is not None:
            return _call(name, arguments, profile)
    return wrong


def _call_of(value: Mapping[object, object], profile: Profile) -> Step:
    name: object = next((value[key] for key in _NAME_KEYS if value.get(key)), "")
    inner = value
    if isinstance(name, Mapping):
        inner = name
        name = inner.get("name", "")
    arguments: object = next((inner[key] for key in _ARGUMENT_KEYS if key in inner), None)
    if isinstance(arguments, str):
        loose = loose_value(arguments)
        arguments = loose if loose is not None else arguments
    if arguments is None:
        arguments = {key: item for key, item in inner.items() if key not in _NAME_KEYS}
    return _call(str(name), arguments, profile)


def _call(name: str, arguments: object, profile: Profile) -> Step:
    keyed = {str(key).casefold(): item for key, item in arguments.items()} if isinstance(arguments, Mapping) else {}
    kind = _kind(name, profile) or (_kind_by_keys(keyed, profile) if not name else None)
    match kind:
        case "search":
            queries = _texts(_value(keyed, (profile.queries_key, *_QUERY_KEYS), arguments), keys=_QUERY_KEYS)
            queries = tuple(query[:_MAX_QUERY] for query in queries)
            if queries:
                return SearchCall(queries=queries)
            return Malformed(problem=f'{profile.search_tool} needs "{profile.queries_key}": a list of queries.')
        case "browse":
            names = _texts(_value(keyed, (profile.addresses_key, *_ADDRESS_KEYS), arguments), keys=_ADDRESS_KEYS)
            if names:
                return BrowseCall(names=names)
            return Malformed(problem=f'{profile.browse_tool} needs "{profile.addresses_key}": a list of urls.')
        case "answer":
            answers = _texts(_value(keyed, (profile.answer_key, *_ANSWER_KEYS), arguments), keys=_ANSWER_KEYS)
            return _answer(" ".join(answers))
        case _:
            tools = " and ".join(tool.name for tool in profile.tools)
            told = f"There is no tool {_cleaned(name)[:40]!r}." if name else "The tool call names no tool."
            return Malformed(problem=f"{told} The tools are {tools}.")


def _kind(name: str, profile: Profile) -> str | None:
    folded = _folded(name.rpartition(".")[2] or name)
    if folded in _SEARCH_NAMES or folded == _folded(profile.search_tool):
        return "search"
    if folded in _BROWSE_NAMES or folded == _folded(profile.browse_tool):
        return "browse"
    if folded in _ANSWER_NAMES or (profile.answer_tool and folded == _folded(profile.answer_tool)):
        return "answer"
    return None


def _kind_by_keys(keyed: Mapping[str, object], profile: Profile) -> str | None:
    if any(key in keyed for key in (profile.queries_key, *_QUERY_KEYS)):
        return "search"
    if any(key in keyed for key in (profile.addresses_key, *_ADDRESS_KEYS)):
        return "browse"
    return None


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _value(keyed: Mapping[str, object], keys: tuple[str, ...], arguments: object) -> object:
    if not isinstance(arguments, Mapping):
        return arguments
    found = next((keyed[key.casefold()] for key in keys if key and key.casefold() in keyed), None)
    if found is None and len(keyed) == 1:
        found = next(iter(keyed.values()))
    return found


def _texts(value: object, *, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts in a value of any shape, each once, in order."""
    if isinstance(value, str):
        inner = loose_value(value) if value.strip()[:1] == "[" else None
        if isinstance(inner, list):
            return _texts(inner, keys=keys)
        cleaned = _cleaned(value)
        return (cleaned,) if cleaned else ()
    if isinstance(value, bool) or value is None:
        return ()
    if isinstance(value, int | float):
        return (str(value),)
    if isinstance(value, Mapping):
        found = next((value[key] for key in keys if key in value), None)
        return _texts(found, keys=keys) if isinstance(found, str) else ()
    if isinstance(value, list | tuple):
        texts = [
            text for item in value if isinstance(item, str | int | float | Mapping) for text in _texts(item, keys=keys)
        ]
        return tuple(dict.fromkeys(texts))
    return ()


def _cleaned(text: str) -> str:
    """Return a text on one line and without what cannot be stored or shown."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _answer(text: str) -> Step:
    answer = "\n".join(line for part in text.strip().splitlines() if (line := _cleaned(part)))
    if not answer:
        return Malformed(problem="The answer is empty.")
    return Answer(text=answer[:_MAX_ANSWER])
