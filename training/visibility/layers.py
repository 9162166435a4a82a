"""What is needed to draw things on an upright face on its canvas: layers, colours, textures, shapes.

Textures come from other pictures of the training set.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Points = NDArray[np.float64]
RGB = NDArray[np.float32]
Alpha = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """`colour` (C, C, 3) 0..255 shown with `alpha` (C, C) 0..1; `kind` is one of OCCLUDERS, "thing" or "beard".

    What does not hide (a frame of clear glasses, a beard) is no skin, but the part it lies on still counts as seen.
    """

    colour: RGB
    alpha: Alpha
    kind: str
    hides: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What an occluder is drawn for: the face, its skin's colour (3,), a texture (C, C, 3), and hands (h, w, 4)."""

    canvas: NDArray[np.uint8]
    points: Points
    skin: NDArray[np.float64]
    texture: NDArray[np.uint8]
    hands: list[NDArray[np.uint8]]

    @property
    def size(self) -> int:
        """Pixels a side of the canvas."""
        return int(self.canvas.shape[0])

    @property
    def width(self) -> float:
        """Width of the face in pixels."""
        return float(np.ptp(self.points[:, 0]))


def field(rng: Rng, size: int, cells: int) -> Alpha:
    """A smooth random surface (size, size), about -1..1."""
    coarse = rng.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def polygon(size: int, shape: Points, soft: float = 0.6) -> Alpha:
    """(size, size) 0..1 inside a polygon (K, 2)."""
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.rint(shape * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), soft) / np.float32(255), np.float32)


def stroke(size: int, line: Points, width: float) -> Alpha:
    """(size, size) 0..1 along a line (K, 2)."""
    mask = np.zeros((size, size), np.uint8)
    thick = max(1, round(width))
    cv2.polylines(mask, [np.rint(line * 16).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 4)
    return np.asarray(mask / np.float32(255), np.float32)


def surface(rng: Rng, setting: Setting, colour: NDArray[np.float64] | None = None) -> RGB:
    """Colours (C, C, 3) of a surface: one colour or a texture, with uneven light and some noise."""
    size = setting.size
    if colour is None and rng.random() < 0.45:
        base = setting.texture.astype(np.float32)
        if rng.random() < 0.5:
            base = base[..., rng.permutation(3)]
        base = base * rng.uniform(0.4, 1.3)
    else:
        one = some_colour(rng) if colour is None else colour
        base = np.broadcast_to(np.asarray(one, np.float32), (size, size, 3)).copy()
    base *= (1 + rng.uniform(0.03, 0.3) * field(rng, size, int(rng.integers(2, 6))))[..., None]
    if rng.random() < 0.5:
        base += rng.normal(0, rng.uniform(1, 6), (size, size, 1)).astype(np.float32)
    return np.clip(base, 0, 255)


def some_colour(rng: Rng) -> NDArray[np.float64]:
    """A colour things have: often grey, black or white, else anything."""
    pick = rng.random()
    if pick < 0.25:
        return np.full(3, rng.uniform(5, 60)) + rng.uniform(-8, 8, 3)
    if pick < 0.45:
        return np.full(3, rng.uniform(180, 250)) + rng.uniform(-12, 5, 3)
    if pick < 0.55:
        return np.full(3, rng.uniform(60, 180)) + rng.uniform(-10, 10, 3)
    return rng.uniform(10, 245, 3)


def skin_like(rng: Rng, setting: Setting, spread: float = 0.12) -> NDArray[np.float64]:
    """The face's own skin colour, a little off."""
    return np.clip(setting.skin * np.exp(rng.normal(0, spread) + rng.normal(0, 0.05, 3)), 4, 252)


def turned(points: Points, middle: Points, angle: float) -> Points:
    """Points (K, 2) turned about a middle by an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray((points - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle)
