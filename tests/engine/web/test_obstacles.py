from __future__ import annotations

from pathlib import Path

import pytest
from fetched_pages import PROSE, article, reader_of
from loopback_web import LoopbackWeb, Reply

from engine.domain import Obstacle
from engine.web.obstacles import of_refusal, of_success
from engine.web.parsers import ParserPool

ASKED = "https://paper.example/story"
LOGIN_FORM = "<form><input name=user><input type='password' name=p></form>"
CHALLENGES = {
    "a guard's page": "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
    "a captcha's script": '<script src="https://www.google.com/recaptcha/api.js"></script>',
    "another captcha": '<div class="h-captcha" data-sitekey="x"></div>',
    "words alone": "<p>Please verify you are a human to continue.</p>",
    "unusual traffic": "<p>Our systems have detected unusual traffic from your network.</p>",
    "a robot's question": "<h1>Are you a robot?</h1>",
    "press and hold": "<p>Press &amp; Hold to confirm you are a human.</p>",
    "an interruption": "<h1>Pardon Our Interruption</h1>",
    "a service's mark": '<script src="https://geo.captcha-delivery.com/c.js"></script>',
    "a toll": "<title>Making sure you're not a bot!</title>",
}


def refusal(status: int, markup: str = "", *, final: str = ASKED, **headers: str) -> Obstacle:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reason = of_refusal(status, headers=named, asked=ASKED, final=final, markup=markup.encode())
    assert reason.title
    assert reason.hint.endswith(".")
    assert not reason.title.endswith(".")
    return reason.obstacle


@pytest.mark.parametrize("status", [403, 429, 503, 405, 202])
@pytest.mark.parametrize("name", CHALLENGES)
def test_a_test_for_robots_is_told_whatever_its_status(name: str, status: int) -> None:
    assert refusal(status, CHALLENGES[name]) is Obstacle.CAPTCHA


@pytest.mark.parametrize("status", [200, 202, 403, 404, 405])
def test_a_guard_that_says_so_in_the_head_is_believed(status: int) -> None:
    assert refusal(status, cf_mitigated="challenge") is Obstacle.CAPTCHA
    assert refusal(status, x_amzn_waf_action="captcha") is Obstacle.CAPTCHA


@pytest.mark.parametrize(
    ("status", "markup", "obstacle"),
    [
        (404, "", Obstacle.GONE),
        (410, "", Obstacle.GONE),
        (404, "<p>Write to us: <div class=g-recaptcha>", Obstacle.GONE),
        (401, "", Obstacle.LOGIN),
        (402, "", Obstacle.LOGIN),
        (403, LOGIN_FORM, Obstacle.LOGIN),
        (403, '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>', Obstacle.LOGIN),
        (403, "<h1>Forbidden</h1>", Obstacle.CAPTCHA),
        (418, "", Obstacle.CAPTCHA),
        (999, "", Obstacle.CAPTCHA),
        (429, "", Obstacle.UNREACHABLE),
        (503, "", Obstacle.UNREACHABLE),
        (500, "", Obstacle.UNREACHABLE),
        (451, "", Obstacle.OTHER),
        (204, "", Obstacle.OTHER),
        (300, "", Obstacle.OTHER),
    ],
)
def test_refusals_are_told_apart(status: int, markup: str, obstacle: Obstacle) -> None:
    assert refusal(status, markup) is obstacle


@pytest.mark.parametrize(
    ("final", "obstacle"),
    [
        ("https://paper.example/login?next=/story", Obstacle.LOGIN),
        ("https://paper.example/users/sign_in", Obstacle.LOGIN),
        ("https://login.paper.example/", Obstacle.LOGIN),
        ("https://accounts.other.example/ServiceLogin", Obstacle.LOGIN),
        ("https://consent.paper.example/m?continue=x", Obstacle.LOGIN),
        ("https://paper.example/cookie-wall/", Obstacle.LOGIN),
        ("https://paper.example/story/", None),
        ("https://www.paper.example/blog/logins-explained", None),
        (ASKED, None),
    ],
)
def test_a_way_that_leads_to_a_login_is_seen(final: str, obstacle: Obstacle | None) -> None:
    found = of_success(headers={}, asked=ASKED, final=final, characters=300)
    assert (found.obstacle if found is not None else None) is obstacle
    assert of_success(headers={}, asked=ASKED, final=final, characters=9_000) is None


def test_who_asks_for_a_login_gets_it() -> None:
    asked = "https://paper.example/docs/login"
    assert of_success(headers={}, asked=asked, final="https://paper.example/login/", characters=300) is None


PAGES = {
    "a shell": (
        '<html><head><title>App</title><script src="/main.js"></script></head><body><div id="root"></div>'
        "<noscript>You need to enable JavaScript to run this app.</noscript></body></html>",
        Obstacle.JAVASCRIPT,
    ),
    "a login": (f"<html><title>Sign in</title><body><h1>Sign in</h1>{LOGIN_FORM}</body></html>", Obstacle.LOGIN),
    "a captcha": (
        '<html><title>Security check</title><body><div class="g-recaptcha"></div><p>I\'m not a robot</p></body></html>',
        Obstacle.CAPTCHA,
    ),
    "a soft 404": ("<html><title>Page not found</title><body><h1>Page not found</h1></body></html>", Obstacle.GONE),
    "nothing": ("<html><head><title></title></head><body></body></html>", Obstacle.EMPTY),
    "pictures": ('<html><body><img src="a.png"><img src="b.png"></body></html>', Obstacle.EMPTY),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_in_place_of_its_text_is_told(
    web: LoopbackWeb, data: Path, parsers: ParserPool, name: str
) -> None:
    html, obstacle = PAGES[name]
    web.page("paper.example", "/story", html)
    with reader_of(web, data, parsers=parsers) as reader:
        reason = reader.failure("http://paper.example/story")
    assert reason.obstacle is obstacle
    assert reason.title
    assert "rowser" in reason.hint


def test_a_page_that_mentions_captchas_and_logins_is_a_page(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    text = f"Are you a robot? Just a moment. Please sign in, page not found, enable JavaScript. {PROSE} {LOGIN_FORM}"
    web.page("paper.example", "/story", article("Why logins have a captcha", text=text))
    with reader_of(web, data, parsers=parsers) as reader:
        reader.source("http://paper.example/story")


def test_a_page_for_subscribers_says_so(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    web.page("paper.example", "/story", article("Story", head=head, text=PROSE * 2))
    web.page("paper.example", "/teaser", article("Story", head=head, text="Only the first words of it."))
    with reader_of(web, data, parsers=parsers) as reader:
        opened = reader.source("http://paper.example/story")
        reason = reader.failure("http://paper.example/teaser")
    assert any("pay" in warning for warning in opened.source.warnings)
    assert reason.obstacle is Obstacle.LOGIN


def test_a_redirect_to_a_login_is_told(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page("paper.example", "/story", Reply(status=302, headers={"Location": "/login?next=%2Fstory"}))
    web.page("paper.example", "/login", "<html><title>Paper</title><body><p>Welcome back</p></body></html>")
    web.page("paper.example", "/bare", Reply(status=302, headers={"Location": "/signin"}))
    web.page("paper.example", "/signin", "<html><body></body></html>")
    with reader_of(web, data, parsers=parsers) as reader:
        for path in ("story", "bare"):
            reason = reader.failure(f"http://paper.example/{path}")
            assert reason.obstacle is Obstacle.LOGIN
            assert "save the page" in reason.hint


def test_nobody_is_asked_to_open_what_the_door_refused() -> None:
    offered = {obstacle for obstacle in Obstacle if obstacle.can_be_rescued}
    assert not offered & {Obstacle.REFUSED, Obstacle.GONE, Obstacle.OTHER}
    assert {Obstacle.LIMIT, Obstacle.LOGIN, Obstacle.CAPTCHA, Obstacle.SLOW} <= offered
