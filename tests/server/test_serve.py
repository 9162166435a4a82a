"""`vitascope serve` as a process: its address, its signals, and what it cannot be started with."""

from __future__ import annotations

import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.server.running import Running, run_server
from vitascope.errors import InputError
from vitascope.server.app import address_lines, serve
from vitascope.server.settings import Settings


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_without_a_traceback(stop: signal.Signals, tmp_path: Path, long_clip: Path) -> None:
    with run_server(tmp_path / "data") as server, server.client() as client, server.live() as live:
        live.send(type="start")
        live.event()
        with long_clip.open("rb") as file:
            client.post("/api/measurements", files={"clip": file})
        server.process.send_signal(stop)
        assert server.process.wait(30) == 0
        log = server.log.read_text()
        assert "Traceback" not in log
        assert "ERROR" not in log
        assert not list((tmp_path / "data" / "uploads").iterdir())


def test_a_port_in_use_is_told_in_one_sentence(server: Running, tmp_path: Path) -> None:
    port = server.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "vitascope", "serve", "--port", port]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert f"port {port}" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_host_or_folder_or_setting_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Cannot listen on nowhere\.invalid"):
        serve("nowhere.invalid", 0, settings=Settings(data_dir=tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="data folder"):
        serve(port=0, settings=Settings(data_dir=tmp_path / "file" / "data"))
    for name in ("nothing", "key.pem"):
        (tmp_path / "key.pem").write_text("no key")
        with pytest.raises(InputError, match="cannot be used"):
            serve(port=0, certificate=tmp_path / name, settings=Settings(data_dir=tmp_path))
    with pytest.raises(InputError, match="needs its certificate"):
        serve(port=0, key=tmp_path / "key.pem", settings=Settings(data_dir=tmp_path))


def test_with_a_certificate_it_speaks_https(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not on this machine")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *subject],
        check=True,
        capture_output=True,
    )
    arguments = ["--certificate", str(certificate), "--key", str(key)]
    with run_server(tmp_path / "data", *arguments) as server:
        trust = ssl.create_default_context(cafile=str(certificate))
        with httpx.Client(base_url=server.url, verify=trust) as client:
            answer = client.get("/api/measurements")
        assert server.url.startswith("https://")
        assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("host", "secure", "address", "hinted"),
    [
        ("127.0.0.1", False, "http://127.0.0.1:8000", False),
        ("localhost", False, "http://localhost:8000", False),
        ("::1", False, "http://[::1]:8000", False),
        ("0.0.0.0", False, "http://localhost:8000", True),
        ("192.168.1.5", False, "http://192.168.1.5:8000", True),
        ("192.168.1.5", True, "https://192.168.1.5:8000", False),
    ],
)
def test_where_it_is_and_whether_the_camera_works(host: str, secure: bool, address: str, hinted: bool) -> None:
    lines = address_lines(host, 8000, secure=secure)
    assert f" {address} " in lines
    assert ("https or localhost" in lines) == hinted
