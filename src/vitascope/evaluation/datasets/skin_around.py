"""Skin around lesions whose surroundings were blacked out.

The packaged crops of PAD-UFES-20 stand on black. A photograph never does, and a network that learns black learns the
set, so every crop is laid on skin: painted on from the rim of the lesion (a slope of the rim's colours, blotches,
pores, hairs and a shade), or a photograph of other skin in the rim's colours, at a size and place drawn at random.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BLACK = 12


def bare(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) 255 where the picture shows skin, 0 on the blacked-out ground."""
    mask = (rgb.max(axis=2) > BLACK).astype(np.uint8) * 255
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), dtype=np.uint8)


def noise(rng: np.random.Generator, size: int, cell: int) -> NDArray[np.float32]:
    """(size, size) smooth noise of unit spread, its blotches about `cell` pixels wide."""
    small = rng.standard_normal((max(size // cell, 2) + 2,) * 2).astype(np.float32)
    grown = cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown / (grown.std() + 1e-6), dtype=np.float32)


def rim_of(rgb: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 3) the brighter colours at the lesion's rim, which are most likely those of the skin around it."""
    inner = cv2.erode(mask, np.ones((15, 15), np.uint8))
    rim = rgb[(mask > 0) & (inner == 0)].astype(np.float32)
    if len(rim) < 50:
        rim = rgb[mask > 0].astype(np.float32) if mask.any() else np.full((50, 3), 170, np.float32)
    return np.asarray(rim[rim.mean(axis=1) >= np.percentile(rim.mean(axis=1), 40)], dtype=np.float32)


def ground(rgb: NDArray[np.uint8], mask: NDArray[np.uint8], size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(size, size, 3) made skin in the colours of the lesion's rim, 0..255."""
    bright = rim_of(rgb, mask)
    base, other = np.median(bright, axis=0), bright[rng.integers(len(bright))]
    across = np.linspace(-1, 1, size, dtype=np.float32)
    slope = across[None, :] * rng.normal(0, 0.4) + across[:, None] * rng.normal(0, 0.4)
    skin = base + (other - base) * 0.35 * slope[..., None]
    spread = np.maximum(bright.std(axis=0), 3) * rng.uniform(0.2, 0.7)
    for cell, weight in ((48, 0.6), (16, 0.4), (5, 0.35), (2, 0.35)):
        skin = skin + weight * spread * noise(rng, size, cell)[..., None]
    skin = skin * (1 + rng.uniform(0, 0.18) * slope)[..., None]
    skin = np.ascontiguousarray(skin, dtype=np.float32)
    for _ in range(int(rng.integers(0, 14)) if rng.random() < 0.4 else 0):
        start, turn, length = rng.uniform(0, size, 2), rng.uniform(0, 6.3), rng.uniform(0.1, 0.5) * size
        bend = turn + rng.normal(0, 0.4)
        middle = start + length / 2 * np.array([np.cos(turn), np.sin(turn)])
        points = np.stack([start, middle, middle + length / 2 * np.array([np.cos(bend), np.sin(bend)])])
        shade = float(rng.uniform(0.25, 0.7))
        colour = tuple(float(v) for v in base * shade)
        cv2.polylines(skin, [points.astype(np.int32).reshape(-1, 1, 2)], False, colour, 1, cv2.LINE_AA)
    return skin


def of_photograph(
    rgb: NDArray[np.uint8], mask: NDArray[np.uint8], skin: NDArray[np.uint8], size: int
) -> NDArray[np.float32]:
    """(size, size, 3) a photograph of other skin, moved to the colours of the lesion's rim, 0..255."""
    grown = cv2.resize(skin, (size, size), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    gain = np.median(rim_of(rgb, mask), axis=0) / np.maximum(grown.mean(axis=(0, 1)), 1)
    return np.asarray(grown * gain, dtype=np.float32)


def photo(
    rgb: NDArray[np.uint8], size: int, rng: np.random.Generator, around: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """A crop on black as a photograph of `size` pixels might show it: the lesion 35 to 100 % of the picture wide.

    around: a photograph of other skin to lay it on; painted skin when None.
    """
    mask = bare(rgb)
    skin = ground(rgb, mask, size, rng) if around is None else of_photograph(rgb, mask, around, size)
    scale = size * rng.uniform(0.35, 1.0) / max(rgb.shape[:2])
    width, height = (max(round(n * scale), 8) for n in (rgb.shape[1], rgb.shape[0]))
    left, top = int(rng.integers(0, size - width + 1)), int(rng.integers(0, size - height + 1))
    lesion = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = max(3.0, 0.03 * max(width, height))
    # The edge of the mask is a hard, dark cut: it is worn away before the lesion blends into the skin.
    inner = cv2.erode(mask, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    share = cv2.resize(inner, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    share = np.minimum(share, cv2.GaussianBlur(share, (0, 0), soft) * 2 - 1).clip(0, 1)[..., None]
    part = skin[top : top + height, left : left + width]
    skin[top : top + height, left : left + width] = lesion * share + part * (1 - share)
    return np.asarray(skin.clip(0, 255), dtype=np.uint8)


def within(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A rectangle that lies in the lesion and the skin that was left around it: all of it was photographed."""
    mask = bare(rgb) > 0
    height, width = mask.shape
    best, most = (0, 0, height, width), 0.0
    for _ in range(60):
        h, w = (int(n * rng.uniform(0.3, 1.0)) for n in (height, width))
        top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
        if mask[top : top + h, left : left + w].mean() > 0.99 and h * w > most:
            best, most = (top, left, h, w), float(h * w)
    top, left, h, w = best
    return np.ascontiguousarray(rgb[top : top + h, left : left + w])


def inpainted(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The same without chance, by Telea's inpainting: the filling that judges a network trained on the other."""
    small = cv2.resize(rgb, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8)
    hole = cv2.dilate(255 - bare(small), np.ones((7, 7), np.uint8))
    return np.asarray(cv2.inpaint(small, hole, 5, cv2.INPAINT_TELEA), dtype=np.uint8)
