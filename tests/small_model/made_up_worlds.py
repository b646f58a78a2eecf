"""Made-up worlds to research in: towns that are nowhere, pages about them, and a question with its true answer.

A world is drawn from a seed. Names are made of syllables; those whose hash falls into the held-back fifth are used for
evaluation only, so that a model never meets a name of an evaluated world in training.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from fakes import document_of, source_of
from one_by_one import OneByOne

from engine.agent.roles import OpenedSource
from engine.domain import SearchResult
from engine.errors import DocumentUnreadable
from engine.reading.document import Document

CONSONANTS = "kvzjbgfdlmnt"
VOWELS = "aiou"
SYLLABLES = tuple(consonant + vowel for consonant in CONSONANTS for vowel in VOWELS)
GOODS = ("salt", "wool", "honey", "glass", "paper", "silk", "tea", "iron", "wine", "bread", "cheese", "copper")
COLOURS = ("red", "blue", "green", "white", "black", "yellow", "grey", "brown")
KINDS = ("town", "village", "city", "port", "island")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something that can be asked about a town: ``{e}`` is the town and ``{v}`` the value."""

    key: str
    value: str
    """How values are drawn: name, year, count, good, colour."""
    questions: tuple[str, ...]
    sentences: tuple[str, ...]


ATTRIBUTES = (
    Attribute(
        key="founder",
        value="name",
        questions=("Who founded {e}?", "Who was the founder of {e}?"),
        sentences=("{e} was founded by {v}.", "The founder of {e} was {v}."),
    ),
    Attribute(
        key="year",
        value="year",
        questions=("When was {e} founded?", "In which year was {e} founded?"),
        sentences=("{e} was founded in the year {v}.", "The year of the founding of {e} was {v}."),
    ),
    Attribute(
        key="river",
        value="name",
        questions=("Which river flows through {e}?", "What is the name of the river in {e}?"),
        sentences=("The river in {e} is called {v}.", "Through {e} flows the river {v}."),
    ),
    Attribute(
        key="mayor",
        value="name",
        questions=("Who is the mayor of {e}?", "What is the name of the mayor of {e}?"),
        sentences=("The mayor of {e} is {v}.", "{e} has a mayor called {v}."),
    ),
    Attribute(
        key="trade",
        value="good",
        questions=("What is the trade of {e}?", "What does {e} trade in?"),
        sentences=("The trade of {e} is {v}.", "{e} does trade in {v}."),
    ),
    Attribute(
        key="bridges",
        value="count",
        questions=("How many bridges are there in {e}?", "What is the number of bridges in {e}?"),
        sentences=("The number of bridges in {e} is {v}.", "There are {v} bridges in {e}."),
    ),
    Attribute(
        key="flag",
        value="colour",
        questions=("What is the colour of the flag of {e}?", "Which colour has the flag of {e}?"),
        sentences=("The colour of the flag of {e} is {v}.", "The flag of {e} is {v}."),
    ),
    Attribute(
        key="mountain",
        value="name",
        questions=("Which mountain is near {e}?", "What is the name of the mountain near {e}?"),
        sentences=("The mountain near {e} is called {v}.", "Near {e} is the mountain {v}."),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is so in a world, for its question."""

    question: str
    town: str
    attribute: Attribute
    answer: str
    """Empty where no page of the world holds it."""
    pages: tuple[str, ...]
    """Addresses of the pages about the town, whether or not they hold the answer."""
    evidence: tuple[str, ...]
    """Sentences of the pages that give the answer, word for word."""


class MadeUpWorld(OneByOne):
    """Pages by address; searching returns those whose title shares a word with the query, then their neighbours."""

    def __init__(self, truth: Truth, pages: dict[str, Document], *, snippets: dict[str, str]) -> None:
        self.truth = truth
        self.pages = pages
        self.snippets = snippets

    def search(self, query: str, *, limit: int) -> tuple[SearchResult, ...]:
        """Return pages in an order that does not give the right one away; those of the town only if it is named."""
        named = self.truth.town.lower() in query.lower()
        return tuple(
            SearchResult(address=address, title=page.title, snippet=self.snippets[address], score=1.0)
            for address, page in self.pages.items()
            if named or address not in self.truth.pages
        )[:limit]

    def open_source(self, address: str) -> OpenedSource:
        if address not in self.pages:
            raise DocumentUnreadable("There is no such page")
        document = self.pages[address]
        return OpenedSource(source=source_of(address, document), document=document)


def is_held_back(name: str) -> bool:
    """Return whether a name is kept for evaluation."""
    return zlib.crc32(name.lower().encode()) % 5 == 0


def make_world(seed: int, *, held_back: bool) -> MadeUpWorld:
    """Return the world of a seed, with names of training or with held-back ones."""
    draw = random.Random(f"{seed} {'held back' if held_back else 'training'}")
    name = name_maker(draw, held_back=held_back)
    asked = draw.choice(ATTRIBUTES)
    town = name()
    is_library = draw.random() < 0.3
    answerable, visited = draw.random() < 0.8, draw.random() < 0.9
    value = _value(draw, asked, name)
    pages: list[tuple[str, Document]] = []
    about: list[str] = []
    evidence: list[str] = []
    if visited:
        others = [name() for _ in range(2)]
        sentences = _facts(draw, town, leave_out=asked, name=name)
        if answerable:
            evidence.append(_sentence(draw, asked, town, value))
            sentences.append(evidence[0])
        sentences += [
            _sentence(draw, asked, other, _value(draw, asked, name)) for other in others[: draw.randint(0, 2)]
        ]
        draw.shuffle(sentences)
        pages.append(_page(draw, town, town, sentences, is_library=is_library))
        if draw.random() < 0.4:
            sentences = _facts(draw, town, leave_out=asked, name=name)[:2]
            if answerable:
                again = _sentence(draw, asked, town, value)
                evidence.append(again)
                sentences.append(again)
            draw.shuffle(sentences)
            pages.append(_page(draw, town, f"A visit to {town}", sentences, is_library=is_library))
        about = [address for address, _ in pages]
    for _ in range(draw.randint(1, 3)):
        other = name()
        sentences = _facts(draw, other, leave_out=None, name=name)
        pages.append(_page(draw, other, other, sentences, is_library=is_library))
    draw.shuffle(pages)
    found = bool(evidence)
    truth = Truth(
        question=draw.choice(asked.questions).format(e=town),
        town=town,
        attribute=asked,
        answer=value if found else "",
        pages=tuple(address for address, _ in pages if address in about),
        evidence=tuple(dict.fromkeys(evidence)),
    )
    snippets = {address: _snippet(draw, page, is_library=is_library) for address, page in pages}
    return MadeUpWorld(truth, dict(pages), snippets=snippets)


def name_maker(draw: random.Random, *, held_back: bool) -> Callable[[], str]:
    """Return what makes names, each with a beginning of its own."""
    used: set[str] = set()

    def name() -> str:
        while True:
            made = "".join(draw.choice(SYLLABLES) for _ in range(3)).capitalize()
            if is_held_back(made) is held_back and made[:4] not in used:
                used.add(made[:4])
                return made

    return name


def _value(draw: random.Random, attribute: Attribute, name: Callable[[], str]) -> str:
    match attribute.value:
        case "name":
            return name()
        case "year":
            return str(draw.randint(1500, 1999))
        case "count":
            return str(draw.randint(10, 99))
        case "good":
            return draw.choice(GOODS)
        case _:
            return draw.choice(COLOURS)


def _sentence(draw: random.Random, attribute: Attribute, town: str, value: str) -> str:
    return draw.choice(attribute.sentences).format(e=town, v=value)


def _facts(draw: random.Random, town: str, *, leave_out: Attribute | None, name: Callable[[], str]) -> list[str]:
    told = make_page_facts(draw, town, name=name, least=2, most=4, leave_out=leave_out)
    return [sentence for _, _, _, sentence in told]


def make_page_facts(
    draw: random.Random,
    town: str,
    *,
    name: Callable[[], str],
    least: int,
    most: int,
    leave_out: Attribute | None = None,
) -> list[tuple[Attribute, str, str, str]]:
    """Return some attributes of a town, with the town, the value and a sentence that says it."""
    told = draw.sample([one for one in ATTRIBUTES if one is not leave_out], draw.randint(least, most))
    found = []
    for one in told:
        value = _value(draw, one, name)
        found.append((one, town, value, _sentence(draw, one, town, value)))
    return found


def untrue_claims(attribute: Attribute, *, town: str, value: str, sentence: str, draw: random.Random) -> list[str]:
    """Return sentences near a true one that it does not say: another value, another town, another attribute."""
    name = name_maker(draw, held_back=False)
    other = draw.choice([one for one in ATTRIBUTES if one is not attribute])
    claims = [
        sentence.replace(value, _value(draw, attribute, name)),
        sentence.replace(town, name()),
        draw.choice(other.sentences).format(e=town, v=value),
    ]
    return [claim for claim in claims if claim != sentence]


def _page(
    draw: random.Random, town: str, title: str, sentences: list[str], *, is_library: bool
) -> tuple[str, Document]:
    first = f"{town} is {'an' if (kind := draw.choice(KINDS)) == 'island' else 'a'} {kind}."
    place = "visit" if title != town else "places"
    address = f"file:///made-up/{place}/{town.lower()}.txt" if is_library else f"https://{place}.example/{town.lower()}"
    return address, document_of("\n".join([first, *sentences]), title=title)


def _snippet(draw: random.Random, page: Document, *, is_library: bool) -> str:
    sentences = page.text.split("\n")
    if not is_library:
        return sentences[0]
    first = draw.randrange(len(sentences))
    return " ".join(sentences[first : first + draw.randint(1, 2)])
