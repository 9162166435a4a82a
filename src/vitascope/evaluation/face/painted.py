"""Clips of a moving head with a pulse of known rate painted on the bare skin of a photographed face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.demo.clip import PULSE_COLOUR
from vitascope.demo.pulse import beat_times, pulse_wave
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.evaluation.face.occluders import put_beard, put_glasses
from vitascope.evaluation.face.scenes import Rgb, feathered, made_ground, noisy
from vitascope.evaluation.face.shares import ita
from vitascope.face.picture import look_at
from vitascope.media.frames import Frame

Floats = NDArray[np.float64]

SECONDS, FPS = 10.0, 30.0
SIDE, FRAME = 280, 400  # of the face's crop and of the painted picture, in pixels
CLEAR_PULSE, WEAK_PULSE = 0.01, 0.0025  # of the skin's brightness, in green
WEARS = ("beard", "clear glasses", "fringe")
RATES = (50.0, 110.0)
RESPIRATION = 15.0
_OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
         150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]  # fmt: skip
_HOLES = (
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146],
    [33, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25],
    [263, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255],
)
_HAIRLINE = [54, 103, 67, 109, 10, 338, 297, 332, 284]
_FOREHEAD = [104, 69, 108, 151, 337, 299, 333]
SKIN_DISTANCE = 18.0  # in Lab from the colour of the cheeks


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """One painted clip: the pulse's rate in 1/min, the typology angle of the cheeks in degrees (NaN of a grey picture),
    and its frames."""

    rate: float
    tone: float
    frames: Iterator[Frame]


def moving_face(picture: Picture, strength: float = CLEAR_PULSE, wears: str | None = None) -> Painting | None:
    """A swaying, rolling head with a pulse of that strength on its bare skin; None when no face is seen in the picture.

    wears: what of `WEARS` is drawn on it first. Bare skin is told by colour alone: inside the face's oval, off eyes and
    lips, near the colour of the cheeks. No network of the face stage has a say in it but for the outline.
    """
    rng = picture.seed()
    large = np.asarray(cv2.resize(picture.read(), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)
    back = made_ground(rng)[:FRAME, :FRAME].astype(np.float32)
    margin = (FRAME - SIDE) // 2
    clear = back.copy()
    clear[margin : margin + SIDE, margin : margin + SIDE] = large
    seen = look_at(clear.astype(np.uint8)).landmarks
    if seen is None:
        return None
    landmarks = seen - np.array([margin, margin, 0])
    tone = ita(large, landmarks)
    worn = dress(large, landmarks, wears, picture.seed())
    skin = bare_skin(worn, landmarks[:, :2])
    rate = float(rng.uniform(*RATES))
    time_s = np.arange(0, SECONDS, 1 / FPS)
    wave = strength * pulse_wave(time_s, beat_times(SECONDS, rate, RESPIRATION), RESPIRATION)
    return Painting(rate, tone, _frames(worn, skin, back, (time_s, wave), rng))


def dress(face: Rgb, landmarks: Floats, wears: str | None, rng: np.random.Generator) -> Rgb:
    """The face with one of `WEARS` drawn on it, or as it is."""
    if wears == "beard":
        return put_beard(face, landmarks, rng)
    if wears == "clear glasses":
        return put_glasses(face, landmarks, rng, dark=False)
    return put_fringe(face, landmarks, rng) if wears == "fringe" else face


def put_fringe(rgb: Rgb, landmarks: Floats, rng: np.random.Generator) -> Rgb:
    """`rgb` with drawn hair that falls to the middle of the forehead, its ends uneven."""
    places = landmarks[:, :2]
    width = float(np.ptp(places[:, 0]))
    up = (places[10] - places[152]) / max(float(np.linalg.norm(places[10] - places[152])), 1.0)
    ends = places[_FOREHEAD] + up * width * rng.uniform(-0.06, 0.12, (len(_FOREHEAD), 1))
    shape = np.vstack([places[_HAIRLINE] + 0.15 * width * up, ends[::-1]])
    mask = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(shape).astype(np.int32)], 255, cv2.LINE_AA)
    alpha = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.012 * width), np.float32)[..., None] / np.float32(255)
    strands = rng.standard_normal(rgb.shape[:2]).astype(np.float32)
    strands = np.asarray(
        cv2.GaussianBlur(strands, (0, 0), sigmaX=max(width / 250, 0.6), sigmaY=max(width / 30, 1.0)), np.float32
    )
    strands /= max(float(strands.std()), 1e-6)
    colour = np.array([(30, 24, 20), (70, 48, 32), (120, 115, 110), (160, 120, 75)][int(rng.integers(4))], np.float32)
    hair = np.clip(colour + 10 * strands[..., None], 0, 255)
    return np.asarray(np.clip(np.rint(rgb + 0.95 * alpha * (hair - rgb)), 0, 255), np.uint8)


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
    still = face.astype(np.float32)
    paint = still * skin * (PULSE_COLOUR / PULSE_COLOUR[1]).astype(np.float32)
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
