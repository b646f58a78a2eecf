"""Which language a question is in, and which evidence is in another: what answers in its own language comes first.

A guess by script, by letters and by little words that few other languages have. In doubt nothing is foreign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from engine.agent.extractive.relevance import ANSWERING
from engine.agent.extractive.similarity import translation_key
from engine.domain import Passage, Source, SourceId, SubQuestionId

_LITTLE_WORDS = {
    "en": "the of and is was were are to that it for with as by on at from which this has have had be been not an what "
    "how why when where who whose does do did can could should would will or if you your than into these there their "
    "its but also each used",
    "de": "der die das und ist sind wurde wurden wird werden den dem des ein eine einen einer einem mit von für auf "
    "nicht auch sich zu zum zur als bei nach über aus oder wenn kann können wie was wer wann wo warum welche welcher "
    "welches durch dass sie ich wir im beim vom sowie nur noch diese dieser dieses vergleiche nenne liste",
    "fr": "le les des du et est était une un dans par pour sur qui aux avec ce cette sont ne pas il elle vous être "
    "comment pourquoi quand où quel quelle quels quelles ou peut cet ces leur plus fait",
    "es": "el los las del y es fue una un en por para con que se al su lo son era como más cómo qué cuándo dónde cuál "
    "este esta puede también sin sobre pero",
    "it": "il gli di del della delle dei che è per con una un non sono come più nel nella questo questa anche cosa "
    "quale quando perché può essere ha alla dalla",
    "pt": "os da do dos das em um uma com que não para por mais como são foi é ao na no pelo pela qual quando "
    "também pode ser você isso",
    "nl": "het een van en is zijn voor met niet op te dat die ook bij naar worden wordt hoe wat waarom wanneer waar "
    "welke deze dit kan heeft u",
    "ca": "els les amb per una un del dels que és són aquest aquesta com més també però l d la i",
    "sv": "och att det är som för med den av inte på till kan har om ett från eller",
    "nb": "og det er som for med den av ikke på til kan har om et fra eller å en",
    "pl": "jest nie się na do w z i że to jak oraz przez dla który która może lub po od",
    "cs": "je se na že v a k pro jako který která není nebo být také po od jsou to",
    "ro": "este și în la de cu care pentru pe nu sunt din mai sau o un",
    "id": "yang dan di untuk dengan dari ini itu adalah tidak pada dalam atau dapat ke",
    "tr": "bir ve bu için ile de da olarak olan daha gibi veya çok",
    "hu": "az egy és hogy nem is van ha vagy mint csak meg ezt lehet",
    "fi": "ja on ei se että tai joka ovat sekä kun voi myös",
}
"""Of each language those that tell; of the last ones only so many that they are not taken for one of the first."""
_ASKED = ("en", "de", "fr", "es", "it", "pt", "nl")
"""In which questions are understood so far that it can be said what is foreign to them."""
_LETTERS = {
    "de": "äöüß",
    "en": "éïöüä",
    "es": "áéíñóúü",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "it": "àèéìíîòóùú",
    "nl": "áéèëïóöü",
    "pt": "ãáàâçéêíõóôúü",
}
_STRANGE = 0.025
"""Of the letters of a text, that may be of names from elsewhere."""
_LEAST_STRANGE = 3
_LEAST_LEAD = 2
"""By so many little words another language has to be ahead where the question's own has some as well."""
_MOST_CHARACTERS = 1_500
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = frozenset(("CJK", "HIRAGANA", "KATAKANA"))
_LEAST_LETTERS = 4
_MAIN_SHARE = 0.5


def question_tongue(question: str) -> str:
    """Return the language of a question, two letters of ISO 639-1; empty where its little words do not tell."""
    counts = _counts(question)
    best = max(_ASKED, key=lambda code: counts[code])
    others = max(count for code, count in counts.items() if code in _ASKED and code != best)
    return best if counts[best] > others and _script_of(question) in ("", "LATIN") else ""


@lru_cache(maxsize=16_384)
def is_foreign(text: str, question: str) -> bool:
    """Whether a text is clearly in another language than a question; in doubt it is not."""
    mine, theirs = _script_of(text), _script_of(question)
    if mine and theirs and mine != theirs:
        return True
    code = question_tongue(question)
    if not code or mine not in ("", "LATIN"):
        return False
    counts = _counts(text)
    own, other = counts[code], max(count for name, count in counts.items() if name != code)
    if other >= _LEAST_LEAD and (own == 0 or other >= own + _LEAST_LEAD):
        return True
    letters = [letter for letter in text[:_MOST_CHARACTERS].casefold() if letter.isalpha()]
    strange = sum(not letter.isascii() and letter not in _LETTERS[code] for letter in letters)
    return strange >= _LEAST_STRANGE and strange > _STRANGE * len(letters)


def preferred(
    passages: Sequence[Passage], sources: Mapping[SourceId, Source], asked: Mapping[SubQuestionId, str]
) -> list[Passage]:
    """Return of each sub-question the passages in its language where some of them answer, and else all of them.

    Args:
        passages: the best first.
        sources: they are of.
        asked: the texts of the sub-questions; of those that are not there everything is kept.

    Of several translations of one document one is kept: one that is in the language of the question, or the best.
    """
    own = {passage.id for passage in passages if not is_foreign(passage.quote, asked.get(passage.subquestion_id, ""))}
    answered = {one.subquestion_id for one in passages if one.id in own and one.relevance >= ANSWERING}
    versions: dict[str, str] = {}
    for passage in (*(one for one in passages if one.id in own), *passages):
        address = sources[passage.source_id].address
        versions.setdefault(translation_key(address) or address, address)
    chosen = frozenset(versions.values())
    return [
        passage
        for passage in passages
        if passage.id in own or passage.subquestion_id not in answered
        if sources[passage.source_id].address in chosen
    ]


def _counts(text: str) -> dict[str, int]:
    words = _WORD.findall(text[:_MOST_CHARACTERS].casefold())
    return {code: sum(word in known for word in words) for code, known in _known_words().items()}


@cache
def _known_words() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in _LITTLE_WORDS.items()}


def _script_of(text: str) -> str:
    """The script of most letters; empty for a short or mixed text. Chinese and Japanese count as one."""
    found: dict[str, int] = {}
    for character in text[:_MOST_CHARACTERS]:
        if character.isalpha():
            script = _script(character)
            found[script] = found.get(script, 0) + 1
    if not found:
        return ""
    script = max(found, key=lambda name: found[name])
    total = sum(found.values())
    return script if total >= _LEAST_LETTERS and found[script] > _MAIN_SHARE * total else ""


def _script(character: str) -> str:
    if character.isascii():
        return "LATIN"
    name = unicodedata.name(character, "").partition(" ")[0]
    return "CJK" if name in _UNSPACED else name
