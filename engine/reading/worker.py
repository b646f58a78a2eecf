"""The parser process: reads requests from its standard input, files from the disk, and answers with text.

It is expendable. Whatever a file does to it, the app goes on: see ``parser`` for the other end.
``python -m engine.reading.worker --try FILE`` prints what becomes of a file.
"""

from __future__ import annotations

import hashlib
import os
import queue
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from engine.codec import Undecodable, decode, encode
from engine.errors import DocumentUnreadable
from engine.reading.extract.content import Content
from engine.reading.extract.dispatch import extract
from engine.reading.extract.web import read_page
from engine.reading.page import MAX_PAGE_BYTES, PageBytes
from engine.reading.source_file import read_file
from engine.reading.wire import READY, BrokenFrame, Failure, Limits, ParsedFile, Reply, Request, read_frame, write_frame

_MAX_REQUEST_BYTES = 1 << 20
_ADDRESS_SPACE_SLACK_BYTES = 768 << 20
_NICENESS = 10
_MEGABYTE = 1 << 20
_SHARE_FOR_READING = 0.6
"""Of the time limit: after it, formats that can stop between pages do, and keep what they have."""


def main() -> None:
    """Serve requests until the standard input ends; the app's death ends it too."""
    requests_stream, replies_stream = _take_pipes()
    _lower_priority()
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests_stream, requests), name="requests", daemon=True).start()
    write_frame(replies_stream, READY)
    memory_limit = 0
    while True:
        request = requests.get()
        if request.limits.memory_bytes != memory_limit:
            memory_limit = request.limits.memory_bytes
            _limit_memory(memory_limit)
        _limit_time(request.limits.timeout_s)
        reply = answer(request)
        del request
        write_frame(replies_stream, encode(reply))
        del reply


def answer(request: Request) -> Reply:
    """Return the file or page as text, or why that is not possible."""
    try:
        page = request.page
        if page is not None:
            return Reply(number=request.number, parsed=parse_page(page, limits=request.limits))
        return Reply(number=request.number, parsed=parse_file(request.file, limits=request.limits))
    except DocumentUnreadable as error:
        failure = Failure(title=error.title, hint=error.hint, obstacle=error.obstacle)
        return Reply(number=request.number, failure=failure)
    except MemoryError:
        return Reply(number=request.number, failure=_out_of_memory(request.limits))
    except RecursionError:
        return Reply(
            number=request.number,
            failure=Failure(title="The file is nested too deeply", hint="It is damaged, or was made to do harm."),
        )
    except Exception as error:  # the border of the process: a library met something its author did not think of
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.excepthook(*sys.exc_info())
        return Reply(
            number=request.number,
            failure=Failure(
                title="The file is damaged or unusual",
                hint=f"Its contents could not be understood ({type(error).__name__}). "
                "Try to open it in the program it comes from and save it again.",
            ),
        )


def parse_file(path: Path, *, limits: Limits) -> ParsedFile:
    """Return the file as text.

    Raises:
        DocumentUnreadable: for every reason that is known in advance.
    """
    file = read_file(path, limits=limits)
    content = Content(
        data=file.data,
        stem=path.stem,
        characters=limits.characters,
        is_truncated=file.is_truncated,
        give_up_at=time.process_time() + _SHARE_FOR_READING * limits.timeout_s,
    )
    return ParsedFile(
        document=extract(content, format=file.format),
        file_hash=file.file_hash,
        size_bytes=file.size_bytes,
        modified_at=file.modified_at,
    )


def parse_page(page: PageBytes, *, limits: Limits) -> ParsedFile:
    """Return the page as text.

    Raises:
        DocumentUnreadable: for every reason that is known in advance.
    """
    document, facts = read_page(
        page, characters=limits.characters, give_up_at=time.process_time() + _SHARE_FOR_READING * limits.timeout_s
    )
    return ParsedFile(
        document=document,
        file_hash=hashlib.sha256(page.data).hexdigest(),
        size_bytes=len(page.data),
        page=facts,
    )


def _out_of_memory(limits: Limits) -> Failure:
    return Failure(
        title="Reading the file needed too much memory",
        hint=f"It was stopped at {limits.memory_bytes // _MEGABYTE:,} MB. It may be damaged, or made to do harm.",
    )


def _receive(stream: BinaryIO, requests: queue.SimpleQueue[Request]) -> None:
    """Pass requests on; when the app is gone, end the process at once, whatever it is busy with."""
    with suppress(BrokenFrame, Undecodable, OSError, MemoryError):
        while (frame := read_frame(stream, max_bytes=_MAX_REQUEST_BYTES)) is not None:
            request = decode(frame, Request)
            if request.head is not None:
                data = read_frame(stream, max_bytes=min(request.head.size_bytes, MAX_PAGE_BYTES))
                request = replace(request, data=data or b"")
            requests.put(request)
    os._exit(0)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves: a library that prints must not be able to break the protocol."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  exists only there

        msvcrt.setmode(requests.fileno(), os.O_BINARY)
        msvcrt.setmode(replies.fileno(), os.O_BINARY)
    return requests, replies


def _lower_priority() -> None:
    """Reading in the background must not be felt; on Windows the app starts the process at low priority."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.nice(_NICENESS)


def _limit_memory(memory_bytes: int) -> None:
    """Let the system refuse memory, files and core dumps where it can; the app watches from outside everywhere."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  exists only on POSIX

    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, memory_bytes + _ADDRESS_SPACE_SLACK_BYTES))
    for kind, value in limits:
        with suppress(OSError, ValueError):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _limit_time(timeout_s: float) -> None:
    """End the process if it computes far beyond the time a file has, even if nobody is left to end it."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  exists only on POSIX

    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime + timeout_s) + 5
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def show(path: Path) -> None:
    """Print a file as it is understood, without a parser process: for whoever works on extraction."""
    document = parse_file(path, limits=Limits()).document
    authors = ", ".join(document.authors)
    print(f"{document.title} | {document.format} | {document.language} | {authors} | {document.published}")
    for warning in document.warnings:
        print(f"! {warning}")
    for block in document.blocks:
        mark = "nav" if block.is_navigation else "   "
        place = f"{block.page or ''}#{block.anchor}"
        text = document.text[block.start : block.end].replace("\n", "⏎")
        print(f"{block.kind:10} {block.level or ' '} {mark} {place:24.24} {text}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--try"]:
        show(Path(sys.argv[2]))
    else:
        main()
