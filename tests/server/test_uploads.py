"""Clips over HTTP: what is measured, and what is refused with one sentence while the server goes on."""

from __future__ import annotations

import io
import socket
import string
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import httpx
import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.finger.test_lens import fingertip_frames
from tests.server.running import HEART_RATE, TOLERANCE, Running, assert_one_sentence, measured, run_app, send_clip
from vitascope.demo.clip import write_clip
from vitascope.server.uploads import MAX_NAME, plain_name

MEBIBYTE = 1024 * 1024


def assert_still_measures(server: Running, clip: Path) -> None:
    """A stranger's good clip is measured as ever, and no clip was left lying about."""
    with server.client() as stranger, clip.open("rb") as file:
        answer = stranger.post("/save_video", files={"video": file}).json()
    assert answer["report"]["quality"]["face_found"] > 0.9
    assert not list((server.data_dir / "uploads").iterdir())


def test_a_clip_is_measured_in_the_background(client: httpx.Client, clip: Path) -> None:
    first = send_clip(client, clip, "me at home.mp4")
    assert first["status"] in ("queued", "running")
    assert (first["source"], first["kind"], first["name"]) == ("upload", "face", "me at home.mp4")
    shares, last = [], first
    while last["status"] in ("queued", "running"):
        last = client.get(f"/api/measurements/{first['id']}").json()
        shares.append(last["progress"])
    assert last["status"] == "done"
    assert last["reason"] is None
    assert shares == sorted(shares)
    assert any(0 < share < 1 for share in shares)
    assert shares[-1] == 1
    assert last["report"]["readings"]["heart_rate"]["value"] == pytest.approx(HEART_RATE, abs=TOLERANCE)
    jsonschema.validate(last["report"], client.get("/api/schema").json())


def test_a_fingertip_is_recognised_and_stored_as_one(client: httpx.Client, tmp_path: Path) -> None:
    time_s = np.arange(0, 8, 1 / 30)
    write_clip(tmp_path / "finger.mp4", fingertip_frames(time_s), time_s)
    done = measured(client, send_clip(client, tmp_path / "finger.mp4")["id"])
    assert done["kind"] == done["report"]["kind"] == "finger"


def test_save_video_answers_everything_at_once(client: httpx.Client, quick_clip: Path) -> None:
    for field in ("video", "clip", "file"):
        with quick_clip.open("rb") as file:
            response = client.post("/save_video", files={field: ("blob", file, "video/mp4")})
        answer = response.json()
        assert response.status_code == 200
        assert answer["error"] is None
        assert answer["heart_rate"] == answer["report"]["readings"]["heart_rate"]["value"]
        assert {"respiration_rate", "hrv_sdnn"} <= answer.keys()
        assert client.get(f"/api/measurements/{answer['id']}").json()["report"] == answer["report"]


def _audio() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 16000 * 6), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 16000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def _video(frames: int, width: int = 320, height: int = 240, container_format: str = "mp4") -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container_format) as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), "rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(width * 3 + 1) * min(height, 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def unusable(clip: Path) -> dict[str, bytes]:
    """Files that come in whole and hold nothing to measure."""
    good = clip.read_bytes()
    return {
        "text named .mp4": b"Dear diary, today I sat still for thirty seconds.\n" * 40,
        "random bytes": np.random.default_rng(1).bytes(100_000),
        "first half of an mp4": good[: len(good) // 2],
        "first kilobyte of an mp4": good[:1000],
        "one byte": b"\0",
        "audio only": _audio(),
        "one frame": _video(1),
        "two seconds": _video(60),
        "huge picture": _png(10_000, 10_000),
        "an avi's header": _video(1, container_format="avi")[:600],
        "html": b"<!doctype html><title>no</title>" * 50,
        "playlist pointing elsewhere": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
    }


UNUSABLE = (
    "text named .mp4",
    "random bytes",
    "first half of an mp4",
    "first kilobyte of an mp4",
    "one byte",
    "audio only",
    "one frame",
    "two seconds",
    "huge picture",
    "an avi's header",
    "html",
    "playlist pointing elsewhere",
)


@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_clip_fails_with_one_sentence(
    kind: str, unusable: dict[str, bytes], server: Running, client: httpx.Client, quick_clip: Path
) -> None:
    response = client.post("/api/measurements", files={"clip": ("clip.mp4", unusable[kind])})
    assert response.status_code == 202
    failed = measured(client, response.json()["id"])
    assert failed["status"] == "failed"
    assert failed["report"] is None
    assert_one_sentence(failed["reason"])
    assert "inside the server" not in failed["reason"]

    answer = client.post("/save_video", files={"video": ("clip.mp4", unusable[kind])})
    assert answer.status_code == 200
    assert answer.json()["error"] == failed["reason"]
    assert_still_measures(server, quick_clip)


def _body(*parts: tuple[str, str | None, bytes], end: bool = True) -> bytes:
    lines = b""
    for name, filename, data in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        lines += f"--edge\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + data + b"\r\n"
    return lines + (b"--edge--\r\n" if end else b"")


FORM = {"Content-Type": "multipart/form-data; boundary=edge"}


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 65536):
        yield data[start : start + 65536]


REFUSED: dict[str, tuple[int, str, dict[str, Any]]] = {
    "no file": (422, "no file called", {"content": _body(("kind", None, b"face")), "headers": FORM}),
    "another field": (422, "no file called", {"content": _body(("photo", "a.mp4", b"x")), "headers": FORM}),
    "a field that is no file": (422, "no file called", {"content": _body(("clip", None, b"x")), "headers": FORM}),
    "empty file": (422, "empty", {"content": _body(("clip", "a.mp4", b"")), "headers": FORM}),
    "no body": (400, "cut off", {"content": b"", "headers": FORM}),
    "cut off": (400, "cut off", {"content": _body(("clip", "a.mp4", b"x" * 999), end=False), "headers": FORM}),
    "not a form": (415, "as a form", {"content": b"x" * 99, "headers": {"Content-Type": "video/mp4"}}),
    "no content type": (415, "as a form", {"content": b"x" * 99}),
    "no boundary": (415, "as a form", {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}),
    "broken form": (400, "cannot be read", {"content": b"\r\n--edge nonsense", "headers": FORM}),
    "long boundary": (
        400,
        "cannot be read",
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=" + "e" * 999}},
    ),
    "unknown kind": (
        422,
        "kind must be face or finger",
        {"content": _body(("kind", None, b"toe"), ("clip", "a.mp4", b"x")), "headers": FORM},
    ),
    "too large": (413, "larger than 8 MB", {"files": {"clip": ("a.mp4", bytes(9 * MEBIBYTE))}}),
    "a little too large": (413, "larger than 8 MB", {"files": {"clip": ("a.mp4", bytes(8 * MEBIBYTE + 1))}}),
    "too large, length not told": (
        413,
        "larger than 8 MB",
        {"content": _pieces(_body(("clip", "a.mp4", bytes(9 * MEBIBYTE)))), "headers": FORM},
    ),
    "too large around the clip": (
        413,
        "larger than 8 MB",
        {"content": _pieces(_body(("other", "b.mp4", bytes(9 * MEBIBYTE)), ("clip", "a", b"x"))), "headers": FORM},
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_request_without_a_clip_is_refused(
    kind: str, server: Running, client: httpx.Client, quick_clip: Path
) -> None:
    status, words, request = REFUSED[kind]
    if isinstance(request.get("content"), Iterator):
        # A stream can be sent once.
        request = {**request, "content": iter(list(request["content"]))}
    response = client.post("/api/measurements", **request)
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert words in problem["detail"]
    assert_one_sentence(problem["detail"])
    assert client.get("/api/measurements").json()["items"] == []
    assert_still_measures(server, quick_clip)


def test_save_video_tells_a_refusal_as_error_too(client: httpx.Client) -> None:
    response = client.post("/save_video", files={"clip": ("a.mp4", b"")})
    assert response.status_code == 422
    assert response.json()["error"] == response.json()["detail"] == "The clip is empty."


def test_a_clip_at_the_limit_is_taken(client: httpx.Client) -> None:
    response = client.post("/save_video", files={"clip": ("a.mp4", bytes(8 * MEBIBYTE))})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {3 * MEBIBYTE}",  # and then it hangs up
        "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: -5",
        "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: many",
        "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 20",  # and then it sends more
        "Content-Type: multipart/form-data; boundary=edge\r\nTransfer-Encoding: chunked",  # and then no chunks
    ],
)
def test_a_wrong_length_disturbs_nobody(head: str, server: Running, quick_clip: Path) -> None:
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        body = _body(("clip", "a.mp4", b"x" * 5000))
        connection.sendall(f"POST /api/measurements HTTP/1.1\r\nHost: {place.netloc}\r\n{head}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert_still_measures(server, quick_clip)


def test_only_the_last_part_of_a_file_name_is_kept(client: httpx.Client) -> None:
    for sent, kept in (
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\clip.mp4", "clip.mp4"),
        ("n" * 1000 + ".mp4", "n" * MAX_NAME),
        ("../", None),
    ):
        response = client.post("/api/measurements", content=_body(("clip", sent, b"x")), headers=FORM)
        assert response.json()["name"] == kept


@given(st.text())
def test_a_kept_name_is_short_printable_and_no_path(name: str) -> None:
    kept = plain_name(name)
    assert kept is None or (0 < len(kept) <= MAX_NAME and kept.isprintable() and not set(kept) & set("/\\"))


@given(st.text(string.ascii_letters + string.digits + " .-_", min_size=1, max_size=MAX_NAME).map(str.strip))
def test_an_ordinary_name_is_kept_as_it_is(name: str) -> None:
    assert plain_name(name) == (name or None)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with run_app(tmp_path / "data") as (_, client):
        (tmp_path / "data" / "uploads").rmdir()
        (tmp_path / "data" / "uploads").write_text("in the way")
        answer = client.post("/api/measurements", files={"clip": b"x"})
        assert answer.status_code == 507
        assert_one_sentence(answer.json()["detail"])
        (tmp_path / "data" / "uploads").unlink()
        assert client.post("/api/measurements", files={"clip": b"x"}).status_code == 202


def test_an_upload_that_stops_half_way_is_given_up(tmp_path: Path) -> None:
    with run_app(tmp_path / "data", idle_timeout_s=0.2) as (_, client):
        place = client.base_url
        with socket.create_connection((place.host, place.port), timeout=30) as connection:
            head = f"Host: {place.netloc.decode()}\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: 5000"
            body = _body(("clip", "a.mp4", b"x" * 999), end=False)
            connection.sendall(f"POST /api/measurements HTTP/1.1\r\n{head}\r\n\r\n".encode() + body)
            answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"stopped half-way" in answer
        assert not list((tmp_path / "data" / "uploads").iterdir())
