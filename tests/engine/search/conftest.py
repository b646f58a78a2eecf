import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_pages import FakeEngines
from loopback_web import LoopbackWeb


@pytest.fixture(scope="session")
def one_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngines]:
    before = os.environ.get("SSL_CERT_FILE")
    with LoopbackWeb(tls=True, folder=tmp_path_factory.mktemp("authority")) as web:
        # It is believed only by the tests here, not by all that come until the session ends.
        if before is None:
            os.environ.pop("SSL_CERT_FILE", None)
        else:
            os.environ["SSL_CERT_FILE"] = before
        yield FakeEngines(web)


@pytest.fixture
def fakes(one_web: FakeEngines, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngines]:
    """Every search engine on this computer, as it should be."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_web.web.ca_file))
    one_web.reset()
    yield one_web
    one_web.reset()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
