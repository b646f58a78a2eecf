from __future__ import annotations

import pytest

from engine.domain import WebLimits
from engine.web.sites import host_of, is_wanted, origin_of, page_of, same_site, web_addresses


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://Example.ORG/a", "example.org", "https://example.org"),
        ("http://example.org:8080/a", "example.org", "http://example.org:8080"),
        ("https://example.org:443/a", "example.org", "https://example.org"),
        ("ftp://example.org/", "", ""),
        ("https://user@example.org/", "", ""),
        ("nothing", "", ""),
        ("https://", "", ""),
    ],
)
def test_hosts_and_origins_are_read_as_the_door_reads_them(address: str, host: str, origin: str) -> None:
    assert host_of(address) == host
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    "written",
    ["example.org", "Example.org", "https://example.org/page", "*.example.org", ".example.org"],
)
def test_domains_may_be_written_as_people_write_them(written: str) -> None:
    for limits in (WebLimits(only=(written,)), WebLimits(never=(written,))):
        found = [is_wanted(host, limits) for host in ("example.org", "www.example.org", "x.y.example.org")]
        others = [is_wanted(host, limits) for host in ("badexample.org", "example.org.evil.net", "org")]
        assert found == [bool(limits.only)] * 3
        assert others == [not limits.only] * 3


def test_domains_with_letters_beyond_ascii_are_found() -> None:
    assert not is_wanted("xn--mrtel-jua.example", WebLimits(never=("mörtel.example",)))


def test_an_empty_wish_leaves_nothing_out() -> None:
    assert is_wanted("example.org", WebLimits(never=("", " ", "://")))


def test_hosts_of_one_site_belong_together() -> None:
    assert same_site("example.org", "www.example.org")
    assert same_site("en.m.example.org", "example.org")
    assert not same_site("example.org", "example.com")
    assert not same_site("badexample.org", "example.org")


def test_a_page_is_the_same_under_each_of_its_fragments() -> None:
    assert page_of("https://Example.org#top") == page_of("https://example.org/") == "https://example.org/"


def test_links_are_absolute_without_repetitions_and_not_too_many() -> None:
    links = ["/a", "a#x", "https://other.example/b", "mailto:x@example.org", "#top", "", "http://[", "/a", "/self#y"]
    assert web_addresses(links, base="https://example.org/self", limit=300) == (
        "https://example.org/a",
        "https://other.example/b",
    )
    assert len(web_addresses([f"/{number}" for number in range(900)], base="https://example.org/", limit=300)) == 300
