"""Find faces in a picture.

BlazeFace (Bazarevsky et al. 2019, arXiv:1907.05047): a grid of anchors, each with a score, a box and six points; boxes
that overlap are blended by their scores. All of that is inside the networks' files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitascope.models import runtime


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
    """A BlazeFace network and the score it needs to be believed."""

    name: str
    min_score: float


SHORT_RANGE = Network("face_finder_short", 0.5)
FULL_RANGE = Network("face_finder_full", 0.6)


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
    (faces,) = runtime.run(network.name, picture=rgb[None])
    return [_detection(face) for face in faces.astype(np.float64) if face[0] >= network.min_score]


def _detection(face: NDArray[np.float64]) -> Detection:
    score, x, y, w, h = face[:5].tolist()
    return Detection((x, y, w, h), face[5:].reshape(6, 2), score)


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
