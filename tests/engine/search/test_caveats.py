from __future__ import annotations

import pytest

from engine.domain import EngineReport, EngineState
from engine.search.caveats import NOBODY_ANSWERED, caveats_of


def report(name: str, state: EngineState = EngineState.BLOCKED, words: str = "") -> EngineReport:
    return EngineReport(name=name, state=state, words=words or f"{name} refused the query: too many requests.")


ANSWERED = EngineReport(name="Brave", state=EngineState.ANSWERED, results=3)


def test_engines_with_the_same_reason_share_a_line() -> None:
    reports = [report("Mojeek"), ANSWERED, report("Yahoo")]
    assert caveats_of(reports, found=3, outside=0) == ("No answer from Mojeek and Yahoo: too many requests.",)


def test_an_engine_that_was_asked_twice_is_named_once() -> None:
    assert caveats_of([report("Mojeek"), report("Mojeek"), ANSWERED], found=3, outside=0) == (
        "No answer from Mojeek: too many requests.",
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Mojeek did not answer in time.", "did not answer in time"),
        (
            "Mojeek could not be reached. The proxy 127.0.0.1:9 does not answer.",
            "the proxy 127.0.0.1:9 does not answer",
        ),
        ("Mojeek wants proof that a person is there.", "wants proof that a person is there"),
        ("Mojeek was not asked: there is no key for it.", "not asked: there is no key for it"),
        ("", "nothing is known of the reason"),
    ],
)
def test_the_reason_stands_without_the_name(words: str, reason: str) -> None:
    told = EngineReport(name="Mojeek", state=EngineState.UNREACHABLE, words=words)
    assert caveats_of([told], found=0, outside=0) == (NOBODY_ANSWERED, f"No answer from Mojeek: {reason}.")


def test_those_that_rest_are_passed_over_where_others_answered() -> None:
    resting = report("Mojeek", EngineState.RESTING, "Mojeek was not asked, as it failed before.")
    assert caveats_of([resting, ANSWERED], found=3, outside=0) == ()


def test_names_that_cannot_be_found_are_one_reason() -> None:
    down = [
        EngineReport(
            name=name,
            state=EngineState.UNREACHABLE,
            words=f"{name} could not be reached. www.{name}.example cannot be found.",
        )
        for name in ("Brave", "Mojeek")
    ]
    (_, told) = caveats_of(down, found=0, outside=0)
    assert told.startswith("No answer from Brave and Mojeek: the name of its server cannot be found")
