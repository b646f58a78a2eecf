import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.canonical import canonical, domain, host_of, is_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://Example.org/a", "https://example.org/a"),
        ("https://www.example.org/a", "https://example.org/a/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:80/", "https://example.org"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
        ("https://example.org/a?b=1&a=2&fbclid=zzz", "https://example.org/a?a=2&b=1"),
        ("https://example.org/%7euser/%41", "https://example.org/~user/A"),
        ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
        ("https://example.org/index.html", "https://example.org/"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://en.m.wikipedia.org/wiki/Tower", "https://en.wikipedia.org/wiki/Tower"),
        ("https://en.wikipedia.org/wiki/C%2B%2B", "https://en.wikipedia.org/wiki/C++"),
        ("https://news.example.org/story/amp/", "https://news.example.org/story"),
        ("https://news.example.org/story.amp.html", "https://news.example.org/story.html"),
        ("https://news.example.org/story?amp=1", "https://news.example.org/story"),
        ("https://amp.example.org/story", "https://example.org/story"),
        ("https://www.google.com/amp/s/example.org/story", "https://example.org/story"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/story", "https://example.org/story"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://arxiv.org/pdf/2401.00001v2.pdf", "http://arxiv.org/abs/2401.00001"),
        ("http://dx.doi.org/10.1000/ABC", "https://doi.org/10.1000/abc"),
        ("https://youtu.be/abc123", "https://www.youtube.com/watch?v=abc123"),
    ],
)
def test_spellings_of_one_page_are_the_same(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?q=1", "https://example.org/a?q=2"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org:8443/a", "https://example.org/a"),
        ("https://en.wikipedia.org/wiki/A", "https://de.wikipedia.org/wiki/A"),
        ("https://example.org/amp", "https://example.org/"),
        ("https://example.org/#!/one", "https://example.org/#!/two"),
        ("https://m.org/a", "https://org/a"),
        ("https://example.org/a?x=", "https://example.org/a"),
        ("https://example.org/?page=1&ref=2", "https://example.org/?page=1"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@given(st.text(max_size=80))
def test_whatever_is_no_address_comes_back_without_harm(text: str) -> None:
    assert isinstance(canonical(text), str)
    assert isinstance(host_of(text), str)
    assert domain(text).isascii()


@given(
    st.from_regex(r"[a-z]{1,9}\.(?:org|example)", fullmatch=True),
    st.text(alphabet="aA/%2fé~.-_", max_size=20),
    st.text(alphabet="ab=&%é+", max_size=20),
)
def test_the_canonical_form_is_its_own(host: str, path: str, query: str) -> None:
    once = canonical(f"https://{host}/{path}?{query}")
    assert canonical(once) == once


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Example.ORG", "example.org"),
        ("*.example.org", "example.org"),
        (".example.org", "example.org"),
        ("https://example.org/path?x", "example.org"),
        ("user@example.org:8080", "example.org"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("gov", "gov"),
        ("", ""),
    ],
)
def test_a_domain_is_understood_however_it_is_written(written: str, meant: str) -> None:
    assert domain(written) == meant


def test_a_domain_stands_for_what_is_below_it_and_for_nothing_that_ends_alike() -> None:
    assert is_in("example.org", ("example.org",))
    assert is_in("a.b.example.org", ("example.org",))
    assert not is_in("notexample.org", ("example.org",))
    assert not is_in("example.org.evil.example", ("example.org",))
    assert not is_in("example.org", ("",))
