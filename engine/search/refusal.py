"""Tells a refusal from an answer: what a status, a header or a page of an engine means."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape

from engine.domain import EngineState
from engine.search.provider import ProviderTrouble

LONGEST_PATIENCE_S = 6 * 3600.0
"""An engine may ask for more; it is asked again after so long all the same."""

_TOO_MANY = frozenset({202, 420, 429})
_ROBOT = frozenset({401, 403, 407, 418, 451, 999})
_SPENT = frozenset({402, 432, 433})
_OVERLOADED = frozenset({502, 503, 504})

_CAPTCHA = (
    "anomaly-modal", "anomaly.js", "challenge-form", "bots use duckduckgo too", "/sp/captcha", "showcaptcha",
    "smartcaptcha", "g-recaptcha", "recaptcha/api", "h-captcha", "hcaptcha.com", "cf-turnstile", "cf-challenge",
    "challenge-platform", "checking your browser", "are you a robot", "not a robot", "verify you are human",
    "unusual traffic", "automated queries", "flagged as being suspicious", "/sorry/index", "captcha",
)  # fmt: skip
_CONSENT = (
    "consent.yahoo", "guce.yahoo", "consent.google", "consent.youtube", "before you continue", "/consent?",
    "collectconsent", "consent-page", "cookie consent",
)  # fmt: skip
_SCRIPT_ONLY = ("enablejs", "enable javascript", "javascript is disabled", "please turn on javascript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an engine sent back."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    text: str = ""
    address: str = ""
    """Where it came from, or where it leads to if it is a redirect."""


def refusal(reply: Reply, *, title: str, now: datetime, has_key: bool = False) -> ProviderTrouble | None:
    """Return what a status says against an answer; None for 200.

    Args:
        reply: its text is looked at only to name the reason.
        title: of the engine, for people.
        now: with a time zone; what a date in ``Retry-After`` is compared with.
        has_key: whether a key was sent, so that 401 and 403 may be about it.
    """
    if reply.status == 200:
        return None
    patience = retry_after_s(reply.headers, now=now)
    blocked, unreachable = EngineState.BLOCKED, EngineState.UNREACHABLE
    if 300 <= reply.status < 400:
        return wall(reply, title=title, query="") or ProviderTrouble(
            EngineState.NONSENSE, f"{title} sends the query on to another place, which is not followed."
        )
    if reply.status in _TOO_MANY:
        return ProviderTrouble(blocked, f"{title} refused the query: too many requests.", retry_after_s=patience)
    if reply.status in _SPENT:
        return ProviderTrouble(blocked, f"{title} refused the query: the allowance is used up.", retry_after_s=patience)
    if reply.status in _ROBOT:
        if has_key and reply.status in (401, 403):
            return ProviderTrouble(blocked, f"{title} does not accept the key.", retry_after_s=patience)
        words = f"{title} refused the query: it takes us for a robot."
        return ProviderTrouble(blocked, words, retry_after_s=patience)
    if reply.status in _OVERLOADED and patience is not None:
        return ProviderTrouble(blocked, f"{title} is overloaded and asks for patience.", retry_after_s=patience)
    if reply.status >= 500:
        words = f"{title} has trouble of its own (error {reply.status})."
        return ProviderTrouble(unreachable, words, retry_after_s=patience)
    words = f"{title} does not understand the query (error {reply.status})."
    return ProviderTrouble(EngineState.NONSENSE, words, retry_after_s=patience)


def wall(reply: Reply, *, title: str, query: str) -> ProviderTrouble | None:
    """Return why a page without results is a wall rather than an answer; None if it does not look like one.

    Args:
        reply: a page that no result was found in.
        title: of the engine, for people.
        query: taken out of the page first, as it may be about captchas.
    """
    page = without_query(reply.text, query)
    address = re.split(r"[?#]", reply.address, maxsplit=1)[0].lower()
    blocked = EngineState.BLOCKED
    if any(mark in address or mark in page for mark in _CAPTCHA):
        return ProviderTrouble(blocked, f"{title} wants proof that a person is there.")
    if any(mark in address or mark in page for mark in _CONSENT):
        return ProviderTrouble(blocked, f"{title} wants its terms to be accepted in a browser first.")
    if any(mark in address or mark in page for mark in _SCRIPT_ONLY):
        return ProviderTrouble(blocked, f"{title} answers only to browsers.")
    return None


def without_query(page: str, query: str) -> str:
    """Return a page in small letters without the query in it, however it is escaped."""
    text = page.lower()
    for spelling in {query.lower(), escape(query.lower()), escape(query.lower(), quote=False)}:
        if len(spelling) > 2:
            text = text.replace(spelling, " ")
    return text


def not_understood(title: str) -> ProviderTrouble:
    """Return the trouble with an answer in no form that is known."""
    words = f"{title} sent an answer that is not understood; it may have changed its form."
    return ProviderTrouble(EngineState.NONSENSE, words)


def empty_page(title: str) -> ProviderTrouble:
    """Return the trouble with an answer that has nothing in it, not even that there is nothing."""
    return ProviderTrouble(EngineState.NONSENSE, f"{title} sent an empty answer.")


def too_slow(title: str) -> ProviderTrouble:
    """Return the trouble with an answer that did not end in time."""
    return ProviderTrouble(EngineState.UNREACHABLE, f"{title} did not answer in time.")


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return for how many seconds an engine asks to be left alone, capped; None if it does not say.

    ``Retry-After`` in seconds or as an HTTP date, else the first number of ``X-RateLimit-Reset`` where it is seconds.
    """
    written = headers.get("retry-after", "").strip()[:100]
    if written:
        seconds = _seconds(written)
        return seconds if seconds is not None else _until(written, now)
    return _seconds(headers.get("x-ratelimit-reset", "").partition(",")[0].strip()[:20], longest=86_400.0)


def _seconds(written: str, *, longest: float = math.inf) -> float | None:
    if not re.fullmatch(r"\d{1,18}(\.\d{1,9})?", written):
        return None
    seconds = float(written)
    return min(seconds, LONGEST_PATIENCE_S) if seconds <= longest else None


def _until(written: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_PATIENCE_S)
