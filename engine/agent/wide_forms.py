"""The wordings by which questions ask for a table, in five languages; ``wide`` reads questions with them.

A form names what it captures: ``things`` (of one kind), ``named`` (two or more, by name) and ``columns``. It is
matched against a whole question without its courtesies, and is meant to miss a table rather than to make one of an
ordinary question: "All animals with wings" filters, "All animals with their wings" asks for a column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Need(Enum):
    """What a form needs besides its words."""

    NOTHING = auto()
    REQUEST = auto()
    """The question began with a verb that asks for a list."""
    MANY_CELLS = auto()
    """Two things and one column are an ordinary comparison."""
    TWO_COLUMNS = auto()
    SEVERAL = auto()
    """What it asks which of are several, and it says what of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One wording."""

    pattern: re.Pattern[str]
    need: Need = Need.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What one language has for asking for a table."""

    language: str
    """Two letters of ISO 639-1."""
    courtesy: re.Pattern[str]
    """What may stand before a question and says nothing."""
    request: re.Pattern[str]
    """A verb that asks for a list."""
    forms: tuple[Form, ...]
    joints: re.Pattern[str]
    """What stands between two columns or two names."""
    articles: re.Pattern[str]
    """What stands before a column or a name and says nothing."""
    never: frozenset[str]
    """Words that neither things nor columns have: with them it is a sentence."""
    name_column: str
    description_column: str
    aspect_column: str
    said_column: str


_T = r"(?P<things>[^;:?!]{2,100}?)"
_N = r"(?P<named>[^;:?!]{2,200}?)"
_C = r"(?P<columns>[^:?!]{2,300})"


def _form(pattern: str, need: Need = Need.NOTHING) -> Form:
    return Form(pattern=re.compile(pattern, re.IGNORECASE), need=need)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
        _form(
            r"(?:an? (?:list|overview) of )?(?:all|every(?: single)?|each)(?: of)?(?: the)? (?:"
            + _KINDS
            + ")"
            + _T
            + r","
            r"? (?:(?:along |together )?with|and|including) (?:all )?(?:their|its) (?:respective )?" + _C
        ),
        _form(
            r"(?:(?:all|every)(?: of)? )?(?:the )?" + _T + r",? (?:(?:along |together )?with|and|including)(?: the)? "
            r"(?P<columns>[^:?!]{2,200}) (?:of|for) each(?: one| of them)?",
            Need.REQUEST,
        ),
        _form(
            r"(?:the |an? (?:list|overview) of (?:the )?)?(?:" + _KINDS + ")" + _T + r",? (?:(?:along |together )?with"
            r"|and) (?:all )?their (?:respective )?" + _C,
            Need.REQUEST,
        ),
        _form(
            _EN_TABLE
            + r" (?:comparing|to compare|for comparing) "
            + _N
            + r"(?:,? "
            + _BY
            + r" |: ?|,? with (?:their )?)"
            + _C,
            Need.MANY_CELLS,
        ),
        _form(
            _EN_TABLE + r" (?:of|for|listing|showing|with(?= all| every))(?: all| every| each)?(?: of)?(?: the)? "
            r"(?!contents\b)"
            + _T
            + r"(?:,? (?:with|by|including|showing|listing|giving)(?: their| its| the)?(?: columns?"
            r"(?: for| of)?)? |: ?|,? and (?:their|its) )" + _C
        ),
        _form(_EN_TABLE + r" (?:of|for|listing|showing|with) (?:all|every)(?: of)?(?: the)? " + _T),
        _form(
            r"(?:an? )?(?:compar(?:e|ing)|comparison (?:of|between)|contrast)(?: (?:all|every|each))?(?: of)?(?: the)? "
            + _N
            + r"(?:,? "
            + _BY
            + r" |: ?)"
            + _C,
            Need.MANY_CELLS,
        ),
        _form(
            r"(?P<named>[^;:?!,]{2,60}(?:(?:,| vs\.?| versus) [^;:?!,]{2,60})+?(?:,? (?:and|vs\.?|versus) )[^;:?!,]{2,60}"
            r"?)(?: " + _BY + r" |: ?)" + _C,
            Need.MANY_CELLS,
        ),
        _form(
            r"(?:compare|contrast) the (?P<columns>[^:?!]{2,120}?) of (?P<named>[^;:?!]{2,120}, [^;:?!]{2,80},? and "
            r"[^;:?!]{2,60})",
            Need.MANY_CELLS,
        ),
        _form(
            r"wh(?:ich|at) " + _T + r",? (?:(?:along |together )?with|and what (?:is|are|was|were)|and) (?:their|its)"
            r"(?: respective)? " + _C,
            Need.SEVERAL,
        ),
        _form(
            r"wh(?:ich|at) " + _T + r",? and (?P<columns>(?:how (?:large|big|heavy|long|tall|high|wide|deep|old|fast|"
            r"expensive|much)|when|where|what) (?:is|are|was|were|do|does) (?:they|it|each(?: one| of them)?)[^:?!]"
            r"{0,60})",
            Need.SEVERAL,
        ),
        _form(
            r"what are (?:all )?(?:the )?(?:(?:different|various|main) )*(?=(?:types|kinds|sorts|forms|classes|species|"
            r"varieties|categories|versions|releases|flavou?rs) of )"
            + _T
            + r",? (?:with|and(?: what are)?) their "
            + _C
        ),
        _form(r"what are all (?:of )?(?:the )?" + _T + r",? (?:with|and(?: what are)?) their " + _C),
        _form(
            r"for (?:each|every|all)(?: of)?(?: the)? "
            + _T
            + r"(?:,? (?:please )?(?:list|give|show|state|name|find|tell me"
            r"|what (?:is|are)|provide)(?: me)? (?:its|their|the)|,? its|: ?(?:its|their|the)?) ?" + _C
        ),
        _form(
            r"(?:the )?(?P<columns>[^:?!]{2,120}?) (?:of|for) (?:all|each|every)(?: single)?(?: of)?(?: the)? " + _T,
            Need.REQUEST,
        ),
        _form(
            r"what (?:is|are|was|were) (?:the )?(?P<columns>[^:?!]{2,120}?) (?:of|for) (?:all|each|every)(?: of)?(?: the)"
            r"? " + _T,
            Need.TWO_COLUMNS,
        ),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)and(?=\s)|(?<=\s)as well as(?=\s)|(?<=\s)plus(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(
        r"(?:(?:the|an?|their|its|also|and|respective|both|all|of|(?:the )?columns?) )+", re.IGNORECASE
    ),
    never=_words(
        "is are was were be do does did has have had can could will would shall should may must why how who when where "
        "because if whether while i you we my your our me us them it this these those explain describe tell own not "
        "please to"
    ),
    name_column="Name",
    description_column="Description",
    aspect_column="Aspect",
    said_column="What the sources say",
)

_NACH = (
    r"(?:nach|hinsichtlich|bezüglich|in Bezug auf|im Hinblick auf|anhand(?: von)?|was)(?: ihre[nrms]?| de[rnms]| die)?"
)
_IHR = r"(?:(?:ihre[nrms]?|seine[nrms]?|jeweilige[nrms]?) |(?:deren|dessen) )(?:jeweilige[nrms]? )?"
_DE_TABLE = r"(?:eine[nr]? |die )?(?:vollständige |kurze |vergleichende )?(?:vergleichs|übersichts)?tabelle"

GERMAN = Tongue(
    language="de",
    courtesy=re.compile(
        r"(?:(?:bitte|hallo)[, ]+)*(?:(?:kannst|könntest|würdest) du (?:mir |uns )?(?:bitte )?|(?:können|könnten) Sie "
        r"(?:mir |uns )?(?:bitte )?|ich (?:möchte|hätte gern|brauche|will|suche) )?",
        re.IGNORECASE,
    ),
    request=re.compile(
        r"(?:listen?|nenne?|zeigen?|gib|geben|liste|erstellen?|mach|machen?|schreibe?|suche?|finde?|stellen?|sammle"
        r"|zähle?)(?: Sie)?(?: mir| uns)?(?: bitte)? ",
        re.IGNORECASE,
    ),
    forms=(
        _form(
            r"(?:eine (?:Liste|Übersicht) (?:von |über )?)?(?:alle[rn]?|jede[nrsm]?|sämtliche[rn]?)(?: de[rn])? "
            + _T
            + r","
            r"? (?:(?:zusammen|jeweils) )?(?:mit|und|samt|sowie) " + _IHR + _C
        ),
        _form(
            r"(?:die |eine (?:Liste|Übersicht) (?:der |von ))?" + _T + r",? (?:mit|und|samt) " + _IHR + _C, Need.REQUEST
        ),
        _form(
            _DE_TABLE
            + r"(?: von| für| mit|,?)(?= alle| sämtliche| de[rn]| jede|(?<=von)|(?<=für))(?: alle[rn]?| sämtliche[rn"
            r"]?| de[rn]| jede[nrs]?)* "
            + _T
            + r"(?:,? (?:mit|nach)(?: ihre[nrms]?| de[rnm]| Spalten?(?: für)?)? |: ?|,? und "
            r"ihre[nrms]? )" + _C
        ),
        _form(_DE_TABLE + r" (?:aller|von allen|mit allen|sämtlicher) " + _T),
        _form(
            r"(?:ein(?:en)? )?(?:vergleich(?:e|en Sie)?(?: (?:von|zwischen))?)(?: alle[rn]?)?(?: d(?:ie|en|er|as))? "
            + _N
            + r"(?:,? "
            + _NACH
            + r" |: ?)"
            + _C,
            Need.MANY_CELLS,
        ),
        _form(
            r"welche[rns]? "
            + _T
            + r",? (?:mit|(?:und )?was (?:ist|sind|war|waren)|und wie (?:ist|sind|lauten?|heißen)|und)"
            r" (?:jeweils )?" + _IHR + _C,
            Need.SEVERAL,
        ),
        _form(r"welche[rns]? " + _T + r", (?:jeweils )?mit (?:de[rnm] )?" + _C, Need.SEVERAL),
        _form(
            r"welche[rns]? "
            + _T
            + r",? und (?P<columns>(?:wie (?:groß|schwer|lang|hoch|breit|tief|alt|schnell|teuer)|wann|wo"
            r"|wofür|wozu) (?:ist|sind|wurden?|werden|leben|kommen|dienen|dient) (?:sie|es|diese|er)[^:?!]{0,60})",
            Need.SEVERAL,
        ),
        _form(
            r"(?:für )?jede[nrsm]? (?:der )?"
            + _T
            + r"(?:: ?|, (?:nenne|liste|gib|zeige) (?:mir )?|,? (?:seine[nrms]?|ihre[nrms]?)"
            r" )" + _C
        ),
        _form(
            r"(?:die |den |das )?(?P<columns>[^:?!]{2,120}?) (?:aller|jedes|jeder|sämtlicher|von allen|von jede[rm]|zu "
            r"jede[rm])(?: der)? " + _T,
            Need.REQUEST,
        ),
        _form(
            r"(?:was|wie) (?:ist|sind|lauten?) (?:die |der |das )?(?P<columns>[^:?!]{2,120}?) (?:aller|jedes|jeder|von"
            r" allen) " + _T,
            Need.TWO_COLUMNS,
        ),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)und(?=\s)|(?<=\s)sowie(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(
        r"(?:(?:die|der|das|den|dem|des|eine?[nrms]?|ihre?[nrms]?|seine?[nrms]?|deren|jeweils|jeweilige[nrms]?|auch|und"
        r"|was) )+",
        re.IGNORECASE,
    ),
    never=_words(
        "ist sind war waren wird werden wurde wurden hat haben hatte kann können soll sollte muss müssen warum wie wer "
        "wann wo weil wenn ob ich du wir sie mein meine dein unser uns mir dich erkläre beschreibe zu nicht eigenen"
    ),
    name_column="Name",
    description_column="Beschreibung",
    aspect_column="Thema",
    said_column="Was die Quellen sagen",
)

FRENCH = Tongue(
    language="fr",
    courtesy=re.compile(
        r"(?:s['’]il (?:te|vous) plaît[, ]+)?(?:(?:peux-tu|pouvez-vous) |je (?:voudrais|veux) )?", re.IGNORECASE
    ),
    request=re.compile(
        r"(?:(?:liste[rz]?|nomme[rz]?|donne[rz]?|montre[rz]?|énumère[rz]?|fai(?:s|tes|re)|crée[rz]?|dresse[rz]?)"
        r"(?:-(?:moi|nous))?) ",
        re.IGNORECASE,
    ),
    forms=(
        _form(
            r"(?:une |la )?(?:liste (?:de |des )?)?(?:tous les|toutes les|chaque) "
            + _T
            + r",? (?:avec|et) (?:leurs?|son|sa"
            r"|ses) (?:\w+ respectifs? )?" + _C
        ),
        _form(r"(?:les |la liste des |une liste des )" + _T + r",? (?:avec|et) leurs? " + _C, Need.REQUEST),
        _form(
            r"(?:un |le )?tableau (?:comparatif )?(?:de tous les|de toutes les|des|de) (?!bord\b|service\b)"
            + _T
            + r"(?:,? (?:avec|par|selon)(?: leurs?| les?| la)? |: ?| : )"
            + _C
        ),
        _form(
            r"(?:compare[rz]?|comparaison (?:de|entre))(?: (?:les?|la))? "
            + _N
            + r",? (?:selon|par rapport à|en termes de|par"
            r"|en fonction de)(?: leurs?| l[ea]s?)? " + _C,
            Need.MANY_CELLS,
        ),
        _form(r"quel(?:le)?s " + _T + r",? (?:avec|et quel(?:le)?s? (?:est|sont)|et) (?:leurs?|les? |la )" + _C),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)et(?=\s)|(?<=\s)ainsi que(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(r"(?:(?:(?:les?|la|une?|des|leurs?|son|sa|ses|et) )|l['’])+", re.IGNORECASE),
    never=_words("est sont était a ont peut pourquoi comment qui quand où parce si je tu nous vous mon ma mes pour"),
    name_column="Nom",
    description_column="Description",
    aspect_column="Sujet",
    said_column="Ce que disent les sources",
)

SPANISH = Tongue(
    language="es",
    courtesy=re.compile(r"¿?(?:por favor[, ]+)?(?:(?:puedes|podrías|puede) |quiero |quisiera )?", re.IGNORECASE),
    request=re.compile(
        r"(?:lista(?:r|me)?|enumera(?:r|me)?|nombra(?:r|me)?|da(?:r|me)|muéstra(?:me)?|haz(?:me)?|crea(?:r|me)?"
        r"|muestra) ",
        re.IGNORECASE,
    ),
    forms=(
        _form(
            r"(?:una |la )?(?:lista de )?(?:tod[oa]s l[oa]s|cada) "
            + _T
            + r",? (?:con|y) (?:sus?) (?:\w+ respectiv[oa]s? )?"
            + _C
        ),
        _form(r"(?:l[oa]s |una lista de (?:l[oa]s )?)" + _T + r",? (?:con|y) sus? " + _C, Need.REQUEST),
        _form(
            r"(?:una |la )?tabla (?:comparativa )?(?:de tod[oa]s l[oa]s|de l[oa]s|de) (?!contenidos?\b)"
            + _T
            + r"(?:,? (?:con|por|según)(?: sus?| l[ao]s?| el)? |: ?)"
            + _C
        ),
        _form(
            r"(?:compara(?:r|me)?|comparación (?:de|entre))(?: (?:el|l[ao]s?))? "
            + _N
            + r",? (?:según|por|en cuanto a|en términos"
            r" de)(?: sus?| el| l[ao]s?)? " + _C,
            Need.MANY_CELLS,
        ),
        _form(r"(?:qué|cuáles|que) " + _T + r",? (?:con|y cuál(?:es)? (?:es|son)|y) (?:sus?|el|l[ao]s?) " + _C),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)[ye](?=\s)|(?<=\s)así como(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(r"(?:(?:el|l[ao]s?|una?|sus?|y) )+", re.IGNORECASE),
    never=_words("es son era está están ha han puede por qué cómo quién cuándo dónde porque si yo tú mi mis para"),
    name_column="Nombre",
    description_column="Descripción",
    aspect_column="Tema",
    said_column="Lo que dicen las fuentes",
)

ITALIAN = Tongue(
    language="it",
    courtesy=re.compile(r"(?:per favore[, ]+)?(?:(?:puoi|potresti|può) |vorrei |voglio )?", re.IGNORECASE),
    request=re.compile(
        r"(?:elenca(?:re|mi)?|nomina(?:re)?|d(?:ammi|are)|mostra(?:re|mi)?|fa(?:re|mmi)?|crea(?:re|mi)?|fai) ",
        re.IGNORECASE,
    ),
    forms=(
        _form(
            r"(?:una |la |un )?(?:(?:lista|elenco) di )?(?:tutti (?:gli|i)|tutte le|ogni) "
            + _T
            + r",? (?:con|e) (?:(?:il|l[ao"
            r"]|i|gli|le) )?(?:loro|su[oaie]i?) " + _C
        ),
        _form(r"(?:gli |i |le )" + _T + r",? (?:con|e) (?:(?:il|l[ao]|i|gli|le) )?loro " + _C, Need.REQUEST),
        _form(
            r"(?:una |la )?tabella (?:comparativa )?(?:di tutt[ie] (?:gli|i|le)|degli|dei|delle|di) "
            + _T
            + r"(?:,? (?:con|per|secondo)(?: (?:il|la|le|i|gli|lo))?(?: loro)? |: ?)"
            + _C
        ),
        _form(
            r"(?:confronta(?:re|mi)?|confronto (?:di|tra|fra))(?: (?:il|l[aoe]|i|gli))? "
            + _N
            + r",? (?:per|secondo|in base a"
            r"|in termini di)(?: (?:il|l[aoe]|i|gli))? " + _C,
            Need.MANY_CELLS,
        ),
        _form(r"quali " + _T + r",? (?:con|e qual(?:e|i)? ?(?:è|sono)|e) (?:(?:il|l[aoe]|i|gli) )?loro " + _C),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)ed?(?=\s)|(?<=\s)nonché(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(r"(?:(?:(?:il|l[aoe]|i|gli|un[oa]?|loro|e) )|l['’])+", re.IGNORECASE),
    never=_words("è sono era ha hanno può perché come chi quando dove se io tu mio mia miei"),
    name_column="Nome",
    description_column="Descrizione",
    aspect_column="Argomento",
    said_column="Che cosa dicono le fonti",
)

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN)


def tongue_of(language: str) -> Tongue:
    """Return what a language has; English for one that has nothing here."""
    return next((tongue for tongue in TONGUES if tongue.language == language), ENGLISH)
