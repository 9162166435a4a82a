"""Find faces in a picture.

BlazeFace (Bazarevsky et al. 2019, arXiv:1907.05047): a grid of anchors, each with a score, a box and six points; boxes
that overlap are blended by their scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.models import runtime

SAME_FACE_IOU = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face: `box` (x, y, w, h) and `points` (6, 2) in pixels, `score` 0..1.

    The points are the person's right eye, left eye, nose tip, mouth, right ear and left ear.
    """

    box: tuple[float, float, float, float]
    points: NDArray[np.float64]
    score: float


class FaceFinder(Protocol):
    """Anything that finds faces in an RGB picture (H, W, 3) uint8, surest first."""

    def find(self, rgb: NDArray[np.uint8]) -> list[Detection]: ...


@dataclass(frozen=True, slots=True)
class Network:
    """A BlazeFace network: input size in pixels, the grids of its anchors, and the score it needs to be believed."""

    name: str
    size: int
    grids: tuple[tuple[int, int], ...]  # cells a side, anchors a cell
    min_score: float


SHORT_RANGE = Network("face_finder_short", 128, ((16, 2), (8, 6)), 0.5)
FULL_RANGE = Network("face_finder_full", 192, ((48, 1),), 0.6)


class BlazeFace:
    """The short-range network, and the full-range network when that finds nothing."""

    networks = (SHORT_RANGE, FULL_RANGE)

    def find(self, rgb: NDArray[np.uint8]) -> list[Detection]:
        """Faces in an RGB picture (H, W, 3) uint8, surest first. Heads may be tilted by about 45 degrees."""
        for network in self.networks:
            if faces := detect(network, rgb):
                return faces
        return []


def find_turned(finder: FaceFinder, rgb: NDArray[np.uint8], quarter_turns: int) -> list[Detection]:
    """Faces that `finder` sees after the picture was turned counter-clockwise, in pixels of the unturned picture."""
    quarter_turns %= 4
    if quarter_turns == 0:
        return finder.find(rgb)
    height, width = rgb.shape[:2]
    faces = finder.find(np.ascontiguousarray(np.rot90(rgb, quarter_turns)))
    return [_turn_back(face, quarter_turns, width, height) for face in faces]


def detect(network: Network, rgb: NDArray[np.uint8]) -> list[Detection]:
    """Faces one network finds in an RGB picture (H, W, 3) uint8, surest first."""
    height, width = rgb.shape[:2]
    scale = network.size / max(height, width)
    small_w, small_h = max(round(width * scale), 1), max(round(height * scale), 1)
    left, top = (network.size - small_w) // 2, (network.size - small_h) // 2
    picture = np.zeros((1, network.size, network.size, 3), np.uint8)
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture[0, top : top + small_h, left : left + small_w] = cv2.resize(rgb, (small_w, small_h), interpolation=shrink)
    boxes, scores = runtime.run(network.name, picture=picture)
    sure = np.flatnonzero(scores[0] >= network.min_score)
    if not len(sure):
        return []
    # Every pair of the output is a place relative to the anchor, but the second pair is a size.
    places = boxes[0, sure].astype(np.float64).reshape(-1, 8, 2)
    places[:, [0, 2, 3, 4, 5, 6, 7]] += _anchors(network)[sure, None] * network.size
    places[:, [0, 2, 3, 4, 5, 6, 7]] -= (left, top)
    places *= (width / small_w, height / small_h)
    return _blend(places, scores[0, sure].astype(np.float64))


@cache
def _anchors(network: Network) -> NDArray[np.float64]:
    """Anchor centres (A, 2) as fractions of the input, row by row."""
    grids = []
    for cells, anchors in network.grids:
        centre = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(centre, centre, indexing="ij")
        grids.append(np.repeat(np.column_stack([x.ravel(), y.ravel()]), anchors, axis=0))
    return np.concatenate(grids)


def _blend(places: NDArray[np.float64], scores: NDArray[np.float64]) -> list[Detection]:
    """Weighted non-maximum suppression: one detection for each cluster, its places averaged by score."""
    low, high = places[:, 0] - places[:, 1] / 2, places[:, 0] + places[:, 1] / 2
    left = np.argsort(-scores)
    faces = []
    while len(left):
        best = left[0]
        overlap = np.clip(np.minimum(high[best], high[left]) - np.maximum(low[best], low[left]), 0, None).prod(axis=1)
        area = places[left, 1].prod(axis=1)
        iou = overlap / (area + places[best, 1].prod() - overlap + 1e-12)
        same = iou > SAME_FACE_IOU
        same[0] = True
        mean = np.average(places[left[same]], axis=0, weights=scores[left[same]])
        (x, y), (w, h) = mean[0] - mean[1] / 2, mean[1]
        faces.append(Detection((float(x), float(y), float(w), float(h)), mean[2:], float(scores[best])))
        left = left[~same]
    return faces


def _turn_back(face: Detection, quarter_turns: int, width: int, height: int) -> Detection:
    """A detection in a picture that was turned by `np.rot90(rgb, quarter_turns)`, in the picture before the turn."""
    x, y, w, h = face.box
    places = np.vstack([[x, y], [x + w, y + h], face.points])
    for turns in range(quarter_turns, 0, -1):
        side = width if turns % 2 else height  # width of the picture this turn was applied to
        places = np.column_stack([side - places[:, 1], places[:, 0]])
    low, high = places[:2].min(axis=0), places[:2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return Detection(box, places[2:], face.score)
