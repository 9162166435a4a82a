"""What a finder gives: one face, where it is and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face: `box` (x, y, w, h) and `points` (6, 2) in pixels, `score` 0..1.

    The points are the person's right eye, left eye, nose tip, mouth, right ear and left ear. landmarks: (468, 3), when
    the finder has placed them already, and `sure`, 0..1, how sure it is to be a face.
    """

    box: tuple[float, float, float, float]
    points: NDArray[np.float64]
    score: float
    landmarks: NDArray[np.float64] | None = None
    sure: float = 0.0


class FaceFinder(Protocol):
    """Anything that finds faces in an RGB picture (H, W, 3) uint8, surest first."""

    def find(self, rgb: NDArray[np.uint8]) -> list[Detection]: ...
