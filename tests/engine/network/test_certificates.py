import ssl
from pathlib import Path

import pytest

from engine.network import certificates
from engine.network.certificates import bundle_for_libraries, trusted_certificates


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


def test_the_system_is_believed_unless_something_else_is_said(tmp_path, monkeypatch):
    import truststore

    assert isinstance(trusted_certificates(), truststore.SSLContext)
    authority = _authority(tmp_path / "own.pem")
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    believed = trusted_certificates()
    assert believed.verify_mode is ssl.CERT_REQUIRED and believed.check_hostname
    assert len(believed.get_ca_certs()) == 1
    assert bundle_for_libraries(tmp_path) == authority


def test_a_file_of_the_system_is_offered_to_libraries(tmp_path, monkeypatch):
    kept = _authority(tmp_path / "system.pem")
    monkeypatch.setattr(certificates, "_BUNDLES", (kept,))
    monkeypatch.setattr(certificates.ssl, "get_default_verify_paths", _Ways)
    assert bundle_for_libraries(tmp_path / "data") == kept
    assert not (tmp_path / "data").exists()


def test_where_the_system_has_no_file_one_is_written(tmp_path, monkeypatch):
    authority = _authority(tmp_path / "own.pem")
    context = ssl.create_default_context(cafile=authority)
    monkeypatch.setattr(certificates, "_BUNDLES", ())
    monkeypatch.setattr(certificates.ssl, "get_default_verify_paths", _Ways)
    monkeypatch.setattr(certificates.ssl, "create_default_context", lambda: context)
    path = bundle_for_libraries(tmp_path / "data")
    assert Path(path).parent == tmp_path / "data"
    believed = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    believed.load_verify_locations(path)
    assert believed.get_ca_certs(binary_form=True) == context.get_ca_certs(binary_form=True)


class _Ways:
    cafile = openssl_cafile = None


def _authority(path: Path) -> str:
    import trustme

    trustme.CA().cert_pem.write_to_path(str(path))
    return str(path)
