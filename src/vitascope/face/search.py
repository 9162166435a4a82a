"""Look for the face to follow: in every orientation, and which of several."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.face.finder import BlazeFace, Detection, FaceFinder, find_turned, mismatch
from vitascope.face.mesh import crop_of_detection, crop_of_landmarks, place
from vitascope.face.verifier import MIN_BELIEF_SMALL

MIN_SURE = 0.5  # of the mesh
# How far the finder's eyes, nose and mouth may lie from the mesh's, in face sizes. Measured on upright faces: 0.03 at
# most in good light, 0.11 in the dark; on a mesh fitted in a wrong orientation: 0.04 to 0.2.
DRIFTED_MISMATCH = 0.06
MAX_MISMATCH = 0.12
# A fit is worth the finder's score times the mesh's, less this for a mismatch. Measured: 0.7 or more on faces in the
# right orientation and in good light, 0.6 at most in a wrong one, on clothes or on furniture.
MISMATCH_COST = 3.0
GOOD = 0.7
AS_GOOD = 0.15  # faces whose fits differ by less are told apart by size and place
OTHER_FACE_SCORE = 0.5
ZOOM = 2  # of a video's frames: a face too small for it is too small to be measured
MIN_INSIDE, MIN_WIDTH = 0.5, 16.0  # share of the landmarks in the picture, pixels
CENTRAL = 4.0  # how much a face's place weighs against its size


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A face with the mesh on it: landmarks (468, 3), `sure` 0..1; `worth`: how well finder and mesh agree."""

    landmarks: NDArray[np.float64]
    sure: float
    worth: float
    prominence: float
    n_faces: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the finder says of a face that is followed: its worth (0: not seen), and whether the mesh is where it is."""

    worth: float
    settled: bool
    n_faces: int


class FaceSearch:
    """Looks for the largest central face, first in the orientation of the last one.

    quarter_turns: that orientation, counter-clockwise turns that make the face upright.
    """

    def __init__(self, finder: FaceFinder | None = None, *, zoom: int = ZOOM) -> None:
        self._close_finder = finder or BlazeFace(zoom=zoom)
        self._quick_finder = finder or BlazeFace(zoom=0)
        self._turned_finder = finder or BlazeFace(zoom=0, vouching=MIN_BELIEF_SMALL)
        self._glance = finder or BlazeFace(zoom=0, confirm=False)
        self.quarter_turns = 0

    def best(self, rgb: NDArray[np.uint8], *, thorough: bool) -> Found | None:
        """The most prominent of the good faces in the orientation of the last one, or of the best fits over all.

        thorough: every quarter turn is looked at too and, where none shows a good one, the upright picture closely.
        Otherwise only a good fit can change the orientation: part of a face that lies on its side often looks like one
        that does not.
        """
        fits: list[Found] = []
        turns = dict.fromkeys((self.quarter_turns, 0, 1, 3, 2) if thorough else (self.quarter_turns, 0))
        looks = [(turn, self._quick_finder if turn == 0 else self._turned_finder) for turn in turns]
        for quarter_turns, finder in [*looks, (0, self._close_finder)] if thorough else looks:
            faces = find_turned(finder, rgb, quarter_turns)
            enough = -math.inf if thorough or quarter_turns == self.quarter_turns else GOOD
            some = (_fit(rgb, face, _count(faces)) for face in faces[:4])
            fits += [fit for fit in some if fit is not None and fit.worth >= enough]
            if any(fit.worth >= GOOD for fit in fits):
                break
        if not fits:
            return None
        best = max(fit.worth for fit in fits)
        return max((fit for fit in fits if fit.worth >= best - AS_GOOD), key=lambda fit: fit.prominence)

    def recognise(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float64], sure: float) -> Recognised:
        """Whether the finder still sees the face on which the mesh lies, at one glance where that is enough."""
        faces = find_turned(self._glance, rgb, self.quarter_turns)
        if _count(faces) > 1 or not any(mismatch(face, landmarks) < DRIFTED_MISMATCH for face in faces):
            finder = self._turned_finder if self.quarter_turns else self._quick_finder
            faces = find_turned(finder, rgb, self.quarter_turns)
        own = min(faces, key=lambda face: mismatch(face, landmarks), default=None)
        if own is None:
            return Recognised(0.0, False, 1)
        apart = mismatch(own, landmarks)
        worth = 0.0 if apart > MAX_MISMATCH else _worth(own.score, sure, apart)
        return Recognised(worth, apart < DRIFTED_MISMATCH, _count(faces))


def inside(landmarks: NDArray[np.float64], rgb: NDArray[np.uint8]) -> bool:
    """Whether more than half of the face is in the picture and it is large enough to be one."""
    height, width = rgb.shape[:2]
    x, y = landmarks[:, 0], landmarks[:, 1]
    seen = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return bool(seen.mean() > MIN_INSIDE) and float(np.ptp(x)) >= MIN_WIDTH


def _count(faces: list[Detection]) -> int:
    return max(1, sum(face.score >= OTHER_FACE_SCORE for face in faces))


def _fit(rgb: NDArray[np.uint8], face: Detection, n_faces: int) -> Found | None:
    """The mesh on a detection, judged on whether both agree that it is a face."""
    landmarks, sure = face.landmarks, face.sure
    if landmarks is None:
        landmarks, _ = place(rgb, crop_of_detection(face))
        landmarks, sure = place(rgb, crop_of_landmarks(landmarks))
    apart = mismatch(face, landmarks)
    if sure < MIN_SURE or apart > MAX_MISMATCH or not inside(landmarks, rgb):
        return None
    height, width = rgb.shape[:2]
    x, y, w, h = face.box
    off_centre = math.hypot((x + w / 2) / width - 0.5, (y + h / 2) / height - 0.5)
    prominence = w * h * math.exp(-CENTRAL * off_centre**2)
    return Found(landmarks, sure, _worth(face.score, sure, apart), prominence, n_faces)


def _worth(score: float, sure: float, apart: float) -> float:
    return score * sure - MISMATCH_COST * apart
