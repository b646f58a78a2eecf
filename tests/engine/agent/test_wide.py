import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent.wide import MAX_COLUMNS, wide_question

WIDE = [
    # question, language, things, things named, columns
    ("All herons with their wingspan and clutch size", "en", "herons", (), ("Herons", "Wingspan", "Clutch size")),
    (
        "List every PostgreSQL index type with its use and limitations",
        "en",
        "PostgreSQL index type",
        (),
        ("PostgreSQL index type", "Use", "Limitations"),
    ),
    (
        "Compare Brie, Gouda and Comté by price, weight",
        "en",
        "Brie, Gouda and Comté",
        ("Brie", "Gouda", "Comté"),
        ("Name", "Price", "Weight"),
    ),
    (
        "compare SQLite and PostgreSQL by licence and maximum database size.",
        "en",
        "SQLite and PostgreSQL",
        ("SQLite", "PostgreSQL"),
        ("Name", "Licence", "Maximum database size"),
    ),
    ("Table of herons with wingspan, weight and range", "en", "herons", (), ("Herons", "Wingspan", "Weight", "Range")),
    (
        "A table of all moons of Jupiter: radius, mass, discovery year",
        "en",
        "moons of Jupiter",
        (),
        ("Moons of Jupiter", "Radius", "Mass", "Discovery year"),
    ),
    (
        "Which index types are there in PostgreSQL and what is their use?",
        "en",
        "index types in PostgreSQL",
        (),
        ("Index types in PostgreSQL", "Use"),
    ),
    (
        "Which herons live in Europe and what is their wingspan?",
        "en",
        "herons that live in Europe",
        (),
        ("Herons that live in Europe", "Wingspan"),
    ),
    (
        "Which storage engines does MariaDB have and what are their limits?",
        "en",
        "storage engines of MariaDB",
        (),
        ("Storage engines of MariaDB", "Limits"),
    ),
    (
        "What index types does PostgreSQL support, with their uses and limits?",
        "en",
        "index types of PostgreSQL",
        (),
        ("Index types of PostgreSQL", "Uses", "Limits"),
    ),
    (
        "Please list all planets with their mass, diameter and number of moons",
        "en",
        "planets",
        (),
        ("Planets", "Mass", "Diameter", "Number of moons"),
    ),
    (
        "Can you give me every Debian release with its code name, release date and end of life?",
        "en",
        "Debian release",
        (),
        ("Debian release", "Code name", "Release date", "End of life"),
    ),
    ("For each planet, give its mass and diameter", "en", "planet", (), ("Planet", "Mass", "Diameter")),
    (
        "For every Debian release: code name, release date, kernel version",
        "en",
        "Debian release",
        (),
        ("Debian release", "Code name", "Release date", "Kernel version"),
    ),
    (
        "What are the capital and population of each EU country?",
        "en",
        "EU country",
        (),
        ("EU country", "Capital", "Population"),
    ),
    (
        "List the capital and currency of every EU country",
        "en",
        "EU country",
        (),
        ("EU country", "Capital", "Currency"),
    ),
    ("Show me the planets with their masses", "en", "planets", (), ("Planets", "Masses")),
    (
        "List PostgreSQL index types and their uses and limitations",
        "en",
        "PostgreSQL index types",
        (),
        ("PostgreSQL index types", "Uses", "Limitations"),
    ),
    (
        "What are the different types of diabetes and their treatments?",
        "en",
        "types of diabetes",
        (),
        ("Types of diabetes", "Treatments"),
    ),
    (
        "Compare the PostgreSQL index types by use and limitations",
        "en",
        "PostgreSQL index types",
        (),
        ("PostgreSQL index types", "Use", "Limitations"),
    ),
    (
        "Compare grey, purple and night herons by wingspan and clutch size",
        "en",
        "grey, purple and night herons",
        ("grey herons", "purple herons", "night herons"),
        ("Name", "Wingspan", "Clutch size"),
    ),
    (
        "Compare the wingspan and weight of grey heron, purple heron and great egret",
        "en",
        "grey heron, purple heron and great egret",
        ("grey heron", "purple heron", "great egret"),
        ("Name", "Wingspan", "Weight"),
    ),
    (
        "grey heron vs purple heron vs great egret: wingspan, weight",
        "en",
        "grey heron vs purple heron vs great egret",
        ("grey heron", "purple heron", "great egret"),
        ("Name", "Wingspan", "Weight"),
    ),
    (
        "PostgreSQL index types with their use and limitations as a table",
        "en",
        "PostgreSQL index types",
        (),
        ("PostgreSQL index types", "Use", "Limitations"),
    ),
    ("All herons as a table", "en", "herons", (), ("Herons", "Description")),
    (
        "Which herons live in Europe and how large are they?",
        "en",
        "herons that live in Europe",
        (),
        ("Herons that live in Europe", "Size"),
    ),
    ("What are all the planets and their moons?", "en", "planets", (), ("Planets", "Moons")),
    (
        "Create a comparison table of Python web frameworks with licence, first release and author",
        "en",
        "Python web frameworks",
        (),
        ("Python web frameworks", "Licence", "First release", "Author"),
    ),
    (
        "I would like a table comparing Django, Flask and FastAPI by licence and first release",
        "en",
        "Django, Flask and FastAPI",
        ("Django", "Flask", "FastAPI"),
        ("Name", "Licence", "First release"),
    ),
    (
        "All birds that breed in Iceland with their wingspan and clutch size",
        "en",
        "birds that breed in Iceland",
        (),
        ("Birds that breed in Iceland", "Wingspan", "Clutch size"),
    ),
    (
        "All moons of Jupiter, Saturn and Uranus with their radius",
        "en",
        "moons of Jupiter, Saturn and Uranus",
        (),
        ("Moons of Jupiter, Saturn and Uranus", "Radius"),
    ),
    ("Alle Reiher mit ihrer Spannweite und Gelegegröße", "de", "Reiher", (), ("Reiher", "Spannweite", "Gelegegröße")),
    (
        "Welche Reiher gibt es, mit Spannweite und Gelegegröße?",
        "de",
        "Reiher",
        (),
        ("Reiher", "Spannweite", "Gelegegröße"),
    ),
    (
        "Welche Indextypen gibt es in PostgreSQL und was sind ihre Grenzen?",
        "de",
        "Indextypen in PostgreSQL",
        (),
        ("Indextypen in PostgreSQL", "Grenzen"),
    ),
    (
        "Nenne alle Planeten mit ihrer Masse und ihrem Durchmesser",
        "de",
        "Planeten",
        (),
        ("Planeten", "Masse", "Durchmesser"),
    ),
    (
        "Vergleiche Graureiher, Purpurreiher und Silberreiher nach Spannweite und Gewicht",
        "de",
        "Graureiher, Purpurreiher und Silberreiher",
        ("Graureiher", "Purpurreiher", "Silberreiher"),
        ("Name", "Spannweite", "Gewicht"),
    ),
    (
        "Erstelle eine Tabelle aller Debian-Versionen mit Codename und Erscheinungsdatum",
        "de",
        "Debian-Versionen",
        (),
        ("Debian-Versionen", "Codename", "Erscheinungsdatum"),
    ),
    (
        "Tabelle der Reiher mit Spannweite, Gewicht und Verbreitung",
        "de",
        "Reiher",
        (),
        ("Reiher", "Spannweite", "Gewicht", "Verbreitung"),
    ),
    (
        "Für jeden Planeten: Masse, Durchmesser und Zahl der Monde",
        "de",
        "Planeten",
        (),
        ("Planeten", "Masse", "Durchmesser", "Zahl der Monde"),
    ),
    ("Nenne Hauptstadt und Währung aller EU-Länder", "de", "EU-Länder", (), ("EU-Länder", "Hauptstadt", "Währung")),
    (
        "Welche Reiher leben in Europa und wie groß sind sie?",
        "de",
        "Reiher, die in Europa leben",
        (),
        ("Reiher, die in Europa leben", "Größe"),
    ),
    (
        "Bitte liste die Reiher Europas mit ihrer Spannweite auf",
        "de",
        "Reiher Europas",
        (),
        ("Reiher Europas", "Spannweite"),
    ),
    ("Tous les hérons avec leur envergure et leur poids", "fr", "hérons", (), ("Hérons", "Envergure", "Poids")),
    (
        "Comparez le héron cendré, le héron pourpré et la grande aigrette selon l'envergure et le poids",
        "fr",
        "héron cendré, le héron pourpré et la grande aigrette",
        ("héron cendré", "héron pourpré", "grande aigrette"),
        ("Nom", "Envergure", "Poids"),
    ),
    ("Tableau des hérons avec envergure et poids", "fr", "hérons", (), ("Hérons", "Envergure", "Poids")),
    (
        "Quels hérons existent et quelle est leur envergure ?",
        "fr",
        "hérons existent",
        (),
        ("Hérons existent", "Envergure"),
    ),
    ("Todas las garzas con su envergadura y su peso", "es", "garzas", (), ("Garzas", "Envergadura", "Peso")),
    (
        "Compara la garza real, la garza imperial y la garceta grande por envergadura y peso",
        "es",
        "garza real, la garza imperial y la garceta grande",
        ("garza real", "garza imperial", "garceta grande"),
        ("Nombre", "Envergadura", "Peso"),
    ),
    ("Tabla de garzas con envergadura y peso", "es", "garzas", (), ("Garzas", "Envergadura", "Peso")),
    (
        "Tutti gli aironi con la loro apertura alare e il loro peso",
        "it",
        "aironi",
        (),
        ("Aironi", "Apertura alare", "Peso"),
    ),
    (
        "Confronta airone cenerino, airone rosso e airone bianco per apertura alare e peso",
        "it",
        "airone cenerino, airone rosso e airone bianco",
        ("airone cenerino", "airone rosso", "airone bianco"),
        ("Nome", "Apertura alare", "Peso"),
    ),
]

ORDINARY = [
    "How deep is Lake Constance?",
    "What is the wingspan of the grey heron?",
    "Where do herons nest?",
    "Why do all herons with their long necks fly folded?",
    "List all countries with a monarchy",
    "Name all kings of France",
    "All animals with wings",
    "All birds with long legs and a sharp bill",
    "What are the advantages and disadvantages of WAL mode?",
    "List the advantages and disadvantages of WAL mode",
    "Compare SQLite and PostgreSQL",
    "Compare SQLite and PostgreSQL for embedded use",
    "Compare the effects of coffee and tea on sleep",
    "Compare Macbeth and Hamlet by William Shakespeare",
    "Compare Great Expectations and Bleak House by Charles Dickens",
    "Compare mergesort and quicksort by running time",
    "Compare the economy of France by sector",
    "What is a table of contents?",
    "Table of contents",
    "How do I create a table with columns id and name in PostgreSQL?",
    "Create a table with columns id and name in PostgreSQL",
    "How do I show a query result as a table?",
    "How can I compare A, B and C by price in Excel?",
    "Which party won and what was its share?",
    "What causes earthquakes and what are their effects?",
    "What are black holes and what are their effects?",
    "Who was Ada Lovelace and what were her achievements?",
    "What is the sum of all angles in a triangle?",
    "What is the meaning of all this?",
    "What is the total cost of all wars?",
    "Which command shows the size of all databases?",
    "Which file holds the settings and where is it?",
    "Who are all the people with their names in the book?",
    "Do all planets have moons with their own atmosphere?",
    "Is every index type with its limitations documented?",
    "All the best with your exam",
    "Everything you need to know about herons and their habitats",
    "Herons and their habitats",
    "Tell me about herons and their habitats",
    "The king and his crown",
    "Describe the life of Darwin and his theory",
    "List the steps to install PostgreSQL with its extensions",
    "Find all files with a size over 1 GB",
    "Get all users with their roles in Django",
    "Show the history of Rome and explain why it fell",
    "List all herons with their wingspan and explain why they migrate",
    "Periodic table of elements",
    "Periodic table with symbols",
    "What are the causes of the First World War and what were their consequences?",
    "How many herons are there and where do they live?",
    "When were the pyramids built and by whom?",
    "What does each of the files in /etc do?",
    "Wie tief ist der Bodensee?",
    "Alle Tiere mit Flügeln",
    "Alle Länder mit einem König",
    "Welche Tiere haben Flügel und Federn?",
    "Vergleiche SQLite und PostgreSQL",
    "Vergleiche Äpfel mit Birnen",
    "Was sind die Vor- und Nachteile von WAL?",
    "Nenne alle Könige von Frankreich",
    "Warum ziehen alle Störche mit ihren Jungen im Herbst nach Süden?",
    "Wer war Kepler und was sind seine Gesetze?",
    "Welche Folgen hatte der Krieg, mit welchen Kosten?",
    "Wie erstelle ich eine Tabelle mit allen Kunden und ihren Adressen?",
    "Inhaltsverzeichnis und Tabelle der Abkürzungen",
    "Tous les oiseaux avec des ailes",
    "Pourquoi tous les hérons avec leur long cou volent-ils ainsi ?",
    "Comparez SQLite et PostgreSQL",
    "Tableau de bord avec Excel",
    "¿Cuál es la envergadura de la garza real?",
    "Todos los países con un rey",
    "¿Qué es una garza y cuál es su hábitat?",
    "Qual è l'apertura alare dell'airone?",
    "Tutti i paesi con un re",
    "",
    "?",
    "with their and",
    "All",
    "All with their",
    "List",
    "for each",
    "compare , by ,",
    "SELECT name, price FROM all products with their categories",
    "Liste alle Planeten mit Masse und Durchmesser",
]


@pytest.mark.parametrize(("question", "language", "things", "named", "columns"), WIDE)
def test_a_wide_question_says_what_a_table_is_wanted_of(
    question: str, language: str, things: str, named: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    wide = wide_question(question)
    assert wide is not None
    assert (wide.language, wide.things, wide.named, wide.columns) == (language, things, named, columns)


@pytest.mark.parametrize("question", ORDINARY)
def test_an_ordinary_question_is_no_table(question: str) -> None:
    assert wide_question(question) is None


def test_white_space_and_signs_at_the_end_do_not_matter() -> None:
    plain = wide_question("All herons with their wingspan and clutch size")
    assert plain == wide_question("  All herons\n with their   wingspan and clutch size?! ")


def test_a_column_that_is_asked_for_twice_is_there_once() -> None:
    wide = wide_question("All herons with their weight, their Weight and their wingspan")
    assert wide is not None and wide.columns == ("Herons", "Weight", "Wingspan")


def test_columns_for_which_there_is_no_room_are_named() -> None:
    wide = wide_question(f"All herons with their {', '.join(f'measure {letter}' for letter in 'bcdefghjkl')}")
    assert wide is not None
    assert len(wide.columns) == MAX_COLUMNS
    assert wide.left_out == ("Measure j", "Measure k", "Measure l")


@pytest.mark.parametrize(
    "word", ["a, ", "and ", "with their ", "of each ", "all ", "compare a, ", "vs ", "alle mit ihrer "]
)
def test_a_question_that_repeats_itself_is_read_all_the_same(word: str) -> None:
    for start in ("compare ", "all ", "which ", "for each ", ""):
        wide_question(start + word * (590 // len(word)))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.sampled_from(("", "All ", "Compare ", "Which ", "Table of ", "Alle ")))
def test_any_text_may_be_a_question(text: str, start: str) -> None:
    wide = wide_question(start + text)
    assert wide is None or (len(wide.columns) >= 2 and all(column.strip() for column in wide.columns))
