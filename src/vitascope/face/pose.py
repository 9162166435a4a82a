"""Which way the head is turned, from its landmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pose(landmarks: NDArray[np.float64]) -> tuple[float, float, float]:
    """Turn (left or right), nod (up or down) and roll of the head in degrees, from landmarks (468, 3)."""
    across = landmarks[454] - landmarks[234]
    down = landmarks[152] - landmarks[10]
    eyes = landmarks[263] - landmarks[33]
    turn = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    nod = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    roll = np.degrees(np.arctan2(eyes[1], eyes[0]))
    return float(turn), float(nod), float(roll)
