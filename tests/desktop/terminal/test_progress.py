"""What a person sees of a run over the web while it works."""

import io
import threading

from fake_runs import FakeRun
from web_runs import QUERY, web_run

from desktop.terminal.fetching import FetchLine
from desktop.terminal.progress import Progress
from desktop.terminal.streams import Terminal
from engine.agent.state import apply
from engine.domain import Outcome
from engine.events import RunContinued
from engine.web.progress import Fetching, FetchPhase


class Screen(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def shown(run: FakeRun, stream: io.StringIO) -> str:
    progress = Progress(Terminal(out=io.StringIO(), errors=stream, environment={"TERM": "xterm"}))
    state = None
    for stored in run.trace:
        state = apply(state, stored)
        progress.show(stored, state)
    return stream.getvalue()


def test_queries_and_what_each_engine_did_are_told() -> None:
    lines = shown(web_run(), io.StringIO()).splitlines()
    place = lines.index(f"Searched the web for “{QUERY}”: 3 results")
    assert lines[place + 1].startswith("  Wikipedia: 3 results · DuckDuckGo: ")
    assert any(line.startswith("Could not read “Frost and lime, a study” (paper.example.net): It is") for line in lines)


def test_an_engine_that_refused_is_told_once_where_lines_are_drawn_again() -> None:
    run = web_run()
    search = next(stored for stored in run.trace if type(stored.event).__name__ == "SearchRan")
    run.trace.insert(run.trace.index(search), search)
    assert shown(run, Screen()).count("  DuckDuckGo: ") == 1


def test_only_time_of_work_is_told() -> None:
    run = web_run()
    run.add(RunContinued(), after_s=600.0)
    run.ended(Outcome.COMPLETE)
    first, second = (line for line in shown(run, io.StringIO()).splitlines() if "passages found; " in line)
    told = [float(line.rpartition("; ")[2].removesuffix(" s")) for line in (first, second)]
    assert told[0] <= told[1] < told[0] + 5.0


def test_hostile_words_command_no_terminal() -> None:
    text = shown(web_run("\x1b]0;x\x07 \u202e"), io.StringIO())
    assert not {"\x1b", "\x07", "\r"} & set(text)


def fetching(address: str, phase: FetchPhase) -> Fetching:
    return Fetching(address=address, phase=phase)


def test_pages_on_their_way_are_one_line_that_is_drawn_again() -> None:
    screen = Screen()
    line = FetchLine(Terminal(out=io.StringIO(), errors=screen, environment={"TERM": "xterm"}))
    line(fetching("https://a.example/1", FetchPhase.QUEUED))
    assert screen.getvalue() == ""
    line(fetching("https://a.example/1", FetchPhase.FETCHING))
    line(fetching("https://b.example/2", FetchPhase.FETCHING))
    line(fetching("https://a.example/1", FetchPhase.READING))
    line(fetching("https://a.example/1", FetchPhase.DONE))
    line(fetching("https://b.example/2", FetchPhase.FAILED))
    drawn = [part.strip() for part in screen.getvalue().split("\r") if part.strip()]
    assert drawn == [
        "Fetching a.example …",
        "Fetching a.example and 1 other page …",
        "Fetching b.example, reading 1 page …",
        "Fetching b.example …",
    ]
    assert "\n" not in screen.getvalue()


def test_many_threads_may_tell_of_pages_at_once() -> None:
    screen = Screen()
    terminal = Terminal(out=io.StringIO(), errors=screen, environment={"TERM": "xterm"})
    line = FetchLine(terminal)

    def fetch(host: int) -> None:
        for number in range(30):
            for phase in (FetchPhase.FETCHING, FetchPhase.READING, FetchPhase.DONE):
                line(fetching(f"https://{host}.example/{number}", phase))
            terminal.note(f"read {host} {number}")

    threads = [threading.Thread(target=fetch, args=(host,)) for host in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Each note stands on a line of its own, whatever was drawn before it.
    notes = [one.rsplit("\r", 1)[-1] for one in screen.getvalue().split("\n")[:-1]]
    assert len(notes) == 120
    assert all(note.startswith("read ") for note in notes)
