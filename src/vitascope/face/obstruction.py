"""What is hidden of the face that is followed, steadied over time, and whether that forbids to measure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vitascope.face.mesh import crop_of_landmarks
from vitascope.face.visibility import PARTS, Visibility, look

# What hides a face comes and goes slowly; a hand that comes quickly moves the face's picture, and so its mesh.
LOOK_EVERY_S = 0.4
LOOK_STILL_EVERY_S = 1.0
# One look may err; a person notices half a second hardly.
STEADY_S = 0.3
# The map of the skin must not flicker: each change of it is a step in the colour of the region.
SKIN_STEADY_S = 2.0
SHARP_CHANGE = 0.5  # of a part's probability: the old map does not hold any more
# Landmarks of each part, to see how much of it lies outside of the picture.
_PLACES = {
    "forehead": [103, 67, 109, 10, 338, 297, 332, 69, 151, 299],
    "right_cheek": [116, 118, 100, 203, 216, 213, 123, 50, 205],
    "left_cheek": [345, 347, 329, 423, 436, 433, 352, 280, 425],
    "nose": [168, 197, 5, 4, 1, 129, 358],
    "mouth": [61, 291, 0, 17, 37, 267, 84, 314],
    "eyes": [33, 133, 159, 145, 362, 263, 386, 374],
}
OUTSIDE = 0.3  # of a part's landmarks


class Obstruction:
    """Looks at one face now and then."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: what comes is another face, or the same one much later."""
        self._seen: Visibility | None = None
        self._look_s = -math.inf
        self._landmarks: NDArray[np.float64] | None = None

    def see(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float64], time_s: float) -> Visibility:
        """What is hidden of the face with these landmarks (468, 3) now: the same object while nothing changed."""
        since = time_s - self._look_s
        moved = landmarks is not self._landmarks
        if self._seen is not None and not moved and since < LOOK_STILL_EVERY_S:
            return self._seen
        crop = crop_of_landmarks(landmarks)
        self._landmarks = landmarks
        if self._seen is None or since >= LOOK_EVERY_S:
            height, width = rgb.shape[:2]
            self._seen = _steady(self._seen, _with_edges(look(rgb, crop), landmarks, width, height), since)
            self._look_s = time_s
        else:
            self._seen = replace(self._seen, crop=crop)
        return self._seen


def _with_edges(seen: Visibility, landmarks: NDArray[np.float64], width: int, height: int) -> Visibility:
    """A part that lies outside of the picture is hidden, whatever the network makes of its empty crop."""
    x, y = landmarks[:, 0], landmarks[:, 1]
    outside = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    hidden, by = dict(seen.hidden), dict(seen.by)
    for part in PARTS:
        if outside[_PLACES[part]].mean() > OUTSIDE:
            hidden[part] = by["out_of_frame"] = 1.0
    return Visibility(hidden, by, seen.skin, seen.crop)


def _steady(before: Visibility | None, now: Visibility, since_s: float) -> Visibility:
    if before is None:
        return now
    if max(abs(now.hidden[part] - before.hidden[part]) for part in PARTS) > SHARP_CHANGE:
        skin = now.skin
    else:
        skin = before.skin + np.float32(_share(since_s, SKIN_STEADY_S)) * (now.skin - before.skin)
    share = _share(since_s, STEADY_S)
    return Visibility(
        {part: before.hidden[part] + share * (now.hidden[part] - before.hidden[part]) for part in PARTS},
        {name: before.by[name] + share * (now.by[name] - before.by[name]) for name in now.by},
        skin,
        now.crop,
    )


def _share(since_s: float, constant_s: float) -> float:
    return 1 - math.exp(-since_s / constant_s)
