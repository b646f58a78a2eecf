"""The words of everyday language that the extractive roles treat specially; nothing here is about a subject."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

__all__ = ["equals", "stop_terms", "weak_terms"]

_WEAK_WORDS = (
    "name named call called kind type sort use used using uses usage work works working value thing things "
    "command option function setting parameter variable flag keyword method module class tool program file "
    "statement clause operator argument attribute property number amount time times year date day person people "
    "place part parts example information detail details difference different differ compare comparison reason "
    "purpose cause possible able first show list do come set take keep put see look like "
    "stand stands mean meaning meant definition define "
    "important useful good best better recommended necessary needed main typical common proper correct right way "
    "many much long big large high small old far fast often current currently new allow allowed allows support "
    "supported supports handle behave affect happen there long answer question issue problem "
    "Name Wert Funktion Befehl Option Jahr Unterschied Unterschiede zwischen Grund "
    "différence entre nom valeur fonction commande année nombre"
)


@cache
def weak_terms() -> frozenset[str]:
    """Return the words by which a question says what it wants, not what it is about; an answer may lack them."""
    return frozenset(term for word in _WEAK_WORDS.split() for term in terms(word))


# Each line is a group: any of its words counts as another one's weaker equal.
_GROUPS = """
deep depth deepest
tall height high
wide width breadth
heavy weight weigh weighs
old age aged
far distance
hot warm temperature
cold temperature
expensive cost price
maximum max limit largest biggest upper highest greatest longest most
minimum min smallest least lowest shortest fewest
big large size huge length width
small size little tiny
long length duration
default defaults initially unset
introduced added appeared since new introduction
remove delete drop erase discard
removed deleted dropped deprecated
create make build new construct
invented created authored wrote founded designed developed invention
begin start launch initiate
end stop finish terminate quit exit
change modify alter edit update
show display print list view
choose select pick
disable off deactivate suppress
enable on activate
configure set configuration setting option
fast speed quick performance faster
slow slower performance
error fail failure
save store stored keep persist
saved stored kept
located stored location directory path placed found
undo revert reset restore
copy duplicate clone
join merge combine
compare comparison difference versus differ
advantage benefit advantages benefits strength
disadvantage drawback disadvantages drawbacks limitation caveat weakness
restriction limitation limit constraint
purpose intended
cost price fee
born birth
died death dead
allow permit allows
forbid prohibit disallow
check verify test validate
rename move
search find lookup look
convert transform
repair fix recover recovery
damage corrupt corruption damaged
backup back
reclaim free freed
shrink reduce
old age older
released release date published
license licence licensing copyright
secure security safe
encrypt encryption encrypted
concatenate join append
insert add
split divide separate
abbreviation acronym stands
ignore skip exclude
temporary temp
simultaneous concurrent simultaneously concurrently
"""


@cache
def equals() -> Mapping[str, frozenset[str]]:
    """Return for a term the terms that mean nearly the same in many texts."""
    found: dict[str, set[str]] = {}
    for line in _GROUPS.strip().splitlines():
        group = {term for word in line.split() for term in terms(word)}
        for term in group:
            found.setdefault(term, set()).update(group - {term})
    return {term: frozenset(others) for term, others in found.items()}


_JOINED_VERBS = (
    (re.compile(r"\b(back|set|clean|look|start)(?:ing|s)? up\b", re.IGNORECASE), r"\1up"),
    (re.compile(r"\b(log|sign)(?:ging|ing|s)? in\b", re.IGNORECASE), r"\1in"),
    (re.compile(r"\b(shut)(?:ting|s)? down\b", re.IGNORECASE), r"\1down"),
    (re.compile(r"\b(roll)(?:ing|s|ed)? back\b", re.IGNORECASE), r"\1back"),
    (re.compile(r"\b(?:turn|switch)(?:ing|ed|es|s)? off\b", re.IGNORECASE), "disable"),
    (re.compile(r"\b(?:turn|switch)(?:ing|ed|es|s)? on\b", re.IGNORECASE), "enable"),
)


def joined_verbs(text: str) -> str:
    """Return the text with verbs of two words as the one word that texts also use: "back up" as "backup"."""
    for pattern, joined in _JOINED_VERBS:
        text = pattern.sub(joined, text)
    return text


DANGLING_STARTS = frozenset(
    "this that these those it its they them their he she his her such however therefore thus hence otherwise instead "
    "furthermore moreover additionally also but and so then nevertheless nonetheless consequently both neither "
    "similarly likewise conversely still yet or here there dies diese dieser dieses es sie er jedoch daher deshalb "
    "ce cela cette ces il elle ils elles cependant donc esto esta este ello sin".split()
)
"""First words of a sentence that leans on the one before it."""

BOILERPLATE = (
    "all rights reserved",
    "cookie",
    "privacy policy",
    "terms of use",
    "terms of service",
    "last updated",
    "last modified",
    "click here",
    "table of contents",
    "skip to",
    "sign in",
    "log in to",
    "subscribe",
    "javascript is",
    "navigation",
    "previous page",
    "next page",
    "see also",
    "read more",
    "page generated",
    "copyright ©",
    "copyright (c)",
    "©",
)

UNSPACED_QUESTION_WORDS = (
    "什么时候 什麼時候 为什么 為什麼 怎么样 怎么 怎麼 怎样 怎樣 什么 什麼 多少 多大 多长 多長 "
    "多久 多高 如何 是否 哪里 哪裡 哪个 哪個 哪些 哪年 谁 誰 是不是 有没有 有沒有 请问 請問 可以 "
    "的 是 了 吗 嗎 呢 在 有 和 与 與 "
    "なぜ どうして どのように どうやって いくつ いつ どこ だれ 何 どれ どの "
    "ですか ますか でしょうか とは です ます は が を に の と で か "
    "무엇 언제 어디 누가 왜 어떻게 얼마나 몇 입니까 인가요 อะไร เมื่อไร ที่ไหน ใคร ทำไม อย่างไร เท่าไร คือ"
).split()
"""Parts of questions in scripts without spaces that say nothing of the subject; longer ones first."""
