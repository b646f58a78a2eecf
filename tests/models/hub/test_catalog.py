from dataclasses import replace

import pytest

from models.hub.catalog import (
    BITS,
    Offer,
    OfferFile,
    best_of_each,
    estimated_bytes,
    is_repository,
    is_safe_path,
    is_sha256,
    offers_from_files,
    quality_of,
    quantisation_of,
    shipped_catalog,
)

CATALOG = shipped_catalog()
RESEARCHER = CATALOG.family("deepresearcher-7b")
SMALL = replace(RESEARCHER, shape=replace(RESEARCHER.shape, parameters=0))


def parameters_of(shape, *, tied):
    width, inner = shape.embedding, shape.kv_heads * shape.head_dim
    layer = 2 * width * width + 2 * width * inner + width + 2 * inner + 3 * width * shape.ffn + 2 * width
    return layer * shape.layers + shape.vocabulary * width * (1 if tied else 2) + width


def files(*names, size=5_000_000_000, sha="a" * 64):
    return tuple(OfferFile(path=name, size_bytes=size, sha256=sha) for name in names)


def offers(*names, **more):
    return offers_from_files(SMALL, repository="heron/Small", revision="abc", files=files(*names), **more)


def test_the_shipped_list_invents_nothing():
    assert CATALOG.families[0] is RESEARCHER
    for offer in CATALOG.offers:
        assert offer.sha256 == "" and offer.revision == ""
        assert not offer.is_pinned and not offer.can_be_verified
        assert offer.source
        assert offer.size_is_estimated == ("estimated" in offer.source)
        assert offer.shape.weight_bytes == offer.size_bytes > 0
        assert bool(offer.repository) == bool(offer.file)
        if offer.file:
            assert is_repository(offer.repository) and is_safe_path(offer.file)
            assert quantisation_of(offer.file) == offer.quantisation


@pytest.mark.parametrize("family", CATALOG.families, ids=lambda family: family.key)
def test_the_numbers_of_parameters_follow_from_the_shapes(family):
    tied = family.shape.parameters < 4e9
    assert family.shape.parameters == parameters_of(family.shape, tied=tied)


def test_listed_sizes_agree_with_the_bits_that_estimates_are_made_with():
    for offer in CATALOG.offers:
        if not offer.size_is_estimated and offer.shape.parameters > 5e9:
            assert estimated_bytes(offer.shape, offer.quantisation) == pytest.approx(offer.size_bytes, rel=0.04)
    assert set(BITS) >= {offer.quantisation for offer in CATALOG.offers if offer.size_is_estimated}


def test_a_family_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        CATALOG.family("none")


def test_fresh_offers_take_the_place_of_the_shipped_ones():
    fresh = offers("Small-Q4_K_M.gguf")
    assert CATALOG.with_offers(SMALL.key, fresh).family(SMALL.key).offers == fresh
    assert CATALOG.with_offers(SMALL.key, ()) is CATALOG


@pytest.mark.parametrize(
    ("name", "quantisation"),
    [
        ("Qwen2.5-7B-Instruct-Q4_K_M.gguf", "Q4_K_M"),
        ("heron.i1-IQ3_XXS.gguf", "IQ3_XXS"),
        ("heron-q8_0.gguf", "Q8_0"),
        ("heron.f16.gguf", "F16"),
        ("heron-UD-Q4_K_XL.gguf", "Q4_K_XL"),
        ("Q4_K_M/heron-Q6_K-00001-of-00002.gguf", "Q6_K"),
        ("heron-bf16.gguf", "BF16"),
        ("heron.gguf", ""),
        ("Q4.gguf", ""),
    ],
)
def test_a_name_tells_the_quantisation(name, quantisation):
    assert quantisation_of(name) == quantisation


def test_whole_models_are_offered_and_nothing_else():
    found = offers(
        "Small-Q4_K_M.gguf",
        "mmproj-Small-F16.gguf",
        "Small.gguf",
        "Big-Q8_0-00001-of-00002.gguf",
        "Big-Q8_0-00002-of-00002.gguf",
        "Torn-Q6_K-00001-of-00003.gguf",
        "Torn-Q6_K-00003-of-00003.gguf",
        "../Evil-Q4_0.gguf",
        "imatrix-Q4_0.gguf",
    )
    assert {(offer.quantisation, len(offer.files)) for offer in found} == {("Q4_K_M", 1), ("Q8_0", 2)}
    assert all(offer.is_pinned for offer in found)
    assert found[0].size_bytes == 10_000_000_000


def test_a_helper_that_lies_beside_a_model_is_not_the_model():
    found = offers_from_files(
        RESEARCHER, repository="heron/a", revision="b", files=files("draft-Q4_K_M.gguf", size=300_000_000)
    )
    assert found == ()


@pytest.mark.parametrize(
    "path",
    ["", "/a.gguf", "../a.gguf", "a/../b.gguf", "a\\b.gguf", "c:a.gguf", "a.bin", ".gguf", "-a.gguf", "a\n.gguf", 3,
     None, "x" * 400 + ".gguf", "a?.gguf", "a%2fb.gguf"],
)  # fmt: skip
def test_names_that_could_do_harm_are_refused(path):
    assert not is_safe_path(path)


def test_names_of_repositories_and_checksums_are_known_by_their_form():
    assert is_repository("Qwen/Qwen2.5-7B-Instruct-GGUF")
    assert not any(is_repository(name) for name in ("", "a", "a/b/c", "../b", "a/..", "a b/c", None, "a/b?c"))
    assert is_sha256("a" * 64) and is_sha256("A" * 64)
    assert not any(is_sha256(value) for value in ("", "a" * 63, "g" * 64, None, 5))


def test_of_each_quantisation_the_best_known_maker_is_taken():
    def of(owner, *, downloads=0, sha="a" * 64, gated=False, quantisation="Q4_K_M"):
        return Offer(
            family="f", name="n", quantisation=quantisation, repository=f"{owner}/r", revision="r",
            files=(OfferFile(path="a.gguf", size_bytes=5, sha256=sha),), shape=SMALL.shape, downloads=downloads,
            is_gated=gated,
        )  # fmt: skip

    known = ("bartowski", "mradermacher")
    assert best_of_each((of("x", downloads=99), of("Bartowski")), known_quantisers=known)[0].repository == "Bartowski/r"
    assert best_of_each((of("x", downloads=1), of("y", downloads=5)), known_quantisers=known)[0].repository == "y/r"
    assert best_of_each((of("bartowski", gated=True), of("x")), known_quantisers=known)[0].repository == "x/r"
    assert best_of_each((of("bartowski", sha=""), of("x")), known_quantisers=known)[0].repository == "x/r"
    assert len(best_of_each((of("x"), of("x", quantisation="Q8_0")), known_quantisers=known)) == 2


def test_more_bits_keep_more_quality():
    order = [quality_of(name) for name in ("F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "IQ4_XS", "Q3_K_M", "Q2_K")]
    assert order == sorted(set(order))
    assert quality_of("Q4_K_L") == quality_of("Q4_K_M")
    assert quality_of("unheard-of") > quality_of("IQ1_S")
