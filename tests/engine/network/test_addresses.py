import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.network.addresses import AddressRefused, Endpoint, check_is_public, joined, parse_address, parse_endpoint
from engine.network.ranges import is_public, number_of


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("HTTP://example.org:80/a#b", "http://example.org/a"),
        ("https://example.org.:443/?", "https://example.org/?"),
        ("https://example.org:8443/a?b#c", "https://example.org:8443/a?b"),
        ("https://bücher.example/ü?ü", "https://xn--bcher-kva.example/%C3%BC?%C3%BC"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://example.org/a%20b%zz", "https://example.org/a%20b%zz"),
        (
            "https://example.org/Герон_(bird)?a=[1]|2",
            "https://example.org/%D0%93%D0%B5%D1%80%D0%BE%D0%BD_(bird)?a=[1]|2",
        ),
        ("https://example.org/a?b\\c", "https://example.org/a?b%5Cc"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("http://[2A00:1450:4001:0::1]:8080/", "http://[2a00:1450:4001::1]:8080/"),
        ("https://sub_domain.example.org/", "https://sub_domain.example.org/"),
        ("https://example.org/\u200cword", "https://example.org/%E2%80%8Cword"),
    ],
)
def test_an_address_has_one_spelling(text, canonical):
    place = parse_address(text)
    assert place.canonical == canonical
    assert parse_address(place.canonical) == place


SENSELESS = """x example.org ftp://a.example/ http:// http://:80/ http://a.example:99999/ http://a.example:0/ http://[::1/
http://a.example:8a/ http://[x]/ http://a..example/ http://-a.example/ http://a.example-/ http://a%2eexample/
http://a.example../ http://ﬁ.example/""".split()
LONG = [f"http://{'a' * 64}.example/", f"http://{'a.' * 130}example/", f"http://a.example/{'x' * 9000}"]


@pytest.mark.parametrize(
    "text", ["", "http://a b/", "http://a.example/a b", "http://\ud800.example/", *SENSELESS, *LONG]
)
def test_what_is_no_address_is_refused_in_a_sentence(text):
    with pytest.raises(AddressRefused) as caught:
        parse_address(text)
    assert caught.value.title and caught.value.hint
    assert caught.value.hint.isprintable()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_nothing_but_a_refusal_comes_of_any_text(text):
    for tried in (text, f"http://{text}", f"http://a.example/{text}", f"https://{text}.example/"):
        try:
            place = parse_address(tried)
        except AddressRefused:
            continue
        assert parse_address(place.canonical) == place
        assert place.canonical.isascii() and place.canonical.isprintable() and " " not in place.canonical


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses())
def test_a_number_is_read_as_what_it_is(number):
    if getattr(number, "scope_id", None) is not None:
        return
    place = parse_address(f"http://[{number}]/" if number.version == 6 else f"http://{number}/")
    assert place.endpoint.number == number


@settings(max_examples=300, deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_number_inside_another_is_never_more_public_than_itself(number):
    assert not is_public(number_of(f"::ffff:{number}"))
    assert not is_public(number_of(f"::{number}"))
    assert is_public(number_of(f"64:ff9b::{number}")) == is_public(number)
    if is_public(number):
        assert number.is_global


@settings(max_examples=300, deadline=None)
@given(st.ip_addresses(v=6))
def test_no_ipv6_number_is_public_that_python_calls_private(number):
    if is_public(number) and number not in number_of_nat64():
        assert number.is_global


def number_of_nat64():
    from ipaddress import IPv6Network

    return IPv6Network("64:ff9b::/96")


@pytest.mark.parametrize(
    "number", ["8.8.8.8", "93.184.216.34", "1.1.1.1", "2a00:1450:4001::1", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_ordinary_servers_are_public(number):
    assert is_public(number_of(number))


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_ordinary_ports_are_opened(port):
    check_is_public(parse_address(f"http://example.org:{port}/"))


def test_a_redirect_is_read_like_an_address():
    place = parse_address("https://a.example/x/y?z")
    assert joined(place, "../b?c#d").canonical == "https://a.example/b?c"
    assert joined(place, "//b.example").canonical == "https://b.example/"
    assert joined(place, "?q").canonical == "https://a.example/x/y?q"
    assert joined(place, "/a b?c d").canonical == "https://a.example/a%20b?c%20d"
    for odd in (" /b", "http://b example/", "/b\t", "\\\\b.example", "/\\b.example", "http://[", "mailto:a@b"):
        with pytest.raises(AddressRefused):
            joined(place, odd)


@pytest.mark.parametrize(
    ("typed", "endpoints"),
    [
        ("http://localhost:11434/v1", {("localhost", 11434)}),
        ("box:8080", {("box", 8080)}),
        (" 192.168.0.5 ", {("192.168.0.5", 80), ("192.168.0.5", 443)}),
        ("https://searx.example/search", {("searx.example", 443)}),
        ("[::1]:8080", {("::1", 8080)}),
    ],
)
def test_what_a_person_types_is_understood(typed, endpoints):
    assert {(one.host, one.port) for one in parse_endpoint(typed)} == endpoints


@pytest.mark.parametrize(
    ("host", "answer"), [("localhost", True), ("127.0.0.9", True), ("::1", True), ("::ffff:127.0.0.1", True)]
)
def test_this_computer_is_known(host, answer):
    assert Endpoint(host=host, port=1).is_this_computer is answer
    assert not Endpoint(host="10.0.0.1", port=1).is_this_computer
    assert not Endpoint(host="localhost.example", port=1).is_this_computer
