"""A connection whose every wait can be given up within 50 ms: connecting, sending, receiving."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpcore

from engine.network.resolving import Dial, Resolver

T = TypeVar("T")

_SLICE_S = 0.05
_READ_BYTES = 1 << 18

Check = Callable[[], None]
"""Raises what ends a request; asked every 50 ms while something is waited for."""
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


@dataclass(slots=True)
class Meter:
    """What one request has cost so far."""

    bytes_sent: int = 0
    bytes_received: int = 0
    number: str = ""
    """The number that was connected to, or tried last."""


class Patience:
    """Who may give up the request that the current thread is working on, and where its bytes are counted."""

    def __init__(self) -> None:
        self._threads = threading.local()

    @contextmanager
    def of(self, check: Check, meter: Meter) -> Iterator[None]:
        """Ask and count like this from now on in the current thread."""
        self._threads.check, self._threads.meter = check, meter
        try:
            yield
        finally:
            self._threads.check, self._threads.meter = None, Meter()

    def check(self) -> None:
        """Raise what ends the request of the current thread, if anything does."""
        check = getattr(self._threads, "check", None)
        if check is not None:
            check()

    @property
    def meter(self) -> Meter:
        """Where the request of the current thread is counted."""
        found = getattr(self._threads, "meter", None)
        return found if found is not None else Meter()


class PatientBackend(httpcore.NetworkBackend):
    """Opens connections that can be given up, to numbers that may be connected to.

    Args:
        patience: of the threads.
        resolver: judges, and says which numbers a name stands for.
        dial: begins to connect to exactly one number.
        is_trusted: whether the person typed where this leads, so that any number is right.
    """

    def __init__(self, patience: Patience, *, resolver: Resolver, dial: Dial, is_trusted: bool) -> None:
        self._patience = patience
        self._resolver = resolver
        self._dial = dial
        self._is_trusted = is_trusted

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        deadline = time.monotonic() + (timeout or 60.0)
        failure: OSError | None = None
        numbers = self._numbers(host, deadline)
        for tried, number in enumerate(numbers):
            self._patience.check()
            self._patience.meter.number = number
            try:
                made = self._dial(number, port)
            except OSError as error:
                failure = error
                continue
            try:
                # A number that leads nowhere (a network without IPv6, as a rule) leaves time for the others.
                now = time.monotonic()
                self._connect(made, now + max((deadline - now) / (len(numbers) - tried), _SLICE_S))
            except OSError as error:
                made.close()
                failure = error
                continue
            except BaseException:
                made.close()
                raise
            return PatientStream(made, self._patience, number=number)
        if isinstance(failure, TimeoutError):
            raise httpcore.ConnectTimeout(str(failure))
        raise httpcore.ConnectError(str(failure or "no address")) from failure

    def _numbers(self, host: str, deadline: float) -> tuple[str, ...]:
        """What the name stands for; each of them may be connected to."""

        def look_up() -> tuple[str, ...]:
            return self._resolver.numbers(host, is_trusted=self._is_trusted)

        try:
            return left_behind(look_up, self._patience, deadline)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"looking up {host}") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"name: {error}") from error

    def _connect(self, made: socket.socket, deadline: float) -> None:
        while not _is_ready(made, writing=True):
            self._patience.check()
            if time.monotonic() > deadline:
                raise TimeoutError("connecting took too long")
        failure = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            raise OSError(failure, "connection refused")

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("not supported")

    def sleep(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._patience.check()
            time.sleep(min(left, _SLICE_S))


class PatientStream(httpcore.NetworkStream):
    """One connection, plain or encrypted."""

    def __init__(self, made: socket.socket, patience: Patience, *, number: str) -> None:
        self._socket = made
        self._patience = patience
        self._number = number

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline = time.monotonic() + (timeout or 3600.0)
        while True:
            self._patience.check()
            try:
                piece = self._socket.recv(max(max_bytes, _READ_BYTES))
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait(deadline, httpcore.ReadTimeout)
            except ssl.SSLWantWriteError:
                self._wait(deadline, httpcore.ReadTimeout, writing=True)
            except ssl.SSLZeroReturnError:
                return b""
            except OSError as error:
                raise httpcore.ReadError(str(error)) from error
            else:
                self._patience.meter.bytes_received += len(piece)
                return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout or 3600.0)
        rest = memoryview(buffer)
        while rest:
            self._patience.check()
            try:
                sent = self._socket.send(rest)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait(deadline, httpcore.WriteTimeout, writing=True)
            except ssl.SSLWantReadError:
                self._wait(deadline, httpcore.WriteTimeout)
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error
            else:
                self._patience.meter.bytes_sent += sent
                rest = rest[sent:]

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        patience_s = timeout or 60.0

        def shake_hands() -> ssl.SSLSocket:
            # The system's own trust store is asked in here, which may take its time.
            self._socket.settimeout(patience_s)
            wrapped = ssl_context.wrap_socket(
                self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            try:
                wrapped.do_handshake()
            except BaseException:
                wrapped.close()
                raise
            wrapped.setblocking(False)
            return wrapped

        try:
            wrapped = left_behind(shake_hands, self._patience, time.monotonic() + patience_s + 1)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"tls: {error}") from error
        except OSError as error:
            raise httpcore.ConnectError(f"tls: {error}") from error
        return PatientStream(wrapped, self._patience, number=self._number)

    def close(self) -> None:
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "socket":
                return self._socket
            case "ssl_object":
                return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
            case "is_readable":
                return self._socket.fileno() < 0 or _is_ready(self._socket, wait_s=0.0)
            case "client_addr":
                return self._socket.getsockname()
            case "server_addr":
                return self._socket.getpeername()
            case "number":
                return self._number
        return None

    def _wait(self, deadline: float, problem: type[Exception], *, writing: bool = False) -> None:
        _wait_for(self._socket, deadline, self._patience, problem, writing=writing)


def left_behind(work: Callable[[], T], patience: Patience, deadline: float) -> T:
    """Return what the work returns, or give up; the system's call cannot be broken off and ends by itself."""
    results: list[T] = []
    problems: list[Exception] = []
    done, is_given_up = threading.Event(), threading.Event()

    def carry_out() -> None:
        try:
            results.append(work())
        except Exception as error:
            problems.append(error)
        finally:
            done.set()
            if is_given_up.is_set():
                _close_all(results)

    threading.Thread(target=carry_out, name="connecting", daemon=True).start()
    try:
        while not done.wait(_SLICE_S):
            patience.check()
            if time.monotonic() > deadline:
                raise TimeoutError("it took too long")
    except BaseException:
        is_given_up.set()
        if done.is_set():
            _close_all(results)
        raise
    if problems:
        raise problems[0]
    return results[0]


def _close_all(results: Sequence[object]) -> None:
    for result in results:
        if isinstance(result, socket.socket):
            result.close()


def _wait_for(
    made: socket.socket, deadline: float, patience: Patience, problem: type[Exception], *, writing: bool = False
) -> None:
    while not _is_ready(made, writing=writing):
        patience.check()
        if time.monotonic() > deadline:
            raise problem("nothing arrived for too long")


def _is_ready(made: socket.socket, *, writing: bool = False, wait_s: float = _SLICE_S) -> bool:
    """Whether something can be received, or sent, within the time. Errors count as ready: the next call tells them."""
    if made.fileno() < 0:  # somebody has closed it meanwhile
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(made, select.POLLOUT if writing else select.POLLIN)
        return bool(poll.poll(wait_s * 1000))
    none: list[socket.socket] = []
    ready = select.select(none if writing else [made], [made] if writing else none, [made], wait_s)
    return any(ready)
