"""How one asks for a table in French, Spanish and Italian: the plainest wordings."""

from __future__ import annotations

import re

from engine.agent.wide_forms.form import COLUMNS, NAMED, THINGS, Need, Tongue, form, words_of

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
        form(
            r"(?:une |la )?(?:liste (?:de |des )?)?(?:tous les|toutes les|chaque) "
            + THINGS
            + r",? (?:avec|et) (?:leurs?|son|sa"
            r"|ses) (?:\w+ respectifs? )?" + COLUMNS
        ),
        form(r"(?:les |la liste des |une liste des )" + THINGS + r",? (?:avec|et) leurs? " + COLUMNS, Need.REQUEST),
        form(
            r"(?:un |le )?tableau (?:comparatif )?(?:de tous les|de toutes les|des|de) (?!bord\b|service\b)"
            + THINGS
            + r"(?:,? (?:avec|par|selon)(?: leurs?| les?| la)? |: ?| : )"
            + COLUMNS
        ),
        form(
            r"(?:compare[rz]?|comparaison (?:de|entre))(?: (?:les?|la))? "
            + NAMED
            + r",? (?:selon|par rapport à|en termes de|par"
            r"|en fonction de)(?: leurs?| l[ea]s?)? " + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(
            r"quel(?:le)?s " + THINGS + r",? (?:avec|et quel(?:le)?s? (?:est|sont)|et) (?:leurs?|les? |la )" + COLUMNS
        ),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)et(?=\s)|(?<=\s)ainsi que(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(r"(?:(?:(?:les?|la|une?|des|leurs?|son|sa|ses|et) )|l['’])+", re.IGNORECASE),
    never=words_of("est sont était a ont peut pourquoi comment qui quand où parce si je tu nous vous mon ma mes pour"),
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
        form(
            r"(?:una |la )?(?:lista de )?(?:tod[oa]s l[oa]s|cada) "
            + THINGS
            + r",? (?:con|y) (?:sus?) (?:\w+ respectiv[oa]s? )?"
            + COLUMNS
        ),
        form(r"(?:l[oa]s |una lista de (?:l[oa]s )?)" + THINGS + r",? (?:con|y) sus? " + COLUMNS, Need.REQUEST),
        form(
            r"(?:una |la )?tabla (?:comparativa )?(?:de tod[oa]s l[oa]s|de l[oa]s|de) (?!contenidos?\b)"
            + THINGS
            + r"(?:,? (?:con|por|según)(?: sus?| l[ao]s?| el)? |: ?)"
            + COLUMNS
        ),
        form(
            r"(?:compara(?:r|me)?|comparación (?:de|entre))(?: (?:el|l[ao]s?))? "
            + NAMED
            + r",? (?:según|por|en cuanto a|en términos"
            r" de)(?: sus?| el| l[ao]s?)? " + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(r"(?:qué|cuáles|que) " + THINGS + r",? (?:con|y cuál(?:es)? (?:es|son)|y) (?:sus?|el|l[ao]s?) " + COLUMNS),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)[ye](?=\s)|(?<=\s)así como(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(r"(?:(?:el|l[ao]s?|una?|sus?|y) )+", re.IGNORECASE),
    never=words_of("es son era está están ha han puede por qué cómo quién cuándo dónde porque si yo tú mi mis para"),
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
        form(
            r"(?:una |la |un )?(?:(?:lista|elenco) di )?(?:tutti (?:gli|i)|tutte le|ogni) "
            + THINGS
            + r",? (?:con|e) (?:(?:il|l[ao"
            r"]|i|gli|le) )?(?:loro|su[oaie]i?) " + COLUMNS
        ),
        form(r"(?:gli |i |le )" + THINGS + r",? (?:con|e) (?:(?:il|l[ao]|i|gli|le) )?loro " + COLUMNS, Need.REQUEST),
        form(
            r"(?:una |la )?tabella (?:comparativa )?(?:di tutt[ie] (?:gli|i|le)|degli|dei|delle|di) "
            + THINGS
            + r"(?:,? (?:con|per|secondo)(?: (?:il|la|le|i|gli|lo))?(?: loro)? |: ?)"
            + COLUMNS
        ),
        form(
            r"(?:confronta(?:re|mi)?|confronto (?:di|tra|fra))(?: (?:il|l[aoe]|i|gli))? "
            + NAMED
            + r",? (?:per|secondo|in base a"
            r"|in termini di)(?: (?:il|l[aoe]|i|gli))? " + COLUMNS,
            Need.MANY_CELLS,
        ),
        form(r"quali " + THINGS + r",? (?:con|e qual(?:e|i)? ?(?:è|sono)|e) (?:(?:il|l[aoe]|i|gli) )?loro " + COLUMNS),
    ),
    joints=re.compile(r"\s*(?:,|;|&|(?<=\s)ed?(?=\s)|(?<=\s)nonché(?=\s))\s*", re.IGNORECASE),
    articles=re.compile(r"(?:(?:(?:il|l[aoe]|i|gli|un[oa]?|loro|e) )|l['’])+", re.IGNORECASE),
    never=words_of("è sono era ha hanno può perché come chi quando dove se io tu mio mia miei"),
    name_column="Nome",
    description_column="Descrizione",
    aspect_column="Argomento",
    said_column="Che cosa dicono le fonti",
)
