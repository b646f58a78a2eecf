"""The user guide, the README and the changelog say what the program does: checked where code can check it."""

import re
import shlex
from pathlib import Path

import platformdirs
import pytest

from desktop.actions import ACTIONS
from desktop.terminal.arguments import command_line
from desktop.terminal.cast import KEY_VARIABLE
from desktop.terminal.cli import main
from desktop.terminal.exit_codes import EXIT_CODE_WORDS
from desktop.views.ask import EXAMPLES
from engine.agent.budget import budget_for
from engine.citations.coverage import MIN_COVERAGE
from engine.citations.wording import OBSTACLE_WORDS, STATE_SIGNS
from engine.domain import ClaimState, Depth, Obstacle
from engine.export import ReportFormat
from engine.network import settings as network_settings
from engine.network.client import USER_AGENT
from engine.network.ledger import LEDGER_FILE
from engine.network.settings import NetworkSettings
from engine.reading.parser import READABLE_SUFFIXES, Limits
from engine.research import MAX_QUESTION_CHARACTERS
from engine.search import settings as search_settings
from engine.search.cache import CACHE_FILE, KEPT_S
from engine.search.engines import SearchEngines
from engine.web.politeness import Manners
from engine.web.supplied import FOLDER as SUPPLIED
from models.choice import CHOICE_FILE, ModelChoice
from models.files.model_folder import default_folder
from models.files.places import Keeper
from models.keys import Keys
from models.machine.settings import MACHINE_FILE
from models.runtime import LANE_FOLDER
from models.servers.conversation import CONTINUES
from models.servers.kinds import OLLAMA_CONTEXT_TOKENS, ServerKind
from models.servers.remote import DEFAULT_CONTEXT_TOKENS
from resources.locations import guide_folder

ROOT = Path(__file__).parents[2]
PAGES = sorted(guide_folder().glob("*.md"))


@pytest.fixture(scope="module")
def guided(tmp_path_factory) -> Path:
    """A data folder in which the guide has been read."""
    return tmp_path_factory.mktemp("guided")


def page(name: str) -> str:
    return (guide_folder() / f"{name}.md").read_text(encoding="utf-8")


def table(text: str, first_header: str) -> list[list[str]]:
    """The cells of the table that begins with a header, without it."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {first_header} |"):
            next(lines)
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_every_page_has_one_title_and_no_two_the_same() -> None:
    titles = [re.findall("^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE) for path in PAGES]
    assert len(PAGES) >= 10
    assert all(len(found) == 1 for found in titles)
    assert len({found[0] for found in titles}) == len(titles)


def test_the_formats_are_those_that_can_be_read() -> None:
    text = page("your-library")
    listed = {ending for row in table(text, "Format") for ending in re.findall(r"\.\w+", row[1])}
    tried = set(re.findall(r"\.\w+", text[text.index("Files ending in") :].split(" are tried")[0]))
    assert listed | tried == READABLE_SUFFIXES
    assert not listed & tried


def test_the_depths_are_those_of_the_program() -> None:
    rows = table(page("asking-good-questions"), "Depth")
    budgets = [budget_for(depth) for depth in Depth]
    assert [row[0].lower() for row in rows] == [depth.value for depth in Depth]
    assert [[int(cell) for cell in row[1:]] for row in rows] == [
        [b.subquestions, b.searches_per_episode, b.sources_per_episode, b.passages_per_source] for b in budgets
    ]


def test_the_longest_question_is_that_of_the_program() -> None:
    assert f"up to {MAX_QUESTION_CHARACTERS:,} characters" in page("asking-good-questions")


def test_the_limits_of_one_file_are_those_of_the_program() -> None:
    text, limits = page("your-library"), Limits()
    assert f"up to {limits.timeout_s:.0f} seconds" in text
    assert f"up to {limits.file_size_bytes >> 20} MB" in text
    assert f"up to {limits.characters:,} characters" in text


def test_the_exit_codes_are_those_of_the_program() -> None:
    rows = table(page("terminal-commands"), "Code")
    assert [int(row[0]) for row in rows] == [code.value for code in EXIT_CODE_WORDS]
    for row, words in zip(rows, EXIT_CODE_WORDS.values(), strict=True):
        said, meant = (re.sub(r"\W+", " ", text).lower().split() for text in (row[1], words))
        assert set(meant) - {"it", "is"} <= set(said), (row, words)


def test_the_signs_of_the_states_are_those_of_the_program() -> None:
    assert {row[0] for row in table(page("reading-a-report"), "Sign")} == {STATE_SIGNS[state] for state in ClaimState}


def test_the_formats_of_reports_are_those_of_the_program() -> None:
    rows = table(page("exporting-a-report"), "Format")
    assert {row[1] for row in rows} == {f".{form.value}" for form in ReportFormat}
    listed = re.findall(r"`\.([a-z.]+)`", page("terminal-commands"))
    assert {form.value for form in ReportFormat} <= set(listed)


def test_the_least_coverage_is_that_of_the_program() -> None:
    assert f"less than {MIN_COVERAGE * 100:.0f} %" in page("reading-a-report")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does a bundle contain?", "the whole text of every page"),
        ("Is a bundle signed?", "not signed"),
        ("How can I mark a sentence of a report?", "right mouse button"),
        ("Does translating a report need a language model?", "needs a language model"),
        ("What is the coverage of a report?", "share of its sentences"),
    ],
)
def test_questions_about_reports_are_answered_by_the_guide(question: str, words: str, guided: Path, capsys) -> None:
    assert main(["ask", question, "--data", str(guided), "--quiet"]) == 0
    assert words in " ".join(capsys.readouterr().out.split("Sources\n")[0].split())


def test_the_shortcuts_are_those_of_the_window() -> None:
    listed = dict(table(page("keyboard-shortcuts"), "Keys"))
    for action in ACTIONS.values():
        if action.keys:
            assert listed[action.keys] == action.text.removesuffix("…")


def test_the_data_folder_is_the_one_that_is_used(monkeypatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    used = platformdirs.user_data_path("Plumbline", appauthor=False)
    found = re.findall(r"the data folder is `(.+?)`", page("where-data-is-kept"))
    places = [place.replace("\\", "/") for place in found]
    assert len(places) == 3
    ends = [place.replace("~/", "").replace("%LOCALAPPDATA%", "") for place in places]
    assert any(used.as_posix().endswith(end) for end in ends)


def commands(text: str) -> list[str]:
    """The plumbline commands in the code blocks of a text."""
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.split("| ")[-1].split("  #")[0] for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("plumbline ")]


@pytest.mark.parametrize(
    "command",
    [command for path in [*PAGES, ROOT / "README.md"] for command in commands(path.read_text(encoding="utf-8"))],
)
def test_the_commands_shown_are_commands(command: str) -> None:
    assert command_line().parse_args(shlex.split(command)[1:]).command


def test_commands_in_running_text_are_commands() -> None:
    known = set(command_line()._subparsers._group_actions[0].choices)  # type: ignore[union-attr]
    for path in [*PAGES, ROOT / "README.md"]:
        for command in re.findall(r"`plumbline ([a-z][a-z-]*)", path.read_text(encoding="utf-8")):
            assert command in known, (path.name, command)


def test_options_in_the_guide_are_options(capsys) -> None:
    known = ""
    asked = ["ask", "doctor", "export", "library add", "models use", "look-up", "supply", "network log", "engines key"]
    asked += ["show", "amend last deeper", "amend last shorten", "verify", "open", "compare", "mark"]
    for arguments in ([], *(one.split() for one in asked)):
        with pytest.raises(SystemExit):
            main([*arguments, "--help"])
        known += capsys.readouterr().out
    pages = "terminal-commands model-servers research-on-the-web search-engines privacy when-a-page-cannot-be-read"
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", "".join(map(page, pages.split()))):
        assert option in known, option


def test_what_is_said_of_models_and_servers_is_what_the_program_does() -> None:
    servers, models = page("model-servers"), page("language-models")
    assert f"{DEFAULT_CONTEXT_TOKENS:,} tokens unless the server says more" in servers
    assert f"gives a model {OLLAMA_CONTEXT_TOKENS:,} tokens" in servers
    assert KEY_VARIABLE in servers
    rows = {row[0]: row[1:] for row in table(servers, "Server")}
    named = {kind.value: kind for kind in ServerKind if kind is not ServerKind.OTHER}
    assert set(rows) == {*named, "others"}
    assert {name for name, row in rows.items() if row[0] != "depends on the model"} == {str(kind) for kind in CONTINUES}
    assert ModelChoice().idle_minutes == 10
    assert "not used for ten minutes" in models
    for keeper in Keeper:
        if keeper not in (Keeper.OURS, Keeper.CHOSEN):
            assert keeper.removeprefix("the ") in models


def test_files_of_the_data_folder_that_models_need_are_named() -> None:
    text = page("where-data-is-kept")
    for name in (CHOICE_FILE, MACHINE_FILE, LANE_FOLDER, default_folder(Path("data")).name):
        assert f"`{name}`" in text


def test_what_is_said_of_the_web_is_what_the_program_does() -> None:
    text, manners = page("research-on-the-web"), Manners()
    assert f"at most {manners.pages_per_host} pages and {manners.seconds_per_host:.0f} seconds for each host" in text
    assert manners.at_once_per_host == 2
    assert "at most two pages of a host at the same time" in text
    assert KEPT_S == 7 * 24 * 3600
    assert "kept for seven days" in text
    assert USER_AGENT.startswith("Plumbline/")
    assert NetworkSettings() == NetworkSettings(is_online=None, proxy="", obey_robots=True)


def test_every_reason_for_a_blocked_page_is_explained() -> None:
    rows = table(page("when-a-page-cannot-be-read"), "Reason")
    assert {row[0] for row in rows} == {OBSTACLE_WORDS[one] for one in Obstacle if one is not Obstacle.OTHER}


def test_the_search_engines_are_those_of_the_program(tmp_path: Path) -> None:
    text = page("search-engines")
    engines = SearchEngines(tmp_path, keys=Keys())
    try:
        known = engines.health()
    finally:
        engines.close()
    for one in known:
        assert one.title.removesuffix(" API") in text, one.title
    assert {one.name for one in known if not one.is_on and not one.needs_key} == {"bing", "yandex"}


def test_files_of_the_data_folder_that_the_web_needs_are_named() -> None:
    text = page("where-data-is-kept")
    for name in (LEDGER_FILE, network_settings.SETTINGS_FILE, search_settings.SETTINGS_FILE, CACHE_FILE, SUPPLIED):
        assert f"`{name}`" in text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many pages of a host are read in a run?", "8 pages"),
        ("How can I rescue a blocked page?", "open it in your browser"),
        ("Where can I see the ledger?", "Privacy page"),
        ("Which search engines need no account?", "account"),
        ("What is a SearXNG?", "SearXNG"),
        ("Does Plumbline respect robots.txt?", "robots.txt"),
    ],
)
def test_questions_about_the_web_are_answered_by_the_guide(question: str, words: str, guided: Path, capsys) -> None:
    assert main(["ask", question, "--data", str(guided), "--quiet"]) == 0
    assert words in " ".join(capsys.readouterr().out.split("Sources\n")[0].split())


def test_pages_that_are_named_exist() -> None:
    titles = {re.findall("^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[0] for path in PAGES}
    for path in PAGES:
        for name in re.findall(r"[Tt]he page “([^”]+)”", path.read_text(encoding="utf-8")):
            assert name in titles, (path.name, name)


def test_the_questions_that_the_window_offers_are_answered_by_the_guide(tmp_path: Path, capsys) -> None:
    for question in EXAMPLES:
        assert main(["ask", question, "--data", str(tmp_path / "data"), "--quiet"]) == 0, question
        assert "Plumbline user guide" not in capsys.readouterr().err
