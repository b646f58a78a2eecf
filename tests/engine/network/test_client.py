import datetime
import gzip
import ipaddress
import socket
import ssl
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.network.client import USER_AGENT
from engine.network.door import Door
from engine.network.gate import Purpose
from engine.network.settings import NetworkSettings
from models.http import ConnectionProblem, RequestCancelled, Timeouts, Trouble

HELLO = b"hello herons"


class Answers(BaseHTTPRequestHandler):
    """Answers by path; what was asked is kept by the server."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append((self.command, self.path, {key.lower(): value for key, value in self.headers.items()}))
        path = self.path.rpartition("/")[2]
        if path.startswith("to="):
            self.reply(302, b"", Location=self.server.targets[path])
        elif path == "cookie":
            self.reply(200, HELLO, **{"Set-Cookie": "a=b; Path=/"})
        elif path == "packed":
            self.reply(200, gzip.compress(HELLO), **{"Content-Encoding": "gzip"})
        elif path == "bomb":
            self.reply(200, gzip.compress(bytes(5_000_000)), **{"Content-Encoding": "gzip"})
        elif path == "strange":
            self.reply(200, b"xx", **{"Content-Encoding": "zstd"})
        elif path == "broken-packing":
            self.reply(200, b"nonsense", **{"Content-Encoding": "gzip"})
        elif path == "large":
            self.reply(200, bytes(100_000))
        elif path == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
        elif path == "slow-body":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"first")
            self.wfile.flush()
            self.server.closing.wait()
            self.close_connection = True
        elif path == "slow-head":
            self.server.closing.wait()
            self.close_connection = True
        elif path == "nonsense":
            self.wfile.write(b"SMTP ready, what do you want?\r\n\r\n")
            self.close_connection = True
        elif path == "lines":
            self.reply(200, "data: über\r\n\r\ndata: two\nend".encode())
        else:
            self.reply(200, HELLO)

    def do_POST(self):
        length = int(self.headers["content-length"])
        self.server.asked.append((self.command, self.path, {"body": self.rfile.read(length)}))
        if self.path == "/to=x":
            self.reply(302, b"", Location="/x")
        else:
            self.reply(201, b"made")

    def do_CONNECT(self):
        self.server.asked.append((self.command, self.path, {}))
        self.reply(403, b"no")
        self.close_connection = True

    def reply(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """A client that went away is what these tests are about."""


def serve(context=None):
    server = Quiet(("127.0.0.1", 0), Answers)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.asked, server.targets, server.closing = [], {}, threading.Event()
    server.address = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    return server, thread


def stop(server, thread):
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server():
    made, thread = serve()
    yield made
    stop(made, thread)


@contextmanager
def client_to(*servers, proxy="", is_online=None, timeouts=None):
    """A client through a door of its own, for servers that the person typed; nobody has gone online."""
    with tempfile.TemporaryDirectory() as folder, Door(Path(folder)) as door:
        if proxy or is_online is not None:
            door.change(NetworkSettings(is_online=is_online, proxy=proxy))
        trusted = [getattr(one, "address", one) for one in servers]
        with door.client(Purpose.MODEL_SERVER, trusted=trusted, timeouts=timeouts) as made:
            yield made


@pytest.fixture
def client(request):
    near = ["http://127.0.0.1:9"]
    for name in ("server", "safe_server"):
        near += [request.getfixturevalue(name).address] if name in request.fixturenames else []
    with client_to(*near, timeouts=Timeouts(connect_s=5, read_s=5), is_online=True) as made:
        yield made


def body_of(client, address, **more):
    with client.open(address, **more) as answer:
        return answer.read(limit_bytes=50_000)


def trouble_of(client, address, **more):
    with pytest.raises(ConnectionProblem) as caught:
        body_of(client, address, **more)
    assert caught.value.title and caught.value.hint
    return caught.value.trouble


@pytest.mark.parametrize("name", ["Cookie", "Referer", "User-Agent", "Host", "Proxy-Authorization", "x y", "x\r\ny"])
def test_what_is_never_sent_cannot_be_sent(server, client, name):
    with pytest.raises(ValueError, match="never sent"):
        client.open(server.address, headers={name: "x"})
    with pytest.raises(ValueError, match="no such value"):
        client.open(server.address, headers={"x-mark": "x\r\ncookie: a"})
    assert server.asked == []


def test_cookies_are_not_kept(server, client):
    body_of(client, server.address + "/cookie")
    body_of(client, server.address + "/a")
    assert "cookie" not in server.asked[1][2] and "referer" not in server.asked[1][2]


def test_an_answer_has_status_headers_and_body(server, client):
    with client.open(server.address + "/a") as answer:
        assert answer.status == 200
        assert answer.headers["content-length"] == str(len(HELLO))
        assert b"".join(answer.chunks()) == HELLO
    (asked,) = server.asked
    assert asked[2]["accept-encoding"] == "identity"
    assert asked[2]["user-agent"] == USER_AGENT
    assert "cookie" not in asked[2]


def test_a_body_is_sent(server, client):
    with client.open(server.address + "/make", method="POST", body=b"words", headers={"x-mark": "1"}) as answer:
        assert answer.status == 201
    assert server.asked[0][2]["body"] == b"words"


def test_lines_are_whole_and_without_their_ends(server, client):
    with client.open(server.address + "/lines") as answer:
        assert list(answer.lines()) == ["data: über", "", "data: two", "end"]


def test_a_line_without_end_is_refused(server, client):
    with client.open(server.address + "/large") as answer, pytest.raises(ConnectionProblem, match="far too large"):
        list(answer.lines(limit_bytes=1000))


def test_what_is_packed_all_the_same_is_unpacked_within_limits(server, client):
    assert body_of(client, server.address + "/packed") == HELLO
    assert trouble_of(client, server.address + "/bomb") is Trouble.TOO_LARGE
    assert trouble_of(client, server.address + "/strange") is Trouble.NONSENSE
    assert trouble_of(client, server.address + "/broken-packing") is Trouble.NONSENSE


@pytest.mark.parametrize(
    ("path", "trouble"), [("cut", Trouble.CUT), ("large", Trouble.TOO_LARGE), ("nonsense", Trouble.NONSENSE)]
)
def test_a_bad_answer_is_a_sentence(server, client, path, trouble):
    assert trouble_of(client, f"{server.address}/{path}") is trouble


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        ("http://127.0.0.1:9/", Trouble.REFUSED),
        ("http://nobody.invalid/", Trouble.UNKNOWN_HOST),
        ("ftp://a/", Trouble.ADDRESS),
        ("nonsense", Trouble.ADDRESS),
        ("http://", Trouble.ADDRESS),
        ("http://[::1/", Trouble.ADDRESS),
        ("http://a:99999999/", Trouble.ADDRESS),
        ("http://" + "a" * 300 + ".invalid/", Trouble.ADDRESS),
    ],
)
def test_an_address_that_leads_nowhere_is_a_sentence(client, address, trouble):
    assert trouble_of(client, address) is trouble


def test_a_server_that_does_not_answer_is_left_after_the_time_limit(server):
    with client_to(server, timeouts=Timeouts(read_s=0.1)) as client:
        assert trouble_of(client, server.address + "/slow-head") is Trouble.TOO_SLOW
        assert trouble_of(client, server.address + "/slow-body") is Trouble.TOO_SLOW


@pytest.mark.parametrize("path", ["slow-head", "slow-body"])
def test_waiting_can_be_given_up_at_once(server, client, path):
    with pytest.raises(RequestCancelled):
        body_of(client, f"{server.address}/{path}", is_cancelled=lambda: bool(server.asked))


def test_connecting_can_be_given_up():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    # Connections that nobody accepts fill the queue; the next ones wait.
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listening.getsockname())
    asked = []
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    try:
        with client_to(address) as client, pytest.raises(RequestCancelled):
            body_of(
                client,
                address,
                is_cancelled=lambda: asked.append(1) or len(asked) > 5,
            )
    finally:
        for one in (*waiting, listening):
            one.close()


def test_what_was_given_up_before_it_began_sends_nothing(server, client):
    with pytest.raises(RequestCancelled):
        client.open(server.address, is_cancelled=lambda: True)
    assert not server.asked


def test_redirects_are_followed_and_secrets_stay_behind(server):
    other, thread = serve()
    try:
        with client_to(server, other) as client:
            follow(server, other, client)
    finally:
        stop(other, thread)


def follow(server, other, client):
    server.targets = {"to=other": other.address + "/there", "to=same": "/here"}
    secret = {"authorization": "Bearer x", "x-api-key": "x"}
    with client.open(server.address + "/to=other", headers=secret) as answer:
        assert answer.address == other.address + "/there"
    assert "authorization" not in other.asked[0][2]
    assert "x-api-key" not in other.asked[0][2]
    assert body_of(client, server.address + "/to=same", headers=secret) == HELLO
    assert server.asked[-1][2]["authorization"] == "Bearer x"


def test_redirects_that_never_end_do(server, client):
    server.targets = {"to=round": "/to=round"}
    assert trouble_of(client, server.address + "/to=round") is Trouble.NONSENSE
    assert len(server.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://a/b", "javascript:x", "http://[x"])
def test_redirects_lead_nowhere_else(server, client, target):
    server.targets = {"to=evil": target}
    assert trouble_of(client, server.address + "/to=evil") is Trouble.ADDRESS


def test_what_was_posted_is_not_posted_elsewhere(server, client):
    with client.open(server.address + "/to=x", method="POST", body=b"words") as answer:
        assert answer.status == 302
    assert len(server.asked) == 1


def test_a_proxy_is_used_for_everything_but_this_computer(server):
    proxy = server.address.replace("//", "//heron:word@")
    other, thread = serve()
    try:
        with client_to(other, proxy=proxy, is_online=True) as client:
            assert body_of(client, "http://hub.example/a") == HELLO
            assert server.asked[0][1] == "http://hub.example/a"
            assert server.asked[0][2]["proxy-authorization"].startswith("Basic ")
            assert body_of(client, other.address + "/direct") == HELLO
            assert other.asked[0][1] == "/direct"
    finally:
        stop(other, thread)


def test_a_proxy_that_refuses_is_named(server):
    with client_to(proxy=server.address, is_online=True) as client:
        assert trouble_of(client, "https://hub.example/a") is Trouble.PROXY
    assert server.asked[0][:2] == ("CONNECT", "hub.example:443")


def test_the_systems_proxy_is_used_only_where_that_was_accepted(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, server.address)
    monkeypatch.setenv("no_proxy", "near.invalid")
    with client_to(is_online=True) as client:
        assert trouble_of(client, "http://hub.invalid/a") is Trouble.UNKNOWN_HOST
        assert server.asked == []
    with client_to(proxy="system", is_online=True) as client:
        assert body_of(client, "http://hub.invalid/a") == HELLO
        assert trouble_of(client, "http://near.invalid/a") is Trouble.UNKNOWN_HOST


@pytest.mark.parametrize(
    "proxy", ["socks5://a:1", "https://a:1", "a:1", "http://", "http://a:x", "http://[", "http://b c"]
)
def test_a_proxy_without_sense_is_refused(proxy):
    with pytest.raises(ConnectionProblem, match="proxy cannot be used"), client_to(proxy=proxy):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only those believe who are told to, and its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "heron")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture
def safe_server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    made, thread = serve(context)
    yield made
    stop(made, thread)


def test_a_certificate_nobody_vouches_for_is_refused(safe_server, client):
    assert trouble_of(client, safe_server.address) is Trouble.SECURITY


def test_a_certificate_one_was_told_to_believe_is_believed(safe_server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with client_to(safe_server) as client:
        assert body_of(client, safe_server.address + "/a") == HELLO
        assert body_of(client, safe_server.address + "/packed") == HELLO
        with pytest.raises(RequestCancelled):
            body_of(client, safe_server.address + "/slow-body", is_cancelled=lambda: len(safe_server.asked) > 2)


def test_an_encrypted_connection_is_not_given_up_for_an_open_one(safe_server, server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    safe_server.targets = {"to=open": "http://mirror.invalid/"}
    with client_to(safe_server) as client:
        assert trouble_of(client, safe_server.address + "/to=open") is Trouble.ADDRESS
