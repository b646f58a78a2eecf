from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_pages import FakeEngines
from loopback_web import LoopbackWeb


@pytest.fixture(scope="session")
def one_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngines]:
    with LoopbackWeb(tls=True, folder=tmp_path_factory.mktemp("authority")) as web:
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
