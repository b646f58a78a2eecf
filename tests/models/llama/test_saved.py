from __future__ import annotations

import pytest
from asked_models import ask_policy, assistant, load_model, user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_ggufs import write_random_model

pytest.importorskip("llama_cpp")

TURN = user("the answer to the question is in the page é日本 <|im_end|>")


@pytest.fixture(scope="module")
def kept(model_file, tmp_path_factory):
    runtime = load_model(model_file)
    reply = ask_policy(runtime, TURN, max_tokens=20)
    path = tmp_path_factory.mktemp("lanes") / "lane"
    assert runtime.save_lane(path)
    yield runtime, path, reply
    runtime.close()


def test_a_lane_comes_back_as_it_was(kept, model_file):
    runtime, path, first = kept
    other = load_model(model_file)
    assert other.restore_lane(path)
    known, restored = runtime._loaded.policy.known[0], other._loaded.policy.known[0]
    assert restored.marked == known.marked
    assert (restored.tokens, restored.ends, restored.spoken) == (known.tokens, known.ends, known.spoken)
    assert restored.decoded == known.decoded == other._loaded.policy.context.length(0) == len(restored.cells)
    second = ask_policy(other, TURN, assistant(first.text), user("go on"))
    assert second.usage.reused_tokens == known.decoded
    other.close()


def test_a_file_of_another_model_is_ignored(kept, tmp_path):
    _, path, _ = kept
    other = load_model(write_random_model(tmp_path / "other.gguf", seed=2))
    assert not other.restore_lane(path)
    assert ask_policy(other, TURN).usage.reused_tokens == 0
    other.close()


def test_a_file_made_with_other_settings_is_ignored(kept, model_file):
    _, path, _ = kept
    other = load_model(model_file, policy_flash_attention=True)
    assert not other.restore_lane(path)
    other.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_ignored(kept, tmp_path, data):
    runtime, path, _ = kept
    whole = path.read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    way = data.draw(st.sampled_from(("flip", "cut", "grow", "empty")))
    damaged = {
        "flip": whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1 :],
        "cut": whole[:position],
        "grow": whole + b"x" * (position + 1),
        "empty": b"",
    }[way]
    (tmp_path / "lane").write_bytes(damaged)
    assert not runtime.restore_lane(tmp_path / "lane")
    assert runtime._loaded.policy.known == []
    assert runtime._loaded.policy.context.length(0) == 0


def test_a_file_that_is_not_there_is_ignored(kept, tmp_path):
    runtime, _, _ = kept
    assert not runtime.restore_lane(tmp_path / "nothing")


def test_there_is_nothing_to_save_before_anything_was_read(model_file, tmp_path):
    runtime = load_model(model_file)
    assert not runtime.save_lane(tmp_path / "lane")
    assert list(tmp_path.iterdir()) == []
    runtime.close()


def test_a_folder_that_cannot_be_written_to_is_no_failure(model_file, tmp_path):
    runtime = load_model(model_file)
    ask_policy(runtime, TURN)
    (tmp_path / "file").write_text("in the way")
    assert not runtime.save_lane(tmp_path / "file" / "lane")
    runtime.close()
