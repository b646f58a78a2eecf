import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agent.live import RoleName
from engine.agent.model_roles.visible import visible

CALL = '<tool_call>\n{"name": "web_search", "arguments": {"query": ["herons"]}}\n</tool_call>'


@pytest.mark.parametrize(
    ("role", "said", "shown"),
    [
        (RoleName.POLICY, " I look for herons.\n</think>\n" + CALL, " I look for herons."),
        (RoleName.POLICY, " Known.\n</think>\n<answer> in trees </answer>", " Known.\nin trees"),
        (RoleName.POLICY, "It is known. " + CALL, "It is known."),
        (RoleName.POLICY, "3 < 4, and more", "3 < 4, and more"),
        (RoleName.PLANNER, "whole\nwhy: One search can answer it.", "One search can answer it."),
        (RoleName.PLANNER, "1. Who?\n2. When?\nwhy: Two parts.", "1. Who?\n2. When?\nTwo parts."),
        (RoleName.READER, "new: 2, 4-6\nnext: no\nnote: They nest in trees.", "They nest in trees."),
        (RoleName.WRITER, "Herons nest in trees. [1]", "Herons nest in trees. [1]"),
    ],
)
def test_a_person_sees_thoughts_and_sentences_and_not_the_form(role, said, shown):
    assert visible(role, said) == shown


@pytest.mark.parametrize("role", list(RoleName))
@given(said=st.text(alphabet="ab <>/think\n:1.whyolenteradf", max_size=60) | st.just(" So.\n</think>\n" + CALL))
def test_nothing_that_was_shown_is_taken_back(role, said):
    before = ""
    for end in range(len(said) + 1):
        now = visible(role, said[:end])
        assert now.startswith(before.rstrip())
        before = now
