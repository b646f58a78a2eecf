"""Changes of a finished report by a language model: deeper, shorter, in another language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from role_play import Evidence, speaking
from scripted_model import ScriptedModel, in_turn

from engine.agent.model_roles.editor import ModelEditor
from engine.agent.model_roles.editor_translate import lost_in
from engine.agent.roles import Brief
from engine.domain import (
    Amendment,
    AmendmentKind,
    Cell,
    Claim,
    ClaimId,
    ClaimState,
    Gap,
    PassageId,
    Report,
    Section,
    SubQuestionId,
    Table,
)
from engine.errors import AmendmentImpossible
from models.chat import ChatRequest, Reply, ReplyEnd

DEEP = "The lake is 136 metres deep at its deepest point."
MEASURED = "Anna Berg measured the lake in the spring of 2021."
COLD = "The water of the lake is cold all year, with 4 degrees at the bottom."


def claim(number: int, text: str, *passages: int) -> Claim:
    return Claim(
        id=ClaimId(number),
        text=text,
        passages=tuple(map(PassageId, passages)),
        state=ClaimState.SINGLE_SOURCE,
    )


def brief() -> Brief:
    evidence = Evidence("How deep is the lake and who measured it?")
    evidence.passage(DEEP, source="a", about=1, relevance=0.9)
    evidence.passage(MEASURED, source="b", about=1, relevance=0.7)
    evidence.passage(COLD, source="c", about=2, relevance=0.6)
    evidence.episode("How deep is the lake?")
    evidence.episode("How cold is the lake?")
    return evidence.brief()


def report() -> Report:
    return Report(
        question="How deep is the lake and who measured it?",
        answer=(claim(1, "The lake is 136 metres deep.", 1),),
        sections=(
            Section(
                title="The depth of the lake",
                claims=(
                    claim(2, "At its deepest point, the lake has a depth of 136 metres, as is known.", 1),
                    claim(3, "It was Anna Berg who measured the lake, which she did in the spring of 2021.", 2),
                    claim(4, "The depth was not known before, as far as the sources tell about the lake.", 1, 2),
                ),
            ),
            Section(title="The shore of the lake", claims=(claim(5, "The shore is long.", 1),)),
        ),
        gaps=(Gap(question="How cold is the lake?", queries=(), sources_read=0, reason="Nothing was read."),),
        made_by="A model",
    )


def amended(
    amendment: Amendment, model: ScriptedModel, *, of: Report | None = None, subquestions: tuple[int, ...] = ()
) -> Report:
    return ModelEditor(speaking(model)).amended(
        of or report(), amendment, brief(), subquestions=tuple(map(SubQuestionId, subquestions))
    )


def user(request: ChatRequest) -> str:
    return request.prompt.messages[-1].text


# --- deeper ------------------------------------------------------------------------------------------------------


def deeper(claim_id: int | None = None) -> Amendment:
    return Amendment(
        kind=AmendmentKind.DEEPER,
        words="How cold is the lake?",
        claim=ClaimId(claim_id) if claim_id is not None else None,
    )


def test_what_was_found_on_a_further_question_is_a_section_behind_that_of_the_claim() -> None:
    model = ScriptedModel(in_turn("The water is cold all year. [3]"))
    changed = amended(deeper(3), model, subquestions=(2,))
    assert [section.title for section in changed.sections] == [
        "The depth of the lake",
        "How cold is the lake?",
        "The shore of the lake",
    ]
    (new,) = changed.sections[1].claims
    assert new.state is ClaimState.UNCHECKED and new.passages == (3,) and new.id == 6
    assert changed.sections[0] == report().sections[0] and changed.answer == report().answer
    assert changed.gaps == (), "what is written about is no gap any more"


def test_without_a_claim_it_stands_at_the_end() -> None:
    changed = amended(deeper(), ScriptedModel(in_turn("The water is cold all year. [3]")), subquestions=(2,))
    assert changed.sections[-1].title == "How cold is the lake?"


def test_only_evidence_of_the_further_question_is_cited() -> None:
    model = ScriptedModel(in_turn("The water is cold all year. [3][1]"))
    changed = amended(deeper(), model, subquestions=(2,))
    assert changed.sections[-1].claims[0].passages == (3,)
    assert DEEP not in user(model.asked[0])


@pytest.mark.parametrize(("reply", "subquestions"), [("none", (2,)), ("", (7,)), ("The shore is long. [3]", (2,))])
def test_nothing_new_is_no_new_version(reply: str, subquestions: tuple[int, ...]) -> None:
    wanted = deeper() if reply else replace(deeper(), words="Who owns the castle?")
    with pytest.raises(AmendmentImpossible) as caught:
        amended(wanted, ScriptedModel(in_turn(reply)), subquestions=subquestions)
    assert caught.value.title and caught.value.hint


def test_what_was_found_on_something_else_answers_a_further_question_too() -> None:
    model = ScriptedModel(in_turn("The water is cold all year. [3]"))
    changed = amended(deeper(), model, subquestions=(7,))
    (new,) = changed.sections[-1].claims
    assert new.passages == (3,) and changed.sections[-1].title == "How cold is the lake?"
    assert DEEP not in user(model.asked[0])


def test_what_the_report_says_already_is_told_apart_from_nothing_found() -> None:
    said = report().answer[0].text
    with pytest.raises(AmendmentImpossible) as caught:
        amended(
            replace(deeper(), words="How deep is the lake?"), ScriptedModel(in_turn(f"{said} [1]")), subquestions=(7,)
        )
    assert "already" in caught.value.title


def test_a_further_question_for_a_table_is_answered_with_one() -> None:
    _, evidence = birds()
    wanted = Amendment(kind=AmendmentKind.DEEPER, words="All herons with their wingspan")
    changed = ModelEditor(speaking(table_model())).amended(report(), wanted, evidence, subquestions=(SubQuestionId(1),))
    table = changed.sections[-1].table
    assert table is not None and table.columns == ("Herons", "Wingspan")
    numbers = [one.id for one in changed.claims]
    assert len(set(numbers)) == len(numbers)


# --- shorter -----------------------------------------------------------------------------------------------------

SHORTEN = Amendment(kind=AmendmentKind.SHORTEN, section=0)


def test_a_shorter_sentence_says_which_ones_it_stands_for_and_keeps_their_citations() -> None:
    model = ScriptedModel(in_turn("Anna Berg measured the lake in 2021; it is 136 metres deep. [1][2]"))
    changed = amended(SHORTEN, model)
    (new,) = changed.sections[0].claims
    assert new.based_on == (2, 3) and set(new.passages) == {1, 2} and new.state is ClaimState.UNCHECKED
    assert new.id not in {one.id for one in report().claims}
    assert changed.sections[1] == report().sections[1] and changed.answer == report().answer


def test_a_sentence_that_stays_keeps_its_number_and_state() -> None:
    same = report().sections[0].claims[0]
    changed = amended(SHORTEN, ScriptedModel(in_turn(f"{same.text} [1]")))
    assert changed.sections[0].claims == (same,)


def test_figures_that_were_not_there_do_not_come_in() -> None:
    changed = amended(SHORTEN, ScriptedModel(in_turn("The lake is 163 metres deep. [1]")))
    assert changed.sections[0].claims == (report().sections[0].claims[0],)


@pytest.mark.parametrize("reply", ["none", "???", "", "Le lac est profond et il a été mesuré par une dame. [1][2]"])
def test_where_the_model_shortens_nothing_the_least_relevant_is_left_out_and_that_is_said(reply: str) -> None:
    changed = amended(SHORTEN, ScriptedModel(in_turn(reply)))
    kept = changed.sections[0].claims
    assert len(kept) == 2 and set(kept) < set(report().sections[0].claims)
    assert "were left out" in changed.made_by


def test_a_whole_report_of_single_sentences_loses_half_of_them() -> None:
    sections = tuple(
        Section(title=f"Part {number}", claims=(claim(number + 2, f"Thing {number} is there.", 1 + number % 2),))
        for number in range(4)
    )
    changed = amended(
        Amendment(kind=AmendmentKind.SHORTEN), ScriptedModel(in_turn()), of=replace(report(), sections=sections)
    )
    assert [section.title for section in changed.sections] == ["Part 0", "Part 2"]


def test_what_is_short_cannot_be_shortened_and_a_section_that_is_not_there_neither() -> None:
    for section in (1, 9, -1):
        with pytest.raises(AmendmentImpossible):
            amended(Amendment(kind=AmendmentKind.SHORTEN, section=section), ScriptedModel(in_turn()))


# --- another language --------------------------------------------------------------------------------------------

GERMAN = {
    "The lake is 136 metres deep.": "Der See ist 136 Meter tief.",
    "At its deepest point, the lake has a depth of 136 metres, as is known.": (
        "An der tiefsten Stelle hat der See bekanntlich eine Tiefe von 136 Metern."
    ),
    "It was Anna Berg who measured the lake, which she did in the spring of 2021.": (
        "Es war Anna Berg, die den See im Frühling 2021 gemessen hat."
    ),
    "The depth was not known before, as far as the sources tell about the lake.": (
        "Die Tiefe war vorher nicht bekannt, soweit die Quellen von dem See erzählen."
    ),
    "The shore is long.": "Das Ufer ist lang.",
    "The depth of the lake": "Die Tiefe des Sees",
    "The shore of the lake": "Das Ufer des Sees",
    "How cold is the lake?": "Wie kalt ist der See?",
}
TRANSLATE = Amendment(kind=AmendmentKind.TRANSLATE, language="de")


def translator(change: Callable[[str, str, int], str] = lambda text, new, times: new) -> ScriptedModel:
    """A model that knows the German words; ``change`` gets the text, its translation and how often it was asked."""
    times: dict[str, int] = {}

    def reply(request: ChatRequest) -> str:
        text = re.sub(r"\AThe lake.*:\n", "", user(request).split("\n")[1])
        times[text] = times.get(text, 0) + 1
        return change(text, GERMAN[text], times[text])

    return ScriptedModel(reply)


def test_every_sentence_is_translated_with_its_citations() -> None:
    model = translator()
    changed = amended(TRANSLATE, model)
    old, new = report().claims, changed.claims
    assert [one.text for one in new] == [GERMAN[one.text] for one in old]
    assert [one.passages for one in new] == [one.passages for one in old]
    assert [one.based_on for one in new] == [(one.id,) for one in old]
    assert all(one.state is ClaimState.UNCHECKED for one in new)
    assert len({one.id for one in (*old, *new)}) == len(old) + len(new)
    assert [section.title for section in changed.sections] == ["Die Tiefe des Sees", "Das Ufer des Sees"]
    assert changed.gaps[0].question == "Wie kalt ist der See?"
    assert changed.language == "de" and "into German" in changed.made_by
    assert max(model.batches) > 1


def test_a_lost_figure_is_asked_for_once_more() -> None:
    def forgets(text: str, new: str, times: int) -> str:
        return new.replace("136", "163") if times == 1 else new

    model = translator(forgets)
    changed = amended(TRANSLATE, model)
    assert changed.answer[0].text == "Der See ist 136 Meter tief."
    assert any("136" in user(request).partition("These must be in it")[2] for request in model.asked)


def test_what_stays_wrong_is_left_in_the_old_words_and_that_is_said() -> None:
    def forgets(text: str, new: str, times: int) -> str:
        return new.replace("Anna Berg", "Jana Maus")

    changed = amended(TRANSLATE, translator(forgets))
    kept = changed.sections[0].claims[1]
    assert kept == report().sections[0].claims[1]
    assert "1 sentence was left in the old words" in changed.made_by


def test_a_model_that_does_not_translate_makes_no_version() -> None:
    for change in (lambda text, new, times: text, lambda text, new, times: "", lambda text, new, times: "¿" * 9):
        with pytest.raises(AmendmentImpossible):
            amended(TRANSLATE, translator(change))
    cut = ScriptedModel(lambda _: Reply(text="Der See ist", end=ReplyEnd.LENGTH))
    with pytest.raises(AmendmentImpossible):
        amended(TRANSLATE, cut)


@pytest.mark.parametrize("language", ["en", "", "xyz", "1a"])
def test_what_is_in_the_language_already_or_no_language_is_refused(language: str) -> None:
    with pytest.raises(AmendmentImpossible):
        amended(Amendment(kind=AmendmentKind.TRANSLATE, language=language), translator())


def test_one_section_alone_can_be_translated() -> None:
    changed = amended(Amendment(kind=AmendmentKind.TRANSLATE, language="de", section=1), translator())
    assert changed.sections[1].title == "Das Ufer des Sees" and changed.sections[1].claims[0].based_on == (5,)
    assert changed.sections[0] == report().sections[0] and changed.answer == report().answer
    assert changed.language == ""


def test_tables_are_translated_cell_by_cell() -> None:
    cell = Cell(text="175–195 cm", claim=claim(8, "Grey heron, wingspan: 175–195 cm.", 1))
    table = Table(
        columns=("Bird", "Wingspan"), rows=((Cell(text="Grey heron"), cell), (Cell(text="Night heron"), Cell()))
    )
    words = GERMAN | {
        "Bird": "Vogel",
        "Wingspan": "Spannweite",
        "Grey heron": "Graureiher",
        "Night heron": "Nachtreiher",
        "Birds": "Vögel",
        "Grey heron, wingspan: 175–195 cm.": "Graureiher, Spannweite: 175–195 cm.",
    }
    model = ScriptedModel(lambda request: words[user(request).split("\n")[1]])
    changed = amended(
        TRANSLATE, model, of=replace(report(), sections=(Section(title="Birds", claims=(), table=table),))
    )
    new = changed.sections[0].table
    assert new is not None and new.columns == ("Vogel", "Spannweite")
    assert [row[0].text for row in new.rows] == ["Graureiher", "Nachtreiher"]
    assert new.rows[0][1].text == "175–195 cm"
    assert new.rows[0][1].claim is not None and new.rows[0][1].claim.based_on == (8,)
    assert new.rows[1][1] == Cell()


# --- as a table --------------------------------------------------------------------------------------------------

BIRDS = ("The grey heron has a wingspan of 175–195 cm.", "The night heron has a wingspan of 98–110 cm.")


def birds() -> tuple[Report, Brief]:
    evidence = Evidence("What is known of herons?")
    for quote in BIRDS:
        evidence.passage(quote, source=quote[4:8])
    evidence.episode("What is known of herons?")
    claims = tuple(claim(number, quote, number) for number, quote in enumerate(BIRDS, start=1))
    made = Report(
        question="What is known of herons?",
        answer=(),
        sections=(Section(title="Herons", claims=claims, subquestion_id=SubQuestionId(1)),),
        gaps=(),
        made_by="A model",
    )
    return made, evidence.brief()


def table_model(*plans: str) -> ScriptedModel:
    """A model that plans columns as told, and fills a table of the two birds."""
    planned = list(plans)

    def reply(request: ChatRequest) -> str:
        system = request.prompt.messages[0].text
        if system.startswith("You plan a table"):
            return planned.pop(0)
        if system.startswith("You fill one row"):
            is_grey = "Row: Grey heron" in user(request)
            return "Wingspan: 175–195 cm [1]" if is_grey else "Wingspan: 98–110 cm [2]"
        return "Grey heron [1]\nNight heron [2]"

    return ScriptedModel(reply)


def test_a_section_becomes_a_table_whose_cells_cite_and_say_what_they_stand_for() -> None:
    made, evidence = birds()
    model = table_model("rows: Birds\ncolumn: Wingspan")
    changed = ModelEditor(speaking(model)).amended(made, Amendment(kind=AmendmentKind.TABLE, section=0), evidence)
    section = changed.sections[0]
    assert section.claims == made.sections[0].claims and section.table is not None
    assert section.table.columns == ("Birds", "Wingspan")
    cells = [row[1] for row in section.table.rows]
    assert [cell.text for cell in cells] == ["175–195 cm", "98–110 cm"]
    assert [cell.claim.passages for cell in cells if cell.claim] == [(1,), (2,)]
    assert [cell.claim.based_on for cell in cells if cell.claim] == [(1,), (2,)]
    numbers = [one.id for one in changed.claims]
    assert len(set(numbers)) == len(numbers)
    with pytest.raises(AmendmentImpossible):
        ModelEditor(speaking(model)).amended(changed, Amendment(kind=AmendmentKind.TABLE, section=0), evidence)


def test_columns_that_the_reader_names_are_not_asked_for() -> None:
    made, evidence = birds()
    wanted = Amendment(kind=AmendmentKind.TABLE, words="All herons with their wingspan")
    changed = ModelEditor(speaking(table_model())).amended(made, wanted, evidence)
    assert changed.sections[0].table is not None and changed.sections[1:] == made.sections
    assert changed.sections[0].table.columns == ("Herons", "Wingspan")


@pytest.mark.parametrize("reply", ["none", "", "rows: Birds", "rows: Birds\nrows: More\ncolumn: Wingspan", "column: A"])
def test_without_columns_what_is_written_becomes_the_table(reply: str) -> None:
    made, evidence = birds()
    changed = ModelEditor(speaking(table_model(reply))).amended(made, Amendment(kind=AmendmentKind.TABLE), evidence)
    (section,) = changed.sections
    assert section.table is not None and section.table.claims == made.sections[0].claims


def test_a_model_that_fills_no_cell_makes_no_other_table_either() -> None:
    made, evidence = birds()
    model = ScriptedModel(in_turn("rows: Birds\ncolumn: Wingspan", "", ""))
    changed = ModelEditor(speaking(model)).amended(made, Amendment(kind=AmendmentKind.TABLE), evidence)
    assert changed.sections[0].table is not None
    assert changed.sections[0].table.claims == made.sections[0].claims


def test_one_sentence_is_no_table() -> None:
    made, evidence = birds()
    alone = replace(made, sections=(replace(made.sections[0], claims=made.sections[0].claims[:1]),))
    with pytest.raises(AmendmentImpossible):
        ModelEditor(speaking(table_model("none"))).amended(alone, Amendment(kind=AmendmentKind.TABLE), evidence)


# --- what must survive a translation -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "new", "code"),
    [
        ("The tower is 1,200 metres high.", "Der Turm ist 1.200 Meter hoch.", "de"),
        ("It cost 3.5 million dollars in 1999.", "Es kostete 1999 3,5 Millionen Dollar.", "de"),
        ("The fair opened on 20 July 1851.", "Die Messe wurde am 20. Juli 1851 eröffnet.", "de"),
        ("The album came out on March 3, 2001.", "El álbum se publicó el 3 de marzo de 2001.", "es"),
        ("It flows 2,850 km.", "Il parcourt 2 850 km.", "fr"),
        ("The United States signed it.", "Die Vereinigten Staaten unterzeichneten ihn.", "de"),
        ("The World Health Organization says so.", "Das sagt die Weltgesundheitsorganisation.", "de"),
        ("Marie Curie won two Nobel Prizes.", "Marie Curie a remporté deux prix Nobel.", "fr"),
        ("The function sqlite3_open_v2() returns 0.", "Die Funktion sqlite3_open_v2() gibt 0 zurück.", "de"),
        ("Anna Berg measured the lake.", "Анна Берг измерила озеро.", "ru"),
        ("The lake is 136 metres deep.", "湖の深さは136メートルです。", "ja"),
    ],
)
def test_the_same_in_another_language_has_lost_nothing(text: str, new: str, code: str) -> None:
    assert lost_in(text, new, code) == ()


@pytest.mark.parametrize(
    ("text", "new", "lost"),
    [
        ("The lake is 136 metres deep.", "Der See ist 163 Meter tief.", "136 metres"),
        ("The lake is deep.", "Der See ist 163 Meter tief.", "163 Meter"),
        ("It opened in May 1851.", "Es wurde im Juni 1851 eröffnet.", "May 1851"),
        ("Then Anna Berg measured it.", "Dann hat Jana Maus es gemessen.", "Anna Berg"),
        ("Call sqlite3_open_v2() first.", "Rufe zuerst die Funktion auf.", "sqlite3_open_v2"),
    ],
)
def test_what_a_translation_changes_is_told(text: str, new: str, lost: str) -> None:
    assert lost in lost_in(text, new, "de")
