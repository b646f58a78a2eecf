import pytest
from machines import GIB, MIB, SEVEN, machine
from made_gguf import write_gguf

from models.files.gguf import read_gguf
from models.hub.catalog import Shape
from models.machine.fit import fit, flash_scratch_bytes, memory_for, plain_scratch_bytes


def test_the_formulas_meet_what_llama_cpp_reports_for_the_7b_shape():
    assert SEVEN.kv_bytes_per_token == 56 * 1024
    assert plain_scratch_bytes(SEVEN, tokens=32768, ubatch=512) == pytest.approx(1893 * MIB, rel=0.01)
    assert plain_scratch_bytes(SEVEN, tokens=32768, ubatch=128) == pytest.approx(473 * MIB, rel=0.01)
    assert flash_scratch_bytes(SEVEN, tokens=32768, ubatch=512) == pytest.approx(311 * MIB, rel=0.01)


@pytest.mark.parametrize(
    ("tokens", "ubatch", "flash", "reported"),
    [
        (32768, 128, False, 242.31),
        (32768, 512, False, 969.26),
        (8192, 128, False, 75.50),
        (12288, 256, True, 150.13),
        (32768, 512, True, 300.25),
        (45056, 512, True, 300.25),
    ],
)
def test_the_formulas_meet_what_llama_cpp_reports_for_the_half_b_shape(tokens, ubatch, flash, reported):
    half = Shape(
        layers=24, embedding=896, heads=14, kv_heads=2, head_dim=64, ffn=4864, vocabulary=151936,
        parameters=494_032_768, context_tokens=32768,
    )  # fmt: skip
    formula = flash_scratch_bytes if flash else plain_scratch_bytes
    assert formula(half, tokens=tokens, ubatch=ubatch) == pytest.approx(reported * MIB, rel=0.01)


def test_memory_is_weights_and_tokens_and_scratch():
    needed = memory_for(SEVEN, context_tokens=32768, reading_tokens=8192)
    weights_and_tokens = SEVEN.weight_bytes + (32768 + 8192) * 56 * 1024
    assert 700 * MIB < needed - weights_and_tokens < 1000 * MIB


@pytest.mark.parametrize(
    ("computer", "context", "layers", "words"),
    [
        (machine(16), 32768, 0, "on the processor"),
        (machine(8, free=6.6), 8192, 0, "Memory is tight: 8,192 tokens"),
        (machine(64, card=24), 32768, 29, "runs on the Big Card"),
        (machine(32, card=12), 32768, 29, "runs on the Big Card"),
        (machine(16, card=8), 24576, 29, "Memory is tight: 24,576"),
        (machine(16, card=6), 32768, 19, "takes 19 of 28 layers"),
        (machine(16, card=2), 32768, 0, "too little free memory"),
        (machine(16, card=24, offload=False), 32768, 0, "installed without support"),
        (machine(16, card=24, offload=None), 32768, 0, "or faster if"),
        (machine(16, card=11, apple=True), 32768, 29, "runs on the Big Card"),
        (machine(64, card=48, apple=True), 32768, 29, "runs on the Big Card"),
    ],
)
def test_a_7b_model_on_all_kinds_of_machines(computer, context, layers, words):
    found = fit(SEVEN, computer)
    assert found.fits
    assert (found.context_tokens, found.gpu_layers) == (context, layers)
    assert words in found.reason
    assert found.memory_bytes <= computer.free_bytes
    assert found.missing_bytes == 0
    assert 0 <= found.spare <= 1
    assert found.is_all_on_gpu == (layers == 29)


def test_a_model_that_does_not_fit_says_what_is_missing():
    found = fit(SEVEN, machine(4))
    assert not found.fits
    assert found.missing_bytes > GIB
    assert "more than can be had" in found.reason
    assert "Closing other programs" not in found.reason


def test_a_full_machine_is_told_from_a_small_one():
    found = fit(SEVEN, machine(32, free=3))
    assert not found.fits
    assert "Closing other programs would help" in found.reason


def test_less_free_memory_never_means_more_context():
    sizes = [fit(SEVEN, machine(32, free=free)).context_tokens for free in (5, 6, 7, 7.5, 8, 9, 10, 16)]
    assert sizes == sorted(sizes)


def test_graphics_without_memory_of_their_own_take_from_the_same():
    found = fit(SEVEN, machine(16, card=11, apple=True))
    assert found.memory_bytes > found.gpu_bytes > SEVEN.weight_bytes


def test_a_model_of_short_memory_gets_what_it_was_made_for():
    short = Shape(
        layers=2, embedding=256, heads=4, kv_heads=2, head_dim=64, ffn=512, vocabulary=5, parameters=10**6,
        context_tokens=2048, weight_bytes=10**6,
    )  # fmt: skip
    found = fit(short, machine(8))
    assert (found.context_tokens, found.reading_tokens) == (2048, 2048)
    assert "little for long research" in found.reason


def test_a_file_on_disk_can_be_asked_about(tmp_path):
    about = read_gguf(write_gguf(tmp_path / "a.gguf"))
    found = fit(about, machine(8))
    assert found.fits
    assert found.context_tokens == 32768


def test_the_reserve_can_be_chosen():
    assert not fit(SEVEN, machine(16), reserve_bytes=11 * GIB).fits
    assert fit(SEVEN, machine(16), reserve_bytes=0).fits
