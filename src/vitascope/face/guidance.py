"""What the person in front of the camera can do better, one sentence each, in order of weight."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from vitascope.face.tracker import Track

# A message appears when its cause has lasted this many frames in a row.
PERSIST = 5

NO_FACE = "No face is seen; sit so that your whole face is in the picture."
COME_CLOSER = "Come closer to the camera."
MOVE_BACK = "Move a little away from the camera."
FACE_CAMERA = "Look straight at the camera."
HOLD_UPRIGHT = "Hold your head upright."
MIDDLE = "Move your face to the middle of the picture."
HOLD_STILL = "Hold still."
MORE_LIGHT = "There is too little light on your face; turn towards a lamp or a window."
LESS_LIGHT = "Your face is too bright; turn away from the strongest light."
SEVERAL = "Several faces are in the picture; only the largest one in the middle is measured."

NEAR, FAR = 0.85, 0.13  # width of the face in widths of the picture
FEW_PIXELS = 60.0
MAX_TURN, MAX_NOD, MAX_ROLL = 25.0, 28.0, 20.0  # degrees
OFF_CENTRE = 0.3  # of the picture's width or height
MAX_SPEED = 0.25  # face widths a second
DARK, BRIGHT = 45.0, 225.0  # mean of the face, 0..255


def causes(track: Track | None, brightness: float, n_faces: int, width: int, height: int) -> list[str]:
    """Every message that applies to one frame, weightiest first."""
    if track is None:
        return [NO_FACE]
    turn, nod, roll = pose(track.landmarks)
    places = track.landmarks[:, :2]
    low, high = places.min(axis=0), places.max(axis=0)
    centre = (low + high) / 2 / (width, height) - 0.5
    across = track.size / width
    tests = (
        (COME_CLOSER, across < FAR or track.size < FEW_PIXELS),
        (MOVE_BACK, across > NEAR),
        (FACE_CAMERA, abs(turn) > MAX_TURN or abs(nod) > MAX_NOD),
        (HOLD_UPRIGHT, abs(roll) > MAX_ROLL),
        (MIDDLE, bool(np.abs(centre).max() > OFF_CENTRE)),
        (HOLD_STILL, track.speed > MAX_SPEED),
        (MORE_LIGHT, brightness < DARK),
        (LESS_LIGHT, brightness > BRIGHT),
        (SEVERAL, n_faces > 1),
    )
    return [message for message, applies in tests if applies]


def pose(landmarks: NDArray[np.float64]) -> tuple[float, float, float]:
    """Turn (left or right), nod (up or down) and roll of the head in degrees, from landmarks (468, 3)."""
    across = landmarks[454] - landmarks[234]
    down = landmarks[152] - landmarks[10]
    eyes = landmarks[263] - landmarks[33]
    turn = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    nod = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    roll = np.degrees(np.arctan2(eyes[1], eyes[0]))
    return float(turn), float(nod), float(roll)


class Guidance:
    """Lets a message through once its cause has lasted `PERSIST` frames."""

    def __init__(self) -> None:
        self._lasted: Counter[str] = Counter()

    def reset(self) -> None:
        """Forget everything."""
        self._lasted.clear()

    def step(self, now: list[str]) -> tuple[str, ...]:
        """The messages to show for this frame, weightiest first."""
        self._lasted = Counter({message: self._lasted[message] + 1 for message in now})
        return tuple(message for message in now if self._lasted[message] >= PERSIST)
