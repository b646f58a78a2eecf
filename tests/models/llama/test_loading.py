from __future__ import annotations

import os
import subprocess
import sys

import pytest
from asked_models import ask, ask_policy, load_model, request, user
from small_ggufs import write_random_model

from models.errors import EngineMissing, ModelTooLarge, ModelUnusable
from models.llama import environment
from models.llama.interrupt import Interrupt
from models.llama_settings import LoadReport, Measurement, RuntimeSettings, best_settings

pytest.importorskip("llama_cpp")

from models.llama.sizing import Machine, decide

GIB = 1 << 30
ANYTHING = RuntimeSettings()


def test_a_model_says_what_it_is(runtime):
    about = runtime.about
    assert about.name == "Random Qwen2 F32"
    assert (about.context_tokens, about.reading_tokens) == (2048, 2048)
    assert about.enforces_grammar
    assert about.template_tools
    assert about.test_only
    assert {"random", "qwen2", "<tool_call>", "<think>"} <= about.traits
    assert "<answer>" not in about.traits


def test_the_report_says_how_it_runs(runtime):
    report = runtime.load_report
    assert isinstance(report, LoadReport)
    assert (report.threads, report.layers, report.gpu_layers) == (1, 2, 0)
    assert report.kv_bytes_per_token == 2 * 2 * 2 * 16 * 2
    assert report.kv_bytes == report.kv_bytes_per_token * (report.context_tokens + report.reading_tokens)
    assert 0 < report.load_s < 60


def test_what_llama_cpp_says_is_kept_and_not_written(model_file, capfd):
    runtime = load_model(model_file)
    assert any("qwen2" in line for line in runtime.log.lines())
    runtime.close()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_progress_grows_to_all_of_it(model_file):
    shares: list[float] = []
    runtime = environment.open_engine().load(
        model_file, RuntimeSettings(), on_progress=shares.append, interrupt=Interrupt()
    )
    runtime.close()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "text.gguf").write_text("once upon a time")
    with pytest.raises(ModelUnusable, match=r"text\.gguf cannot be loaded") as refusal:
        load_model(tmp_path / "text.gguf")
    assert refusal.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ModelUnusable, match="There is no model"):
        load_model(tmp_path / "none.gguf")


def test_half_a_model_is_refused(model_file, tmp_path):
    half = tmp_path / "half.gguf"
    half.write_bytes(model_file.read_bytes()[:200_000])
    with pytest.raises(ModelUnusable):
        load_model(half)


def test_a_kind_that_llama_cpp_does_not_know_is_refused_as_such(tmp_path):
    path = write_random_model(tmp_path / "future.gguf", architecture="qwen99")
    with pytest.raises(ModelUnusable, match="of a kind that cannot be run here"):
        load_model(path)


@pytest.mark.parametrize(
    "settings",
    [{"policy_flash_attention": True, "kv_type": "q8_0"}, {"reading_flash_attention": False}, {"use_repacking": True}],
)
def test_a_model_replies_however_it_is_run(tmp_path, settings):
    path = write_random_model(tmp_path / "wide.gguf", width=128)  # heads of 32 numbers, one block of q8_0
    runtime = load_model(path, **settings)
    report = runtime.load_report
    assert {name: getattr(report, name.replace("use_", "uses_")) for name in settings} == settings
    replies = ask(runtime, *(request(user(text)) for text in "abc"))
    assert all(reply.usage.reply_tokens for reply in replies)
    assert ask_policy(runtime, user("x")).usage.reply_tokens
    runtime.close()


def test_sizes_can_be_asked_for(model_file):
    runtime = load_model(model_file, context_tokens=1024, reading_tokens=512, ubatch=64, max_parallel=2)
    report = runtime.load_report
    assert (report.context_tokens, report.reading_tokens, report.ubatch, report.max_parallel) == (1024, 512, 64, 2)
    assert ask(runtime, request(user("page " * 90)))[0].usage.reply_tokens
    runtime.close()


def test_speed_can_be_measured_and_interrupted(runtime):
    measured = runtime.measure(RuntimeSettings(threads=1, ubatch=64), interrupt=Interrupt(), seconds=0.02)
    assert isinstance(measured, Measurement)
    assert measured.prompt_tokens_per_s > 0
    assert measured.reply_tokens_per_s > 0
    assert (measured.settings.threads, measured.settings.ubatch) == (1, 64)
    interrupt = Interrupt()
    interrupt.set()
    assert runtime.measure(RuntimeSettings(), interrupt=interrupt) is None


def decided(settings=ANYTHING, *, free_gib=16.0, trained=32_768, gpu=False):
    return decide(
        settings,
        machine=Machine(cores=4, free_bytes=int(free_gib * GIB)),
        kv_values_per_token=28 * 4 * 256,
        trained_tokens=trained,
        weight_bytes=int(4.7 * GIB),
        is_on_gpu=gpu,
    )


def test_a_roomy_machine_gives_the_whole_context():
    sizes = decided()
    assert (sizes.policy_tokens, sizes.reading_tokens) == (32_768, 12_288)
    assert (sizes.threads, sizes.ubatch, sizes.policy_flash_attention) == (4, 128, False)
    assert sizes.kv_bytes_per_token == 56 * 1024


def test_a_small_machine_gives_less_and_never_more_than_there_is():
    for free_gib in (6.0, 6.5, 7.0, 7.5):
        sizes = decided(free_gib=free_gib)
        assert sizes.policy_tokens < 32_768
        used = (sizes.policy_tokens + sizes.reading_tokens) * sizes.kv_bytes_per_token
        assert used <= (free_gib - 4.7) * GIB


def test_a_machine_that_cannot_even_hold_the_weights_is_told_so():
    with pytest.raises(ModelTooLarge):
        decided(free_gib=4.0)


def test_a_model_of_a_small_context_is_not_asked_for_more():
    sizes = decided(trained=2_048)
    assert (sizes.policy_tokens, sizes.reading_tokens) == (2_048, 2_048)


def test_what_was_asked_for_is_done():
    wanted = RuntimeSettings(threads=3, context_tokens=8_192, reading_tokens=4_096, ubatch=256, max_parallel=1)
    sizes = decided(wanted, free_gib=1.0)
    assert (sizes.threads, sizes.policy_tokens, sizes.reading_tokens) == (3, 8_192, 4_096)
    assert (sizes.ubatch, sizes.max_parallel) == (256, 1)


def test_a_graphics_card_has_its_own_memory():
    sizes = decided(free_gib=1.0, gpu=True)
    assert sizes.policy_tokens == 32_768
    assert sizes.policy_flash_attention


def measurement(prompt: float, reply: float, **settings) -> Measurement:
    return Measurement(settings=RuntimeSettings(**settings), prompt_tokens_per_s=prompt, reply_tokens_per_s=reply)


def test_the_fastest_settings_are_taken_over():
    base = RuntimeSettings(context_tokens=4096)
    repacked = measurement(14, 4, threads=4, use_repacking=True)
    best = best_settings([measurement(10, 4, threads=4), repacked, measurement(9, 5, threads=2)], base=base)
    assert best == RuntimeSettings(context_tokens=4096, threads=4, use_repacking=True)


def test_settings_that_differ_by_a_tremble_stay_as_they_are():
    best = best_settings([measurement(10, 4, threads=4), measurement(10.1, 4, threads=3)], base=RuntimeSettings())
    assert best.threads == 4


def test_without_measurements_nothing_changes():
    assert best_settings([], base=RuntimeSettings(threads=2)) == RuntimeSettings(threads=2)
    assert best_settings([measurement(0, 0, threads=9)], base=RuntimeSettings(threads=2)).threads == 2


def test_importing_the_package_loads_no_engine_and_threads_are_told_not_to_spin_long():
    program = (
        "import os, sys; import models.llama.environment as e, models.llama.interrupt, models.llama_settings;"
        "assert not {'llama_cpp', 'llguidance', 'numpy'} & set(sys.modules);"
        "e.open_engine(); print(os.environ['GOMP_SPINCOUNT'], 'llama_cpp' in sys.modules)"
    )
    environ = {name: value for name, value in os.environ.items() if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout.split() == ["1000", "True"]


def test_another_version_of_the_engine_is_refused(monkeypatch):
    monkeypatch.setattr(environment, "ENGINE_VERSION", "0.0.1")
    with pytest.raises(EngineMissing, match=r"0\.0\.1 is needed"):
        environment.open_engine()
