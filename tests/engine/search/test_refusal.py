from datetime import UTC, datetime

import pytest

from engine.domain import EngineState
from engine.search.refusal import LONGEST_PATIENCE_S, Reply, refusal, retry_after_s, wall

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (202, EngineState.BLOCKED),
        (302, EngineState.NONSENSE),
        (400, EngineState.NONSENSE),
        (401, EngineState.BLOCKED),
        (402, EngineState.BLOCKED),
        (403, EngineState.BLOCKED),
        (404, EngineState.NONSENSE),
        (418, EngineState.BLOCKED),
        (429, EngineState.BLOCKED),
        (432, EngineState.BLOCKED),
        (500, EngineState.UNREACHABLE),
        (503, EngineState.UNREACHABLE),
    ],
)
def test_a_status_is_never_taken_for_an_answer(status: int, state: EngineState) -> None:
    trouble = refusal(Reply(status=status), title="Somebody", now=NOW)
    assert trouble is not None
    assert trouble.state is state
    assert trouble.words.startswith("Somebody")


def test_an_answer_is_no_refusal() -> None:
    assert refusal(Reply(status=200), title="Somebody", now=NOW) is None


def test_a_wrong_key_is_called_so() -> None:
    trouble = refusal(Reply(status=401), title="Somebody", now=NOW, has_key=True)
    assert trouble is not None
    assert trouble.words == "Somebody does not accept the key."


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:05:00 GMT"}, 300.0),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_PATIENCE_S),
        ({"retry-after": "999999999999999999"}, LONGEST_PATIENCE_S),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"x-ratelimit-reset": "2, 1419704"}, 2.0),
        ({"x-ratelimit-reset": "1795262400"}, None),
        ({}, None),
    ],
)
def test_patience_is_read_in_seconds_and_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, now=NOW) == seconds


def test_a_query_about_captchas_is_no_captcha() -> None:
    page = Reply(
        status=200, text="<p>You asked: what is a captcha &amp; why</p>", address="https://x.example/?q=captcha"
    )
    assert wall(page, title="Somebody", query="what is a captcha & why") is None
    assert wall(page, title="Somebody", query="something else") is not None
