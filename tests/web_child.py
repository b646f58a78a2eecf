"""A program of its own that carries out a run over a web in another process, to be killed: see ``killed_on_the_web``.

Usage: ``python web_child.py DATA_FOLDER PORT NAMES``; ``NAMES`` is JSON, from a host to its number. Every event it is
handed is acknowledged on standard output, as a window would by showing it.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from benchmarks.kill_runs import fingerprint  # noqa: E402
from web_scenes import ENGINE, HASTE, QUESTION, HurriedOffice, NoKeyring, wait_briefly  # noqa: E402

from engine.agent.control import RunControl  # noqa: E402
from engine.domain import Reach, Scope  # noqa: E402
from engine.network.door import Door  # noqa: E402
from engine.network.resolving import dial  # noqa: E402
from engine.network.settings import NetworkSettings  # noqa: E402
from engine.research import Research  # noqa: E402
from engine.search.engines import SearchEngines  # noqa: E402
from engine.search.settings import SearchSettings  # noqa: E402
from engine.web.parsers import ParserPool  # noqa: E402
from engine.web.world import Web  # noqa: E402
from models.keys import Keys  # noqa: E402


def main() -> None:
    data_folder, port, names = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])

    def resolve(host: str) -> tuple[str, ...]:
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return (names[host],)

    def dial_there(_number: str, _port: int) -> socket.socket:
        return dial("127.0.0.1", port)

    parsers = ParserPool(size=1)
    with Door(data_folder, resolve=resolve, dial=dial_there) as door:
        door.change(NetworkSettings(is_online=True))
        engines = SearchEngines(data_folder, keys=Keys(NoKeyring()), providers=(), wait=wait_briefly)
        engines.change(SearchSettings(searxng_address=f"http://{ENGINE}", keeps_answers=False))
        office = HurriedOffice(data_folder, parsers=parsers, manners=HASTE)
        with Web(door=door, engines=engines, fetching=office) as web, Research.open(data_folder, web=web) as research:
            waiting = research.unfinished()
            run_id = waiting[0] if waiting else research.start(QUESTION, scope=Scope(reach=Reach.BOTH))
            print("run", run_id, flush=True)
            for stored in research.follow(run_id, control=RunControl()):
                print("ack", stored.sequence, fingerprint(stored), flush=True)
    parsers.close()
    print("end", run_id, flush=True)


if __name__ == "__main__":
    main()
