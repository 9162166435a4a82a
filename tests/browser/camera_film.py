"""Films for Chromium's fake camera: uncompressed, so that nothing but the page's own JPEG touches the pulse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tests.finger.test_lens import fingertip_frames
from vitascope.demo import demo_frames

FPS = 30
# Whole numbers of beats and breaths in the film: it runs in a loop, and the pulse must not jump where it closes.
FILM_S, HEART_RATE, RESPIRATION_RATE = 12.0, 70.0, 15.0
FINGER_S, FINGER_RATE, FINGER_BREATHS = 10.0, 72.0, 12.0


def write_film(path: Path, width: int, height: int, pictures: Iterable[bytes]) -> Path:
    """Write planar YUV 4:2:0 pictures as a film of 30 a second."""
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            film.write(b"FRAME\n" + picture)
    return path


def face_film(path: Path, noise: float = 2.0) -> Path:
    """The portrait with a pulse of `HEART_RATE`; `noise` in grey levels."""
    return write_film(path, 640, 480, _face(FILM_S, noise))


def finger_film(path: Path) -> Path:
    """A fingertip on a lit lens, with a pulse of `FINGER_RATE`."""
    time_s = np.arange(0.0, FINGER_S, 1 / FPS)
    pictures = fingertip_frames(time_s, heart_rate=FINGER_RATE, respiration_rate=FINGER_BREATHS)
    # No camera is as small as the made pictures.
    large = (cv2.resize(picture, (512, 384), interpolation=cv2.INTER_NEAREST) for picture in pictures)
    return write_film(path, 512, 384, (_yuv(picture) for picture in large))


def leaving_film(path: Path, face_s: float, room_s: float) -> Path:
    """The same, but after `face_s` seconds there is only an empty grey room."""
    grey = np.full((480 * 3 // 2, 640), 128, np.uint8).tobytes()
    pictures = [*_face(face_s), *repeat(grey, round(room_s * FPS))]
    return write_film(path, 640, 480, pictures)


def film_of(path: Path, recording: Path) -> Path:
    """A recording of 30 pictures a second, decoded."""
    with av.open(str(recording)) as container:
        stream = container.streams.video[0]
        pictures = (frame.to_ndarray(format="yuv420p").tobytes() for frame in container.decode(stream))
        return write_film(path, stream.width, stream.height, pictures)


def hand_film(path: Path, rgb: NDArray[np.uint8], seconds: float = 6.0) -> Path:
    """A photographed hand (480, 640, 3) in front of a camera that trembles a little and has noise."""
    rng = np.random.default_rng(1)
    pictures = (
        _yuv(
            np.clip(np.roll(rgb, rng.integers(-2, 3, 2), (0, 1)) + rng.normal(0, 2, rgb.shape), 0, 255).astype(np.uint8)
        )
        for _ in range(int(seconds * FPS))
    )
    return write_film(path, rgb.shape[1], rgb.shape[0], pictures)


def _face(seconds: float, noise: float = 2.0) -> Iterator[bytes]:
    time_s = np.arange(0.0, seconds, 1 / FPS)
    _, pictures = demo_frames(time_s, heart_rate=HEART_RATE, respiration_rate=RESPIRATION_RATE, noise=noise)
    return (_yuv(picture) for picture in pictures)


def _yuv(rgb: NDArray[np.uint8]) -> bytes:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420).tobytes()
