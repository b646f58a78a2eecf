"""What a question tells somebody to do before it says about what: "Compare", "List all", "Vergleiche", "Tabelle aller".

Such words are no part of what is looked for.
"""

from __future__ import annotations

import re

_POLITE = r"(?:please,? |bitte |(?:can|could|would) you (?:please )?|s['’]il (?:te|vous) pla[iî]t,? |por favor,? )?"
_CLEAR = (
    r"compare|contrast|enumerate|summari[sz]e|tell (?:me|us)(?: about)?"
    r"|vergleichen?|nennen?|zähle|erklären?|beschreiben?|gib(?: mir)?"
    r"|comparez|énumér(?:er|ez?)|nommez|listez|expliquez|enumera|confronta|elenca|nombra|vergelijk|noem"
)
_UNCLEAR = r"list|name|show|give|find|describe|explain|liste|zeigen?|finde|compara|comparer|lista"
"""These are names of things as well, ``list comprehension``; what follows them tells."""
_ALL = (
    r"(?:(?:all|the|every|each|some|any|me|us|of|three|four|five|ten|\d+|alle[rnms]?|sämtliche[rn]?|de[rnms]|die|das"
    r"|mir|uns|tous|toutes|les|todos|todas|los|las|tutt[ie]|gli) )+"
)
_NOUNS = (
    r"(?:an? |the |eine? |une |una )?(?:(?:table|list|overview|comparison|summary) of (?:all |the |every )?"
    r"|(?:tabelle|liste|übersicht|aufstellung|vergleich|aufzählung) (?:aller|sämtlicher|de[rs]|von|über|zwischen) "
    r"|(?:tableau|liste|comparaison) (?:de tous|de toutes|des?|de) |(?:tabla|lista|comparación) de (?:tod[oa]s )?)"
)
_INSTRUCTION = re.compile(
    rf"^{_POLITE}(?:(?:{_CLEAR}) (?:{_ALL})?|(?:{_UNCLEAR}) {_ALL}|{_NOUNS})(?=\S)", re.IGNORECASE
)
_COMPARING = re.compile(
    rf"^{_POLITE}(?:compare|contrast|vergleichen?|comparez|compara|confronta|vergelijk) ", re.IGNORECASE
)


def without_instruction(text: str) -> str:
    """Return a question from where it says what it is about; as it is where it gives no instruction."""
    match = _INSTRUCTION.match(text)
    return text[match.end() :] if match else text


def compared(text: str) -> str:
    """Return what a question wants compared, in its words; empty where it does not begin by saying so."""
    match = _COMPARING.match(text)
    return text[match.end() :].rstrip(" .!?") if match else ""
