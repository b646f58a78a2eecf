import json
import os
import sys
from pathlib import Path

import pytest
from made_gguf import gguf

from models.files.discovery import find_models, readable_name
from models.files.places import Keeper, Place, lm_studio_folder, places

MODEL = gguf()


def put(path, content=MODEL):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ollama(top, manifest, digest="sha256:" + "a" * 64, kind="application/vnd.ollama.image.model"):
    listed = {
        "layers": [{"mediaType": "text/plain", "digest": "sha256:" + "0" * 64}, {"mediaType": kind, "digest": digest}]
    }
    put(top / "manifests" / manifest, json.dumps(listed).encode())
    return top / "blobs" / digest.replace(":", "-")


def found_in(*folders, **more):
    return find_models(folders, other_places=(), **more).models


def test_models_of_all_programs_are_found_where_they_lie(tmp_path):
    studio = put(tmp_path / "studio" / "heron" / "Small-GGUF" / "Small-7B-Q4_K_M.gguf")
    blob = put(ollama(tmp_path / "ollama", "registry.ollama.ai/library/qwen2.5/7b"))
    ours = put(tmp_path / "ours" / "a" / "b" / "Mine-Q8_0.gguf")
    found = find_models(
        our_folder=tmp_path / "ours",
        other_places=[
            Place(keeper=Keeper.LM_STUDIO, folder=tmp_path / "studio"),
            Place(keeper=Keeper.OLLAMA, folder=tmp_path / "ollama"),
        ],
    )
    assert found.is_complete
    assert [(one.path, one.name, one.keeper) for one in found.models] == [
        (ours, "Mine Q8_0", Keeper.OURS),
        (blob, "qwen2.5:7b", Keeper.OLLAMA),
        (studio, "Small-7B Q4_K_M", Keeper.LM_STUDIO),
    ]
    assert [one.is_ours for one in found.models] == [True, False, False]
    assert found.models[2].quantisation == "Q4_K_M"
    assert found.models[0].size_bytes == len(MODEL)


def test_the_cache_of_the_hub_is_read_by_its_names(tmp_path):
    cache = tmp_path / "hub" / "models--heron--Small-GGUF"
    blob = put(cache / "blobs" / ("b" * 64))
    link = cache / "snapshots" / "0123" / "Small-Q4_K_M.gguf"
    link.parent.mkdir(parents=True)
    try:
        link.symlink_to(blob)
    except OSError:
        pytest.skip("no links on this system")
    (one,) = found_in(tmp_path / "hub")
    assert (one.path, one.name) == (link, "Small Q4_K_M")


def test_one_file_with_two_names_is_one_model(tmp_path):
    first = put(tmp_path / "a" / "Small-Q4_0.gguf")
    second = tmp_path / "b" / "Again-Q4_0.gguf"
    second.parent.mkdir()
    os.link(first, second)
    (one,) = found_in(tmp_path / "a", tmp_path / "b")
    assert (one.path, one.also_at) == (first, (second,))


def test_a_folder_given_twice_is_looked_at_once(tmp_path):
    put(tmp_path / "a" / "Small-Q4_0.gguf")
    (one,) = found_in(tmp_path / "a", tmp_path, tmp_path / "a")
    assert one.also_at == ()


def test_folders_that_lead_in_circles_end(tmp_path):
    put(tmp_path / "a" / "Small-Q4_0.gguf")
    try:
        (tmp_path / "a" / "round").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "a" / "gone").symlink_to(tmp_path / "nowhere")
        (tmp_path / "a" / "self.gguf").symlink_to(tmp_path / "a" / "self.gguf")
    except OSError:
        pytest.skip("no links on this system")
    assert len(found_in(tmp_path)) == 1


def test_a_model_in_parts_is_one_model(tmp_path):
    for part in (1, 2, 3):
        put(tmp_path / f"Big-Q4_K_M-0000{part}-of-00003.gguf")
    (one,) = found_in(tmp_path)
    assert one.name == "Big Q4_K_M"
    assert one.size_bytes == 3 * len(MODEL)


@pytest.mark.parametrize("name", ["a.gguf.part", "a.bin", "mmproj-a-f16.gguf", "a.gguf.damaged", ".gguf.txt"])
def test_what_is_no_model_is_not_shown(tmp_path, name):
    put(tmp_path / name)
    put(tmp_path / "tiny.gguf", b"GGUF")
    assert found_in(tmp_path) == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"layers": 3}', b'{"layers": [{}]}', b'{"layers": [null]}', b"\xff\xfe", b"[" * 5000],
)
def test_damaged_lists_of_ollama_are_passed_over(tmp_path, content):
    put(tmp_path / "manifests" / "registry.ollama.ai" / "library" / "a" / "b", content)
    place = Place(keeper=Keeper.OLLAMA, folder=tmp_path)
    assert find_models(other_places=[place]).models == ()


def test_lists_of_ollama_cannot_point_elsewhere(tmp_path):
    put(tmp_path / "secret.gguf")
    ollama(tmp_path / "ollama", "registry.ollama.ai/library/a/b", digest="sha256:../../secret.gguf")
    assert find_models(other_places=[Place(keeper=Keeper.OLLAMA, folder=tmp_path / "ollama")]).models == ()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_folders_that_may_not_be_read_are_named(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o000)
    assert find_models([locked], other_places=()).unreadable == (locked,)


def test_a_search_ends_in_time(tmp_path):
    put(tmp_path / "Small-Q4_0.gguf")
    hours = iter(range(0, 10**9, 3600))
    found = find_models([tmp_path], other_places=(), clock=lambda: next(hours))
    assert found.models == ()
    assert not found.is_complete


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Qwen2.5-7B-Instruct-Q4_K_M.gguf", "Qwen2.5-7B-Instruct Q4_K_M"),
        ("heron_7b.i1-Q4_K_S.gguf", "heron 7b Q4_K_S"),
        ("heron.IQ4_XS.gguf", "heron IQ4_XS"),
        ("plain.gguf", "plain"),
        ("Q8_0.gguf", "Q8_0 Q8_0"),
        ("a\x1b[31m.gguf", "a [31m"),
    ],
)
def test_names_are_for_people(file, name):
    assert readable_name(file) == name


HOME = Path("/home/heron")


def folders(system, environment=None, home=HOME, **more):
    found = places(environment=environment or {}, home=home, system=system, **more)
    return {keeper: [str(one.folder) for one in found if one.keeper is keeper] for keeper in Keeper}


def test_the_folders_of_linux():
    found = folders("linux")
    assert found[Keeper.LM_STUDIO] == ["/home/heron/.lmstudio/models", "/home/heron/.cache/lm-studio/models"]
    assert "/home/heron/.config/Jan/data/llamacpp/models" in found[Keeper.JAN]
    assert found[Keeper.GPT4ALL] == ["/home/heron/.local/share/nomic.ai/GPT4All", "/home/heron/.cache/gpt4all"]
    assert found[Keeper.OLLAMA][:2] == ["/home/heron/.ollama/models", "/usr/share/ollama/.ollama/models"]
    assert found[Keeper.HUGGING_FACE] == ["/home/heron/.cache/huggingface/hub"]
    assert found[Keeper.LLAMA_CPP] == ["/home/heron/.cache/llama.cpp"]


def test_the_folders_of_macos():
    found = folders("darwin")
    assert "/home/heron/Library/Application Support/Jan/data/llamacpp/models" in found[Keeper.JAN]
    assert found[Keeper.GPT4ALL][:1] == ["/home/heron/Library/Application Support/nomic.ai/GPT4All"]
    assert found[Keeper.OLLAMA] == ["/home/heron/.ollama/models"]
    assert found[Keeper.LLAMA_CPP] == ["/home/heron/Library/Caches/llama.cpp"]


def test_the_folders_of_windows():
    found = folders("win32")
    assert "/home/heron/AppData/Roaming/Jan/data/llamacpp/models" in [
        one.replace("\\", "/") for one in found[Keeper.JAN]
    ]
    assert found[Keeper.GPT4ALL][:1] == [str(HOME / "AppData/Local/nomic.ai/GPT4All")]
    assert found[Keeper.LM_STUDIO][0] == str(HOME / ".lmstudio/models")


def test_programs_that_were_told_another_folder_are_believed(tmp_path):
    environment = {
        "OLLAMA_MODELS": str(tmp_path / "o"),
        "HF_HOME": str(tmp_path / "h"),
        "LLAMA_CACHE": str(tmp_path / "l"),
        "XDG_DATA_HOME": "not/absolute",
    }
    found = folders("linux", environment, lm_studio=tmp_path / "s")
    assert found[Keeper.OLLAMA][0] == str(tmp_path / "o")
    assert found[Keeper.HUGGING_FACE] == [str(tmp_path / "h" / "hub")]
    assert found[Keeper.LLAMA_CPP] == [str(tmp_path / "l")]
    assert found[Keeper.LM_STUDIO][0] == str(tmp_path / "s" / "models")
    assert found[Keeper.GPT4ALL] == ["/home/heron/.local/share/nomic.ai/GPT4All", "/home/heron/.cache/gpt4all"]
    hub = folders("linux", environment | {"HF_HUB_CACHE": str(tmp_path / "c")})
    assert hub[Keeper.HUGGING_FACE] == [str(tmp_path / "c")]


def test_lm_studio_tells_where_it_keeps_its_models(tmp_path):
    pointer = tmp_path / ".lmstudio-home-pointer"
    assert lm_studio_folder(tmp_path) is None
    pointer.write_text(f"{tmp_path / 'elsewhere'}\n")
    assert lm_studio_folder(tmp_path) == tmp_path / "elsewhere"
    for nonsense in (b"", b"not/absolute", b"\xff\xfe", b"/a\0b"):
        pointer.write_bytes(nonsense)
        assert lm_studio_folder(tmp_path) is None
