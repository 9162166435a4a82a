"""Workers: clips that take too long, crash their worker, or come while everybody is busy."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.server.running import (
    HEART_RATE,
    TOLERANCE,
    Running,
    assert_one_sentence,
    measured,
    run_server,
    send_clip,
    wait_for,
)
from vitascope.server.jobs import CRASHED


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with one worker, where two clips fill the house."""
    folder = tmp_path_factory.mktemp("narrow")
    with run_server(folder / "data", VITASCOPE_WORKERS="1", VITASCOPE_MAX_WAITING="2") as running:
        yield running


def test_a_clip_that_takes_too_long_is_given_up(tmp_path: Path, long_clip: Path) -> None:
    with run_server(tmp_path / "data", VITASCOPE_JOB_TIMEOUT_S="0.3") as server, server.client() as client:
        (worker,) = wait_for(server.workers)
        failed = measured(client, send_clip(client, long_clip)["id"])
        assert failed["status"] == "failed"
        assert "longer than 0.3 seconds" in failed["reason"]
        wait_for(lambda: worker not in server.workers())
        with long_clip.open("rb") as file:
            answer = client.post("/save_video", files={"video": file})
        assert (answer.status_code, answer.json()["error"]) == (200, failed["reason"])
        assert not list((tmp_path / "data" / "uploads").iterdir())


def test_a_crash_takes_only_its_own_clip(narrow: Running, quick_clip: Path, long_clip: Path) -> None:
    with narrow.client() as client:
        crashed = send_clip(client, long_clip)["id"]
        waiting = send_clip(client, quick_clip)["id"]
        wait_for(lambda: client.get(f"/api/measurements/{crashed}").json()["progress"] > 0)
        assert client.get(f"/api/measurements/{waiting}").json()["status"] == "queued"
        for pid in narrow.workers():
            os.kill(pid, signal.SIGKILL)
        failed = measured(client, crashed)
        assert (failed["status"], failed["reason"]) == ("failed", CRASHED)
        assert_one_sentence(failed["reason"])
        assert measured(client, waiting)["status"] == "done"
        assert not list((narrow.data_dir / "uploads").iterdir())


def test_workers_that_die_while_idle_are_replaced(narrow: Running, quick_clip: Path) -> None:
    with narrow.client() as client:
        for pid in wait_for(narrow.workers):
            os.kill(pid, signal.SIGKILL)
        done = measured(client, send_clip(client, quick_clip)["id"])
        assert done["status"] == "done", done["reason"]


def test_people_are_told_when_too_many_clips_wait(narrow: Running, quick_clip: Path, long_clip: Path) -> None:
    with narrow.client() as client:
        ids = [send_clip(client, long_clip)["id"] for _ in range(2)]
        with quick_clip.open("rb") as file:
            busy = client.post("/api/measurements", files={"clip": file})
        assert busy.status_code == 503
        assert_one_sentence(busy.json()["detail"])
        assert [item["id"] for item in client.get("/api/measurements").json()["items"]] == ids[::-1]
        for id_ in ids:
            client.delete(f"/api/measurements/{id_}")
        assert measured(client, send_clip(client, quick_clip)["id"])["status"] == "done"


def test_many_clips_at_once_each_get_their_own_answer(server: Running, clip: Path) -> None:
    def measure(usable: bool) -> tuple[bool, float | None]:
        with server.client() as client:
            content = clip.read_bytes() if usable else b"no video"
            answer = client.post("/save_video", files={"video": content}).json()
            assert len(client.get("/api/measurements").json()["items"]) == 1
            return answer["error"] is None, answer.get("heart_rate")

    with ThreadPoolExecutor(6) as people:
        answers = list(people.map(measure, [True, False] * 3))
    assert [ok for ok, _ in answers] == [True, False] * 3
    assert all(rate == pytest.approx(HEART_RATE, abs=TOLERANCE) for ok, rate in answers if ok)
