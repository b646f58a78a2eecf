"""Language models from the command line: chosen, fetched, asked, stopped; on loopback servers and small files."""

import io
import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from loopback_chat import MODEL, STRICT, VLLM, Fault, LoopbackChat, Words, loopback_chat
from loopback_hub import loopback_hub
from machines import SEVEN, machine
from made_gguf import QWEN, write_gguf

from desktop.terminal.cli import main
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.model_choice import speed_words
from desktop.terminal.model_status import LiveText
from desktop.terminal.streams import Terminal
from engine.agent.live import LiveWords, RoleName
from models.choice import LocalChoice, RemoteChoice, read_choice, write_choice
from models.files.model_folder import default_folder
from models.hub.catalog import shipped_catalog
from models.machine.estimates import Basis, Speed
from models.machine.fit import fit

QUESTION = "How high is the north tower?"
KEY = "sk-very-secret-4711"
TENSORS = (("blk.0.weight", (4096, 60), 12),)
"""Enough to be taken for a model when folders are searched."""


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path, monkeypatch) -> None:
    for name in (
        "HOME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
    ):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "LLAMA_CACHE", "PLUMBLINE_MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "harbour notes"
    folder.mkdir()
    (folder / "tower.txt").write_text("The north tower of the harbour is 41 metres high.\n\nIt was built in 1873.\n")
    return folder


@pytest.fixture
def server() -> Iterator[LoopbackChat]:
    with loopback_chat(VLLM) as chat:
        chat.context = 32_768
        yield chat


@pytest.fixture
def model(data: Path) -> Path:
    return write_gguf(default_folder(data) / "heron" / "small" / "Small-Heron-7b-Q4_K_M.gguf", tensors=TENSORS)


def plumbline(*arguments: object, data: Path) -> int:
    return main([*(str(argument) for argument in arguments), "--data", str(data)])


def asked(documents: Path, data: Path, *more: object) -> int:
    return plumbline("ask", QUESTION, "--library", documents, "--depth", "quick", *more, data=data)


# --- choosing ----------------------------------------------------------------------------------------------------


def test_at_first_no_model_is_used_and_that_is_said(data, capsys) -> None:
    assert plumbline("models", data=data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "No language model is used" in out
    assert "plumbline models get" in errors


def test_a_file_is_found_chosen_by_words_of_its_name_listed_and_given_up(data, model, capsys) -> None:
    assert plumbline("models", "use", "heron", "q4", data=data) == ExitCode.DONE
    assert read_choice(data).policy == LocalChoice(path=model)
    assert "Small Heron 7b" in capsys.readouterr().out
    assert plumbline("models", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert f"Used: {model}" in out
    assert "— used" in out
    assert "tokens a second" in out or "more than can be had" in out
    assert plumbline("models", "none", data=data) == ExitCode.DONE
    assert read_choice(data).policy is None


def test_another_model_can_be_chosen_for_reading(data, model, tmp_path) -> None:
    other = write_gguf(tmp_path / "other.gguf", QWEN | {"general.name": "Other"})
    plumbline("models", "use", model, data=data)
    assert plumbline("models", "use", other, "--for-reading", data=data) == ExitCode.DONE
    choice = read_choice(data)
    assert (choice.policy, choice.reading) == (LocalChoice(path=model), LocalChoice(path=other))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["models", "use", "zeppelin"], "There is no model “zeppelin”"),
        (["models", "use", "heron"], "Several models fit “heron”"),
        (["models", "use", "notes.gguf"], "not a GGUF model"),
        (["models", "use", "--remote", "ftp://x"], "no address"),
        (["models", "use", "--remote", "not an address"], "no address"),
        (["models", "test", "--model", ""], "No model is named"),
        (["models", "remove", "zeppelin"], "There is no model “zeppelin”"),
        (["models", "test"], "No language model is chosen"),
        (["models", "test", "--model", "missing.gguf"], "There is no file"),
        (["ask", QUESTION, "--model", "missing.gguf"], "There is no file"),
        (["ask", QUESTION, "--model", "remote"], "No model server is chosen"),
    ],
)
def test_problems_are_explained_without_a_traceback(arguments, message, model, monkeypatch, capsys) -> None:
    data = model.parents[3]
    monkeypatch.chdir(data)
    write_gguf(model.with_name("Large-Heron-7b-Q8_0.gguf"), tensors=TENSORS)
    Path("notes.gguf").write_text("these are notes, " * 99)
    assert plumbline(*arguments, data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert message in errors
    assert "Traceback" not in errors


def test_only_our_own_files_are_deleted(data, model, tmp_path, capsys) -> None:
    theirs = write_gguf(tmp_path / "theirs.gguf")
    plumbline("models", "use", model, data=data)
    assert plumbline("models", "remove", theirs, data=data) == ExitCode.PROBLEM
    assert theirs.exists()
    assert plumbline("models", "remove", "heron", data=data) == ExitCode.DONE
    assert not model.exists()
    assert read_choice(data).policy is None
    assert "It was the one that was used" in capsys.readouterr().err


def test_a_file_that_was_named_stays_listed_until_it_is_taken_off_the_list(data, tmp_path, capsys) -> None:
    mine = write_gguf(tmp_path / "mine.gguf", QWEN | {"general.name": "Kingfisher"})
    plumbline("models", "use", mine, data=data)
    plumbline("models", "none", data=data)
    capsys.readouterr()
    plumbline("models", data=data)
    assert f"  {mine}" in capsys.readouterr().out.splitlines()
    assert plumbline("models", "use", "kingfisher", data=data) == ExitCode.DONE
    assert plumbline("models", "remove", mine, data=data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert f"No longer listed: {mine}" in out
    assert "did not download it" in errors
    assert mine.exists()
    plumbline("models", data=data)
    assert "mine.gguf" not in capsys.readouterr().out
    assert read_choice(data).policy is None


def test_a_model_for_tests_gets_no_estimate(data, tmp_path, capsys) -> None:
    made = write_gguf(tmp_path / "tiny.gguf", QWEN | {"general.name": "Tiny", "plumbline.test_only": True})
    plumbline("models", "use", made, data=data)
    capsys.readouterr()
    plumbline("models", data=data)
    out = capsys.readouterr().out
    assert "Made for tests of Plumbline" in out
    assert "tokens a second" not in out


@pytest.mark.parametrize(
    ("read_per_s", "written_per_s", "words"),
    [
        (1e6, 42946.8, "About 43,000 tokens a second, less than a minute a question"),
        (1e6, 43.6, "About 44 tokens a second, 1 minute a question"),
        (11.5, 4.44, "About 4.4 tokens a second, 40 minutes a question"),
        (3, 0.31, "About 0.3 tokens a second, 4.5 hours a question"),
    ],
)
def test_estimates_are_rounded(read_per_s, written_per_s, words) -> None:
    speed = Speed(prompt_tokens_per_s=read_per_s, reply_tokens_per_s=written_per_s, basis=Basis.MEASURED)
    assert words in speed_words(fit(SEVEN, machine(32)), speed)


def test_a_use_of_nothing_is_a_wrong_use(data, capsys) -> None:
    assert plumbline("models", "use", data=data) == ExitCode.USAGE
    assert "--remote" in capsys.readouterr().err


def test_what_makes_no_sense_after_a_command_is_told_with_the_usage_of_that_command(data, capsys) -> None:
    for arguments in (["models", "list", "extra"], ["models", "get", "--mirror", "X"]):
        with pytest.raises(SystemExit) as ended:
            plumbline(*arguments, data=data)
        assert ended.value.code == ExitCode.USAGE
        assert f"usage: plumbline {arguments[0]} {arguments[1]}" in capsys.readouterr().err


# --- servers -----------------------------------------------------------------------------------------------------


def test_a_server_is_asked_before_it_is_chosen(server, data, capsys) -> None:
    assert plumbline("models", "use", "--remote", server.address, data=data) == ExitCode.DONE
    assert read_choice(data).policy == RemoteChoice(address=server.address, model=MODEL)
    assert "vLLM" in capsys.readouterr().out
    server.more_models = ("other",)
    assert plumbline("models", "use", "--remote", server.address, data=data) == ExitCode.PROBLEM
    assert f"{MODEL}, other" in capsys.readouterr().err
    assert plumbline("models", "use", "--remote", server.address, "--model", "other", data=data) == ExitCode.DONE


def test_an_address_is_enough_to_use_a_server_also_only_for_reading(server, data, model) -> None:
    plumbline("models", "use", model, data=data)
    assert plumbline("models", "use", server.address, "--for-reading", data=data) == ExitCode.DONE
    assert read_choice(data).reading == RemoteChoice(address=server.address, model=MODEL)
    assert read_choice(data).policy == LocalChoice(path=model)
    assert plumbline("models", "use", server.address, data=data) == ExitCode.DONE
    assert read_choice(data).policy == RemoteChoice(address=server.address, model=MODEL)
    assert plumbline("models", "use", "none", data=data) == ExitCode.DONE
    assert read_choice(data).policy is None


def test_a_server_that_does_not_answer_is_not_chosen(server, data, capsys) -> None:
    server.close()
    assert plumbline("models", "use", "--remote", server.address, data=data) == ExitCode.PROBLEM
    assert "refuses the connection" in capsys.readouterr().err
    assert read_choice(data).policy is None


def test_a_key_is_taken_from_the_environment_and_written_nowhere(data, monkeypatch, capsys) -> None:
    with loopback_chat(STRICT, key=KEY) as server:
        assert plumbline("models", "use", "--remote", server.address, data=data) == ExitCode.PROBLEM
        monkeypatch.setenv("PLUMBLINE_MODEL_KEY", KEY)
        assert plumbline("models", "use", "--remote", server.address, data=data) == ExitCode.DONE
        assert plumbline("models", "test", data=data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "Answer: Yes." in out
    assert "keys are never written to a file" in errors
    assert KEY not in out + errors
    assert not [path for path in data.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


# --- asking ------------------------------------------------------------------------------------------------------


def researcher(body: dict) -> Words:
    """Searches, opens the first result, and answers."""
    if "tools" not in body:
        return Words(text="1")
    said = [message["content"] for message in body["messages"] if message["role"] in ("tool", "user")]
    if len(said) == 1:
        call = {"name": "web_search", "arguments": {"query": ["north tower high"]}}
    elif len(said) == 2:
        url = re.search(r'"url": "([^"]+)"', said[-1])
        assert url is not None
        call = {"name": "browse_webpage", "arguments": {"url_list": [url[1]]}}
    else:
        return Words(text=" I have read it.</think>\n<answer>41 metres</answer>")
    return Words(text=f" I need to look.</think>\n<tool_call>\n{json.dumps(call)}\n</tool_call>")


def test_a_model_leads_the_research_and_is_named(server, documents, data, capsys) -> None:
    server.script = researcher
    assert asked(documents, data, "--model", server.address, "--json") in (ExitCode.DONE, ExitCode.NOTHING_FOUND)
    out, errors = capsys.readouterr()
    steps = [json.loads(line) for line in out.splitlines()]
    kinds = [step["kind"] for step in steps]
    assert kinds.count("PolicyReplied") >= 3
    assert "SourceRead" in kinds
    (search,) = [step for step in steps if step["kind"] == "SearchRan"]
    assert "north tower high" in json.dumps(search)
    assert f"Language model: {MODEL}" in errors
    assert "sent to" not in errors


def test_the_models_words_are_shown_where_that_is_wanted(server, documents, data, capsys) -> None:
    server.script = researcher
    asked(documents, data, "--model", server.address, "--verbose")
    errors = capsys.readouterr().err
    assert "── Thinking" in errors
    assert "I need to look." in errors
    assert "</think>" not in errors
    assert "\nSearched “north tower high”" in errors


def test_a_chosen_model_that_cannot_be_used_is_said_and_nobody_else_is_asked(server, documents, data, capsys) -> None:
    server.close()
    write_choice(data, replace(read_choice(data), policy=RemoteChoice(address=server.address, model=MODEL)))
    assert asked(documents, data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "The chosen language model cannot be used." in errors
    assert "refuses the connection" in errors
    assert "without one: sentences are quoted" in errors
    assert "41 metres" in out
    assert asked(documents, data, "--model", "remote") == ExitCode.PROBLEM
    assert "refuses the connection" in capsys.readouterr().err


def test_a_question_can_be_asked_without_the_chosen_model(server, documents, data, capsys) -> None:
    plumbline("models", "use", "--remote", server.address, data=data)
    before = len(server.seen)
    assert asked(documents, data, "--model", "none") == ExitCode.DONE
    assert len(server.seen) == before


@pytest.mark.skipif(os.name == "nt", reason="a signal to oneself ends the process there")
def test_ctrl_c_stops_a_model_in_the_middle_of_a_thought(server, documents, data, capsys) -> None:
    server.faults = [Fault(stall_after=3)]
    server.words = Words(text=" I think and think and think.")

    def press() -> None:
        server.stalled.wait(20)
        os.kill(os.getpid(), signal.SIGINT)

    pressing = threading.Thread(target=press)
    pressing.start()
    try:
        assert asked(documents, data, "--model", server.address) == ExitCode.STOPPED
    finally:
        pressing.join()
    assert "plumbline resume" in capsys.readouterr().err
    server.faults = []
    assert plumbline("resume", "last", "--model", "none", data=data) == ExitCode.DONE


# --- trying and getting ------------------------------------------------------------------------------------------


def test_trying_a_model_out_says_how_fast_it_is_and_what_it_answers(server, data, capsys) -> None:
    server.words = Words(text="It shows whether a wall is upright.")
    assert plumbline("models", "test", "--model", server.address, data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "Answer: It shows whether a wall is upright." in out
    assert "Room for a conversation: 32,768 tokens" in out
    assert "Reads: " in out
    assert "Writes: " in out


def test_a_model_is_offered_downloaded_checked_and_used(data, tmp_path, monkeypatch, capsys) -> None:
    real = shipped_catalog().family("deepresearcher-7b")
    small = replace(real, shape=replace(real.shape, parameters=0))  # else a file so small is not believed
    catalog = replace(shipped_catalog(), families=(small,))
    monkeypatch.setattr("desktop.terminal.model_download.shipped_catalog", lambda: catalog)
    content = write_gguf(tmp_path / "made.gguf", tensors=TENSORS).read_bytes()
    with loopback_hub() as hub:
        hub.add("heron/DeepResearcher-7b-GGUF", "DeepResearcher-7b-Q4_K_M.gguf", content)
        hub.quantised["GAIR/DeepResearcher-7b"] = [{"id": "heron/DeepResearcher-7b-GGUF", "downloads": 9, "likes": 1}]
        write_choice(data, replace(read_choice(data), mirror=hub.address))
        assert plumbline("models", "get", data=data) == ExitCode.DONE
        listed = capsys.readouterr().out
        assert "DeepResearcher" in listed
        assert "Q4_K_M" in listed
        assert "License: " in listed
        assert plumbline("models", "get", "zeppelin", data=data) == ExitCode.PROBLEM
        assert plumbline("models", "get", "deepresearcher", "q4_k_m", data=data) == ExitCode.DONE
    path = default_folder(data) / "heron" / "DeepResearcher-7b-GGUF" / "DeepResearcher-7b-Q4_K_M.gguf"
    assert path.read_bytes() == content
    assert read_choice(data).policy == LocalChoice(path=path)
    assert "It is used from now on." in capsys.readouterr().out


def test_without_a_hub_the_list_that_came_along_is_shown(server, data, capsys) -> None:
    server.close()
    write_choice(data, replace(read_choice(data), mirror=server.address))
    assert plumbline("models", "get", data=data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "DeepResearcher" in out
    assert "list that came with Plumbline" in errors


# --- words on the screen -----------------------------------------------------------------------------------------


def test_words_that_are_still_coming_are_ended_before_anything_else_is_said() -> None:
    errors = io.StringIO()
    terminal = Terminal(out=io.StringIO(), errors=errors, environment={})
    live = LiveText(terminal)
    for text, begins in (("I think", True), (" so.\n\x1b[31mRed\rover", False)):
        live(LiveWords(role=RoleName.POLICY, about="towers", text=text, begins=begins))
    terminal.note("Searched.")
    lines = errors.getvalue().splitlines()
    assert lines[:2] == ["── Thinking: towers", "I think so."]
    assert lines[-1] == "Searched."
    assert "\x1b" not in errors.getvalue()
    assert "\r" not in errors.getvalue()
