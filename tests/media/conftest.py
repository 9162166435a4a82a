"""Small clips made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.demo.clip import write_clip

ClipMaker = Callable[..., Path]


def moving_pictures(count: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Frames (count, height, width, 3) of a bright bar that moves, red on the left side and blue on the right."""
    frames = np.full((count, height, width, 3), 40, np.uint8)
    frames[:, :, : width // 2, 0] = 200
    frames[:, :, width // 2 :, 2] = 200
    for i in range(count):
        frames[i, i % height] = 255
    return frames


@pytest.fixture
def make_clip(tmp_path: Path) -> ClipMaker:
    """Writes a clip of `seconds` at `fps`, or with the capture times `time_s`, and gives its path."""

    def make(
        name: str = "clip.mp4",
        *,
        seconds: float = 6.0,
        fps: float = 30.0,
        time_s: NDArray[np.float64] | None = None,
        codec: str = "libx264",
        width: int = 64,
        height: int = 48,
    ) -> Path:
        times = np.arange(round(seconds * fps)) / fps if time_s is None else time_s
        path = tmp_path / name
        write_clip(path, moving_pictures(len(times), width, height), times, codec=codec)
        return path

    return make


@pytest.fixture
def sound_only(tmp_path: Path) -> Path:
    """An mp4 that holds six seconds of silence and no picture."""
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        for i in range(48):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 8000, i * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
