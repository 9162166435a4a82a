"""Place 468 landmarks on one face (Kartynnik et al. 2019, arXiv:1907.06724)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.face.detection import Detection
from vitascope.models import runtime

NETWORK = "face_mesh"
# The network was trained on crops this much larger than the face.
MARGIN = 1.5
RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners; right and left are the person's


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of the picture: centre (x, y) and side in pixels, angle in radians that its x axis is turned by."""

    x: float
    y: float
    side: float
    angle: float


def crop_of_detection(face: Detection) -> Crop:
    """The upright crop around a face that the finder found."""
    x, y, w, h = face.box
    dx, dy = face.points[1] - face.points[0]
    return Crop(x + w / 2, y + h / 2, MARGIN * max(w, h), float(np.arctan2(dy, dx)))


def crop_of_landmarks(landmarks: NDArray[np.float64]) -> Crop:
    """The upright crop around landmarks (468, 2 or 3), in pixels."""
    places = landmarks[:, :2]
    dx, dy = places[LEFT_EYE] - places[RIGHT_EYE]
    angle = float(np.arctan2(dy, dx))
    cos, sin = math.cos(angle), math.sin(angle)
    across, down = cos * places[:, 0] + sin * places[:, 1], cos * places[:, 1] - sin * places[:, 0]
    left, right, top, bottom = (float(v) for v in (across.min(), across.max(), down.min(), down.max()))
    x, y = (left + right) / 2, (top + bottom) / 2
    return Crop(cos * x - sin * y, sin * x + cos * y, MARGIN * max(right - left, bottom - top), angle)


def place(rgb: NDArray[np.uint8], crop: Crop) -> tuple[NDArray[np.float64], float]:
    """Landmarks (468, 3) in pixels of `rgb` (z on the same scale, smaller is nearer) and how sure the face is, 0..1."""
    square = np.array([crop.x, crop.y, crop.side, crop.angle], np.float32)
    landmarks, face = runtime.run(NETWORK, picture=rgb[None], crop=square)
    return landmarks.astype(np.float64), float(face[0])
