"""Whether the skin of the regions carries the pulse better than their plain outlines or the box of the face."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.demo.clip import PULSE_COLOUR
from vitascope.demo.pulse import beat_times, pulse_wave
from vitascope.errors import InputError
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.evaluation.face.scenes import Rgb, feathered, made_ground, noisy
from vitascope.evaluation.face.shares import middle
from vitascope.evaluation.pulse import spans
from vitascope.evaluation.recording import Recording
from vitascope.face.picture import look_at
from vitascope.face.regions import REGIONS, mean_colours, pixels
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame, Limits, open_clip

Floats = NDArray[np.float64]

WAYS = ("skin of the regions", "plain regions", "box of the face")
WINDOW_S = 10.0
KNOWN_RATE = re.compile(r"_(\d+)bpm\.")
PAINTED_S, PAINTED_FPS = 10.0, 30.0
SIDE, FRAME = 280, 400  # of the face's crop and of the painted picture, in pixels
AMPLITUDE = 0.01
RESPIRATION = 15.0
_OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
         150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]  # fmt: skip
_HOLES = (
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146],
    [33, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25],
    [263, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255],
)
SKIN_DISTANCE = 18.0  # in Lab from the colour of the cheeks


@dataclass(eq=False)
class Painted:
    """One window measured in every way. error: of the rate in 1/min, NaN where nothing could be measured."""

    source: str
    error: dict[str, float]
    snr_db: dict[str, float]


@dataclass(eq=False)
class PulseByRegion:
    """All windows."""

    rows: list[Painted] = field(default_factory=list)

    def to_dict(self) -> list[dict[str, Any]]:
        """By source and way: mean error, share measured, self-SNR, and how much it is above that of the skin."""
        tables = []
        for source in dict.fromkeys(row.source for row in self.rows):
            rows = [row for row in self.rows if row.source == source]
            for way in WAYS:
                error = [row.error[way] for row in rows]
                known = [value for value in error if np.isfinite(value)]
                tables.append(
                    {
                        "source": source,
                        "way": way,
                        "n": len(rows),
                        "measured": len(known) / len(rows),
                        "error": middle(known, _mean),
                        "snr_db": middle([row.snr_db[way] for row in rows], _mean),
                        "gain_db": middle([row.snr_db[WAYS[0]] - row.snr_db[way] for row in rows], _mean),
                    }
                )
        return tables


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean())


def evaluate_pulse(
    clips: Sequence[Path],
    faces: Sequence[Picture],
    window_s: float,
    skipped: dict[str, str],
    progress: Callable[[float], None],
) -> PulseByRegion:
    """Windows of clips whose name gives the rate, and a clip painted on each face."""
    result = PulseByRegion()
    steps = max(len(clips) + len(faces), 1)
    for k, path in enumerate(clips):
        progress(k / steps)
        known = KNOWN_RATE.search(path.name)
        try:
            with open_clip(path, Limits(min_seconds=0.0, max_seconds=600.0)) as frames:
                recordings = watch(frames)
        except InputError as error:
            skipped[path.name] = str(error)
            continue
        for start_s, stop_s in spans(recordings[WAYS[0]].duration_s, window_s):
            rate = float(known[1]) if known else np.nan
            result.rows.append(measured("recorded clips", recordings, rate, start_s, stop_s))
    for k, picture in enumerate(faces):
        progress((len(clips) + k) / steps)
        try:
            painted = moving_face(picture)
        except InputError as error:
            skipped[picture.name] = str(error)
            continue
        if painted is not None:
            rate, made = painted
            recordings = watch(made)
            result.rows.append(measured("pulse painted on moving faces", recordings, rate, 0.0, np.inf))
    progress(1.0)
    return result


def measured(source: str, recordings: dict[str, Recording], rate: float, start_s: float, stop_s: float) -> Painted:
    """One window of the recordings in all `WAYS`, whose true rate is known."""
    row = Painted(source, dict.fromkeys(WAYS, np.nan), dict.fromkeys(WAYS, np.nan))
    for way in WAYS:
        try:
            found = recordings[way].measure(start_s, stop_s)
        except InputError:
            continue  # less than five seconds of it could be used
        if found is not None:
            row.error[way] = abs(found.course.bpm - rate)
            row.snr_db[way] = found.quality.snr_db
    return row


def watch(frames: Iterable[Frame]) -> dict[str, Recording]:
    """The colour traces of one face in all `WAYS`, by the same mesh."""
    watcher = FaceWatcher()
    time_s: list[float] = []
    means: dict[str, list[Floats]] = {way: [] for way in WAYS}
    for frame in frames:
        sight = watcher.see(frame)
        time_s.append(sight.time_s)
        height, width = frame.rgb.shape[:2]
        plain, box = np.full((len(REGIONS), 3), np.nan), np.full((1, 3), np.nan)
        if sight.box is not None:
            plain = mean_colours(frame.rgb, pixels(sight.regions, width, height))
            x, y, w, h = (round(v) for v in sight.box)
            window = frame.rgb[max(y, 0) : y + h, max(x, 0) : x + w]
            if window.size:
                box = window.reshape(-1, 3).mean(axis=0, dtype=np.float64)[None]
        for way, colours in zip(WAYS, (sight.means, plain, box), strict=True):
            means[way].append(colours)
    clock = np.asarray(time_s)
    return {way: Recording("", "", way, clock, np.asarray(colours), "face") for way, colours in means.items()}


def moving_face(picture: Picture) -> tuple[float, Iterator[Frame]] | None:
    """A rate in 1/min and frames of a swaying, rolling head with that pulse on its bare skin; None without a face.

    Bare skin is told by colour alone: inside the face's oval, off eyes and lips, near the colour of the cheeks. No
    network of the face stage has a say in it but for the outline.
    """
    rng = picture.seed()
    face = picture.read()
    large = np.asarray(cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)
    back = made_ground(rng)[:FRAME, :FRAME].astype(np.float32)
    margin = (FRAME - SIDE) // 2
    clear = back.copy()
    clear[margin : margin + SIDE, margin : margin + SIDE] = large
    landmarks = look_at(clear.astype(np.uint8)).landmarks
    if landmarks is None:
        return None
    skin = bare_skin(large, landmarks[:, :2] - margin)
    rate = float(rng.uniform(50, 110))
    time_s = np.arange(0, PAINTED_S, 1 / PAINTED_FPS)
    wave = pulse_wave(time_s, beat_times(PAINTED_S, rate, RESPIRATION), RESPIRATION)
    return rate, _frames(large, skin, back, (time_s, wave), rng)


def bare_skin(rgb: Rgb, places: Floats) -> NDArray[np.float32]:
    """How much of each pixel is bare skin, (H, W, 1) in 0..1, by its colour; `places` are the landmarks (468, 2)."""
    oval = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(oval, [np.rint(places[_OVAL]).astype(np.int32)], 255)
    for hole in _HOLES:
        cv2.fillPoly(oval, [cv2.convexHull(np.rint(places[hole]).astype(np.int32))], 0)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    cheeks = np.zeros_like(oval)
    for centre in (places[50], places[280]):
        cv2.circle(cheeks, (round(float(centre[0])), round(float(centre[1]))), max(rgb.shape[0] // 20, 2), 255, -1)
    inside = cheeks > 0
    usual = np.median(lab[inside], axis=0) if inside.any() else np.median(lab[oval > 0], axis=0)
    # Shade changes lightness more than hue.
    distance = np.sqrt((((lab - usual) * (0.6, 1, 1)) ** 2).sum(axis=2))
    near = np.where((distance < SKIN_DISTANCE) & (oval > 0), 255, 0).astype(np.uint8)
    opened = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(opened, (0, 0), 1.5), np.float32)[..., None] / np.float32(255)


def _frames(
    face: Rgb,
    skin: NDArray[np.float32],
    back: NDArray[np.float32],
    pulse: tuple[Floats, Floats],
    rng: np.random.Generator,
) -> Iterator[Frame]:
    colour = (AMPLITUDE * PULSE_COLOUR / PULSE_COLOUR[1]).astype(np.float32)
    still = face.astype(np.float32)
    paint = still * skin * colour
    layer = np.dstack([still, feathered(SIDE)])
    sway, roll, speed, phase = rng.uniform(3, 9), rng.uniform(1, 4), rng.uniform(0.1, 0.35, 3), rng.uniform(0, 6, 4)
    for t, beat in zip(*pulse, strict=True):
        np.subtract(still, np.float32(beat) * paint, out=layer[..., :3])
        turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), roll * np.sin(2 * np.pi * speed[0] * t + phase[0]), 1.0)
        turn[0, 2] += (FRAME - SIDE) / 2 + sway * np.sin(2 * np.pi * speed[1] * t + phase[1])
        turn[1, 2] += (FRAME - SIDE) / 2 + 0.6 * sway * np.sin(2 * np.pi * speed[2] * t + phase[2])
        laid = np.asarray(cv2.warpAffine(layer, turn, (FRAME, FRAME)), np.float32)
        picture = back + laid[..., 3:] * (laid[..., :3] - back)
        # The room's light wavers a little, slower than the pulse.
        picture *= np.float32(1 + 0.004 * np.sin(2 * np.pi * 0.3 * t + phase[3]))
        yield Frame(noisy(picture, rng), float(t))
