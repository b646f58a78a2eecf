"""What stands between us and a page, told from the answer itself: a login, a test for robots, an empty shell, …

Everything here is a pure function of what a server sent. A mark that ordinary pages carry too, such as a captcha
below a form for comments, counts only where the page has hardly any text of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.errors import DocumentUnreadable
from engine.web import reasons
from engine.web.sites import host_of

LOOKED_AT_BYTES = 400_000
"""Of a page's markup; obstacles stand at its beginning, or the page is small."""

_LITTLE_TEXT = 1_200
_TEASER = 2_500
_HARDLY_ANY_TEXT = 250
_NO_TEXT = 15

_CHALLENGES = (
    "cf_chl_opt", "cf-chl-", "just a moment...</title>", "attention required! | cloudflare", "cf-turnstile",
    "captcha-delivery.com", "px-captcha", "_incapsula_resource", "incapsula incident id", "awswafintegration",
    "sucuri_cloudproxy", "anubis_challenge", "making sure you're not a bot", "making sure you&#39;re not a bot",
    "ddos-guard", "geo.captcha", "arkoselabs.com", "/_sec/cp_challenge", "validate.perfdrive.com",
)  # fmt: skip
_CAPTCHAS = (
    "hcaptcha.com/1/api", "h-captcha", "google.com/recaptcha", "recaptcha.net/recaptcha", "g-recaptcha",
    "friendlycaptcha", "frc-captcha", "geetest.com", "/cdn-cgi/challenge-platform/", "captcha",
)  # fmt: skip
_ASKS_FOR_A_PERSON = re.compile(
    r"verify (?:that )?you(?:'re| are) (?:a )?(?:human|not a (?:ro)?bot)|are you (?:a robot|human)\?"
    r"|prove (?:that )?you(?:'re| are) (?:a )?human|unusual traffic from your|pardon our interruption"
    r"|checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue"
    r"|enable js and disable any ad blocker|press (?:&amp;|and) hold|i(?:'|’|&#39;)?m not a robot"
    r"|automated access|bot detection|confirm (?:that )?you(?:'re| are) human",
)
_PASSWORD = re.compile(r"""<input\b[^>]{0,400}\btype\s*=\s*["']?password""")
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|signon|sso|auth|authenticate|oauth2?|account/(?:log-?in|sign-?in)|users/sign_in|idp|saml2?"
    r"|wp-login\.php|login\.\w{2,4}|register|subscribe|paywall)(?:[/?.]|$)",
    re.IGNORECASE,
)
_CONSENT = re.compile(r"(?:^|[./_-])(?:consent|cookie-?wall|cookie-?consent|gdpr|privacy-?gate)(?:[./_?-]|$)", re.I)
_LOGIN_HOST = re.compile(r"^(?:login|signin|sso|auth|accounts?|idp|id|passport)\.", re.IGNORECASE)
_NOT_FREE = re.compile(r""""isaccessibleforfree"\s*:\s*(?:false|"(?:https?://schema\.org/)?false")""")
_NOT_FREE_META = re.compile(
    r"""<meta\b[^>]{0,200}(?:content_tier|contenttier)["'][^>]{0,100}content\s*=\s*["'](?:locked|metered)"""
)
_SCRIPT = re.compile(r"<script\b")
_SHELL = re.compile(
    r"""<(?:div|main|section|app-root|body)\b[^>]{0,200}\bid\s*=\s*["']?(?:root|app|__next|__nuxt|___gatsby|react-root"""
    r"""|main-app|application|svelte)["'\s>]|<app-root\b|ng-app\b|data-reactroot|window\.__initial"""
)
_WANTS_JAVASCRIPT = re.compile(
    r"(?:enable|activate|turn on|requires?|needs?|without|aktivier\w*|activ\w+) (?:your browser'?s )?javascript"
    r"|javascript (?:is|must be|has to be|needs to be|muss|est) (?:required|enabled|disabled|turned|akti)"
    r"|you need to enable javascript"
)
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{0,300})")
_HEADING = re.compile(r"<h1\b[^>]{0,200}>\s*([^<]{0,300})")
_NOT_THERE = re.compile(
    r"(?:^|\W)(?:error )?404(?:\W|$)|(?:page|article|document|file|content|site|url|seite|artikel) (?:was |is |wurde )?"
    r"(?:can ?not be found|could not be found|not found|nicht gefunden|does(?:n't| not) exist|no longer exists)"
    r"|no longer available"
    r"|^not found$|page introuvable|p[áa]gina no encontrada|(?:seite|page) existiert nicht|nothing (?:was )?found here",
    re.IGNORECASE,
)


def of_refusal(status: int, *, headers: Mapping[str, str], asked: str, final: str, markup: bytes) -> DocumentUnreadable:
    """Return what an answer that is no success means.

    Args:
        status: 300 or above.
        headers: names in lower case.
        asked: the address that was asked for.
        final: the address that answered, after redirects.
        markup: the beginning of the body, unpacked.
    """
    host, text = host_of(final), _lowered(markup)
    if _is_challenge(headers, text, has_text=status in (404, 410)):
        return reasons.wants_a_person(host)
    match status:
        case 404 | 410:
            return reasons.gone(host)
        case 401 | 407:
            return reasons.needs_login(host)
        case 402:
            return reasons.needs_login(host, is_paid=True)
        case 403:
            if _PASSWORD.search(text) or _leads_to_login(asked, final):
                return reasons.needs_login(host)
            if _is_not_free(text):
                return reasons.needs_login(host, is_paid=True)
            return reasons.takes_us_for_a_robot(host, status=status)
        case 406 | 418 | 999:
            return reasons.takes_us_for_a_robot(host, status=status)
        case 429 | 503:
            return reasons.wants_patience(host)
    return reasons.failing(host, status=status) if status >= 500 else reasons.unusual(host, status=status)


def of_page(
    *, headers: Mapping[str, str], asked: str, final: str, markup: bytes, characters: int
) -> DocumentUnreadable | None:
    """Return what keeps the text of a page from us although it came with success, or None.

    Args:
        headers: names in lower case.
        asked: the address that was asked for.
        final: the address that answered, after redirects.
        markup: the page as it came; nothing where it is no HTML.
        characters: how much text was found in it.
    """
    host, text = host_of(final), _lowered(markup)
    if characters < _LITTLE_TEXT and _is_challenge(headers, text, has_text=characters >= _HARDLY_ANY_TEXT):
        return reasons.wants_a_person(host)
    if characters < _TEASER and _leads_to_consent(asked, final):
        return reasons.needs_consent(host)
    if characters < _TEASER and _leads_to_login(asked, final):
        return reasons.needs_login(host)
    if characters < _LITTLE_TEXT and _is_not_free(text):
        return reasons.needs_login(host, is_paid=True)
    if characters < _LITTLE_TEXT and _PASSWORD.search(text):
        return reasons.needs_login(host)
    if characters < _LITTLE_TEXT and _says_not_there(text):
        return reasons.gone(host)
    if characters < _HARDLY_ANY_TEXT and _SCRIPT.search(text):
        wants = _WANTS_JAVASCRIPT.search(text) is not None
        if wants or _SHELL.search(text) or characters < _NO_TEXT:
            return reasons.needs_javascript(host)
    return reasons.empty(host) if characters < _NO_TEXT else None


def is_challenge(headers: Mapping[str, str], markup: bytes) -> bool:
    """Whether an answer that is no page is a test for robots."""
    return _is_challenge(headers, _lowered(markup), has_text=False)


def is_teaser(markup: bytes) -> bool:
    """Whether a page says of itself that all of it is shown to subscribers only."""
    return _is_not_free(_lowered(markup))


def _lowered(markup: bytes) -> str:
    return markup[:LOOKED_AT_BYTES].decode("utf-8", "replace").lower()


def _is_challenge(headers: Mapping[str, str], text: str, *, has_text: bool) -> bool:
    if headers.get("cf-mitigated", "").lower() == "challenge" or "x-amzn-waf-action" in headers:
        return True
    if any(mark in text for mark in _CHALLENGES) or _ASKS_FOR_A_PERSON.search(text):
        return True
    return not has_text and any(mark in text for mark in _CAPTCHAS)


def _is_not_free(text: str) -> bool:
    return _NOT_FREE.search(text) is not None or _NOT_FREE_META.search(text) is not None


def _leads_to_login(asked: str, final: str) -> bool:
    if asked == final or _LOGIN_PATH.search(urlsplit(asked).path):
        return False
    if _LOGIN_PATH.search(urlsplit(final).path):
        return True
    return host_of(asked) != host_of(final) and _LOGIN_HOST.search(host_of(final)) is not None


def _leads_to_consent(asked: str, final: str) -> bool:
    if asked == final:
        return False
    places = [f"{host_of(one)}{urlsplit(one).path}" for one in (asked, final)]
    return _CONSENT.search(places[1]) is not None and _CONSENT.search(places[0]) is None


def _says_not_there(text: str) -> bool:
    for pattern in (_TITLE, _HEADING):
        found = pattern.search(text)
        if found and _NOT_THERE.search(" ".join(found[1].split())):
            return True
    return False
