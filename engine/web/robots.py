"""What a site's robots.txt lets this program read (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

TOKEN = "Plumbline"
"""The name under which sites can address this program."""

LONGEST_BYTES = 500 * 1024
"""RFC 9309 asks for at least that much to be read; what comes after is ignored."""

_LONGEST_LINE = 2_000
_MOST_LINES = 20_000
_OTHERS = "user-agent: some-other-program"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one site."""

    _parsed: Protego | None = None
    """None where everything may be read."""

    @classmethod
    def parse(cls, text: str) -> Rules:
        """Return the rules of a robots.txt; what is not understood forbids nothing."""
        return cls(Protego.parse(_for_us(text)))

    @classmethod
    def none(cls) -> Rules:
        """Return the rules of a site that has none."""
        return cls()

    def allow(self, address: str) -> bool:
        """Whether the address may be read."""
        return self._parsed is None or self._parsed.can_fetch(address, TOKEN)

    @property
    def pause_s(self) -> float:
        """Seconds between two requests that the site asks for; 0 if it does not."""
        if self._parsed is None:
            return 0.0
        pause_s = self._parsed.crawl_delay(TOKEN) or 0.0
        rate = self._parsed.request_rate(TOKEN)
        return max(pause_s, rate.seconds / rate.requests if rate else 0.0)


def _for_us(text: str) -> str:
    """The same rules with all other programs under one name.

    Without this, thousands of names before thousands of rules keep the parser busy for minutes.
    """
    kept: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines()[:_MOST_LINES]:
        name, colon, value = line.partition("#")[0][:_LONGEST_LINE].partition(":")
        if name.strip().lower() not in ("user-agent", "useragent", "user agent"):
            if colon:
                kept.append(f"{name}:{value}")
            continue
        asked = value.strip().split("/")[0].strip().lower()
        named = asked.strip("*")
        asked_line = f"user-agent: {named or '*'}" if asked and named in ("", TOKEN.lower()) else _OTHERS
        if not kept or kept[-1] != asked_line:
            kept.append(asked_line)
    return "\n".join(kept)
