"""Every nginx configuration that is printed is one that nginx takes without a word."""

import subprocess
from pathlib import Path

import pytest

from explainer.bench.processes import free_port
from tests.deploy import proxies


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate that nobody believes, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run(
        [
            *(proxies.program("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=example.org"),
            *("-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


def said_of(tmp_path: Path, *options: str, **settings: str) -> str:
    # `nginx -t` takes the ports, too: free ones, above those that need rights.
    ports = ("--listen", f"127.0.0.1:{free_port()}", "--listen-plain", f"127.0.0.1:{free_port()}")
    folders = ("--cache-dir", str(tmp_path / "cache"), "--log-dir", str(tmp_path))
    return proxies.check(tmp_path, proxies.printed("nginx", *ports, *folders, *options, **settings))


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--hosts", "10.0.0.1:8000,10.0.0.2:8000,[fd00::1]:8000"],
        ["--behind", "10.0.0.0/8,fd00::/8"],
        ["--server-name", "example.org www.example.org"],
    ],
)
def test_nginx_takes_it(tmp_path, options):
    assert said_of(tmp_path, *options) == ""


def test_nginx_takes_it_with_a_certificate(tmp_path, certificate):
    cert, key = certificate
    options = ["--tls-cert", cert, "--tls-key", key]
    assert said_of(tmp_path, *options, SITE_URL="https://example.org") == ""


def test_what_is_sent_to_https_goes_to_the_sites_own_name(certificate):
    cert, key = certificate
    text = proxies.printed(
        "nginx", "--tls-cert", cert, "--tls-key", key, SITE_URL="https://example.org"
    )
    assert "return 301 https://example.org$request_uri;" in text
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "Strict-Transport-Security" in text


def test_plain_http_speaks_of_no_https():
    assert "Strict-Transport-Security" not in proxies.printed("nginx")
