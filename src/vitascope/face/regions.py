"""Skin regions of a face, and their mean colour.

Forehead and cheeks carry the strongest pulse (Verkruysse 2008; Kwon 2015); nose and chin follow. The outlines are drawn
through landmarks and filled with sub-pixel edges, so that a region's mean does not jump when a landmark crosses a
pixel's border. Within an outline a pixel counts as much as it is skin: hair, glasses, lips, brows, beard and highlights
drop out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.face.mesh import Crop

REGIONS = ("forehead", "right_cheek", "left_cheek", "nose", "chin")  # right and left are the person's

_HAIRLINE = [103, 67, 109, 10, 338, 297, 332]
_MID_FOREHEAD = [104, 69, 108, 151, 337, 299, 333]
_BROWS = [63, 105, 66, 9, 296, 334, 293]
_TOWARDS_BROWS = 0.7
_RIGHT_CHEEK = [116, 117, 118, 119, 100, 126, 209, 129, 203, 206, 216, 192, 213, 147, 123]
_LEFT_CHEEK = [345, 346, 347, 348, 329, 355, 429, 358, 423, 426, 436, 416, 433, 376, 352]
_NOSE = [168, 122, 196, 236, 198, 131, 115, 44, 1, 274, 344, 360, 420, 456, 419, 351]
_CHIN = [83, 18, 313, 406, 418, 262, 369, 396, 175, 171, 140, 32, 194, 182]

_SUBPIXEL_BITS = 4
# A region of which less than this is in the picture, or is skin, is not seen: what is left is not the same skin.
MIN_SEEN = 0.5
MIN_SKIN = 0.25
MIN_PIXELS = 16.0
# Skin that the network takes for skin this surely counts whole, what it takes for it less surely than that not at all:
# how sure it is of clear skin differs from look to look, and that must not shift the colour. On 30 faces that taught
# nothing here (a weak pulse painted, half of them with a beard, glasses or a fringe) the self-SNR was 0.2 dB above
# that of the bare probabilities, and these were 0.6 dB above plain outlines.
NO_SKIN, CLEAR_SKIN = 0.3, 0.7


def outlines(landmarks: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The outline of each region, (K, 2) in pixels, from landmarks (468, 2 or 3)."""
    places = landmarks[:, :2]
    lower = (1 - _TOWARDS_BROWS) * places[_MID_FOREHEAD] + _TOWARDS_BROWS * places[_BROWS]
    return {
        "forehead": np.vstack([places[_HAIRLINE], lower[::-1]]),
        "right_cheek": places[_RIGHT_CHEEK],
        "left_cheek": places[_LEFT_CHEEK],
        "nose": places[_NOSE],
        "chin": places[_CHIN],
    }


@dataclass(frozen=True, slots=True, eq=False)
class RegionPixels:
    """The pixels of one region.

    window: where in the picture it lies. weights: (h*w,) of each pixel of the window; their sum is 1, or there are none
    when too little of the region can be used. inside: share of the outline that lies in the picture; valid: share of it
    that lies in the picture and is skin, both 0..1.
    """

    window: tuple[slice, slice]
    weights: NDArray[np.float32] | None
    inside: float
    valid: float


NOT_SEEN = RegionPixels((slice(0, 0), slice(0, 0)), None, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class SkinMap:
    """How much each cell of a face's crop counts as bare skin: share (S, S), 0..1, rows down."""

    share: NDArray[np.float32]
    crop: Crop

    @classmethod
    def of(cls, probability: NDArray[np.float32], crop: Crop) -> SkinMap:
        """The map from how surely each cell is bare skin, (S, S) in 0..1."""
        return cls(np.clip((probability - NO_SKIN) / (CLEAR_SKIN - NO_SKIN), 0, 1).astype(np.float32), crop)

    def over(self, left: int, top: int, width: int, height: int) -> NDArray[np.float32]:
        """The share (height, width) of each pixel of a window of the picture; 0 outside of the crop."""
        cells = self.share.shape[0]
        cos, sin = np.cos(self.crop.angle), np.sin(self.crop.angle)
        scale = cells / self.crop.side
        # From the window's pixels to cells: a cell's centre lies at an integer, the crop's at the middle of them all.
        turn = scale * np.array([[cos, sin], [-sin, cos]])
        shift = turn @ (np.array([left, top]) - (self.crop.x, self.crop.y)) + (cells - 1) / 2
        matrix = np.column_stack([turn, shift])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(self.share, matrix, (width, height), flags=flags), np.float32)


def pixels(
    regions: dict[str, NDArray[np.float64]], width: int, height: int, skin: SkinMap | None = None
) -> list[RegionPixels]:
    """The pixels of each of `REGIONS` in a picture of that size; without a `skin` map all of an outline is skin.

    They hold for as long as the face keeps its place, so a still head's regions are drawn once for many frames.
    """
    return [_fill(regions[name], width, height, skin) for name in REGIONS]


def _fill(outline: NDArray[np.float64], width: int, height: int, skin: SkinMap | None) -> RegionPixels:
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 2, (width, height))
    area = cv2.contourArea(outline.astype(np.float32))
    if (high <= low).any() or area <= 0:
        return NOT_SEEN
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    corners = np.rint((outline - low) * 2**_SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    weights = mask.astype(np.float32)
    drawn = float(weights.sum())
    if skin is not None:
        weights *= skin.over(low[0], low[1], mask.shape[1], mask.shape[0])
    total = float(weights.sum())
    inside, valid = min(drawn / (255 * area), 1.0), min(total / (255 * area), 1.0)
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    if inside < MIN_SEEN or valid < MIN_SKIN or total < 255 * MIN_PIXELS:
        return RegionPixels(window, None, inside, valid)
    return RegionPixels(window, weights.ravel() / total, inside, valid)


def mean_colours(rgb: NDArray[np.uint8], regions: list[RegionPixels]) -> NDArray[np.float64]:
    """Mean R, G, B of each region, (R, 3) in the order of `REGIONS`, 0..255; NaN where too little of it is seen."""
    means = np.full((len(regions), 3), np.nan)
    for i, region in enumerate(regions):
        if region.weights is not None:
            means[i] = region.weights @ rgb[region.window].reshape(-1, 3).astype(np.float32)
    return means
