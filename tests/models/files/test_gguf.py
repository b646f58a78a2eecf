import os
import random
import struct
import time

import pytest
from made_gguf import Q4_K, QWEN, gguf, text, write_gguf

from models.errors import ModelUnusable
from models.files.gguf import read_gguf
from models.files.gguf_header import MAX_STRINGS


def refused(path):
    with pytest.raises(ModelUnusable) as caught:
        read_gguf(path)
    assert caught.value.title and not caught.value.title.endswith(".")
    assert caught.value.hint.endswith(".")
    return caught.value.title


def test_a_whole_model_says_what_it_is(tmp_path):
    about = read_gguf(write_gguf(tmp_path / "heron.gguf"))
    assert (about.name, about.architecture, about.quantisation) == ("Small Heron 7b", "qwen2", "Q4_K_M")
    assert (about.layers, about.embedding, about.heads, about.kv_heads, about.head_dim, about.ffn) == (
        2,
        256,
        4,
        2,
        64,
        512,
    )
    assert (about.vocabulary, about.context_tokens, about.tokenizer_pre) == (5, 32768, "qwen2")
    assert about.kv_bytes_per_token == 2 * 2 * 2 * 64 * 2
    assert about.parameters == 256 * 5 + 256 * 256 * 2 + 256 + 256 * 512
    assert about.marks == {"<tool_call>", "<|im_end|>"}
    assert about.has_template and not about.is_test_only
    assert about.tensors_end <= about.file_bytes == (tmp_path / "heron.gguf").stat().st_size
    assert about.layer_bytes == (256 * 256 + 256 * 512) // 256 * 144
    assert about.parts == (tmp_path / "heron.gguf",)


def test_the_cache_of_the_7b_shape_is_56_kib_a_token(tmp_path):
    shape = {"qwen2.block_count": 28, "qwen2.embedding_length": 3584, "qwen2.attention.head_count": 28}
    about = read_gguf(write_gguf(tmp_path / "a.gguf", QWEN | shape | {"qwen2.attention.head_count_kv": 4}))
    assert about.kv_bytes_per_token == 56 * 1024


def test_layers_may_differ_in_their_heads(tmp_path):
    about = read_gguf(write_gguf(tmp_path / "a.gguf", QWEN | {"qwen2.attention.head_count_kv": [0, 2]}))
    assert about.kv_heads == 2
    assert about.kv_bytes_per_token == 2 * 2 * 64 * 2


def test_version_two_is_read_as_well(tmp_path):
    (tmp_path / "a.gguf").write_bytes(gguf(version=2))
    assert read_gguf(tmp_path / "a.gguf").layers == 2


@pytest.mark.parametrize("mark", [True, "true", 1])
def test_a_model_made_for_tests_is_marked(tmp_path, mark):
    assert read_gguf(write_gguf(tmp_path / "a.gguf", QWEN | {"plumbline.test_only": mark})).is_test_only


def test_a_name_is_one_line_of_printable_words(tmp_path):
    about = read_gguf(write_gguf(tmp_path / "a.gguf", QWEN | {"general.name": "Heron\n\x1b[31m 7b\u202e" + "x" * 500}))
    assert about.name.startswith("Heron [31m 7b")
    assert len(about.name) <= 120
    assert about.name.isprintable()


def test_a_model_without_a_name_is_called_like_its_file(tmp_path):
    metadata = {key: item for key, item in QWEN.items() if key != "general.name"}
    assert read_gguf(write_gguf(tmp_path / "Heron-Q4.gguf", metadata)).name == "Heron-Q4"


def test_the_tensors_are_believed_where_the_name_of_the_quantisation_is_wrong(tmp_path):
    assert read_gguf(write_gguf(tmp_path / "a.gguf", QWEN | {"general.file_type": 7})).quantisation == "Q4_K"


def test_an_incomplete_file_says_how_much_is_missing(tmp_path):
    whole = gguf(tensors=(("blk.0.a", (4096, 12_000), Q4_K),))
    (tmp_path / "a.gguf").write_bytes(whole[: len(whole) - 20_000_000])
    assert refused(tmp_path / "a.gguf") == "The model file is incomplete: 20 MB of 28 MB are missing"


def test_a_file_that_ends_in_its_header_is_incomplete(tmp_path):
    (tmp_path / "a.gguf").write_bytes(gguf()[:400])
    assert refused(tmp_path / "a.gguf") == "The model file is incomplete: it ends inside its header"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
        (b"\n  <html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3", "pointer"),
        (b'{"error": "gated"}', "answer of the server"),
        (b"Entry not found", "answer of the server"),
        (b"PK\x03\x04rest", "archive"),
        (b"tjgg\x03\0\0\0", "no longer used"),
        (bytes(600), "zeros"),
        (b"GGU", "not a GGUF"),
        (b"%PDF-1.7", "not a GGUF"),
        (b"GGUF" + struct.pack(">IQQ", 3, 1, 1), "big-endian"),
        (b"GGUF" + struct.pack("<III", 1, 1, 1) + bytes(40), "old format"),
        (b"GGUF" + struct.pack("<IQQ", 9, 1, 1), "GGUF 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1), "damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1 << 63), "damaged"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 1 << 62) + b"key", "damaged"),
    ],
)
def test_what_is_no_model_is_refused_in_words(tmp_path, content, words):
    (tmp_path / "a.gguf").write_bytes(content)
    assert words in refused(tmp_path / "a.gguf")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (QWEN | {"general.type": "adapter"}, "LoRA"),
        ({"general.architecture": "qwen2", "adapter.type": "lora"}, "LoRA"),
        ({"general.architecture": "clip"}, "mmproj"),
        (QWEN | {"general.type": "mmproj"}, "mmproj"),
        ({"general.architecture": "nomic-bert"}, "embeddings"),
        (QWEN | {"qwen2.pooling_type": 3}, "embeddings"),
        ({"general.architecture": "flux"}, "no language model"),
        ({"general.type": "imatrix", "imatrix.chunk_count": 5}, "imatrix"),
        ({}, "does not say"),
        ({"general.architecture": "qwen2", "qwen2.block_count": 2}, "no vocabulary"),
        (QWEN | {"qwen2.block_count": 0}, "damaged"),
        (QWEN | {"general.alignment": 3}, "damaged"),
        (QWEN | {"split.count": 3, "split.no": 0}, "not named like one"),
    ],
)
def test_what_cannot_answer_is_refused_in_words(tmp_path, metadata, words):
    assert words in refused(write_gguf(tmp_path / "a.gguf", metadata))


def test_a_vocabulary_alone_is_refused(tmp_path):
    assert "vocabulary but no model" in refused(write_gguf(tmp_path / "a.gguf", tensors=()))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refused(tmp_path / "none.gguf") == "The model file is gone"
    assert "is not a file" in refused(tmp_path)


def test_a_model_in_parts_is_read_as_one(tmp_path):
    first = write_gguf(tmp_path / "heron-00001-of-00002.gguf", QWEN | {"split.count": 2, "split.no": 0})
    second = tmp_path / "heron-00002-of-00002.gguf"
    assert refused(first) == "1 of the 2 parts of the model are missing"
    write_gguf(second, {"split.count": 2, "split.no": 1}, tensors=(("blk.2.a", (256, 512), Q4_K),))
    about = read_gguf(first)
    assert about.parts == (first, second)
    assert about.file_bytes == first.stat().st_size + second.stat().st_size
    assert about.parameters == 256 * 5 + 256 * 256 * 2 + 256 + 256 * 512 * 2
    assert "part 2 of a model in 2 parts" in refused(second)
    second.write_bytes(second.read_bytes()[:-5000])
    assert "incomplete" in refused(first)


def test_a_pipe_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    os.mkfifo(tmp_path / "a.gguf")
    assert "is not a file" in refused(tmp_path / "a.gguf")


def test_a_header_is_not_read_for_ever(tmp_path):
    hours = iter(range(0, 36_000_000, 3_600))
    write_gguf(tmp_path / "a.gguf")
    with pytest.raises(ModelUnusable, match="damaged"):
        read_gguf(tmp_path / "a.gguf", clock=lambda: next(hours))


def test_lists_without_end_are_refused_before_they_are_read(tmp_path):
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("tokenizer.ggml.tokens")
    (tmp_path / "a.gguf").write_bytes(head + struct.pack("<IIQ", 9, 8, MAX_STRINGS + 1) + bytes(5_000_000))
    assert "damaged" in refused(tmp_path / "a.gguf")
    (tmp_path / "a.gguf").write_bytes(head + struct.pack("<IIQ", 9, 9, 1) + bytes(100))
    assert "damaged" in refused(tmp_path / "a.gguf")


def test_a_damaged_header_ends_in_a_sentence_at_once(tmp_path):
    """Three hundred files with flipped bytes, cuts and impossible numbers, the same ones each time."""
    whole, path = gguf(), tmp_path / "a.gguf"
    header = len(whole) - 150_000
    chance = random.Random(7)
    refusals = 0
    longest = 0.0
    for _ in range(300):
        mutated = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            at = chance.randrange(4, header)
            match chance.randrange(4):
                case 0:
                    mutated[at] = chance.randrange(256)
                case 1:
                    mutated[at : at + 8] = struct.pack("<Q", chance.choice((0, 1, 1 << 31, 1 << 40, (1 << 64) - 1)))
                case 2:
                    del mutated[at : at + chance.randrange(1, 40)]
                case 3:
                    mutated[at:at] = chance.randbytes(chance.randrange(1, 40))
        path.write_bytes(mutated)
        began = time.perf_counter()
        try:
            read_gguf(path)
        except ModelUnusable:
            refusals += 1
        longest = max(longest, time.perf_counter() - began)
    assert refusals > 100
    assert longest < 1.0
