"""A server for all tests here, people to talk to it, and recordings whose pulse is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import httpx
import numpy as np
import pytest

from tests.server.running import HEART_RATE, Running, run_server
from vitascope.demo.clip import demo_frames, make_clip

SECONDS = 6.0


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests that do not need a special one; uploads up to 8 MB."""
    with run_server(
        tmp_path_factory.mktemp("server") / "data", VITASCOPE_MAX_UPLOAD_MB="8", VITASCOPE_WORKERS="2"
    ) as running:
        yield running
    assert running.process.returncode == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    """A new person."""
    with server.client() as client:
        yield client


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short face clip whose pulse is known."""
    path = tmp_path_factory.mktemp("clips") / "face.mp4"
    make_clip(path, seconds=SECONDS, heart_rate=HEART_RATE)
    return path


@pytest.fixture(scope="session")
def quick_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good clip that is measured in no time."""
    path = tmp_path_factory.mktemp("clips") / "quick.mp4"
    make_clip(path, seconds=5.5, fps=15.0)
    return path


@pytest.fixture(scope="session")
def long_clip(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The short clip over and over for a minute: it keeps a worker busy for longer than a moment."""
    path = tmp_path_factory.mktemp("clips") / "long.mp4"
    with av.open(str(path), "w") as long:
        out: av.VideoStream | None = None
        for i in range(9):
            with av.open(str(clip)) as short:
                stream = short.streams.video[0]
                out = out or long.add_stream_from_template(stream)
                for packet in short.demux(stream):
                    if packet.dts is not None and packet.pts is not None:
                        packet.pts += round(SECONDS * i / stream.time_base)
                        packet.dts += round(SECONDS * i / stream.time_base)
                        packet.stream = out
                        long.mux(packet)
    return path


@pytest.fixture(scope="session")
def jpegs() -> list[tuple[float, bytes]]:
    """Seven seconds of pictures as the page sends them, with their capture times on a clock that began long ago."""
    time_s = np.arange(0.0, 7.0, 1 / 30)
    _, pictures = demo_frames(time_s, heart_rate=HEART_RATE)
    coded = []
    for t, picture in zip(time_s, pictures, strict=True):
        ok, jpeg = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        assert ok
        coded.append((5000.0 + float(t), jpeg.tobytes()))
    return coded
