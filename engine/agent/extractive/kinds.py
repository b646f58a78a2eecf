"""Which kind of answer a question wants: a number, a date, a reason, …; by its wording, in several languages."""

from __future__ import annotations

import re
from enum import StrEnum

from engine.reading.terms import terms


class AnswerKind(StrEnum):
    """What an answer has to contain to be one."""

    NUMBER = "a number"
    DATE = "a date or version"
    NAME = "a name"
    PLACE = "a place"
    YES_NO = "yes or no"
    DEFINITION = "a definition"
    STEPS = "how to do it"
    REASON = "a reason"
    LIST = "a list"
    COMPARISON = "a comparison"
    DEFAULT = "a default"
    TERM = "the name of a thing"
    ADVICE = "advice"
    STATEMENT = "a statement"


VALUE_KINDS = (AnswerKind.NUMBER, AnswerKind.DATE, AnswerKind.DEFAULT)
"""Kinds whose answer is one value, often in a sentence that does not repeat what it is the value of."""

# The first pattern that is found decides.
_KINDS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            AnswerKind.COMPARISON,
            r"\bdifferences? between\b|\bdifferent from\b|\bdiffer\b|\bcompared?\b|\bcomparison\b|\bversus\b|\bvs\b"
            r"|\bbetter than\b|\bfaster than\b|\bslower than\b|^vergleich|\bim vergleich\b"
            r"|\bunterschied|\bdifférence|\bdiferencia|区别|區別|違い"
            r"|الفرق|разниц|отлич",
        ),
        (
            AnswerKind.TERM,
            r"\b(?:which|what(?! (?:is|are|was|were|does|do|did)\b))(?: \w+){0,2} "
            r"(?P<thing>command|option|function|setting|parameter|variable|flag|keyword"
            r"|method|module|class|tool|program|file|statement|clause|operator|argument|attribute|property|pragma"
            r"|directive|key|shortcut|field|type|package|library|protocol|algorithm|format|signal|exception|builtin"
            r"|built-in)s?\b(?! of)",
        ),
        (
            AnswerKind.NUMBER,
            r"\bhow (?:many|much|large|big|long|tall|high|wide|deep|far|fast|old|often|small|heavy|short|hot|cold)\b",
        ),
        (
            AnswerKind.DEFAULT,
            r"\bby default\b|\bdefaults?\b|\bstandardmäßig|\bstandardwert|par défaut|por defecto|默认|預設",
        ),
        (
            AnswerKind.ADVICE,
            r"^when (?:should|shall|must|ought|would|do (?:i|we|you|people)\b|can (?:i|we|you)\b|to\b|not to\b"
            r"|(?:is|are) .*\b(?:useful|better|worse|slow|slower|fast|faster|appropriate|dangerous|safe|unsafe"
            r"|needed|necessary|helpful|harmful)\b)|\bshould (?:i|we|you|one)\b(?! do\b)|\b(?:good|bad) idea\b"
            r"|^wann soll",
        ),
        (
            AnswerKind.DATE,
            r"^(?:since |until |from )?when\b|\b(?:what|which) (?:year|date|day|month|version|release)\b"
            r"|\b(?:and|,) when (?:was|were|did|is)\b|^(?:seit )?wann\b|welche[ms]? jahr|^quand\b|quelle (?:année|date)"
            r"|^cuándo\b|^quando\b|什么时候|什麼時候|哪年|何年|いつ|^когда\b|متى|언제",
        ),
        (
            AnswerKind.NUMBER,
            r"^what(?:'s| is| are| was| were)? (?:the )?(?:\w+ )?(?:maximum|minimum|max|min|largest|smallest|longest"
            r"|highest|lowest|number|size|limit|count|percentage|rate|price|cost|length|height|width|depth|speed|weight"
            r"|age|population|distance|temperature|amount|total|port|upper bound|range)\b(?! of values)"
            r"|\bwie ?(?:viele?|gro(?:ß|ss)|lang|hoch|alt|oft|weit|schnell)\b|\bcombien\b|\bcuánt[oa]s?\b"
            r"|\bquant[oie]\b"
            r"|多少|多大|多长|多長|几个|幾個|多高|多久|いくつ|何個|сколько|كم|कितन|얼마",
        ),
        (
            AnswerKind.NAME,
            r"^(?:by |to |for )?(?:who|whom|whose)\b|\b(?:and|,) who\b|^(?:von )?we[rmn]\b|^qui\b|^quién|^chi\b"
            r"|谁|誰|^кто\b|^من\b|कौन|누가",
        ),
        (
            AnswerKind.REASON,
            r"^(?:and )?why\b|\bwhat (?:is the )?(?:reason|cause)|\bwhat causes\b|\bhow come\b|\bwarum\b"
            r"|\bwieso\b|\bweshalb\b"
            r"|\bpourquoi\b|\bpor qué\b|\bperché\b|为什么|為什麼|なぜ|どうして|почему|зачем|لماذا|क्यों|왜",
        ),
        (
            AnswerKind.PLACE,
            r"^(?:from )?where\b|\bin (?:which|what) (?:city|country|town|place|directory|folder|file"
            r"|location)\b|^wo\b|^où\b"
            r"|^dónde\b|^dove\b|哪里|哪裡|どこ|^где\b|أين|कहाँ|어디",
        ),
        (AnswerKind.LIST, r"^(?:what|which) (?:\w+ ){1,4}(?:are there|exist|are available|are supported)\b"),
        (
            AnswerKind.STEPS,
            r"\bhow (?:do|can|could|should|would|must|may|might) (?:i|we|you|one|someone|a|an|the|users?)\b|\bhow to\b"
            r"|\bsteps (?:to|for)\b|\bway to\b|\bwie (?:kann|muss|soll|mache|wird)\b|^comment\b|^cómo\b|如何|怎么|怎麼"
            r"|どうやって|どのように"
            r"|^как\b|كيف|कैसे|어떻게",
        ),
        (
            AnswerKind.LIST,
            r"^(?:list|name|enumerate|nenne|liste|tabelle (?:aller|der)|table of|overview of)\b"
            r"|^(?:what|which) are (?:the|all)\b|\bwhat (?:kinds|types|sorts)\b"
            r"|\bwhich (?:\w+ )+(?:are|exist)\b|哪些",
        ),
        (
            AnswerKind.DEFINITION,
            r"^what (?:does|do) (?!(?:it|they|i|we|you)\b)[\w.+#()\- ]{1,50} do\b"
            r"|^what(?:'s| is| are| was| were) (?:an? |the )?(?!.*\b(?:of|for|used|to|in|when|if)\b.*\w)"
            r"(?:[\w.+#()\-]+ ?){1,5}\??$"
            r"|^what does .+ (?:mean|stand for)\b|^define\b|\bmeaning of\b|\bdefinition of\b|^what is meant\b"
            r"|^was ist\b|^was sind\b"
            r"|^qu['’]est[- ]ce que\b|^qué es\b|^che cos|是什么|是什麼|とは|^что такое|^ما ه[وي]|क्या है|무엇",
        ),
        (
            AnswerKind.YES_NO,
            r"^(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|must)\b"
            r"|^(?:ist|sind|kann|darf|muss|hat|wird|gibt)\b|^est-ce que\b|吗|嗎|是否|^هل\b|ますか",
        ),
    )
)


def kind_of(question: str) -> tuple[AnswerKind, str]:
    """Return the kind of answer that is wanted, and the kind of thing where one is named (``command``)."""
    for kind, pattern in _KINDS:
        if match := pattern.search(question):
            return kind, (match.groupdict().get("thing") or "").lower()
    return AnswerKind.STATEMENT, ""


_LIMIT = "maximum max limit limited upper exceed most more than up to"
_HINTS: tuple[tuple[str, str], ...] = (
    (r"\bhow (?:long|short)\b|\blength\b", "length long longer characters bytes seconds minutes days"),
    (r"\bhow (?:large|big|small)\b|\bsize\b", "size large larger bytes"),
    (r"\bhow often\b", "every each interval"),
    (r"\bhow old\b", "age years born"),
    (r"\b(?:can|may|could|allowed|possible|at most|up to|maximum|max|limit)\b", _LIMIT),
    (r"\bdefaults?\b", "default defaults"),
    (r"\bwait\b|\btimeout\b|\bhow long\b", "time timeout delay wait seconds"),
)
_KIND_HINTS = {
    AnswerKind.DATE: "introduced added since new version release released available beginning first began",
    AnswerKind.NAME: "by author authors created written developed founded designed wrote",
    AnswerKind.DEFAULT: "default defaults",
    AnswerKind.ADVICE: "avoid prefer recommended instead should",
    AnswerKind.REASON: "because reason prevent avoid",
    AnswerKind.PLACE: "directory file path located stored in",
}


def hints_of(question: str, kind: AnswerKind) -> frozenset[str]:
    """Return terms that an answer probably has although the question has not."""
    words = _KIND_HINTS.get(kind, "")
    if kind in (AnswerKind.NUMBER, AnswerKind.DEFAULT):
        words += " " + " ".join(more for pattern, more in _HINTS if re.search(pattern, question, re.IGNORECASE))
    return frozenset(terms(words))
