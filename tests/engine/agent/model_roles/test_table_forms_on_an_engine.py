"""What a real engine generates at random within the forms of a table is always read as it was meant."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.agent.model_roles.table_requests import cells_grammar, cells_of, names_grammar, names_of
from engine.domain import PassageId
from models.chat import Reply, ReplyEnd, Sampling

ALLOWED = {PassageId(number): "The grey heron spans 1.9 m." for number in (3, 17, 170)}
COLUMNS = ("Wingspan", "Clutch size")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    pytest.importorskip("llama_cpp")
    pytest.importorskip("llguidance")
    from asked_models import load_model
    from small_ggufs import write_random_model

    runtime = load_model(write_random_model(tmp_path_factory.mktemp("model") / "random.gguf"))
    yield runtime
    runtime.close()


def generated(engine: object, grammar: str, *, max_tokens: int) -> list[Reply]:
    from asked_models import ask, request, user

    asked = request(user("All herons with their wingspan"), max_tokens=max_tokens, grammar=grammar)
    return [ask(engine, replace(asked, sampling=Sampling(temperature=1.5, seed=seed)))[0] for seed in range(6)]


def test_names_cite_only_what_was_shown(engine: object) -> None:
    for reply in generated(engine, names_grammar(list(ALLOWED)), max_tokens=400):
        for name, numbers in names_of(reply.text, ALLOWED, is_cut=reply.end is ReplyEnd.LENGTH):
            assert name and set(numbers) <= set(ALLOWED)


def test_a_row_is_read_column_by_column(engine: object) -> None:
    complete = 0
    for reply in generated(engine, cells_grammar(COLUMNS, list(ALLOWED)), max_tokens=1_200):
        cut = reply.end is ReplyEnd.LENGTH
        complete += not cut
        cells = cells_of(reply.text, "Grey heron", COLUMNS, ALLOWED, is_cut=cut)
        assert len(cells) == len(COLUMNS)
        assert all(cell is None or set(cell[1]) <= set(ALLOWED) for cell in cells)
        if not cut:
            lines = reply.text.split("\n")
            assert [line.partition(":")[0] for line in lines] == list(COLUMNS)
    assert complete
