"""Proves that nothing goes around the door: runs a command, sees every connection, asks the ledger for each.

The command runs in a network of its own, in which public numbers belong to this computer, and under strace, which sees
the connections of all its processes whatever library makes them. Needs Linux, root (or user namespaces), strace and ip.

``python tests/benchmarks/prove_one_door.py --help``
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

_TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_TESTS), str(_TESTS.parent)]

from loopback_web import Asked, LoopbackWeb, Reply  # noqa: E402

from engine.domain import Reach  # noqa: E402
from engine.network.door import Door  # noqa: E402
from engine.network.entry import Entry  # noqa: E402
from engine.network.gate import Origin, Purpose  # noqa: E402
from engine.network.ledger import LedgerReader  # noqa: E402
from engine.network.settings import NetworkSettings  # noqa: E402

_INSIDE = "PLUMBLINE_PROOF_INSIDE"
_CALL = re.compile(r"^(?P<pid>\d+)\s+(?P<name>connect|sendto|sendmsg|sendmmsg|listen)\((?P<rest>.*)$")
_KIND = re.compile(r"^\d+<(?P<kind>[A-Za-z0-9-]+):")
_PLACE = re.compile(
    r"sa_family=AF_INET6?,.*?sin6?_port=htons\((?P<port>\d+)\).*?"
    r'(?:inet_addr\("(?P<four>[^"]+)"\)|inet_pton\(AF_INET6, "(?P<six>[^"]+)")'
)
_LISTENING = re.compile(r"^\d+<TCP(?:v6)?:\[(?P<host>.*):(?P<port>\d+)\]>")


@dataclass(frozen=True)
class Call:
    """A connection, or a message that was sent without one."""

    pid: str
    name: str
    is_stream: bool
    number: str
    port: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else None,
        epilog="In the command, {data} stands for its data folder; in it somebody has already gone online. "
        "A whole run: --world prove_one_door:whole_world -- plumbline ask --data {data} --web --model none "
        "'Where do grey herons nest?'",
    )
    parser.add_argument(
        "--world", default="prove_one_door:small_world", help="MODULE:FUNCTION that fills a LoopbackWeb"
    )
    parser.add_argument(
        "--leak", action="store_true", help="have the sample go around the door, to see that it is found"
    )
    parser.add_argument("--sample", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--silent", action="store_true", help="nobody has gone online: nothing at all may be contacted")
    parser.add_argument(
        "--system-trust", action="store_true", help="let the system believe the web's authority, not SSL_CERT_FILE"
    )
    parser.add_argument("--keep", type=Path, help="where strace's log, the ledger and what was served are kept")
    parser.add_argument(
        "command", nargs="*", help="what to run; a sample that searches with ddgs and reads pages if none"
    )
    own = parser.parse_args()
    if own.sample:
        sample(own.sample, leaks=own.leak)
    elif os.environ.get(_INSIDE):
        sys.exit(_prove(own))
    else:
        sys.exit(_enter())


# --- what is run if nothing else is named ---------------------------------------------------------------------------


def small_world(web: LoopbackWeb) -> None:
    """A search engine that finds three pages, and the pages."""

    def results(_asked: Asked) -> Reply:
        found = "".join(
            f'<li><a class="ob" href="{page}"></a><h2><a href="{page}">Herons</a></h2><p class="s">Herons</p></li>'
            for page in ("https://herons.example/winter", "http://ponds.example/", "https://moved.example/")
        )
        return Reply(f'<html><body><ul class="results-standard">{found}</ul></body></html>')

    web.on("www.mojeek.com", results)
    web.page("herons.example", "/winter", "<p>Herons stay in winter.</p>")
    web.page("herons.example", "/robots.txt", Reply("User-agent: *\nDisallow:", type="text/plain"))
    web.page("ponds.example", "/", "<p>Ponds freeze.</p>")
    web.page("moved.example", "/", Reply(status=301, headers={"Location": "https://herons.example/winter"}))
    web.on("elsewhere.example", "nobody should ask here")


def whole_world(web: LoopbackWeb) -> None:
    """Every search engine that Plumbline knows, all finding pages about herons, and a model hub without models."""
    from engine_pages import ENGINES, FakeEngines, Hit
    from web_scenes import article

    pages = {
        "https://birds.example/herons": "Grey herons nest in colonies high in tall trees near water, often in oaks.",
        "https://rivers.example/colonies": "Most colonies of grey herons are within ten kilometres of a river.",
        "http://marsh.example/reeds": "In marshes without trees grey herons nest in reeds, close above the water.",
    }
    engines = FakeEngines(web)
    for name in ENGINES:
        engines.hits[name] = tuple(
            Hit(address=address, title=f"Grey herons, {number}", snippet=words)
            for number, (address, words) in enumerate(pages.items())
        )
    web.on("huggingface.co", Reply("[]", type="application/json"))
    for address, words in pages.items():
        host, _, path = address.partition("://")[2].partition("/")
        web.page(host, f"/{path}", article(words))


def sample(data_folder: Path, *, leaks: bool) -> None:
    """Search with ddgs through the relay and read what was found."""
    from ddgs.engines.mojeek import Mojeek

    from engine.network.certificates import bundle_for_libraries

    words = "herons in winter"
    with Door(data_folder) as door:
        gate = door.admit("proof", reach=Reach.WEB)
        with gate.relay(Purpose.SEARCH, words=words, provider="Mojeek", hosts=["mojeek.com"]) as proxy:
            engine = Mojeek(proxy=proxy, timeout=10, verify=bundle_for_libraries(data_folder))
            found = engine.search(words, region="us-en", safesearch="moderate", timelimit=None, page=1) or []
        gate.learn([one.href for one in found], origin=Origin.SEARCHED)
        for one in found:
            with gate.client(Purpose.PAGE).open(one.href) as answer:
                print(one.href, answer.status, len(answer.read(limit_bytes=100_000)))
        with gate.client(Purpose.ROBOTS).open("https://herons.example/robots.txt") as answer:
            print("robots.txt", answer.status)
    if leaks:
        import primp

        primp.Client(timeout=5).get(f"https://elsewhere.example/?q={quote_plus(words)}")


# --- the proof ------------------------------------------------------------------------------------------------------


def _enter() -> int:
    """Run again in a network and with mounts that nobody else has."""
    if sys.platform != "linux":
        print("This needs Linux.")
        return 2
    for tool in ("strace", "ip", "unshare", "mount"):
        if shutil.which(tool) is None:
            print(f"This needs {tool}.")
            return 2
    ways = ["--net", "--mount"] if os.geteuid() == 0 else ["--net", "--mount", "--user", "--map-root-user"]
    command = ["unshare", *ways, sys.executable, str(Path(__file__).resolve()), *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, _INSIDE: "1"}, check=False).returncode


def _prove(own: argparse.Namespace) -> int:
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _run("ip", "link", "set", "lo", "up")
        with LoopbackWeb(tls=True, folder=folder, address="0.0.0.0", ports=(80, 443)) as web:
            _world(own.world)(web)
            _give_names(web, folder)
            data = folder / "data"
            if not own.silent:
                with Door(data) as door:
                    door.change(NetworkSettings(is_online=True))
            command = [part.replace("{data}", str(data)) for part in own.command]
            if not command:
                command = [sys.executable, __file__, "--sample", str(data), *(["--leak"] if own.leak else [])]
            if own.system_trust:
                _believe(web.ca_file or folder, folder)
            status = _traced(command, folder)
            log = (folder / "strace.log").read_text(encoding="utf-8", errors="replace")
            entries = LedgerReader.open(data).entries(limit=1_000_000)
            served = len(web.requests)
        if own.keep:
            own.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "strace.log", own.keep)
            shutil.copytree(data, own.keep / "data", dirs_exist_ok=True)
        return _judge(log, entries, served=served, status=status, is_silent=own.silent)


def _world(named: str) -> Callable[[LoopbackWeb], None]:
    module, _, name = named.partition(":")
    if module == "prove_one_door":  # which is this very file
        return {"small_world": small_world, "whole_world": whole_world}[name]
    found: Callable[[LoopbackWeb], None] = getattr(importlib.import_module(module), name)
    return found


def _give_names(web: LoopbackWeb, folder: Path) -> None:
    """Let names stand for numbers of this network, for every program in it, and ask no resolver outside files."""
    lines = ["127.0.0.1 localhost", "::1 localhost"]
    for name, numbers in web.numbers.items():
        for number in numbers:
            _run("ip", "addr", "add", number + ("/128" if ":" in number else "/32"), "dev", "lo")
            lines.append(f"{number} {name}")
    for path, text in (
        ("/etc/hosts", "\n".join(lines) + "\n"),
        ("/etc/nsswitch.conf", "passwd: files\nhosts: files\n"),
    ):
        file = folder / Path(path).name
        file.write_text(text)
        _run("mount", "--bind", str(file), path)


def _believe(authority: Path, folder: Path) -> None:
    """Have the system believe an authority, as an administrator would, in this mount namespace."""
    believed = folder / "certs"
    shutil.copytree("/etc/ssl/certs", believed)
    shutil.copy(authority, believed / "loopback-authority.pem")
    bundle = believed / "ca-certificates.crt"
    bundle.write_bytes(bundle.read_bytes() + authority.read_bytes())
    _run("openssl", "rehash", str(believed))
    _run("mount", "--bind", str(believed), "/etc/ssl/certs")
    del os.environ["SSL_CERT_FILE"]


def _traced(command: Sequence[str], folder: Path) -> int:
    home = folder / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    environment.pop(_INSIDE)
    traced = ["strace", "-f", "-qq", "-yy", "-s", "64", "-e", "trace=network", "-o", str(folder / "strace.log")]
    print(f"$ {' '.join(command)}", flush=True)
    return subprocess.run([*traced, "--", *command], env=environment, check=False).returncode


def _judge(log: str, entries: Sequence[Entry], *, served: int, status: int, is_silent: bool) -> int:
    calls, listening = _read(log)
    near = [call for call in calls if call.number.startswith("127.") or call.number == "::1"]
    far = Counter((call.number, call.port) for call in calls if call.is_stream and call not in near)
    known = Counter((entry.address, entry.port) for entry in entries if entry.address and entry.verdict == "allowed")
    sorted_only = [call for call in calls if not call.is_stream and call.name == "connect" and call not in near]
    stray = [call for call in near if call.port not in listening]
    stray += [call for call in calls if call.name != "connect" and call not in near]
    print(f"\n{'connections to':32}{'made':>6}{'in the ledger':>16}   for")
    unknown = 0
    for (number, port), made in sorted(far.items()):
        names = sorted({f"{one.host} ({one.purpose})" for one in entries if (one.address, one.port) == (number, port)})
        missing = max(0, made - known[number, port])
        unknown += missing
        mark = f"   {missing} NOT IN THE LEDGER" if missing else ""
        print(f"{number + ':' + str(port):32}{made:6}{known[number, port]:16}   {', '.join(names)}{mark}")
    for call in stray:
        print(f"{call.number}:{call.port} ({call.name} of process {call.pid}) belongs to nothing that is known")
    print(f"\nconnections to the public: {sum(far.values())}; requests in the ledger: {len(entries)}; served: {served}")
    print(f"connections inside this computer, to what the command itself listens on: {len(near) - len(stray)}")
    print(f"numbers compared by the resolver, nothing sent: {len(sorted_only)}")
    print(f"around the door: {unknown + len(stray)}; the command ended with {status}")
    if is_silent:
        refused = sum(one.verdict == "refused" for one in entries)
        print(f"contacted before anybody has gone online: {len(calls) - len(near) + len(stray)}; refused: {refused}")
        return 1 if stray or len(calls) > len(near) or served else 0
    if not far:
        print("Nothing was contacted, so nothing was proved.")
    return 1 if unknown or stray or status or not far else 0


def _read(log: str) -> tuple[list[Call], set[int]]:
    """What was connected to or sent, and on which ports of this computer the traced processes listened."""
    calls: list[Call] = []
    listening: set[int] = set()
    for line in log.splitlines():
        call = _CALL.match(line)
        if call is None:
            continue
        rest = call.group("rest")
        if call.group("name") == "listen":
            found = _LISTENING.match(rest)
            if found:
                listening.add(int(found.group("port")))
            continue
        place, kind = _PLACE.search(rest), _KIND.match(rest)
        if place is None:
            continue
        calls.append(
            Call(
                pid=call.group("pid"),
                name=call.group("name"),
                is_stream=kind is not None and kind.group("kind").startswith("TCP"),
                number=place.group("four") or place.group("six"),
                port=int(place.group("port")),
            )
        )
    return calls, listening


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
