"""Why a model process ended, in words."""

from __future__ import annotations

import signal

import pytest

from models.process.child import Ended
from models.process.deaths import TakenDown, death, last_lines

PLENTY = 8 << 30


def of(exit_code: int | None, words: str = "", *, free_bytes: int = PLENTY):
    ended = Ended(exit_code=exit_code, words=words, was_killed=False)
    return death(ended, doing="while it was being loaded", free_bytes=free_bytes)


@pytest.mark.parametrize(
    "words",
    [
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 123",
        "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 900 MiB on device 0: cudaMalloc failed: out of memory",
        "MemoryError",
    ],
)
def test_words_about_memory_are_believed(words):
    error = of(-6, words)
    assert error.title == "The model needed more memory than was free"
    assert isinstance(error, TakenDown)
    assert words in "".join(error.__notes__)


def test_a_kill_with_little_free_memory_was_for_its_sake():
    assert "more memory" in of(-9, free_bytes=100 << 20).title


def test_a_kill_with_plenty_of_memory_came_from_outside():
    error = of(-9)
    assert error.title == "The model was ended from outside"
    assert isinstance(error, TakenDown)


@pytest.mark.parametrize(
    ("exit_code", "said"),
    [
        (-signal.SIGSEGV, "SIGSEGV"),
        (-4000, "signal 4000"),
        (3, "exit code 3"),
        (0xC0000005, "0xc0000005"),
        (None, "no exit code"),
    ],
)
def test_anything_else_is_a_crash_and_says_how(exit_code, said):
    error = of(exit_code)
    assert error.title == "The model crashed"
    assert said in error.hint
    assert "while it was being loaded" in error.hint
    assert not isinstance(error, TakenDown)


def test_only_the_last_lines_are_kept():
    assert last_lines("\n".join(str(number) for number in range(100))).splitlines()[0] == "88"
