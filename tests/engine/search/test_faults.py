from pathlib import Path

import pytest
from engine_pages import FakeEngines
from search_faults import SCRIPTS, Script, run_script


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_no_fault_ends_a_run_or_is_taken_for_nothing_found(script: Script, fakes: FakeEngines, folder: Path) -> None:
    judgement = run_script(script, fakes, folder)
    assert judgement.error == ""
    assert judgement.false_nothings == ()
    assert judgement.wrong_states == ()
    assert judgement.silent_failures == ()


def test_there_are_enough_scripts_and_no_two_have_one_name() -> None:
    assert len(SCRIPTS) >= 50
    assert len({script.name for script in SCRIPTS}) == len(SCRIPTS)
