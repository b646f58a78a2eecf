"""Divides a question by its wording: parts that are asked together, sides that are compared, aspects of a topic.

Each part can be asked on its own: what "it" refers to is put into it, in the words of the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.agent.extractive.instructions import compared, without_instruction
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.tongues import question_tongue
from engine.agent.extractive.words import equals, weak_terms
from engine.reading.terms import terms

_QUESTION_WORD = (
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|should|will|would|has|have)"
)
_PART_BORDER = re.compile(
    rf"(?<=[?？؟])\s+|;\s+|,?\s+(?:and|or|but)(?: also)?,?\s+(?={_QUESTION_WORD}\s+\w)"
    r"|,?\s+und\s+(?=(?:was|wer|wann|wo|warum|wie|welche[rsnm]?)\s)|,?\s+et\s+(?=(?:quand|comment|pourquoi|qui|où)\s)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?P<owned>its|their)\b|\b(?:it|they|them|this|that(?= (?:work|compare|differ|mean)))\b", re.I
)
_GERMAN_REFERENCE = re.compile(r"\b(?:er|sie|es|diese[rs]?)\b(?=\W*$|\s)", re.IGNORECASE)
_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bdifferences? between (?P<one>.+?) and (?P<other>[^?,;]+)",
        r"\bcompar(?:e(?! to\b| with\b)|ing|ison of) (?P<one>.+?) (?:and|with|to|against) (?P<other>[^?,;]+)",
        r"\bhow (?:does|do|is|are) (?P<one>.+?) (?:compare (?:to|with)|differ from|different from) "
        r"(?P<other>[^?,;]+)",
        r"\bhow (?:do|are) (?P<one>.+?) and (?P<other>.+?) (?:compare|differ|different)\b",
        r"^(?:what is |is |are )?(?P<one>\S+(?: \S+){0,3}?) (?:vs\.?|versus) "
        r"(?P<other>[^?,;]+)",
        r"^(?:is|are) (?P<one>.+?) (?:better|faster|slower|safer|smaller|larger) than (?P<other>[^?,;]+)",
        r"\b(?:unterschiede?|vergleich) (?:zwischen|von) (?P<one>.+?) und (?P<other>[^?,;]+)",
    )
)
_JOINT = re.compile(
    r"\s*[,;&]\s*(?:(?:and|und|et|y|e|en|or|oder) )?|\s+(?:and|und|et|y|vs\.?|versus|against|mit|avec|con|with|to)\s+",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*,\s*(?:(?:and|und|et|y) )?", re.IGNORECASE)
_IN_WHICH_RESPECT = re.compile(
    r",? (?:in terms of|regarding|concerning|with respect to|with regard to|in respect of|as to|by(?= \w+$)"
    r"|hinsichtlich|bezüglich|in Bezug auf|en termes de)\b.*$",
    re.IGNORECASE,
)
_WITH_THEIR = re.compile(
    r"^(?P<one>.+?),? (?:with|by|along with|and|mit|samt|und|nach) (?:all )?(?:their|its|ihre[nmrs]?|seine[nmrs]?) "
    r"(?P<aspects>.+)$",
    re.IGNORECASE,
)
_AND_OF = re.compile(
    rf"^(?P<head>{_QUESTION_WORD}\b.+?) (?P<small>of|for|in) (?P<one>[^,]+?),? and (?P=small) (?P<other>[^,?]+)\??$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_GERMAN_ARTICLE = re.compile(r"(?:de[rmns]|die|das|eine[rmn]?) ", re.IGNORECASE)
_FACETS = ("What is {topic}?", "How does {topic} work?", "How is {topic} used?", "What are the limits of {topic}?")
_FACETS_OF_MANY = (
    "What are {topic}?",
    "How do {topic} work?",
    "How are {topic} used?",
    "What are the limits of {topic}?",
)
_WHAT_IS = {
    "de": "Was ist {topic}?",
    "fr": "Qu’est-ce que {topic} ?",
    "es": "¿Qué es {topic}?",
    "it": "Che cos’è {topic}?",
    "pt": "O que é {topic}?",
    "nl": "Wat is {topic}?",
}
"""How one asks what something is, besides in English."""
_NOUNS = r"(?:[\w.+#/-]+ ){0,4}?[\w.+#/-]+(?: (?:of|for|in) (?:the |an? )?[\w.+#/-]+(?: [\w.+#/-]+){0,2}?)?"
_ABOUT = (
    re.compile(
        rf"^(?:when|where|why|how|who|by whom) (?:\w+ )?(?:is|are|was|were|does|do|did|can|has|have) "
        rf"(?P<topic>(?:the|an?) {_NOUNS})(?: (?!of\b|for\b|in\b)[a-z]+)$",
        re.IGNORECASE,
    ),
    re.compile(rf"^how \w+ (?:is|are|was|were) (?P<topic>(?:(?:the|an?) )?{_NOUNS})$", re.IGNORECASE),
)
_GERMAN_NOUNS = r"(?:(?:der|die|das|eine?) )?(?:[\w.-]+ ){0,3}?[\w.-]+(?: (?:von|für|in) (?:[\w.-]+ ){0,2}?[\w.-]+)?"
_GERMAN_ABOUT = (
    re.compile(
        rf"^(?:wann|wo|warum|wie|von wem) (?:ist|sind|wurden?|werden|wird|war|hat|kann) (?P<topic>{_GERMAN_NOUNS})"
        r" \w+(?:t|en)$",
        re.IGNORECASE,
    ),
    re.compile(rf"^(?:was|wie \w+|wo) (?:ist|sind|war|waren) (?P<topic>{_GERMAN_NOUNS})$", re.IGNORECASE),
)
_SMALL_WORD = re.compile(r" (?:of|in|for|with|that|from|on|to|by) ", re.IGNORECASE)
_PARTITIVE = re.compile(r"(?P<head>.+?) (?:of|for|in) (?P<owner>.+)$", re.IGNORECASE)
_MOST_CHARACTERS = 80
"""Of a side."""
_MOST_TOPIC_WORDS = 6


def divided(text: str, *, limit: int) -> tuple[Sequence[str], str]:
    """Return at most so many questions that can each be asked on their own, and why it was divided like this."""
    if limit == 1:
        return [text], "One question, researched as it stands."
    parts = [part.strip(" ,;") for part in _PART_BORDER.split(text)]
    parts = [part for part in parts if analyse(part).words or len(parts) == 1]
    if len(parts) > 1:
        return _parts(parts)[:limit], "The question asks for several things; each is researched on its own."
    if match := _WITH_THEIR.match(compared(text)):
        asked = [text, *_aspects(match["one"], match["aspects"], tongue=question_tongue(text))]
        return asked[:limit], "A comparison: the question itself, then what is compared."
    if sides := _sides(text):
        asked = sides if len(sides) >= limit else [text, *sides]
        return asked[:limit], "A comparison: the question itself, then each side."
    if match := _AND_OF.match(text):
        asked = [f"{match['head']} {match['small']} {one.strip()}?" for one in (match["one"], match["other"])]
        return asked[:limit], "The question asks for several things; each is researched on its own."
    question = analyse(text)
    if question.is_topic and question.words and text.isascii() and question_tongue(text) in ("", "en"):
        topics = [part for part in re.split(r"\s*(?:,|;|\band\b|&)\s*", text.rstrip(".")) if analyse(part).words]
        if len(topics) > 1:
            return topics[:limit], "Several topics; each is researched on its own."
        if limit >= 3:
            return _facets(topics[0])[:limit], "A topic without a question: its main aspects."
    return [text], "A single question."


# --- sides -------------------------------------------------------------------------------------------------------


def _sides(text: str) -> list[str]:
    """Questions for what each of the things is that are compared; none where fewer than two are."""
    tongue = question_tongue(text)
    if listed := _IN_WHICH_RESPECT.sub("", compared(text)):
        things = _things(without_instruction(f"compare {listed}"), joint=_JOINT)
        return [what_is(thing, tongue=tongue) for thing in things] if len(things) > 1 else []
    for pattern in _SIDES:
        if match := pattern.search(text):
            things = [*_things(match["one"], joint=_COMMA), *_things(match["other"], joint=_COMMA)]
            if len(things) > 1:
                return [what_is(thing, tongue=tongue) for thing in _with_shared_noun(things)]
    return []


def _things(text: str, *, joint: re.Pattern[str]) -> list[str]:
    found = [_GERMAN_ARTICLE.sub("", one.strip(" \"'.?!“”„"), count=1) for one in joint.split(text)]
    found = [one for one in dict.fromkeys(found) if one]
    is_each_one = all(len(one) <= _MOST_CHARACTERS and (analyse(one).words or one.isupper()) for one in found)
    return found if is_each_one else []


def _with_shared_noun(things: Sequence[str]) -> list[str]:
    """Return for "rollback" and "WAL mode" the first with the noun of the last: both are called so."""
    *first, other = things
    head = _ARTICLE.sub("", other).split()
    is_short = len(first) == 1 and len(first[0].split()) == 1 and len(head) == 2
    return [f"{first[0]} {head[-1]}", other] if is_short and not head[-1][:1].isupper() else list(things)


def _aspects(owner: str, aspects: str, *, tongue: str) -> list[str]:
    """Questions for "the herons" and "wingspan and weight" of "compare the herons with their wingspan and weight"."""
    if tongue not in ("", "en"):
        return [what_is(_GERMAN_ARTICLE.sub("", owner), tongue=tongue)]
    wanted = [one for one in _things(aspects, joint=_JOINT) if one.split()[0].casefold() != "their"]
    return [
        what_is(owner, tongue=tongue),
        *(f"What {_verb_for(aspect)} the {_ARTICLE.sub('', aspect)} of {owner}?" for aspect in wanted),
    ]


def what_is(topic: str, *, tongue: str) -> str:
    """Return the question what something is, in a language of two letters; in English where that is not known."""
    return _WHAT_IS.get(tongue, f"What {_verb_for(topic)} {{topic}}?").format(topic=topic)


def _facets(topic: str) -> list[str]:
    return [facet.format(topic=topic) for facet in (_FACETS_OF_MANY if _is_plural(topic) else _FACETS)]


def _verb_for(topic: str) -> str:
    return "are" if _is_plural(topic) and not re.match(r"an? ", topic, re.IGNORECASE) else "is"


def _is_plural(topic: str) -> bool:
    head = _SMALL_WORD.split(topic.casefold(), maxsplit=1)[0].split()
    last = head[-1] if head else ""
    return last.isalpha() and last.endswith("s") and not last.endswith(("ss", "us", "is", "as", "os"))


# --- parts -------------------------------------------------------------------------------------------------------


def _parts(parts: Sequence[str]) -> list[str]:
    """The parts as questions of their own, and after them what the last of them compares with."""
    found = _with_referents(parts)
    asked = {_without_article(part) for part in found}
    for part in found[1:]:
        found += [side for side in _sides(part) if _without_article(side) not in asked]
    return found


def _without_article(question: str) -> str:
    return re.sub(r"\b(?:the|an?) ", "", question.casefold())


def _with_referents(parts: Sequence[str]) -> list[str]:
    """Put what "it" refers to into the later parts."""
    is_german = question_tongue(" ".join(parts)) == "de"
    found = [_as_question(parts[0])]
    for part in parts[1:]:
        reference = (_GERMAN_REFERENCE if is_german else _REFERENCE).search(part)
        topic = _topic(parts[0], pronoun=reference[0]) if reference is not None else ""
        if reference is not None and topic:
            owned = "'s" if not is_german and reference["owned"] else ""
            part = f"{part[: reference.start()]}{topic}{owned}{part[reference.end() :]}"  # noqa: PLW2901
        found.append(_as_question(part))
    return found


def _topic(part: str, *, pronoun: str) -> str:
    """The phrase of a part that a later one speaks of by a pronoun, with its article."""
    question = analyse(part)
    said = question.text.rstrip(" ?？؟.!")
    if question_tongue(said) == "de":
        matches = (pattern.match(said) for pattern in _GERMAN_ABOUT)
        return next((match["topic"] for match in matches if match), "")
    found = _with_article(question.subject, said) if question.subject else ""
    if not found or len(question.subject.split()) > _MOST_TOPIC_WORDS:
        matches = (pattern.match(said) for pattern in _ABOUT)
        found = next((match["topic"] for match in matches if match), "")
    if not found or len(found.split()) > _MOST_TOPIC_WORDS + 1:
        return _names_of(question)
    return found if pronoun.casefold().startswith("the") and _is_plural(found) else _owner(found)


def _names_of(question: Question) -> str:
    names = [word.text for word in question.words if word.is_name]
    if names:
        return " ".join(names[:3])
    return " ".join(word.text for word in question.words if not word.is_weak)


def _with_article(subject: str, text: str) -> str:
    """A subject as it stands in the text: "the pump" for "pump"."""
    match = re.search(rf"\b(?:the|an?) {re.escape(subject)}", text, re.IGNORECASE)
    return match[0] if match else subject


def _owner(topic: str) -> str:
    """Return whose it is in "the default of X"; "the bridge of Lomen" is nobody's."""
    match = _PARTITIVE.match(topic)
    if match is None:
        return topic
    head = terms(_ARTICLE.sub("", match["head"]))
    return match["owner"] if head and all(term in weak_terms() or term in equals() for term in head) else topic


def _as_question(part: str) -> str:
    if not part:
        return part
    ended = part if part[-1] in "?？؟.!" else f"{part}?"
    return ended[0].upper() + ended[1:]
