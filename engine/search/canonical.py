"""Says when two addresses are the same page. Its results are compared, never opened."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

_TRACKING = frozenset(
    {
        "_ga", "_gl", "_hsenc", "_hsmi", "cmpid", "dclid", "epik", "fbclid", "gad_source", "gbraid", "gclid",
        "gclsrc", "guccounter", "guce_referrer", "guce_referrer_sig", "igsh", "igshid", "li_fat_id", "mc_cid",
        "mc_eid", "mkt_tok", "msclkid", "ncid", "oly_anon_id", "oly_enc_id", "ref_src", "ref_url", "s_cid",
        "smid", "srsltid", "trk", "ttclid", "twclid", "vero_id", "wbraid", "wickedid", "yclid", "ysclid",
    }
)  # fmt: skip
_TRACKING_BEGINNINGS = ("utm_", "pk_", "mtm_", "piwik_", "hsa_", "at_campaign", "at_medium")
_AMP_FLAGS = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("isamp", "true")}
_MOBILE = frozenset({"m", "mobile", "amp", "touch"})
_ENCYCLOPAEDIAS = ("wikipedia.org", "wiktionary.org", "wikimedia.org", "wikisource.org", "wikibooks.org")
_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_ARXIV = re.compile(r"/(?:abs|pdf|html)/(.+?)(?:v\d+)?(?:\.pdf)?")


def canonical(address: str) -> str:
    """Return the same text for every spelling of an address; what is no web address comes back as it is.

    Scheme, ``www``, default ports, fragments, tracking parameters, the order of parameters, escapes, and the mobile
    and AMP variants of a page make no difference.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return address
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return address
    unwrapped = _inside_amp_viewer(parts)
    if unwrapped:
        return canonical(unwrapped)
    host = _plain_host(domain(parts.hostname))
    path = _plain_path(parts.path)
    query = _plain_query(parts.query)
    host, path, query = _known_site(host, path, query)
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"https://{place}{path}{'?' if query else ''}{query}{fragment}"


def host_of(address: str) -> str:
    """Return the host of an address in the form that ``domain`` gives; empty if it has none."""
    try:
        return domain(urlsplit(address).hostname or "")
    except ValueError:
        return ""


def domain(written: str) -> str:
    """Return a domain however somebody wrote it: with a scheme, a path, ``*.``, in capitals, in its own script."""
    text = written.strip().lower()
    if "://" in text:
        text = text.partition("://")[2]
    text = re.split(r"[/?#\\]", text, maxsplit=1)[0].rpartition("@")[2]
    text = re.sub(r":\d*$", "", text) if text.count(":") == 1 else text
    text = text.removeprefix("*.").strip(".")
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return text.encode("ascii", "backslashreplace").decode("ascii")


def is_in(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of the domains or below one. Both in the form that ``domain`` gives."""
    return any(host == each or host.endswith(f".{each}") for each in domains if each)


def _plain_host(host: str) -> str:
    host = host.removeprefix("www.")
    labels = host.split(".")
    if len(labels) > 2 and labels[0] in _MOBILE:
        labels = labels[1:]
    elif len(labels) > 3 and labels[1] == "m" and is_in(host, _ENCYCLOPAEDIAS):
        labels = [labels[0], *labels[2:]]
    return ".".join(labels)


def _plain_path(path: str) -> str:
    path = _ESCAPE.sub(_plain_escape, quote(path, safe="/%:@!$&'()*+,;=-._~"))
    lowered = path.lower()
    for ending in ("/amp/", "/amp", ".amp.html", ".amp"):
        # Only below something: a page may well be called amp.
        if lowered.endswith(ending) and lowered.removesuffix(ending).strip("/"):
            path = path[: -len(ending)] + (".html" if ending == ".amp.html" else "")
            break
    for ending in ("/index.html", "/index.htm"):
        if path.lower().endswith(ending):
            path = path[: -len(ending)]
    return path.rstrip("/")


def _plain_escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else f"%{found[1].upper()}"


def _plain_query(query: str) -> str:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=200)
    except ValueError:
        return query
    kept = [
        (name, value)
        for name, value in pairs
        if not _is_tracking(name.lower()) and (name.lower(), value.lower()) not in _AMP_FLAGS
    ]
    return urlencode(sorted(kept), errors="surrogateescape")


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_BEGINNINGS)


def _known_site(host: str, path: str, query: str) -> tuple[str, str, str]:
    if host == "dx.doi.org":
        host = "doi.org"
    if host == "doi.org":
        return host, path.lower(), ""
    if host in ("arxiv.org", "export.arxiv.org") and (found := _ARXIV.fullmatch(path)):
        return "arxiv.org", f"/abs/{found[1]}", ""
    if host == "youtu.be" and path.count("/") == 1:
        return "youtube.com", "/watch", f"v={path[1:]}"
    if is_in(host, _ENCYCLOPAEDIAS) and path.startswith("/wiki/"):
        return host, "/wiki/" + quote(unquote(path[6:]).replace(" ", "_"), safe="/:"), query
    return host, path, query


def _inside_amp_viewer(parts: SplitResult) -> str:
    host, path = (parts.hostname or "").lower(), parts.path
    if host.endswith(".cdn.ampproject.org"):
        found = re.fullmatch(r"/[a-z]/(s/)?([^/]+\..*)", path)
    elif re.fullmatch(r"(www\.)?google\.[a-z.]{2,6}", host):
        found = re.fullmatch(r"/amp/(s/)?([^/]+\..*)", path)
    else:
        return ""
    return f"https://{found[2]}{'?' if parts.query else ''}{parts.query}" if found else ""
