"""Research on the web from the command line, over a small web on this computer and through the real door."""

import io
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_web import LoopbackWeb, Reply, door_to
from web_scenes import ENGINE, QUESTION, Hit, SmallWeb, article

from desktop.terminal.cli import main
from desktop.terminal.exit_codes import ExitCode
from engine.domain import Reach, Scope
from engine.network.door import Door
from engine.network.ledger import LEDGER_FILE
from engine.network.settings import NetworkSettings, SettingsFile
from engine.research import Research
from engine.search.settings import SearchSettings, write_settings

OTHERS = tuple(
    "duckduckgo brave mojeek startpage yahoo bing yandex openalex arxiv crossref semantic-scholar wikipedia".split()
)
NESTS = "Grey herons nest in colonies high in tall trees near water, often in old oaks."
REEDS = "In marshes without trees grey herons nest in reeds, close above the water."


class Commands:
    """The command with a small web behind its door."""

    def __init__(self, data: Path, web: LoopbackWeb) -> None:
        self.data = data
        self.web = web
        self.small = SmallWeb(web)

    def __call__(self, *arguments: object) -> int:
        return main([*(str(argument) for argument in arguments), "--data", str(self.data)], open_door=self._door)

    def _door(self, data_folder: Path) -> Door:
        return door_to(self.web, data_folder, is_online=None)

    def opened_research(self) -> Research:
        return Research.open(self.data)

    def set_up(self) -> None:
        """Go online, with the search engine of the small web alone."""
        SettingsFile(self.data).keep(NetworkSettings(is_online=True))
        write_settings(self.data, SearchSettings(off=OTHERS, searxng_address=f"http://{ENGINE}"))


@pytest.fixture
def plumbline(tmp_path: Path, monkeypatch) -> Iterator[Commands]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with LoopbackWeb() as web:
        yield Commands(tmp_path / "data", web)


def test_nothing_is_contacted_before_it_was_allowed(plumbline, capsys) -> None:
    for arguments in (["ask", QUESTION, "--web"], ["ask", QUESTION, "--both"], ["engines", "test"]):
        assert plumbline(*arguments) == ExitCode.PROBLEM
        errors = capsys.readouterr().err
        assert "not been allowed to go online yet" in errors
        assert "plumbline network on" in errors
    assert not plumbline.web.resolved
    assert not plumbline.web.dialled
    assert not (plumbline.data / LEDGER_FILE).exists()


def test_who_may_not_go_online_is_told_how_wherever_it_fails(plumbline, tmp_path, capsys) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "herons.txt").write_text(NESTS)
    server = "http://models.example:8080"
    for arguments in (
        ["models", "get"],
        ["ask", QUESTION, "--library", tmp_path / "notes", "--model", server],
        ["models", "use", "--remote", server],
    ):
        plumbline(*arguments)
        assert "Allow it once:  plumbline network on" in capsys.readouterr().err, arguments


def test_help_status_lists_and_the_doctor_contact_nobody(plumbline, capsys) -> None:
    plumbline.set_up()
    for arguments in (["network"], ["network", "log"], ["engines"], ["sessions"], ["doctor", "--json"]):
        plumbline(*arguments)
    for arguments in (["--help"], ["ask", "--help"], ["engines", "--help"]):
        with pytest.raises(SystemExit):
            plumbline(*arguments)
    capsys.readouterr()
    assert not plumbline.web.resolved
    assert not (plumbline.data / LEDGER_FILE).exists()


def test_a_question_is_answered_from_the_web_with_a_receipt_of_what_left(plumbline, capsys, tmp_path) -> None:
    plumbline.set_up()
    plumbline.small.add("http://birds.example/herons", article(NESTS))
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    capsys.readouterr()
    assert plumbline("ask", QUESTION, "--web", "-o", tmp_path / "r.json") == ExitCode.DONE
    errors = capsys.readouterr().err
    assert "Searched the web for “" in errors
    assert "SearXNG: " in errors
    assert "Read “Grey herons" in errors
    content = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    left = content["receipt"]["departures"]["entries"]
    hosts = {one["host"] for one in left}
    assert {ENGINE, "birds.example", "marsh.example"} <= hosts
    queries = [one["words"] for one in left if one["purpose"] == "search"]
    assert sorted(queries) == sorted(plumbline.small.queries)
    paths = [(one["host"], one["path"]) for one in left if one["purpose"] in ("page", "robots")]
    asked = [(one.host, one.target) for one in plumbline.web.requests if one.host != ENGINE]
    assert sorted(paths) == sorted(asked)
    sent = sum(len(one.raw) for one in plumbline.web.requests)
    assert sum(one["bytes_sent"] for one in left) == sent
    assert content["receipt"]["stayed_here"] is False
    assert plumbline("show", "last") == ExitCode.DONE
    out = capsys.readouterr().out
    assert "http://birds.example/herons" in out
    assert "What left this computer" in out
    assert "Nothing left this computer" not in out


def test_only_what_was_wanted_of_the_web_is_opened(plumbline, capsys) -> None:
    plumbline.set_up()
    for host in ("birds.example", "sub.birds.example", "marsh.example"):
        plumbline.small.add(f"http://{host}/herons", article(NESTS))
    plumbline("ask", QUESTION, "--web", "--only-site", "Birds.example", "--not-site", "sub.birds.example")
    assert {address.split("/")[2] for address in plumbline.small.pages} == {"birds.example"}


def test_a_library_question_sends_nothing_and_says_so(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "herons.txt").write_text(NESTS)
    assert plumbline("ask", QUESTION, "--library", tmp_path / "notes") == ExitCode.DONE
    assert "Nothing left this computer: only files on it were searched and read." in " ".join(
        capsys.readouterr().out.split()
    )
    assert not plumbline.web.resolved


def test_both_looks_into_the_folders_and_on_the_web(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "herons.txt").write_text(NESTS)
    assert plumbline("ask", QUESTION, "--both", "--library", tmp_path / "notes") == ExitCode.DONE
    out = capsys.readouterr().out
    assert "herons.txt" in out
    assert "http://marsh.example/reeds" in out


def test_engines_that_refuse_are_not_nothing_found(plumbline, capsys) -> None:
    plumbline.set_up()
    plumbline.small.failing = Reply("slow down", status=429)
    assert plumbline("ask", QUESTION, "--web") != ExitCode.NOTHING_FOUND
    errors = capsys.readouterr().err
    assert "No search engine answered" in errors
    assert "SearXNG: " in errors
    assert "Not known: no search engine answered." in errors
    assert "Not found" not in errors


def test_a_blocked_page_is_told_with_its_reason_and_read_once_it_is_supplied(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    login = "<html><body><form action=/login><input type=password name=p></form>Please sign in to read.</body></html>"
    plumbline.small.add("http://paper.example/herons", Reply(login, status=401))
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    plumbline("ask", QUESTION, "--web")
    out, errors = capsys.readouterr()
    assert "Could not read “" in errors
    assert "(paper.example)" in errors
    assert "plumbline supply" in errors
    assert "Sources that could not be read" in out
    assert "It needs a login." in out
    saved = tmp_path / "saved.html"
    saved.write_text(article(NESTS), encoding="utf-8")
    assert plumbline("supply", "last", "nowhere.example", saved) == ExitCode.PROBLEM
    assert "http://paper.example/herons" in capsys.readouterr().err
    SettingsFile(plumbline.data).keep(NetworkSettings(is_online=False))  # it takes nobody else to read it
    assert plumbline("supply", "last", "paper.example", saved) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "Supplied by the reader" in out
    assert "high in tall trees" in out
    assert "Sources that could not be read" not in out


def test_a_command_that_is_suggested_carries_out_nothing_of_an_address(plumbline, capsys) -> None:
    plumbline.set_up()
    address = "http://paper.example/$(touch%20x)?q='`id`"
    plumbline.small.add("http://paper.example/$(touch%20x)", Reply("", status=403), is_found=False)
    plumbline.small.hits.append(Hit(address=address, title="Grey herons nest", snippet="Where grey herons nest"))
    plumbline("ask", QUESTION, "--web")
    errors = capsys.readouterr().err
    (line,) = [one for one in errors.splitlines() if "plumbline supply" in one]
    words = shlex.split(line)
    assert words[:2] == ["plumbline", "supply"]
    assert words[4:] == ["FILE"]
    assert words[3].startswith("http://paper.example/$(touch")
    assert "'http://paper.example/$(touch" in line


def test_copied_text_can_be_supplied_from_the_input_stream(plumbline, capsys, monkeypatch) -> None:
    plumbline.set_up()
    plumbline.small.add("http://paper.example/herons", Reply("", status=403))
    plumbline("ask", QUESTION, "--web")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{NESTS} ".encode() * 4)))
    capsys.readouterr()
    assert plumbline("supply", "last", "http://paper.example/herons", "-") == ExitCode.DONE
    assert "high in tall trees" in capsys.readouterr().out


def test_words_are_looked_up_only_after_they_were_shown_and_approved(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "herons.txt").write_text(NESTS)
    plumbline("ask", QUESTION, "--library", tmp_path / "notes")
    capsys.readouterr()
    words = "grey  herons\nreeds nest"
    assert plumbline("look-up", "last", words) == ExitCode.PROBLEM
    out, errors = capsys.readouterr()
    assert "  grey herons reeds nest\n" in out
    assert "--yes" in errors
    assert not plumbline.web.resolved
    assert plumbline("look-up", "last", words, "--yes") in (ExitCode.DONE, ExitCode.NOTHING_FOUND)
    assert set(plumbline.small.queries) == {"grey herons reeds nest"}
    plumbline("show", "last")
    assert "shown and approved" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("words", ["vacuum \\x1b[31m", "!g herons", "\\*reeds\\* nest", "reeds\u200b \u202enest"])
def test_what_is_shown_before_a_look_up_is_what_is_sent(plumbline, words, capsys) -> None:
    plumbline.set_up()
    plumbline("ask", "What happens when I stop a run?")
    capsys.readouterr()
    plumbline("look-up", "last", words, "--yes", "--json")
    out = capsys.readouterr().out
    shown = out.splitlines()[1].strip()
    assert set(plumbline.small.queries) == {shown}
    started = json.loads(next(line for line in out.splitlines() if '"RunStarted"' in line))
    assert started["event"]["approved_query"] == shown


def test_what_is_too_long_for_a_query_is_refused_and_never_cut(plumbline, capsys) -> None:
    plumbline.set_up()
    plumbline("ask", "What happens when I stop a run?")
    assert plumbline("look-up", "last", "herons " * 80, "--yes") == ExitCode.USAGE
    assert "too long for a query" in capsys.readouterr().err
    assert not plumbline.small.queries


def test_a_look_up_hides_no_earlier_report_of_its_session(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    plumbline("ask", "What happens when I stop a run?")
    plumbline("look-up", "last", "herons reeds", "--yes")
    capsys.readouterr()
    plumbline("show", "last")
    out, errors = capsys.readouterr()
    assert "herons reeds" in out
    assert "This is run 2 of 2 of the session. See all:  plumbline sessions show" in errors
    plumbline("sessions", "show", "last")
    first, second = capsys.readouterr().out.splitlines()
    assert first.lstrip().startswith("1")
    assert "What happens when I stop a run?" in first
    assert "herons reeds" in second
    for which in (["last", "--run", "1"], [first.split()[1]]):
        assert plumbline("show", *which) == ExitCode.DONE
        assert capsys.readouterr().out.startswith("What happens when I stop a run?")
    assert plumbline("export", "last", "--run", "1", "-o", tmp_path / "r.txt") == ExitCode.DONE
    assert (tmp_path / "r.txt").read_text(encoding="utf-8").startswith("What happens when I stop a run?")
    assert plumbline("show", "last", "--run", "3") == ExitCode.PROBLEM
    assert "There is no run 3" in capsys.readouterr().err


def test_an_address_that_the_door_refused_is_not_handed_to_a_browser(plumbline, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://paper.example/herons", Reply("", status=403))
    plumbline.small.hits.append(
        Hit(address="http://192.168.1.1/herons", title="Grey herons nest", snippet="Where grey herons nest")
    )
    plumbline("ask", QUESTION, "--web")
    suggested = [line for line in capsys.readouterr().err.splitlines() if "plumbline supply" in line]
    assert len(suggested) == 1
    assert "paper.example" in suggested[0]


def test_a_folder_is_no_saved_page_and_that_is_said(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://paper.example/herons", Reply("", status=403))
    plumbline("ask", QUESTION, "--web")
    assert plumbline("supply", "last", "paper.example", tmp_path) == ExitCode.PROBLEM
    assert "is a folder" in capsys.readouterr().err


class Keyboard(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "is_sent"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_only_a_clear_yes_sends_the_words(plumbline, answer, is_sent, capsys, monkeypatch) -> None:
    plumbline.set_up()
    plumbline("ask", "What happens when I stop a run?")
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    capsys.readouterr()
    plumbline("look-up", "last", "herons reeds")
    out, errors = capsys.readouterr()
    assert "  herons reeds\n" in out
    assert "Send it? [y/N]" in errors
    assert bool(plumbline.small.queries) == is_sent
    assert ("Nothing was sent." in errors) == (not is_sent)


def test_runs_on_the_web_that_were_cut_short_wait_until_it_may_go_there(plumbline, tmp_path, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    with plumbline.opened_research() as research:
        research.start(QUESTION, scope=Scope(reach=Reach.WEB))
    plumbline("network", "off")
    capsys.readouterr()
    assert plumbline("resume") == ExitCode.DONE
    assert "1 run on the web waits" in capsys.readouterr().err
    assert plumbline("resume", "last") == ExitCode.PROBLEM
    assert "Plumbline is offline" in capsys.readouterr().err
    assert not plumbline.web.resolved
    plumbline("network", "on")
    assert plumbline("resume") == ExitCode.DONE
    assert "http://marsh.example/reeds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "x y", "--since", "2024"], "add --web or --both"),
        (["ask", "x y", "--only-site", "example.org"], "add --web or --both"),
        (["ask", "x y", "--web", "--library", "x"], "--both"),
        (["ask", "x y", "--web", "--both"], "not allowed with"),
        (["ask", "x y", "--web", "--only-site", "no site"], "--only-site"),
        (["ask", "x y", "--web", "--since", "tomorrow"], "--since"),
        (["ask", "x y", "--web", "--since", "2024", "--until", "2020"], "--until"),
        (["ask", "x y", "--web", "--language", "German"], "--language"),
    ],
)
def test_options_that_make_no_sense_are_a_matter_of_usage(plumbline, arguments, message, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        plumbline(*arguments)
    assert ended.value.code == ExitCode.USAGE
    errors = capsys.readouterr().err
    assert message in errors
    assert "usage: plumbline ask" in errors


# --- search engines ----------------------------------------------------------------------------------------------


def test_engines_are_switched_and_listed(plumbline, capsys) -> None:
    assert plumbline("engines", "off", *OTHERS) == ExitCode.DONE
    assert plumbline("engines", "searxng", f"{ENGINE}/") == ExitCode.DONE
    assert f"The SearXNG at https://{ENGINE} is asked first." in capsys.readouterr().out
    assert plumbline("engines", "on", "DuckDuckGo", "wikipedia") == ExitCode.DONE
    plumbline("engines")
    lines = capsys.readouterr().out.splitlines()
    assert "duckduckgo  DuckDuckGo: on" in lines
    assert "mojeek  Mojeek: off" in lines
    assert plumbline("engines", "on", "altavista") == ExitCode.PROBLEM
    assert "There are: " in capsys.readouterr().err
    assert plumbline("engines", "searxng", "nonsense here") == ExitCode.PROBLEM
    assert plumbline("engines", "searxng", "none") == ExitCode.DONE
    assert plumbline("engines", "test", "searxng") == ExitCode.PROBLEM


def test_a_test_asks_one_engine_and_tells_how_it_went(plumbline, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    assert plumbline("engines", "test", "searxng") == ExitCode.DONE
    assert "✓ SearXNG: 1 result" in capsys.readouterr().out
    assert plumbline.small.queries == ["history of the plumb line"]
    plumbline.small.failing = Reply("", status=403)
    assert plumbline("engines", "test") == ExitCode.PROBLEM
    assert "✗ SearXNG" in capsys.readouterr().out
    plumbline("engines")
    assert ": it answered with status 403" in capsys.readouterr().out
    assert {one.host for one in plumbline.web.requests} == {ENGINE}


def test_a_key_is_never_kept_where_there_is_no_keyring(plumbline, capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"secret-key\n")))
    assert plumbline("engines", "key", "tavily") == ExitCode.PROBLEM
    assert "never written to a file" in capsys.readouterr().err
    plumbline("engines")
    assert "tavily  Tavily: off" in capsys.readouterr().out
    assert not [path for path in plumbline.data.rglob("*") if path.is_file() and b"secret-key" in path.read_bytes()]


@pytest.mark.parametrize(("engine", "key"), [("wikipedia", b"x"), ("tavily", b""), ("tavily", b"two words")])
def test_what_is_no_key_is_refused(plumbline, engine, key, capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(key)))
    assert plumbline("engines", "key", engine) == ExitCode.PROBLEM
    assert "Traceback" not in capsys.readouterr().err


def test_the_doctor_asks_the_engines_only_when_told_to(plumbline, capsys) -> None:
    plumbline.set_up()
    plumbline.small.add("http://marsh.example/reeds", article(REEDS))
    capsys.readouterr()
    plumbline("doctor", "--online", "--json")
    findings = json.loads(capsys.readouterr().out)["findings"]
    by_name = {one["name"]: one for one in findings}
    assert by_name["Search engine"]["detail"].startswith("SearXNG: 1 result")
    assert by_name["Search engines, asked"]["verdict"] == "works"
    assert plumbline.small.queries == ["history of the plumb line"]
