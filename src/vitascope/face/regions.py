"""Skin regions of a face, and their mean colour.

Forehead and cheeks carry the strongest pulse (Verkruysse 2008; Kwon 2015). The outlines are drawn through landmarks
and filled with sub-pixel edges, so that a region's mean does not jump when a landmark crosses a pixel's border.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

REGIONS = ("forehead", "right_cheek", "left_cheek")  # right and left are the person's

_HAIRLINE = [103, 67, 109, 10, 338, 297, 332]
_MID_FOREHEAD = [104, 69, 108, 151, 337, 299, 333]
_BROWS = [63, 105, 66, 9, 296, 334, 293]
_TOWARDS_BROWS = 0.7
_RIGHT_CHEEK = [116, 117, 118, 119, 100, 126, 209, 129, 203, 206, 216, 192, 213, 147, 123]
_LEFT_CHEEK = [345, 346, 347, 348, 329, 355, 429, 358, 423, 426, 436, 416, 433, 376, 352]

_SUBPIXEL_BITS = 4
# A region of which less than this is in the picture is not seen: what is left is not the same skin.
MIN_SEEN = 0.5
MIN_PIXELS = 16.0


def outlines(landmarks: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The outline of each region, (K, 2) in pixels, from landmarks (468, 2 or 3)."""
    places = landmarks[:, :2]
    lower = (1 - _TOWARDS_BROWS) * places[_MID_FOREHEAD] + _TOWARDS_BROWS * places[_BROWS]
    return {
        "forehead": np.vstack([places[_HAIRLINE], lower[::-1]]),
        "right_cheek": places[_RIGHT_CHEEK],
        "left_cheek": places[_LEFT_CHEEK],
    }


@dataclass(frozen=True, slots=True, eq=False)
class RegionPixels:
    """The pixels of one region: a window of the picture and the weight (h*w,) of each pixel in it; their sum is 1."""

    window: tuple[slice, slice]
    weights: NDArray[np.float32]


def pixels(regions: dict[str, NDArray[np.float64]], width: int, height: int) -> list[RegionPixels | None]:
    """The pixels of each of `REGIONS` in a picture of that size; None for a region that lies outside it.

    They hold for as long as the face keeps its place, so a still head's regions are drawn once for many frames.
    """
    return [_fill(regions[name], width, height) for name in REGIONS]


def _fill(outline: NDArray[np.float64], width: int, height: int) -> RegionPixels | None:
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 2, (width, height))
    if (high <= low).any():
        return None
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    corners = np.rint((outline - low) * 2**_SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    weights = mask.astype(np.float32).ravel()
    area = cv2.contourArea(outline.astype(np.float32))
    total = float(weights.sum())
    if total < 255 * max(MIN_SEEN * area, MIN_PIXELS):
        return None
    return RegionPixels((slice(low[1], high[1]), slice(low[0], high[0])), weights / total)


def mean_colours(rgb: NDArray[np.uint8], regions: list[RegionPixels | None]) -> NDArray[np.float64]:
    """Mean R, G, B of each region, (R, 3) in the order of `REGIONS`, 0..255; NaN where it lies outside the picture."""
    means = np.full((len(regions), 3), np.nan)
    for i, region in enumerate(regions):
        if region is not None:
            means[i] = region.weights @ rgb[region.window].reshape(-1, 3).astype(np.float32)
    return means
