"""The history: paging, deletion for good, and sessions that never meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from tests.server.running import Running, assert_one_sentence, measured, run_app, run_server, send_clip, wait_for
from vitascope.server.database import open_database
from vitascope.server.measurements import INTERRUPTED, Measurements
from vitascope.server.settings import Settings

REPORT = {"kind": "face", "readings": {}, "waveforms": {"bvp": {"fps": 30.0, "samples": [0.5]}}}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(Settings(data_dir=tmp_path))
    yield engine
    engine.dispose()


def test_sessions_never_see_each_other(server: Running, quick_clip: Path) -> None:
    with server.client() as one, server.client() as other:
        mine = send_clip(one, quick_clip)["id"]
        theirs = send_clip(other, quick_clip)["id"]
        for me, own, foreign in ((one, mine, theirs), (other, theirs, mine)):
            assert [item["id"] for item in me.get("/api/measurements").json()["items"]] == [own]
            for answer in (me.get(f"/api/measurements/{foreign}"), me.delete(f"/api/measurements/{foreign}")):
                assert answer.status_code == 404
                assert_one_sentence(answer.json()["detail"])
        # The refused deletion has deleted nothing.
        assert measured(one, mine)["status"] == measured(other, theirs)["status"] == "done"


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43 + "!", "../../etc", "é" * 43, "A" * 5000])
def test_a_cookie_of_another_form_is_replaced(cookie: str, server: Running) -> None:
    header = f"vitascope_session={cookie}".encode("latin-1")
    with server.client() as client:
        answer = client.get("/api/measurements", headers=[(b"cookie", header)])
    assert answer.json() == {"items": []}
    assert len(answer.cookies["vitascope_session"]) == 43


def test_the_cookie_is_handed_out_once_and_safely(client: httpx.Client) -> None:
    first, second = client.get("/api/measurements"), client.get("/api/measurements")
    attributes = first.headers["set-cookie"]
    assert "HttpOnly" in attributes
    assert "SameSite=Lax" in attributes
    assert "Secure" not in attributes  # this server speaks plain http
    assert "set-cookie" not in second.headers


def test_a_list_is_newest_first_and_pages_by_time(engine: Engine) -> None:
    history = Measurements(engine)
    ids = [history.add("me", source="live", kind="face", report=REPORT).id for _ in range(5)]
    history.add("somebody else", source="live", kind="face", report=REPORT)
    seen = []
    before = None
    while page := history.recent("me", 2, before):
        seen += [item.id for item in page]
        before = page[-1].created
    assert seen == ids[::-1]
    assert history.recent("me", 50, datetime.now(UTC) - timedelta(hours=1)) == []


def test_lists_leave_the_waveforms_out(engine: Engine) -> None:
    history = Measurements(engine)
    added = history.add("me", source="live", kind="face", report=REPORT)
    (listed,) = history.recent("me", 50)
    assert listed.report == {"kind": "face", "readings": {}}
    assert added == history.get("me", added.id)
    assert added.report == REPORT


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "before=yesterday", "before=2026-01-01"])
def test_a_bad_query_is_told_in_one_sentence(query: str, client: httpx.Client) -> None:
    answer = client.get(f"/api/measurements?{query}")
    assert answer.status_code == 422
    assert query.split("=", maxsplit=1)[0] in answer.json()["detail"]
    assert_one_sentence(answer.json()["detail"])


def test_pages_over_http(client: httpx.Client, quick_clip: Path) -> None:
    ids = [send_clip(client, quick_clip)["id"] for _ in range(3)]
    newest = client.get("/api/measurements", params={"limit": 1}).json()["items"]
    older = client.get("/api/measurements", params={"before": newest[0]["created"]}).json()["items"]
    assert [item["id"] for item in newest + older] == ids[::-1]
    for id_ in ids:
        measured(client, id_)
    listed = client.get("/api/measurements").json()["items"]
    assert all("waveforms" not in item["report"] for item in listed)


def test_deletion_leaves_nothing_on_the_disk(tmp_path: Path, quick_clip: Path) -> None:
    name = "a name that occurs nowhere else.mp4"
    with run_app(tmp_path / "data") as (_, client):
        id_ = send_clip(client, quick_clip, name)["id"]
        assert measured(client, id_)["name"] == name
        assert any(name.encode() in file.read_bytes() for file in (tmp_path / "data").glob("vitascope.db*"))
        assert client.delete(f"/api/measurements/{id_}").status_code == 204
        for answer in (client.get(f"/api/measurements/{id_}"), client.delete(f"/api/measurements/{id_}")):
            assert answer.status_code == 404
        assert client.get("/api/measurements").json() == {"items": []}
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert not any(name.encode() in file.read_bytes() or id_.encode() in file.read_bytes() for file in files)


def test_deleting_a_running_measurement_stops_it(server: Running, client: httpx.Client, long_clip: Path) -> None:
    id_ = send_clip(client, long_clip)["id"]
    wait_for(lambda: client.get(f"/api/measurements/{id_}").json()["progress"] > 0)
    assert client.delete(f"/api/measurements/{id_}").status_code == 204
    assert client.get(f"/api/measurements/{id_}").status_code == 404
    assert not list((server.data_dir / "uploads").iterdir())


def test_what_a_restart_interrupts_is_marked_failed(tmp_path: Path, long_clip: Path) -> None:
    with run_server(tmp_path / "data") as server:
        client = server.client()
        id_ = send_clip(client, long_clip)["id"]
        server.process.kill()
    assert list((tmp_path / "data" / "uploads").iterdir())
    with run_server(tmp_path / "data") as server, server.client(cookies=client.cookies) as again:
        failed = again.get(f"/api/measurements/{id_}").json()
        assert (failed["status"], failed["reason"], failed["report"]) == ("failed", INTERRUPTED, None)
        assert not list((tmp_path / "data" / "uploads").iterdir())
    client.close()
