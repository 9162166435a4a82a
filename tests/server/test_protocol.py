"""What every answer has in common: problems, headers, origins, cookies and the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.running import assert_one_sentence, run_app, run_server
from vitascope import __version__


@pytest.fixture(scope="module")
def pageless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server whose page was not built."""
    folder = tmp_path_factory.mktemp("pageless")
    with run_app(folder / "data", static_dir=folder / "none") as (_, client):
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/", 404),
        ("GET", "/api/measurements/unknown", 404),
        ("GET", "/api/measurements/" + "a" * 5000, 404),
        ("DELETE", "/api/measurements/%00", 404),
        ("POST", "/nowhere", 404),
        ("PUT", "/api/measurements", 405),
        ("GET", "/save_video", 405),
        ("POST", "/api/health", 405),
        ("OPTIONS", "/api/measurements", 405),
        ("GET", "/docs", 503),
        ("GET", "/redoc", 503),
        ("GET", "/api/live", 404),
    ],
)
def test_every_failure_is_a_problem_document(method: str, path: str, status: int, pageless: httpx.Client) -> None:
    answer = pageless.request(method, path)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() >= {"type", "title", "status", "detail"}
    assert_one_sentence(problem["detail"].split(". ")[0].rstrip(".") + ".")
    assert "content-security-policy" in answer.headers


def test_a_failure_nobody_foresaw_is_a_problem_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with run_app(tmp_path / "data") as (app, client):
        app.state.services.engine.dispose()
        (tmp_path / "data" / "vitascope.db").unlink()
        answer = client.get("/api/measurements")
        assert answer.status_code == 500
        assert_one_sentence(answer.json()["detail"])
        assert "content-security-policy" in answer.headers
        assert "no such table" in caplog.text


def test_health_schema_and_openapi(client: httpx.Client) -> None:
    answer = client.get("/api/health")
    assert answer.json() == {"status": "ok", "version": __version__, "database": "ok"}
    assert "set-cookie" not in answer.headers
    assert client.get("/api/schema").json()["properties"]["schema"] == {"const": "vitascope.report/1"}
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/api/measurements", "/api/measurements/{id}", "/save_video", "/api/health"} <= paths.keys()


def test_health_says_when_the_database_is_gone(tmp_path: Path) -> None:
    with run_app(tmp_path / "data") as (app, client):
        app.state.services.engine.dispose()
        for file in (tmp_path / "data").glob("vitascope.db*"):
            file.unlink()
        (tmp_path / "data" / "vitascope.db").mkdir()
        answer = client.get("/api/health")
        assert answer.status_code == 503
        assert answer.json()["database"] == "failing"
        (tmp_path / "data" / "vitascope.db").rmdir()


def test_headers_forbid_what_the_page_does_not_need(client: httpx.Client) -> None:
    headers = client.get("/api/health").headers
    policy = headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://", "x", "http://[x"])
def test_pages_of_other_sites_may_change_nothing(origin: str, client: httpx.Client) -> None:
    for method, path in (("POST", "/api/measurements"), ("POST", "/save_video"), ("DELETE", "/api/measurements/x")):
        answer = client.request(method, path, headers={"Origin": origin})
        assert answer.status_code == 403
        assert_one_sentence(answer.json()["detail"])
        assert answer.json().get("error") == (answer.json()["detail"] if path == "/save_video" else None)
    preflight = client.options("/api/measurements", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 403
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://clinic.example", "clinic.example"),  # a proxy ends TLS
        ("https://clinic.example:443", "CLINIC.example"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_own_page_may(origin: str, host: str, client: httpx.Client) -> None:
    answer = client.delete("/api/measurements/x", headers={"Origin": origin, "Host": host})
    assert answer.status_code == 404


def test_a_site_that_is_allowed_may(tmp_path: Path) -> None:
    with run_app(tmp_path / "data", allowed_origins=("https://clinic.example",)) as (_, client):
        for origin, status in (("https://clinic.example", 404), ("https://evil.example", 403)):
            answer = client.delete("/api/measurements/x", headers={"Origin": origin})
            assert answer.status_code == status
            assert ("access-control-allow-origin" in answer.headers) == (status == 404)


def test_the_log_has_a_line_a_request_and_nobody_in_it(tmp_path: Path) -> None:
    log_file = tmp_path / "logs" / "server.log"
    with run_server(tmp_path / "data", VITASCOPE_LOG_FILE=str(log_file)) as server, server.client() as client:
        id_ = client.post("/api/measurements", files={"clip": ("Jane Doe.mp4", b"x")}).json()["id"]
        client.get(f"/api/measurements/{id_}")
        client.get("/Jane/Doe?name=Jane")
        with server.live() as live:
            live.send(type="start")
            live.event()
        cookie = client.cookies["vitascope_session"]
    for text in (log_file.read_text(), server.log.read_text()):
        assert " POST /api/measurements 202 " in text
        assert " GET /api/measurements/{id} 200 " in text
        assert " GET (page) " in text
        assert " WEBSOCKET /api/live 101 " in text
        assert not any(secret in text for secret in ("Jane", cookie, id_, "127.0.0.1", "clip-"))


def test_openapi_tells_of_clips_and_problems(client: httpx.Client) -> None:
    upload = client.get("/openapi.json").json()["paths"]["/api/measurements"]["post"]
    assert "clip" in upload["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert upload["responses"].keys() == {"202", "default"}
    assert "application/problem+json" in upload["responses"]["default"]["content"]
