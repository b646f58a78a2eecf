"""Measuring this machine: what is tried, what is kept, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shaped_models import GIB, computer, shaped

from models.chat import ModelAbout
from models.errors import ModelUnusable
from models.llama_settings import LoadReport, Measurement, RuntimeSettings
from models.machine.settings import MACHINE_FILE, MachineSettings
from models.machine.tuning import Tuner, thread_counts

REPORT = LoadReport(
    threads=4,
    batch_threads=4,
    context_tokens=2_048,
    reading_tokens=2_048,
    ubatch=128,
    layers=2,
    gpu_layers=0,
    policy_flash_attention=False,
    reading_flash_attention=True,
    uses_repacking=False,
    kv_type="f16",
    kv_bytes_per_token=1,
    kv_bytes=1,
    weight_bytes=1,
    max_parallel=4,
    is_shared_context=False,
    load_s=0.0,
)


class Bench:
    """A model whose speed follows from its settings; each measurement takes some seconds of its own clock."""

    def __init__(self, *, seconds_each: float = 3.0, report: LoadReport = REPORT) -> None:
        self.now_s = 0.0
        self.tried: list[RuntimeSettings] = []
        self.loads = 0
        self.is_closed = False
        self.load_report: LoadReport | None = None
        self.speeds = {"threads": {4: 10.0, 8: 6.0, 3: 9.0}, "flash": 0.5, "ubatch": {512: 1.2}, "repacking": 0.8}
        self.stop_after = 1_000
        self.error: Exception | None = None
        self._seconds_each = seconds_each
        self._report = report

    def __call__(self, path: Path, settings) -> Bench:
        self._settings = settings
        return self

    def about(self, *, is_cancelled=None) -> ModelAbout:
        if self.error is not None:
            raise self.error
        self._load()
        return ModelAbout(name="Bench", context_tokens=1, reading_tokens=1, enforces_grammar=True)

    def measure(self, settings, *, seconds=3.0, is_cancelled=None):
        self._load()
        if len(self.tried) >= self.stop_after:
            return None
        self.now_s += self._seconds_each
        self.tried.append(settings)
        used = replace(
            settings,
            threads=settings.threads or 4,
            ubatch=settings.ubatch or 128,
            policy_flash_attention=bool(settings.policy_flash_attention),
            use_repacking=self.load_report.uses_repacking,
        )
        speed = self.speeds["threads"][used.threads] * self.speeds["ubatch"].get(used.ubatch, 1.0)
        speed *= self.speeds["flash"] if used.policy_flash_attention else 1.0
        speed *= self.speeds["repacking"] if used.use_repacking else 1.0
        return Measurement(settings=used, prompt_tokens_per_s=10 * speed, reply_tokens_per_s=speed)

    def unload(self) -> None:
        self.load_report = None

    def close(self) -> None:
        self.is_closed = True

    def _load(self) -> None:
        if self.load_report is None:
            self.loads += 1
            self.load_report = replace(self._report, uses_repacking=bool(self._settings().use_repacking))


@pytest.fixture
def known(tmp_path: Path) -> MachineSettings:
    return MachineSettings(tmp_path, machine=computer)


def tuned_by(bench: Bench, known: MachineSettings, *, free_bytes: int = 100 * GIB) -> Tuner:
    tuner = Tuner(
        known,
        make_model=bench,
        read=shaped,
        free_bytes=lambda: free_bytes,
        is_quiet=lambda: True,
        clock=lambda: bench.now_s,
    )
    tuner.want(Path("m.gguf"))
    tuner.run(is_free=lambda: True)
    return tuner


MODEL = shaped(Path("m.gguf"))


@pytest.mark.parametrize(
    ("physical", "logical", "expected"),
    [(4, 8, (4, 8, 3)), (4, 4, (4, 3)), (1, 1, (1,)), (1, 2, (1, 2)), (2, 2, (2, 1))],
)
def test_few_numbers_of_threads_are_tried_and_none_twice(physical, logical, expected):
    assert thread_counts(physical=physical, logical=logical) == expected


def test_each_thing_is_tried_with_the_best_of_the_others(known):
    bench = Bench()
    bench.speeds["threads"][3] = 20.0
    tuned_by(bench, known)
    assert [settings.threads for settings in bench.tried[:3]] == [4, 8, 3]
    assert {settings.threads for settings in bench.tried[3:]} == {3}
    assert not any(settings.policy_flash_attention for settings in bench.tried)
    best = known.for_model(MODEL)
    assert (best.threads, best.ubatch, best.policy_flash_attention, best.use_repacking) == (3, 512, False, False)
    assert bench.is_closed


def test_rearranged_weights_are_used_where_they_are_faster(known):
    bench = Bench()
    bench.speeds["repacking"] = 1.5
    tuned_by(bench, known)
    assert known.for_model(MODEL).use_repacking is True
    assert bench.loads == 2


def test_rearranged_weights_are_not_tried_without_memory_for_them(known):
    bench = Bench()
    tuned_by(bench, known, free_bytes=2 * GIB)
    assert bench.loads == 1
    assert not any(settings.use_repacking for settings in bench.tried)


def test_on_a_graphics_card_threads_and_rearranging_do_not_matter(known):
    bench = Bench(report=replace(REPORT, gpu_layers=2))
    tuned_by(bench, known)
    assert bench.tried[0].threads is None
    assert all(settings.policy_flash_attention for settings in bench.tried)
    assert bench.loads == 1


def test_a_slow_machine_is_measured_for_a_minute_and_no_longer(known):
    bench = Bench(seconds_each=25.0)
    tuned_by(bench, known)
    assert len(bench.tried) == 2
    assert known.for_model(MODEL).threads == 4


def test_what_was_measured_is_not_measured_again(known):
    tuned_by(Bench(), known)
    again = Bench()
    tuner = tuned_by(again, known)
    assert again.loads == 0
    assert not tuner.is_wanted


def test_what_was_broken_off_leaves_nothing_and_is_wanted_still(known):
    bench = Bench()
    bench.stop_after = 2
    tuner = tuned_by(bench, known)
    assert known.tuned(MODEL) is None
    assert tuner.is_wanted
    assert bench.is_closed


def test_a_file_that_cannot_be_loaded_is_not_tried_again(known):
    bench = Bench()
    bench.error = ModelUnusable("Damaged")
    tuner = tuned_by(bench, known)
    assert not tuner.is_wanted
    assert known.for_model(MODEL) == RuntimeSettings()


def test_nothing_is_measured_while_somebody_uses_a_model(known):
    bench = Bench()
    tuner = Tuner(known, make_model=bench, read=shaped, is_quiet=lambda: True)
    tuner.want(Path("m.gguf"))
    tuner.run(is_free=lambda: False)
    assert bench.loads == 0


def test_nothing_is_measured_while_other_programs_are_busy(known):
    bench = Bench()
    tuner = Tuner(known, make_model=bench, read=shaped, is_quiet=lambda: False)
    tuner.want(Path("m.gguf"))
    tuner.run(is_free=lambda: True)
    assert bench.loads == 0
    assert tuner.is_wanted


# --- what is kept --------------------------------------------------------------------------------------------------

SPEED = Measurement(settings=RuntimeSettings(threads=7), prompt_tokens_per_s=9.0, reply_tokens_per_s=4.0)


def test_another_machine_model_or_quantisation_has_settings_of_its_own(tmp_path, known):
    known.keep(MODEL, [SPEED])
    assert known.for_model(MODEL).threads == 7
    assert known.for_model(shaped(Path("other.gguf"))).threads == 7
    assert known.for_model(replace(MODEL, quantisation="Q8_0")) == RuntimeSettings()
    assert known.for_model(replace(MODEL, layers=3)) == RuntimeSettings()
    other = MachineSettings(tmp_path, machine=lambda: computer(cpu="Another"))
    assert other.for_model(MODEL) == RuntimeSettings()


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"models": 3}', '{"models": {"x": {"settings": {"threads": "4"}}}}']
)
def test_a_damaged_file_is_as_good_as_none_and_written_anew(tmp_path, known, content):
    (tmp_path / MACHINE_FILE).write_text(content)
    assert known.for_model(MODEL) == RuntimeSettings()
    known.keep(MODEL, [SPEED])
    assert known.for_model(MODEL).threads == 7


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings = MachineSettings(tmp_path / "file", machine=computer)
    assert settings.keep(MODEL, [SPEED]).settings.threads == 7
    assert settings.for_model(MODEL) == RuntimeSettings()
