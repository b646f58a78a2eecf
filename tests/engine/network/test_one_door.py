"""Nobody but the door knows how to reach the network. What is really connected to: benchmarks/prove_one_door.py."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOOR = Path("engine/network")
WAYS_OUT = """aiohttp asyncio curl_cffi ddgs ftplib http http.client http.server httpcore httpx huggingface_hub imaplib
nntplib poplib primp PySide6.QtNetwork PySide6.QtWebEngineCore PySide6.QtWebEngineWidgets PySide6.QtWebSockets requests
smtplib socket socketserver ssl telnetlib urllib.request urllib3 websocket websockets xmlrpc xmlrpc.client""".split()
KNOWN = {
    ("desktop/interrupts.py", "socket"): "a pair of sockets within the process, to hear of signals",
    ("desktop/network_controller.py", "urllib.request"): "reads the system's proxy",
    ("desktop/single_instance.py", "PySide6.QtNetwork"): "a local socket, to find the window that is open",
    ("desktop/terminal/doctor/network.py", "ssl"): "looks at certificates",
    ("desktop/terminal/doctor/network.py", "urllib.request"): "reads the system's proxy",
    ("engine/search/ddg_client.py", "ddgs"): "goes through the relay",
    ("engine/search/ddg_client.py", "primp"): "goes through the relay",
}
SENDING = {"urlopen", "urlretrieve", "build_opener", "OpenerDirector", "create_connection", "HTTPSConnection"}


def modules():
    for package in ("desktop", "engine", "models", "resources"):
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT)
            if DOOR not in relative.parents:
                yield relative.as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def way_out(name):
    """The longest way out that an import opens, if any."""
    parts = name.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((one for one in names if one in WAYS_OUT), None)


def test_only_the_door_knows_the_network():
    found = {(path, way) for path, tree in modules() for name in imported(tree) if (way := way_out(name))}
    assert found <= set(KNOWN)


def test_what_is_known_of_others_is_still_true():
    found = {(path, way) for path, tree in modules() for name in imported(tree) if (way := way_out(name))}
    assert set(KNOWN) <= found


def test_those_who_look_at_the_systems_settings_send_nothing():
    for path, tree in modules():
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not used & SENDING, path
