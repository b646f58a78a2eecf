"""What stands between us and a page, told from how a server answers: a refusal, a test for robots, a way to a login.

Everything here is a pure function of what was sent. What a page shows in place of its text is found by whoever reads
it, ``engine.reading``, which sees the page as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.errors import DocumentUnreadable
from engine.web import reasons
from engine.web.sites import host_of

_LITTLE_TEXT = 2_500
"""A page to which a redirect towards a login leads is one only if it does not say much."""

_CHALLENGES = (
    "cf_chl_opt", "cf-chl-", "just a moment...</title>", "attention required! | cloudflare", "cf-turnstile",
    "captcha-delivery.com", "px-captcha", "_incapsula_resource", "incapsula incident id", "awswafintegration",
    "sucuri_cloudproxy", "anubis_challenge", "ddos-guard", "arkoselabs.com", "/_sec/cp_challenge",
    "validate.perfdrive.com", "sec-if-cpt", "/cdn-cgi/challenge-platform/", "hcaptcha.com/1/api", "h-captcha",
    "google.com/recaptcha", "recaptcha.net/recaptcha", "g-recaptcha", "friendlycaptcha", "frc-captcha", "geetest",
)  # fmt: skip
_ASKS_FOR_A_PERSON = re.compile(
    r"verify (?:that )?you(?:'re| are) (?:a )?(?:human|not a (?:ro)?bot)|are you (?:a robot|human)"
    r"|prove (?:that )?you(?:'re| are) (?:a )?human|unusual traffic|pardon our interruption|captcha"
    r"|checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue"
    r"|enable js and disable any ad blocker|press (?:&amp;|and|&) hold|making sure you(?:'|&#39;|’)re not a bot"
    r"|not a robot|bot detection|confirm (?:that )?you(?:'re| are) human"
)
_PASSWORD = re.compile(r"""<input\b[^>]{0,400}\btype\s*=\s*["']?password""")
_NOT_FREE = re.compile(
    r'"isaccessibleforfree"\s*:\s*(?:false|"(?:https?://schema\.org/)?false")|subscribe to (?:read|continue)'
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|signon|sso|auth|authenticate|oauth2?|account/(?:log-?in|sign-?in)|users/sign_in|idp|saml2?"
    r"|wp-login\.php|login\.\w{2,4}|paywall)(?:[/?.]|$)",
    re.IGNORECASE,
)
_LOGIN_HOST = re.compile(r"(?:login|signin|sso|auth|accounts?|idp|passport)\.", re.IGNORECASE)
_CONSENT = re.compile(r"(?:^|[./_-])(?:consent|cookie-?wall|cookie-?consent|privacy-?gate)(?:[./_?-]|$)", re.IGNORECASE)


def of_refusal(status: int, *, headers: Mapping[str, str], asked: str, final: str, markup: bytes) -> DocumentUnreadable:
    """Return what an answer that is no success means.

    Args:
        status: any but 200.
        headers: names in lower case.
        asked: the address that was asked for.
        final: the address that answered, after redirects.
        markup: the beginning of the body, unpacked.
    """
    host, text = host_of(final), _lowered(markup)
    if status in (404, 410):
        return reasons.wants_a_person(host) if _says_so(headers) else reasons.gone(host)
    if is_challenge(headers, markup):
        return reasons.wants_a_person(host)
    match status:
        case 401 | 407:
            return reasons.needs_login(host)
        case 402:
            return reasons.needs_login(host, is_paid=True)
        case 403 if _PASSWORD.search(text) or _leads_to_login(asked, final):
            return reasons.needs_login(host)
        case 403 if _NOT_FREE.search(text):
            return reasons.needs_login(host, is_paid=True)
        case 403 | 406 | 418 | 999:
            return reasons.takes_us_for_a_robot(host, status=status)
        case 429 | 503:
            return reasons.wants_patience(host)
        case 451:
            return reasons.forbidden_by_law(host)
    return reasons.failing(host, status=status) if status >= 500 else reasons.unusual(host, status=status)


def of_success(*, headers: Mapping[str, str], asked: str, final: str, characters: int) -> DocumentUnreadable | None:
    """Return what else than the page was sent with success, as far as the way there tells; None if nothing was.

    Args:
        headers: names in lower case.
        asked: the address that was asked for.
        final: the address that answered, after redirects.
        characters: how much text was found.
    """
    host = host_of(final)
    if _says_so(headers):
        return reasons.wants_a_person(host)
    if characters < _LITTLE_TEXT and _leads_to_consent(asked, final):
        return reasons.needs_consent(host)
    if characters < _LITTLE_TEXT and _leads_to_login(asked, final):
        return reasons.needs_login(host)
    return None


def is_challenge(headers: Mapping[str, str], markup: bytes) -> bool:
    """Whether an answer that is no success is a test for robots."""
    text = _lowered(markup)
    return _says_so(headers) or any(mark in text for mark in _CHALLENGES) or bool(_ASKS_FOR_A_PERSON.search(text))


def _says_so(headers: Mapping[str, str]) -> bool:
    """Whether a guard before the server says itself that it put a test in its place."""
    return headers.get("cf-mitigated", "").lower() == "challenge" or "x-amzn-waf-action" in headers


def _lowered(markup: bytes) -> str:
    return markup.decode("utf-8", "replace").lower()


def _leads_to_login(asked: str, final: str) -> bool:
    if asked == final or _LOGIN_PATH.search(urlsplit(asked).path):
        return False
    if _LOGIN_PATH.search(urlsplit(final).path):
        return True
    return host_of(asked) != host_of(final) and _LOGIN_HOST.match(host_of(final)) is not None


def _leads_to_consent(asked: str, final: str) -> bool:
    before, after = (f"{host_of(one)}{urlsplit(one).path}" for one in (asked, final))
    return _CONSENT.search(after) is not None and _CONSENT.search(before) is None
