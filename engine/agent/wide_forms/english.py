"""How one asks for a table in English."""

from __future__ import annotations

import re

from engine.agent.wide_forms.form import COLUMNS, NAMED, THINGS, Need, Tongue, form, words_of

_BY = (
    r"(?:by|in terms of|with (?:respect|regard) to|regarding|concerning|according to|based on|on the basis of"
    r"|in respect of)(?: their| its| the)?"
)
_KINDS = r"(?:(?:different|various|main|major|several|known|common) )*"
_EN_TABLE = (
    r"(?:an? |the )?(?:(?:comparison|comparative|comparing|summary|complete|full|short|detailed|overview|sortable) )*"
    r"(?:table|spreadsheet|matrix)"
)

ENGLISH = Tongue(
    language="en",
    courtesy=re.compile(
        r"(?:(?:please|kindly|hi|hello|ok|now)[, ]+)*(?:(?:can|could|would|will) you (?:please )?|i(?:'d| would) like"
        r"(?: to (?:see|have|know))? |i (?:want|need)(?: to (?:see|have|know))? )?",
        re.IGNORECASE,
    ),
    request=re.compile(
        r"(?:list|name|show|give|find|tabulate|enumerate|catalogue?|collect|compile|provide|make|create|draw up|write"
        r"|prepare|build|produce|generate|put together)(?: (?:for )?(?:me|us))? ",
        re.IGNORECASE,
    ),
    forms=(
        form(
            r"(?:an? (?:list|overview) of )?(?:all|every(?: single)?|each)(?: of)?(?: the)? (?:"
            + _KINDS
            + ")"
            + THINGS
            + r","
            r"? (?:(?:along |together )?with|and|including) (?:all )?(?:their|its) (?:respective )?" + COLUMNS
        ),
        form(
            r"(?:(?:all|every)(?: of)? )?(?:the )?"
            + THINGS
            + r",? (?:(?:along |together )?with|and|including)(?: the)? "
            r"(?P<columns>[^:?!]{2,200}) (?:of|for) each(?: one| of them)?",
            Need.REQUEST,
        ),
        form(
            r"(?:the |an? (?:list|overview) of (?:the )?)?(?:"
            + _KINDS
            + ")"
            + THINGS
            + r",? (?:(?:along |together )?with"
            r"|and) (?:all )?their (?:respective )?" + COLUMNS,
            Need.REQUEST,
        ),
        form(
            _EN_TABLE
            + r" (?:comparing|to compare|for comparing) "
            + NAMED
            + r"(?:,? "
            + _BY
            + r" |: ?|,? with (?:their )?)"
            + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(
            _EN_TABLE + r" (?:of|for|listing|showing|with(?= all| every))(?: all| every| each)?(?: of)?(?: the)? "
            r"(?!contents\b)"
            + THINGS
            + r"(?:,? (?:with|by|including|showing|listing|giving)(?: their| its| the)?(?: columns?"
            r"(?: for| of)?)? |: ?|,? and (?:their|its) )" + COLUMNS
        ),
        form(_EN_TABLE + r" (?:of|for|listing|showing|with) (?:all|every)(?: of)?(?: the)? " + THINGS),
        form(
            r"(?:an? )?(?:compar(?:e|ing)|comparison (?:of|between)|contrast)(?: (?:all|every|each))?(?: of)?(?: the)? "
            + NAMED
            + r"(?:,? "
            + _BY
            + r" |: ?)"
            + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(
            r"(?=.* (?:vs\.?|versus) )" + NAMED + r"(?: " + _BY + r" |: ?)" + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(
            r"(?:compare|contrast) the (?P<columns>[^:?!]{2,120}?) of (?P<named>[^;:?!]{2,120}, [^;:?!]{2,80},? and "
            r"[^;:?!]{2,60})",
            Need.MANY_CELLS,
        ),
        form(
            r"wh(?:ich|at) "
            + THINGS
            + r",? (?:(?:along |together )?with|and what (?:is|are|was|were)|and) (?:their|its)"
            r"(?: respective)? " + COLUMNS,
            Need.SEVERAL,
        ),
        form(
            r"wh(?:ich|at) "
            + THINGS
            + r",? and (?P<columns>(?:how (?:large|big|heavy|long|tall|high|wide|deep|old|fast|"
            r"expensive|much)|when|where|what) (?:is|are|was|were|do|does) (?:they|it|each(?: one| of them)?)[^:?!]"
            r"{0,60})",
            Need.SEVERAL,
        ),
        form(
            r"what are (?:all )?(?:the )?(?:(?:different|various|main) )*(?=(?:types|kinds|sorts|forms|classes|species|"
            r"varieties|categories|versions|releases|flavou?rs) of )"
            + THINGS
            + r",? (?:with|and(?: what are)?) their "
            + COLUMNS
        ),
        form(r"what are all (?:of )?(?:the )?" + THINGS + r",? (?:with|and(?: what are)?) their " + COLUMNS),
        form(
            r"for (?:each|every|all)(?: of)?(?: the)? "
            + THINGS
            + r"(?:,? (?:please )?(?:list|give|show|state|name|find|tell me"
            r"|what (?:is|are)|provide)(?: me)? (?:its|their|the)|,? its|: ?(?:its|their|the)?) ?" + COLUMNS
        ),
        form(
            r"(?:the )?(?P<columns>[^:?!]{2,120}?) (?:of|for) (?:all|each|every)(?: single)?(?: of)?(?: the)? "
            + THINGS,
            Need.REQUEST,
        ),
        form(
            r"what (?:is|are|was|were) (?:the )?(?P<columns>[^:?!]{2,120}?) (?:of|for) (?:all|each|every)(?: of)?"
            r"(?: the)? " + THINGS,
            Need.TWO_COLUMNS,
        ),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)and(?=\s)|(?<=\s)as well as(?=\s)|(?<=\s)plus(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(
        r"(?:(?:the|an?|their|its|also|and|respective|both|all|of|(?:the )?columns?) )+", re.IGNORECASE
    ),
    never=words_of(
        "is are was were be do does did has have had can could will would shall should may must why how who when where "
        "because if whether while i you we my your our me us them it this these those explain describe tell own not "
        "please to"
    ),
    name_column="Name",
    description_column="Description",
    aspect_column="Aspect",
    said_column="What the sources say",
)
