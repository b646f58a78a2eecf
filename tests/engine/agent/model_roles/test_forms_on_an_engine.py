"""What a real engine generates at random within the forms of the roles is always understood."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from role_play import Evidence, read_by, report_of, speaking, task_of
from small_library import article

from engine.agent.model_roles.cited import cited_grammar, cited_sentences, is_none
from engine.agent.model_roles.editor import ModelEditor
from engine.agent.model_roles.editor_table import columns_grammar
from engine.agent.model_roles.editor_translate import translation_request
from engine.agent.model_roles.judge import ModelJudge
from engine.agent.model_roles.marking import marking_grammar, read_marks
from engine.agent.model_roles.planner import ModelPlanner, planner_grammar
from engine.agent.model_roles.writer import ModelWriter
from engine.agent.model_roles.writer_missing import missing_grammar
from engine.agent.model_roles.writer_outline import outline_grammar
from engine.domain import Amendment, AmendmentKind, ClaimState, PassageId
from engine.errors import AmendmentImpossible
from models.chat import ChatRequest, Reply, ReplyEnd, Sampling

SEEDS = range(8)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    pytest.importorskip("llama_cpp")
    pytest.importorskip("llguidance")
    from asked_models import load_model
    from small_ggufs import write_random_model

    runtime = load_model(write_random_model(tmp_path_factory.mktemp("model") / "random.gguf"))
    yield runtime
    runtime.close()


def generated(engine: object, grammar: str, *, max_tokens: int = 600) -> list[Reply]:
    """Replies that came to their end, one for each seed."""
    from asked_models import ask, request, user

    asked: ChatRequest = request(user("How deep is the lake?"), max_tokens=max_tokens, grammar=grammar)
    replies = [ask(engine, replace(asked, sampling=Sampling(temperature=1.5, seed=seed)))[0] for seed in SEEDS]
    complete = [reply for reply in replies if reply.end is ReplyEnd.COMPLETE]
    assert complete
    return complete


def test_marks_are_readable_and_name_only_what_was_shown(engine: object) -> None:
    for reply in generated(engine, marking_grammar(first=9, last=31, may_go_on=True)):
        marked = read_marks(reply.text, first=9, last=31)
        assert marked is not None, reply.text
        assert set(marked.numbers) <= set(range(9, 32))


def test_sentences_cite_only_what_is_in_the_ledger(engine: object) -> None:
    allowed = {PassageId(number): "It is deep." for number in (3, 17, 170)}
    for reply in generated(engine, cited_grammar(list(allowed), limit=2), max_tokens=1_500):
        sentences, _ = cited_sentences(reply.text, allowed, limit=2)
        assert is_none(reply.text) or all(set(sentence.passages) <= set(allowed) for sentence in sentences)


def test_plans_have_their_form(engine: object) -> None:
    for reply in generated(engine, planner_grammar(limit=3), max_tokens=1_500):
        assert reply.text.startswith(("whole\nwhy: ", "1. ")) and "\nwhy: " in reply.text


def test_outlines_name_only_what_was_shown(engine: object) -> None:
    for reply in generated(engine, outline_grammar([3, 17, 170]), max_tokens=2_000):
        lines = reply.text.split("\n")
        assert 2 <= len(lines) <= 6
        for line in lines:
            _, _, numbers = line.partition(" [")
            assert set(re.findall(r"\d+", numbers)) <= {"3", "17", "170"}, line


def test_what_is_missing_is_none_or_questions(engine: object) -> None:
    for reply in generated(engine, missing_grammar(), max_tokens=1_500):
        assert reply.text == "none" or all(line[-1] in "?？؟" for line in reply.text.split("\n"))


def test_columns_of_a_table_are_planned_in_their_form(engine: object) -> None:
    for reply in generated(engine, columns_grammar(), max_tokens=1_500):
        first, *others = reply.text.split("\n")
        assert first.startswith("rows: ") and 1 <= len(others) <= 5
        assert all(line.startswith("column: ") for line in others)


def test_a_translation_is_one_line(engine: object) -> None:
    form = translation_request("The lake is deep. " * 60, "de").grammar
    for reply in generated(engine, form):
        assert reply.text and "\n" not in reply.text


class OnEngine:
    """An engine in this process in the shape that roles speak to."""

    def __init__(self, engine: object) -> None:
        self._engine = engine

    def about(self, *, is_cancelled=None):
        return self._engine.about

    def reply(self, request, *, on_text=None, is_cancelled=None):
        return self.replies((request,))[0]

    def replies(self, requests, *, on_text=None, is_cancelled=None):
        from asked_models import ask

        return tuple(ask(self._engine, *requests))

    def weigh(self, request, *, options, is_cancelled=None):
        from models.llama.interrupt import Interrupt

        return self._engine.weigh(request, options=options, interrupt=Interrupt())

    def count(self, prompt):
        return self._engine.count(prompt)


def test_every_role_gets_through_with_a_model_that_makes_no_sense(engine: object) -> None:
    model = OnEngine(engine)
    page = article("The lake", "# The lake\nMany people visit it. The lake is 136 metres deep. It is cold.")
    assert ModelPlanner(speaking(model)).plan("How deep is the lake?", max_subquestions=3).plan.subquestions
    first, second = read_by(model, task_of(page, "How deep is the lake?"), task_of(page, "How cold is the lake?"))
    for findings in (first, second):
        for selection in findings.selections:
            assert page.text[selection.start : selection.end].strip()
    evidence = Evidence("How deep is the lake?")
    evidence.passage("The lake is 136 metres deep.")
    evidence.episode("How deep is the lake?")
    brief = evidence.brief()
    report = report_of(ModelWriter(speaking(model)), brief)
    assert report.claims or report.gaps
    for claim in report.claims:
        assert set(claim.passages) <= set(brief.passages)
        assert ModelJudge(speaking(model)).check(claim, brief).state is not ClaimState.UNCHECKED
    writer = ModelWriter(speaking(model))
    assert all(question[-1] in "?？؟" for question in writer.missing(brief, report.sections))
    for claim in report.claims:
        again = writer.rewrite(claim, brief)
        assert again is None or set(again.passages) <= set(claim.passages)
    for kind in (AmendmentKind.SHORTEN, AmendmentKind.TRANSLATE, AmendmentKind.TABLE):
        with suppress(AmendmentImpossible):
            changed = ModelEditor(speaking(model)).amended(report, Amendment(kind=kind, language="de"), brief)
            assert all(set(claim.passages) <= set(brief.passages) for claim in changed.claims)
