"""Sends one query to the page of a search engine with the library ddgs; the only module that imports it and primp.

ddgs knows the forms and the pages of the engines, and its client, written in Rust, looks like a browser to them. What
it makes of an answer is not used: it takes every refusal for a page without results. So the request is built by it,
sent here, looked at by us, and only then given back to it for its results.

Every query has a client of its own, so no cookie of an engine lives longer than a query. Redirects are followed here,
within the hosts of the engine. All traffic goes through the relay that is lent for the query.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from engine.domain import EngineState
from engine.search.canonical import host_of, is_in
from engine.search.provider import ProviderTrouble
from engine.search.refusal import Reply, too_slow

if TYPE_CHECKING:
    import primp
    from ddgs.base import BaseSearchEngine

_LIMIT_BYTES = 4_000_000
_MOST_REDIRECTS = 4
_CONNECT_S = 6.0
_BROWSER = "chrome_149"
_SYSTEMS = {"win32": "windows", "darwin": "macos"}
_NOT_LET_OUT = ("CONNECT failed: HTTP/1.1 403", "CONNECT failed: HTTP/1.1 503")


@dataclass(slots=True)
class RawResult:
    """What an engine's page says of a result, before ddgs takes the escapes out of its address."""

    title: str = ""
    href: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is sent to an engine."""

    words: str
    region: str
    """``us-en``: country and language."""
    additions: Mapping[str, str] = field(default_factory=dict)
    """Fields that are set beside those that ddgs knows."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    """How some engines are told a region; those that ddgs would set are not sent."""


class PageVisit:
    """One query at one engine, from its form to its results. Used from one thread.

    Args:
        engine_name: as ddgs calls it.
        title: of the engine, for people.
        proxy: of the relay.
        certificates: path of a PEM file of certificates that are believed; empty for those that primp brings along.
        hosts: within which redirects are followed.
        wait_turn: called before a redirect is followed.
        limit_s: for one request, in seconds.
    """

    def __init__(
        self,
        engine_name: str,
        *,
        title: str,
        proxy: str,
        certificates: str,
        hosts: Collection[str],
        limit_s: float,
        wait_turn: Callable[[], None],
    ) -> None:
        self._wait_turn = wait_turn
        self._title = title
        self._hosts = tuple(hosts)
        self._engine = _with_raw_results(_engine_class(engine_name))(
            proxy=proxy, timeout=max(1, round(limit_s)), verify=certificates or True
        )
        self._client = self._client_for(proxy, certificates, limit_s)
        # Where ddgs puts its cookies, whose order would be another one each time.
        setattr(self._engine.http_client, "client", _Ignored())  # noqa: B010

    def front_page(self, address: str) -> Reply:
        """Return the page that has the form, where the form has a secret in it."""
        return self._request("GET", address)

    def value_at(self, reply: Reply, xpath: str) -> str:
        """Return what a path leads to in a page; empty if it leads nowhere."""
        values = self._engine.extract_tree(reply.text).xpath(xpath)
        return str(values[0]) if values else ""

    def know_secret(self, secret: str) -> None:
        """Put the secret of Startpage's form where ddgs would fetch it with a second request."""

        def get_sc() -> str:
            return secret

        setattr(self._engine, "get_sc", get_sc)  # noqa: B010

    def send(self, form: Form) -> Reply:
        """Send the query and return whatever comes back.

        Raises:
            ProviderTrouble: nothing does.
        """
        engine = self._engine
        payload = engine.build_payload(
            query=form.words, region=form.region, safesearch="moderate", timelimit=None, page=1
        )
        fields = {str(name): str(value) for name, value in payload.items()} | dict(form.additions)
        # ddgs invents visitors' marks for one engine (";_ylt=…"): equal queries are to be sent in equal bytes.
        address = engine.search_url.partition(";")[0]
        if engine.search_method == "GET":
            return self._request("GET", address, params=fields, cookies=form.cookies)
        return self._request(engine.search_method, address, data=fields, cookies=form.cookies)

    def results(self, reply: Reply) -> list[RawResult]:
        """Return what ddgs finds in a page; it raises what it likes."""
        return self._engine.post_extract_results(self._engine.extract_results(reply.text))

    def _client_for(self, proxy: str, certificates: str, limit_s: float) -> primp.Client:
        """Return a client that is the same each time.

        The one of ddgs looks like another browser on another system with every query, which is no more believable, and
        makes two runs that ask the same send different bytes.
        """
        import primp  # noqa: PLC0415

        def client_like(browser: str) -> primp.Client:
            return primp.Client(
                proxy=proxy,
                timeout=limit_s,
                connect_timeout=min(_CONNECT_S, limit_s),
                impersonate=browser,
                impersonate_os=_SYSTEMS.get(sys.platform, "linux"),
                referer=False,
                follow_redirects=False,
                https_only=True,
                ca_cert_file=certificates or None,
            )

        try:
            client = client_like(_BROWSER)
        except primp.BuilderError:  # a later primp, which does not know one so old
            client = client_like("chrome")
        client.headers_update(self._engine.headers_update)
        return client

    def _request(
        self,
        method: str,
        address: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Reply:
        import primp  # noqa: PLC0415

        told = "; ".join(f"{name}={value}" for name, value in sorted((cookies or {}).items()))
        headers = {"cookie": told} if told else None
        try:
            for _ in range(_MOST_REDIRECTS):
                answer = self._client.request(
                    method, address, params=params, data=data, headers=headers, follow_redirects=False, stream=True
                )
                reply = self._reply(answer, address)
                if not (300 <= reply.status < 400 and reply.address and is_in(host_of(reply.address), self._hosts)):
                    return reply
                if method != "GET":
                    return reply
                self._wait_turn()
                address, params, headers = reply.address, None, None
            return reply
        except primp.TimeoutError:
            raise too_slow(self._title) from None
        except primp.PrimpError as error:
            raise _unreached(error, self._title) from error

    def _reply(self, answer: primp.Response, address: str) -> Reply:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        data = b""
        try:
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > _LIMIT_BYTES:
                    words = f"{self._title} sent far more than a page of results."
                    raise ProviderTrouble(EngineState.NONSENSE, words)
        finally:
            answer.close()
        to = headers.get("location", "")
        return Reply(
            status=answer.status_code,
            headers=headers,
            text=_decoded(data, headers.get("content-type", "")),
            address=urljoin(address, to) if to else str(answer.url),
        )


class _Ignored:
    """Takes what ddgs would set on its client."""

    def set_cookies(self, url: str, cookies: Mapping[str, str]) -> None:
        """Take cookies."""


def _decoded(data: bytes, content_type: str) -> str:
    """Return a page as text: most are UTF-8, whatever their header says."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        named = content_type.lower().partition("charset=")[2].strip(" \"'").partition(";")[0]
    try:
        return data.decode(named or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _unreached(error: Exception, title: str) -> ProviderTrouble:
    said = str(error)
    if any(mark in said for mark in _NOT_LET_OUT):
        return ProviderTrouble(EngineState.REFUSED, f"The query did not go out to {title}: the door refused it.")
    if "CONNECT failed" in said:
        return ProviderTrouble(EngineState.UNREACHABLE, f"{title} could not be reached. There is no connection.")
    kind = type(error).__name__
    reasons = {
        "ConnectError": "There is no connection",
        "BodyError": "The answer broke off",
        "DecodeError": "The answer broke off",
        "RequestError": "The connection broke",
    }
    reason = reasons.get(kind, "The connection failed")
    return ProviderTrouble(EngineState.UNREACHABLE, f"{title} could not be reached. {reason}.")


def _with_raw_results(engine: type[BaseSearchEngine[Any]]) -> Callable[..., BaseSearchEngine[Any]]:
    """Return the engine so that addresses stay as they are in the page; ddgs itself would unquote them.

    WORKAROUND for ddgs 9.16: ``/wiki/C%2B%2B`` and ``?q=a%26b`` become other addresses.
    """
    return type(engine.__name__, (engine,), {"result_type": RawResult})


def _engine_class(name: str) -> type[BaseSearchEngine[Any]]:
    # Its import looks for all engines there are.
    from ddgs.engines import bing, brave, duckduckgo, mojeek, startpage, yahoo, yandex  # noqa: PLC0415

    engines: dict[str, type[BaseSearchEngine[Any]]] = {
        "bing": bing.Bing,
        "brave": brave.Brave,
        "duckduckgo": duckduckgo.Duckduckgo,
        "mojeek": mojeek.Mojeek,
        "startpage": startpage.Startpage,
        "yahoo": yahoo.Yahoo,
        "yandex": yandex.Yandex,
    }
    return engines[name]
