"""Fingernails in a picture, and what each says: the boxes, which of them can be read, haemoglobin of each nail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.models import cards, runtime

DETECTOR, READER = "nail_detector", "nail_hb"
Rgb = NDArray[np.uint8]
# A nail under this many pixels has too few to average over; one at the rim may be cut off.
LEAST_PIXELS = 12
MARGIN = 0.005  # of the picture
ASPECT = (0.4, 2.5)
LEAST_SKIN = 0.6  # the share of the skin's box that must be in the picture


@dataclass(frozen=True, slots=True)
class Nail:
    """One nail: its box and that of the skin beside it as left, top, right, bottom in fractions of the picture, how
    sure the detector is (0..1), and why it cannot be read, or None."""

    box: tuple[float, float, float, float]
    skin: tuple[float, float, float, float]
    score: float
    flaw: str | None = None

    @property
    def place(self) -> tuple[float, float, float, float]:
        """x, y, width, height in fractions of the picture."""
        left, top, right, bottom = self.box
        return left, top, right - left, bottom - top


@dataclass(frozen=True, slots=True)
class Value:
    """What one nail says: g/dL; how unlike the nails it was learned from it is (1 = the strangest in a hundred of
    them); how surely it is bare, a logit; the light on it by name, as the card of the reader has it."""

    hb: float
    distance: float
    bare: float
    light: dict[str, float]


def find(rgb: Rgb) -> list[Nail]:
    """The nails in a picture (H, W, 3) uint8 RGB, the surest first; those that cannot be read carry their flaw."""
    threshold = cards.load(DETECTOR).details["threshold"]
    boxes, skins, scores = runtime.run(DETECTOR, picture=rgb[None])
    height, width = rgb.shape[:2]
    return [
        _judged(box, skin, float(score), width, height)
        for box, skin, score in zip(boxes, skins, scores, strict=True)
        if score >= threshold
    ]


def read(rgb: Rgb, nails: Sequence[Nail]) -> list[Value]:
    """What each of the nails found in the picture (H, W, 3) says."""
    if not nails:
        return []
    names = cards.load(READER).details["light"]
    hb, distance, bare, light = runtime.run(
        READER,
        picture=rgb[None],
        nails=np.array([nail.box for nail in nails], np.float32),
        skins=np.array([nail.skin for nail in nails], np.float32),
    )
    return [
        Value(float(g), float(d), float(b), dict(zip(names, row.tolist(), strict=True)))
        for g, d, b, row in zip(hb, distance, bare, light, strict=True)
    ]


def _judged(box: NDArray[np.float32], skin: NDArray[np.float32], score: float, width: int, height: int) -> Nail:
    left, top, right, bottom = (float(v) for v in box)
    w, h = (right - left) * width, (bottom - top) * height
    flaw = None
    if min(w, h) < LEAST_PIXELS:
        flaw = "too small in the picture; hold the hand closer"
    elif min(left, top, 1 - right, 1 - bottom) < MARGIN:
        flaw = "at the edge of the picture; move the hand to the middle"
    elif not ASPECT[0] <= w / h <= ASPECT[1]:
        flaw = "seen too much from the side; lay the hand flat"
    elif _inside(skin) < LEAST_SKIN:
        flaw = "without the skin behind it in the picture; show the fingers down to the second joint"
    place = (left, top, right, bottom)
    beside = tuple(float(v) for v in np.clip(skin, 0, 1))
    return Nail(place, (beside[0], beside[1], beside[2], beside[3]), score, flaw)


def _inside(box: NDArray[np.float32]) -> float:
    kept = np.clip(box, 0, 1)
    whole = float(np.prod(box[2:] - box[:2]))
    return float(np.prod(np.clip(kept[2:] - kept[:2], 0, None))) / whole if whole > 0 else 0.0
