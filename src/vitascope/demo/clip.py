"""Paint a pulse on a still face and write it as a clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.demo.pulse import beat_times, pulse_wave
from vitascope.media.writer import ClipWriter

PORTRAIT = Path(__file__).with_name("astronaut.jpg")
WIDTH, HEIGHT = 640, 480
# What one heartbeat does to the red, green and blue of facial skin, relative to each other (de Haan & van Leest 2014).
PULSE_COLOUR = np.array([0.33, 0.77, 0.53])

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Truth:
    """What was painted: rates in 1/min, times of systole in s."""

    heart_rate: float
    respiration_rate: float
    beats_s: tuple[float, ...]


def _portrait() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The portrait as (480, 640, 3) RGB floats, and how much of each pixel is facial skin, (480, 640, 1) in 0..1."""
    bgr = cv2.imread(str(PORTRAIT))
    if bgr is None:
        raise FileNotFoundError(PORTRAIT)
    bgr = cv2.resize(bgr[0:240, 65:385], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    y_cr_cb = cv2.cvtColor(bgr, cv2.COLOR_BGR2YCrCb)
    skin = cv2.inRange(y_cr_cb, np.array([70, 135, 80]), np.array([255, 180, 135]))
    face = np.zeros_like(skin)
    cv2.ellipse(face, (318, 262), (104, 122), 0, 0, 360, 255, -1)
    mask = cv2.GaussianBlur(cv2.bitwise_and(skin, face), (0, 0), 5).astype(np.float32) / 255.0
    return bgr[:, :, ::-1].astype(np.float32), mask[:, :, None]


def demo_frames(
    time_s: NDArray[np.float64],
    *,
    heart_rate: float = 72.0,
    respiration_rate: float = 14.0,
    amplitude: float = 0.012,
    noise: float = 2.0,
    movement_px: float = 1.5,
    seed: int = 1,
) -> tuple[Truth, Iterator[Picture]]:
    """Frames (480, 640, 3) uint8 RGB of a face with a pulse, one for each capture time in `time_s`.

    amplitude: size of a beat in green, as a share of the skin's brightness (0 paints no pulse). noise: standard
    deviation of the sensor noise in grey levels. movement_px: how far the head sways.
    """
    time_s = np.asarray(time_s, dtype=np.float64)
    beats = beat_times(float(time_s[-1]), heart_rate, respiration_rate)
    wave = pulse_wave(time_s, beats, respiration_rate)
    truth = Truth(heart_rate, respiration_rate, tuple(float(b) for b in beats if 0 <= b <= time_s[-1]))
    colour = (amplitude * PULSE_COLOUR / PULSE_COLOUR[1]).astype(np.float32)

    def paint() -> Iterator[Picture]:
        rng = np.random.default_rng(seed)
        face, skin = _portrait()
        # One large sheet of noise, looked at through a window moved at random: as good as fresh noise, much cheaper.
        grain = rng.normal(0.0, noise, (HEIGHT * 2, WIDTH * 2, 3)).astype(np.float32)
        for t, beat in zip(time_s, wave, strict=True):
            # Absorption rises with blood volume, so skin darkens at systole.
            picture: NDArray[Any] = face * (1.0 - skin * (colour * np.float32(beat)))
            sway = movement_px * np.array([np.sin(2 * np.pi * 0.11 * t), np.sin(2 * np.pi * respiration_rate / 60 * t)])
            shift = np.array([[1, 0, sway[0]], [0, 1, 0.5 * sway[1]]], dtype=np.float32)
            picture = cv2.warpAffine(picture, shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
            row, column = int(rng.integers(HEIGHT)), int(rng.integers(WIDTH))
            picture = picture + grain[row : row + HEIGHT, column : column + WIDTH]
            np.rint(picture, out=picture)
            yield np.clip(picture, 0.0, 255.0, out=picture).astype(np.uint8)

    return truth, paint()


def write_clip(
    path: str | Path, frames: Iterable[Picture], time_s: NDArray[np.float64], *, codec: str = "libx264"
) -> None:
    """Encode RGB frames shown at `time_s` (s, may be uneven). The container follows from the file's ending."""
    # The pulse is a change of about one grey level: weaker compression than usual keeps it.
    options = {"crf": "16", "preset": "veryfast"} if codec == "libx264" else {"crf": "10", "b": "8M"}
    with ClipWriter(path, codec=codec, options=options) as clip:
        for picture, t in zip(frames, time_s, strict=True):
            clip.write(picture, float(t))


def make_clip(
    path: str | Path,
    *,
    seconds: float = 20.0,
    fps: float = 30.0,
    heart_rate: float = 72.0,
    respiration_rate: float = 14.0,
    amplitude: float = 0.012,
    noise: float = 2.0,
    seed: int = 1,
) -> Truth:
    """Write a face clip with a known pulse to `path` and return what was painted."""
    time_s = np.arange(0.0, seconds, 1.0 / fps)
    truth, frames = demo_frames(
        time_s,
        heart_rate=heart_rate,
        respiration_rate=respiration_rate,
        amplitude=amplitude,
        noise=noise,
        seed=seed,
    )
    write_clip(path, frames, time_s)
    return truth
