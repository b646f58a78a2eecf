import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from packaging_scripts import load

engine_choices = load("engine_choices")
Machine = engine_choices.Machine

NVIDIA_SMI = "| NVIDIA-SMI 550.54.14    Driver Version: 550.54.14    CUDA Version: 12.4     |"


def ways(machine) -> list[str]:
    return [
        f"{attempt.accelerator} {attempt.wheels.removeprefix(engine_choices.WHEELS) or 'build'}"
        for attempt in engine_choices.attempts(machine)
    ]


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (Machine(system="Linux"), ["cpu cpu", "cpu build"]),
        (Machine(system="Linux", lacks_avx2=True), ["cpu build"]),
        (Machine(system="Darwin"), ["metal metal", "metal build"]),
        (Machine(system="Windows", cuda_of_driver=(12, 4)), ["cuda cu124", "cpu cpu", "cpu build"]),
        (
            Machine(system="Linux", cuda_of_driver=(12, 9), has_nvcc=True),
            ["cuda cu125", "cuda build", "cpu cpu", "cpu build"],
        ),
        (Machine(system="Linux", cuda_of_driver=(14, 0)), ["cuda cu132", "cpu cpu", "cpu build"]),
        (Machine(system="Linux", cuda_of_driver=(10, 2)), ["cpu cpu", "cpu build"]),
        (Machine(system="Linux", has_nvcc=True), ["cpu cpu", "cpu build"]),
    ],
)
def test_a_finished_build_comes_first_and_a_build_for_the_processor_last(machine, expected):
    assert ways(machine) == expected


def test_the_cuda_of_a_driver_is_read():
    assert engine_choices.cuda_version(NVIDIA_SMI) == (12, 4)
    assert engine_choices.cuda_version("NVIDIA-SMI has failed because it couldn't communicate with the driver") is None


@contextlib.contextmanager
def silent_listener() -> Iterator[str]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/whl/cpu"


@contextlib.contextmanager
def dripping_listener() -> Iterator[str]:
    """Sends a byte of its headers now and then, so that no single read times out."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _address = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not done.wait(0.05):
                    connection.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/whl/cpu"
        finally:
            done.set()
            dripping.join()


@contextlib.contextmanager
def answering_server(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/whl/cpu"
        finally:
            server.shutdown()
            serving.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.parametrize("listener", [silent_listener, dripping_listener])
def test_a_host_that_never_answers_costs_no_more_than_the_time_it_was_given(listener):
    with listener() as url:
        started = time.monotonic()
        assert engine_choices.answers(url, within_s=0.3) is False
        assert time.monotonic() - started < 2


def test_the_time_given_is_a_few_seconds():
    assert engine_choices._PROBE_S <= 5


def test_a_host_that_refuses_is_known_at_once():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    started = time.monotonic()
    assert engine_choices.answers(f"http://127.0.0.1:{port}/", within_s=30) is False
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(("status", "expected"), [(200, True), (404, False), (503, False)])
def test_only_a_host_that_serves_the_address_counts(status, expected):
    with answering_server(status) as url:
        assert engine_choices.answers(url, within_s=10) is expected


def test_an_address_that_is_none_is_no_crash():
    assert engine_choices.answers("whl/cpu", within_s=5) is False
