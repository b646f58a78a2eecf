"""How one asks for a table in German."""

from __future__ import annotations

import re

from engine.agent.wide_forms.form import COLUMNS, NAMED, THINGS, Need, Tongue, form, words_of

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
        form(
            r"(?:eine (?:Liste|Übersicht) (?:von |über )?)?(?:alle[rn]?|jede[nrsm]?|sämtliche[rn]?)(?: de[rn])? "
            + THINGS
            + r","
            r"? (?:(?:zusammen|jeweils) )?(?:mit|und|samt|sowie) " + _IHR + COLUMNS
        ),
        form(
            r"(?:die |eine (?:Liste|Übersicht) (?:der |von ))?" + THINGS + r",? (?:mit|und|samt) " + _IHR + COLUMNS,
            Need.REQUEST,
        ),
        form(
            _DE_TABLE
            + r"(?: von| für| mit|,?)(?= alle| sämtliche| de[rn]| jede|(?<=von)|(?<=für))(?: alle[rn]?| sämtliche[rn"
            r"]?| de[rn]| jede[nrs]?)* "
            + THINGS
            + r"(?:,? (?:mit|nach)(?: ihre[nrms]?| de[rnm]| Spalten?(?: für)?)? |: ?|,? und "
            r"ihre[nrms]? )" + COLUMNS
        ),
        form(_DE_TABLE + r" (?:aller|von allen|mit allen|sämtlicher) " + THINGS),
        form(
            r"(?:ein(?:en)? )?(?:vergleich(?:e|en Sie)?(?: (?:von|zwischen))?)(?: alle[rn]?)?(?: d(?:ie|en|er|as))? "
            + NAMED
            + r"(?:,? "
            + _NACH
            + r" |: ?)"
            + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(
            r"welche[rns]? "
            + THINGS
            + r",? (?:mit|(?:und )?was (?:ist|sind|war|waren)|und wie (?:ist|sind|lauten?|heißen)|und)"
            r" (?:jeweils )?" + _IHR + COLUMNS,
            Need.SEVERAL,
        ),
        form(r"welche[rns]? " + THINGS + r", (?:jeweils )?mit (?:de[rnm] )?" + COLUMNS, Need.SEVERAL),
        form(
            r"welche[rns]? "
            + THINGS
            + r",? und (?P<columns>(?:wie (?:groß|schwer|lang|hoch|breit|tief|alt|schnell|teuer)|wann|wo"
            r"|wofür|wozu) (?:ist|sind|wurden?|werden|leben|kommen|dienen|dient) (?:sie|es|diese|er)[^:?!]{0,60})",
            Need.SEVERAL,
        ),
        form(
            r"(?:für )?jede[nrsm]? (?:der )?"
            + THINGS
            + r"(?:: ?|, (?:nenne|liste|gib|zeige) (?:mir )?|,? (?:seine[nrms]?|ihre[nrms]?)"
            r" )" + COLUMNS
        ),
        form(
            r"(?:die |den |das )?(?P<columns>[^:?!]{2,120}?) (?:aller|jedes|jeder|sämtlicher|von allen|von jede[rm]|zu "
            r"jede[rm])(?: der)? " + THINGS,
            Need.REQUEST,
        ),
        form(
            r"(?:was|wie) (?:ist|sind|lauten?) (?:die |der |das )?(?P<columns>[^:?!]{2,120}?) (?:aller|jedes|jeder|von"
            r" allen) " + THINGS,
            Need.TWO_COLUMNS,
        ),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)und(?=\s)|(?<=\s)sowie(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(
        r"(?:(?:die|der|das|den|dem|des|eine?[nrms]?|ihre?[nrms]?|seine?[nrms]?|deren|jeweils|jeweilige[nrms]?|auch|und"
        r"|was) )+",
        re.IGNORECASE,
    ),
    never=words_of(
        "ist sind war waren wird werden wurde wurden hat haben hatte kann können soll sollte muss müssen warum wie wer "
        "wann wo weil wenn ob ich du wir sie mein meine dein unser uns mir dich erkläre beschreibe zu nicht eigenen"
    ),
    name_column="Name",
    description_column="Beschreibung",
    aspect_column="Thema",
    said_column="Was die Quellen sagen",
)
