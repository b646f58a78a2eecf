"""Whether a text is in another language than it should be, by its script and its little words, and languages' names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from engine.citations.checking.languages import language_of
from engine.citations.checking.quotations import quotations_of

_LEAST_LETTERS = 12
_MAIN_SHARE = 0.6
"""Of the letters of a text, from which a script is its own."""
_TELLING = 2
"""Of the sentences of a text whose language can be told, one in so many and more have to be in the other language."""
_MOST_CHARACTERS = 8_000
_STRANGE = 0.02
"""Of the letters of a text, that may be of names from elsewhere."""
_SENTENCE = re.compile(r"[^.!?。！？\n]+")
_UNSPACED = frozenset(("CJK", "HIRAGANA", "KATAKANA"))
_LETTERS = {
    "de": "äöüß",
    "en": "éïö",
    "es": "áéíñóúü",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "it": "àèéìíîòóùú",
    "nl": "áéèëïóöü",
    "pt": "ãáàâçéêíõóôúü",
}
"""Of the languages whose little words are known, besides those from a to z."""
_NAMES = (
    "ar Arabic bg Bulgarian bn Bengali ca Catalan cs Czech da Danish de German el Greek en English es Spanish "
    "et Estonian fa Persian fi Finnish fr French he Hebrew hi Hindi hr Croatian hu Hungarian id Indonesian it Italian "
    "ja Japanese ko Korean lt Lithuanian lv Latvian nb Norwegian nl Dutch no Norwegian pl Polish pt Portuguese "
    "ro Romanian ru Russian sk Slovak sl Slovenian sr Serbian sv Swedish ta Tamil th Thai tr Turkish uk Ukrainian "
    "ur Urdu vi Vietnamese zh Chinese"
).split()
_SCRIPTS = (
    "ar ARABIC fa ARABIC ur ARABIC bg CYRILLIC ru CYRILLIC sr CYRILLIC uk CYRILLIC bn BENGALI el GREEK he HEBREW "
    "hi DEVANAGARI ja CJK zh CJK ko HANGUL ta TAMIL th THAI"
).split()


def is_other_language(text: str, wanted: str) -> bool:
    """Whether a text is clearly in another language than words that say in which it should be; in doubt it is not."""
    mine, theirs = _main_script(text), _main_script(wanted)
    if mine and theirs and mine != theirs:
        return True
    asked = text_language(wanted)
    return bool(asked) and _is_in_another(text, asked)


def is_not_in(text: str, code: str) -> bool:
    """Whether a text is clearly not in the language of two letters of ISO 639-1; in doubt it is not said to be."""
    script = _main_script(text)
    if script and script != script_of(code):
        return True
    return _is_in_another(text, code) if code in ("de", "en", "es", "fr", "it", "nl", "pt") else _is_told(text)


def text_language(text: str) -> str:
    """Return the language of a text by its little words; empty where many letters are not of that language.

    The little words of languages that are not known are those of others: “to” is Polish, “do” Czech.
    """
    code = language_of(text)
    own = _LETTERS.get(code, "")
    letters = [letter for letter in text[:_MOST_CHARACTERS].casefold() if letter.isalpha()]
    strange = sum(not letter.isascii() and letter not in own for letter in letters)
    return code if strange <= _STRANGE * len(letters) else ""


def script_of(code: str) -> str:
    """Return the script that a language is written in, by the first word of its letters' names in Unicode."""
    scripts = dict(zip(_SCRIPTS[::2], _SCRIPTS[1::2], strict=True))
    return scripts.get(code.casefold()[:2], "LATIN")


def is_written_in(text: str, script: str) -> bool:
    """Whether most letters of a text are of a script; nothing speaks against it for a short one."""
    return _main_script(text) in ("", script)


def language_name(code: str) -> str:
    """Return what a language is called in English; the code itself where that is not known."""
    names = dict(zip(_NAMES[::2], _NAMES[1::2], strict=True))
    return names.get(code.casefold()[:2], code)


def question_language(question: str) -> str:
    """Return words for the language of a question, for a prompt: its name where that can be told."""
    code = text_language(question)
    return language_name(code) if code else "the language of the question"


def _is_in_another(text: str, code: str) -> bool:
    """Whether most of the sentences whose language can be told are in one that is not this."""
    told = Counter(filter(None, map(text_language, _sentences(text))))
    others = told.total() - told[code]
    return others > 0 and others * _TELLING > told.total() and text_language(_plain(text)) not in ("", code)


def _is_told(text: str) -> bool:
    """Whether a text that should be in a language whose little words are not known is in one of those that are."""
    return text_language(_plain(text)) != "" and sum(bool(text_language(one)) for one in _sentences(text)) > 1


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall(_plain(text)) if sentence.strip()]


def _plain(text: str) -> str:
    """The text without what it quotes: that may be in any language."""
    text = text[:_MOST_CHARACTERS]
    for quotation in quotations_of(text):
        text = f"{text[: quotation.start]}{' ' * (quotation.end - quotation.start)}{text[quotation.end :]}"
    return text


def _main_script(text: str) -> str:
    """The script that most letters are of; empty for a short or mixed text. Chinese and Japanese count as one."""
    letters = [character for character in _plain(text) if character.isalpha()]
    scripts = Counter(_script(character) for character in letters)
    if not scripts:
        return ""
    script, count = scripts.most_common(1)[0]
    least = _LEAST_LETTERS // 3 if script in ("CJK", "HANGUL") else _LEAST_LETTERS
    return script if len(letters) >= least and count >= _MAIN_SHARE * len(letters) else ""


def _script(character: str) -> str:
    if character.isascii():
        return "LATIN"
    name = unicodedata.name(character, "").partition(" ")[0]
    return "CJK" if name in _UNSPACED else name
