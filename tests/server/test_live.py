"""The live socket: a measurement from pictures, and every message that does not belong there."""

from __future__ import annotations

import json
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import httpx
import jsonschema
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.finger.test_lens import fingertip_frames
from tests.server.running import (
    HEART_RATE,
    TOLERANCE,
    Live,
    Running,
    assert_one_sentence,
    live_socket,
    run_app,
    wait_for,
)

Jpegs = list[tuple[float, bytes]]


def stream(live: Live, jpegs: Jpegs, in_flight: int) -> list[dict[str, Any]]:
    """Send pictures, never more than `in_flight` unanswered, as the page does; all events, at most up to a report."""
    events: list[dict[str, Any]] = []
    waiting = 0
    for time_s, jpeg in jpegs:
        live.frame(jpeg, time_s)
        waiting += 1
        while waiting >= in_flight:
            events.append(live.event())
            waiting -= events[-1]["type"] == "frame"
            if events[-1]["type"] == "report":
                return events
    while waiting:
        events.append(live.event())
        waiting -= events[-1]["type"] == "frame"
    return events


def assert_usable(live: Live) -> None:
    """A session can be begun and ended on this socket."""
    live.send(type="start", seconds=5)
    ready, late = live.until("ready")
    assert ready == {"type": "ready", "seconds": 5.0, "max_in_flight": 8}
    # Pictures that were under way when the session before ended are answered, and are nobody's error.
    assert all(event["type"] == "frame" and event["skipped"] for event in late)
    live.send(type="cancel")
    assert live.until("cancelled")[0] == {"type": "cancelled"}


def test_a_session_gives_frames_progress_and_a_stored_report(server: Running, jpegs: Jpegs) -> None:
    with server.client() as client:
        client.get("/api/measurements")
        cookie = f"vitascope_session={client.cookies['vitascope_session']}"
        with server.live(additional_headers={"Cookie": cookie}) as live:
            live.send(type="start", seconds=30, kind="face")
            ready = live.event()
            events = stream(live, jpegs, ready["max_in_flight"])
            live.send(type="stop")
            end, between = live.until("report")
            assert_usable(live)
        frames = [event for event in events if event["type"] == "frame"]
        assert [frame["time_s"] for frame in frames] == [time_s for time_s, _ in jpegs]
        assert not any(frame["skipped"] for frame in frames)
        box = frames[-1]["face"]["box"]
        assert len(box) == 4
        assert all(0 <= part <= 1 for part in box)
        assert "forehead" in frames[-1]["face"]["regions"]
        progress = [event for event in events + between if event["type"] == "progress"]
        assert progress
        assert progress[-1]["elapsed_s"] <= 7
        assert progress[-1].keys() >= {"seconds", "quality", "guidance", "messages", "waveform", "readings"}
        assert end["report"]["readings"]["heart_rate"]["value"] == pytest.approx(HEART_RATE, abs=TOLERANCE)
        jsonschema.validate(end["report"], client.get("/api/schema").json())
        stored = client.get(f"/api/measurements/{end['id']}").json()
        assert (stored["source"], stored["status"], stored["report"]) == ("live", "done", end["report"])
    with server.client() as stranger:
        assert stranger.get(f"/api/measurements/{end['id']}").status_code == 404


def test_a_fingertip_is_measured_from_small_lossless_pictures(server: Running) -> None:
    time_s = np.arange(0.0, 15.0, 1 / 30)
    pngs = [
        (float(t), cv2.imencode(".png", cv2.resize(frame, (80, 60))[..., ::-1])[1].tobytes())
        for t, frame in zip(time_s, fingertip_frames(time_s, heart_rate=72.0), strict=True)
    ]
    with server.live() as live:
        live.send(type="start", seconds=30, kind="finger")
        live.event()
        events = stream(live, pngs, 8)
        frames = [event for event in events if event["type"] == "frame"]
        assert all(frame["face"] is None for frame in frames)
        assert all(frame["finger"] == {"covered": True, "red": True, "light": "good"} for frame in frames)
        assert [event["guidance"] for event in events if event["type"] == "progress"][-1] is None
        live.send(type="stop")
        report = live.until("report")[0]["report"]
    assert report["kind"] == "finger"
    assert report["readings"]["heart_rate"]["value"] == pytest.approx(72.0, abs=1)
    assert report["quality"]["face_found"] == 1


def test_a_session_ends_by_itself_when_its_seconds_are_in(server: Running, jpegs: Jpegs) -> None:
    with server.live() as live:
        live.send(type="start", seconds=5)
        live.event()
        events = stream(live, jpegs, 8)
        assert events[-1]["type"] == "report"
        assert 5 <= events[-1]["report"]["duration_s"] < 5.5
        assert_usable(live)


def test_a_session_stopped_too_early_ends_with_the_reason(server: Running, jpegs: Jpegs) -> None:
    with server.live() as live:
        for pictures in ([], jpegs[:1], jpegs[:20]):
            live.send(type="start")
            live.event()
            stream(live, pictures, 8)
            live.send(type="stop")
            error = live.event()
            assert (error["type"], error["fatal"]) == ("error", True)
            assert_one_sentence(error["reason"])
        assert_usable(live)


def test_sessions_at_the_same_time_are_kept_apart(server: Running, jpegs: Jpegs) -> None:
    def measure(pictures: Jpegs) -> dict[str, Any]:
        with server.client() as client:
            client.get("/api/measurements")
            cookie = f"vitascope_session={client.cookies['vitascope_session']}"
            with server.live(additional_headers={"Cookie": cookie}) as live:
                live.send(type="start", seconds=30)
                live.event()
                events = stream(live, pictures, 8)
                seen = [event["time_s"] for event in events if event["type"] == "frame"]
                assert seen == [time_s for time_s, _ in pictures[: len(seen)]]
                end = events[-1]
                if end["type"] != "report":
                    live.send(type="stop")
                    end = live.until("report")[0]
            items = client.get("/api/measurements").json()["items"]
            assert [item["id"] for item in items] == [end["id"]]
            return end

    black = cv2.imencode(".jpg", np.zeros((480, 640, 3), np.uint8))[1].tobytes()
    nobody = [(time_s, black) for time_s, _ in jpegs]
    with ThreadPoolExecutor(4) as people:
        ends = list(people.map(measure, [jpegs, nobody, jpegs, nobody]))
    assert len({end["id"] for end in ends}) == 4
    rates = [end["report"]["readings"]["heart_rate"] for end in ends]
    assert [rate["value"] is None for rate in rates] == [False, True, False, True]
    assert rates[0]["value"] == rates[2]["value"] == pytest.approx(HEART_RATE, abs=TOLERANCE)
    assert [end["report"]["quality"]["face_found"] for end in ends][1::2] == [0, 0]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("{not json", "not a JSON object"),
        ("", "not a JSON object"),
        ("[1, 2]", "not a JSON object"),
        ('"start"', "not a JSON object"),
        ("null", "not a JSON object"),
        ("[" * 4000, "not a JSON object"),
        (json.dumps({"type": "start", "note": "x" * 5000}), "not a JSON object"),
        ('{"type": "dance"}', "none of start, stop and cancel"),
        ('{"type": ["start"]}', "none of start, stop and cancel"),
        ('{"seconds": 30}', "none of start, stop and cancel"),
        ('{"type": "stop"}', "send start first"),
        ('{"type": "cancel"}', "send start first"),
        (struct.pack("<d", 0.0) + b"\xff\xd8\xff", "send start before"),
        (b"", "send start before"),
    ],
)
def test_a_message_that_does_not_belong_is_ignored(message: str | bytes, words: str, server: Running) -> None:
    with server.live() as live:
        live.socket.send(message)
        error = live.event()
        assert (error["type"], error["fatal"]) == ("error", False)
        assert words in error["reason"]
        assert_one_sentence(error["reason"])
        assert_usable(live)


@pytest.mark.parametrize(
    "start",
    [
        {"seconds": 4.9},
        {"seconds": 121},
        {"seconds": -30},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": 10**400},
        {"seconds": "30"},
        {"seconds": None},
        {"seconds": True},
        {"seconds": [30]},
        {"kind": "toe"},
        {"kind": 7},
    ],
)
def test_a_session_that_is_not_on_offer_is_not_begun(start: dict[str, Any], server: Running) -> None:
    with server.live() as live:
        live.send(type="start", **start)
        error = live.event()
        assert (error["type"], error["fatal"]) == ("error", True)
        assert_one_sentence(error["reason"])
        live.send(type="stop")
        assert "send start first" in live.event()["reason"]
        assert_usable(live)


def test_a_second_start_leaves_the_first_session_running(server: Running, jpegs: Jpegs) -> None:
    with server.live() as live:
        live.send(type="start", seconds=30)
        live.event()
        stream(live, jpegs[:5], 8)
        live.send(type="start", seconds=10)
        error = live.event()
        assert (error["type"], error["fatal"]) == ("error", False)
        assert "already running" in error["reason"]
        assert not stream(live, jpegs[5:6], 8)[-1]["skipped"]
        live.send(type="cancel")
        assert live.event() == {"type": "cancelled"}


def _png(width: int, height: int) -> bytes:
    return cv2.imencode(".png", np.zeros((height, width, 3), np.uint8))[1].tobytes()


def _jpeg(width: int, height: int) -> bytes:
    return cv2.imencode(".jpg", np.zeros((height, width, 3), np.uint8))[1].tobytes()


BAD_FRAMES = {
    "no picture": struct.pack("<d", 1.0),
    "no time": b"\0\0\0",
    "nothing": b"",
    "text": struct.pack("<d", 1.0) + b"This is a picture.",
    "half a jpeg's header": struct.pack("<d", 1.0) + _jpeg(64, 64)[:50],
    "noise": struct.pack("<d", 1.0) + b"\xff\xd8\xff" + np.random.default_rng(2).bytes(5000),
    "bmp": struct.pack("<d", 1.0) + cv2.imencode(".bmp", np.zeros((8, 8, 3), np.uint8))[1].tobytes(),
    "half a png": struct.pack("<d", 1.0) + _png(64, 64)[:60],
    "too many pixels in a png": struct.pack("<d", 1.0) + _png(4000, 3000),
    "too many pixels": struct.pack("<d", 1.0) + _jpeg(4000, 3000),
    "too many bytes": struct.pack("<d", 1.0) + _jpeg(64, 64) + bytes(3 * 1024 * 1024),
}


@pytest.mark.parametrize("kind", BAD_FRAMES)
def test_a_bad_picture_is_skipped(kind: str, server: Running, jpegs: Jpegs) -> None:
    with server.live() as live:
        live.send(type="start", seconds=30)
        live.event()
        live.socket.send(BAD_FRAMES[kind])
        answer = live.event()
        assert (answer["type"], answer["skipped"], answer["face"]) == ("frame", True, None)
        assert answer["time_s"] == (1.0 if len(BAD_FRAMES[kind]) >= 8 else None)
        assert_one_sentence(answer["reason"])
        assert not stream(live, jpegs[:1], 8)[-1]["skipped"]
        live.send(type="cancel")
        assert live.event() == {"type": "cancelled"}


@pytest.mark.parametrize("time_s", [float("nan"), float("inf"), float("-inf"), 4999.0, 5000.0])
def test_a_picture_with_a_wrong_time_is_skipped(time_s: float, server: Running, jpegs: Jpegs) -> None:
    with server.live() as live:
        live.send(type="start", seconds=30)
        live.event()
        stream(live, jpegs[:1], 8)
        live.frame(jpegs[1][1], time_s)
        answer = live.event()
        assert (answer["type"], answer["skipped"]) == ("frame", True)
        assert answer["time_s"] == (time_s if np.isfinite(time_s) else None)
        assert_one_sentence(answer["reason"])
        assert not stream(live, jpegs[1:2], 8)[-1]["skipped"]


def test_a_message_far_too_large_closes_only_its_own_socket(server: Running) -> None:
    with server.live() as other, server.live() as live:
        other.send(type="start", seconds=5)
        other.event()

        def send_and_wait() -> None:
            live.socket.send(bytes(5 * 1024 * 1024))
            live.event()

        with pytest.raises(ConnectionClosed) as closed:
            send_and_wait()
        assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
        other.send(type="cancel")
        assert other.event() == {"type": "cancelled"}


def test_a_client_that_goes_away_frees_its_place_and_leaves_nothing(tmp_path: Path, jpegs: Jpegs) -> None:
    with run_app(tmp_path / "data", max_live=1) as (_, client):
        client.get("/api/measurements")
        cookie = {"Cookie": f"vitascope_session={client.cookies['vitascope_session']}"}
        url = str(client.base_url)
        with live_socket(url, additional_headers=cookie) as live, live_socket(url) as other:
            live.send(type="start")
            live.event()
            stream(live, jpegs[:30], 8)
            other.send(type="start")
            refused = other.event()
            assert (refused["type"], refused["fatal"]) == ("error", True)
            assert_one_sentence(refused["reason"])
            # Gone in the middle of its pictures, without a word.
            for time_s, jpeg in jpegs[30:36]:
                live.frame(jpeg, time_s)
            live.socket.socket.close()

            def place_is_free() -> bool:
                other.send(type="start")
                return other.event()["type"] == "ready"

            wait_for(place_is_free)
            other.send(type="cancel")
            assert other.event() == {"type": "cancelled"}
        assert client.get("/api/measurements").json() == {"items": []}


def test_a_session_without_pictures_is_ended(tmp_path: Path) -> None:
    with run_app(tmp_path / "data", idle_timeout_s=0.2) as (_, client), live_socket(str(client.base_url)) as live:
        live.send(type="start")
        assert live.event()["type"] == "ready"
        error = live.event()
        assert (error["type"], error["fatal"]) == ("error", True)
        assert_one_sentence(error["reason"])
        live.send(type="stop")
        assert "send start first" in live.event()["reason"]


def test_pages_of_other_sites_get_no_socket(server: Running) -> None:
    address = server.url.replace("http", "ws") + "/api/live"
    for origin in ("https://evil.example", "null", server.url.replace("127.0.0.1", "127.0.0.2")):
        with pytest.raises(InvalidStatus) as refused:
            connect(address, origin=origin)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403
        assert_one_sentence(json.loads(refused.value.response.body)["detail"])
    with connect(address, origin=server.url) as socket:  # type: ignore[arg-type]
        assert_usable(Live(socket))


def test_a_socket_hands_out_the_cookie_too(server: Running, jpegs: Jpegs) -> None:
    with server.live() as live:
        assert live.socket.response is not None
        cookie = live.socket.response.headers["Set-Cookie"].split(";")[0]
        live.send(type="start", seconds=5)
        live.event()
        report = stream(live, jpegs, 8)[-1]
    with httpx.Client(base_url=server.url, headers={"Cookie": cookie}) as client:
        assert client.get(f"/api/measurements/{report['id']}").status_code == 200


def test_a_socket_at_another_address_is_refused(server: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(server.url.replace("http", "ws") + "/api/dead")
    assert refused.value.response.status_code in (403, 404)
