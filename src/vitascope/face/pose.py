"""Which way the head is turned, from its landmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Landmarks: the face's right and left edge, its top and its chin, and the outer corners of its right and left eye.
SIDES, TOP_AND_CHIN, EYES = (234, 454), (10, 152), (33, 263)


def pose(landmarks: NDArray[np.float64]) -> tuple[float, float, float]:
    """Turn (left or right), nod (up or down) and roll of the head in degrees, from landmarks (468, 3)."""
    across = _between(landmarks, SIDES)
    down = _between(landmarks, TOP_AND_CHIN)
    eyes = _between(landmarks, EYES)
    turn = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    nod = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    roll = np.degrees(np.arctan2(eyes[1], eyes[0]))
    return float(turn), float(nod), float(roll)


def _between(landmarks: NDArray[np.float64], pair: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(landmarks[pair[1]] - landmarks[pair[0]])
