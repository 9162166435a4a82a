"""The built page over HTTP."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.running import run_app

WASM = b"\0asm" + bytes(5000)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server with a page as Vite builds it, and a secret beside it."""
    tmp_path = tmp_path_factory.mktemp("page")
    page = tmp_path / "static"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>Vitascope</title>")
    (page / "assets" / "index-1a2b3c.js").write_text("export {}")
    (page / "assets" / "runtime-1a2b3c.wasm").write_bytes(WASM)
    (page / "assets" / "runtime-1a2b3c.wasm.gz").write_bytes(gzip.compress(WASM))
    (page / "assets" / "network-1a2b3c.onnx").write_bytes(b"onnx")
    (page / "manifest.webmanifest").write_text("{}")
    (tmp_path / "secret.txt").write_text("secret")
    (page / "link.txt").symlink_to(tmp_path / "secret.txt")
    with run_app(tmp_path / "data", static_dir=page) as (_, client):
        yield client


@pytest.mark.parametrize("path", ["/", "/index.html", "/history", "/history/0123", "/a/b/c?d=e.f"])
def test_views_of_the_page_are_the_page_and_checked_each_time(path: str, client: httpx.Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Vitascope" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_hashed_files_are_kept_for_long_and_carry_no_cookie(client: httpx.Client) -> None:
    answer = client.get("/assets/index-1a2b3c.js")
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]
    assert "set-cookie" not in answer.headers
    assert client.get("/manifest.webmanifest").headers["cache-control"] == "no-cache"


def test_what_shrinks_well_is_sent_small_to_those_who_can_read_it(client: httpx.Client) -> None:
    small = client.get("/assets/runtime-1a2b3c.wasm")
    plain = client.get("/assets/runtime-1a2b3c.wasm", headers={"Accept-Encoding": "identity"})
    assert small.content == plain.content == WASM
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(small.headers["content-length"]) < 200
    for answer in (small, plain):
        assert answer.headers["content-type"] == "application/wasm"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/assets/network-1a2b3c.onnx").headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js",
        "/assets/gone",
        "/gone.png",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "//etc/passwd.txt",
        "/link.txt",
        "/a%00b.txt",
        "/" + "a" * 300 + ".txt",
        "/assets",
    ],
)
def test_what_is_not_of_the_page_is_missing(path: str, client: httpx.Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_that_was_not_built_is_told_in_words(tmp_path: Path) -> None:
    with run_app(tmp_path / "data", static_dir=tmp_path / "none") as (_, client):
        browser = client.get("/", headers={"Accept": "text/html,*/*"})
        program = client.get("/")
    assert browser.status_code == program.status_code == 503
    assert browser.headers["content-type"].startswith("text/plain")
    assert "make page" in browser.text
    assert program.json()["detail"] == browser.text
