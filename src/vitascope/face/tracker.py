"""Follow one face: the finder only when there is no track (and about once a second to check it), else the mesh."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.face.finder import BlazeFace, Detection, FaceFinder, find_turned
from vitascope.face.mesh import Crop, crop_of_detection, crop_of_landmarks, place
from vitascope.face.smoothing import OneEuro

MIN_SURE = 0.5
# How far the finder's eyes, nose and mouth may lie from the mesh's, in face sizes. Measured on upright faces: 0.03 at
# most in good light, 0.11 in the dark; on a mesh fitted in a wrong orientation: 0.04 to 0.2.
DRIFTED_MISMATCH = 0.06
MAX_MISMATCH = 0.12
# A fit is worth the finder's score times the mesh's, less this for a mismatch. Measured: 0.7 or more on faces in the
# right orientation and in good light, 0.6 at most in a wrong one, on clothes or on furniture.
MISMATCH_COST = 3.0
GOOD = 0.7
AS_GOOD = 0.15  # faces whose fits differ by less are told apart by size and place
BETTER = 0.1  # a tracked face is given up only for one that is better by this
MAX_MISSED_CHECKS = 3
OTHER_FACE_SCORE = 0.6
CHECK_EVERY_S = 1.0
# A face just lost is looked for in every frame, one that stays away less often, and the quarter turns, which cost four
# times the upright search, less often still.
JUST_LOST_S = 0.3
SEARCH_EVERY_S = 0.1
TURNED_EVERY_S = 0.5
# The mesh rests while the face's picture stays as it was when the mesh was placed: a shift by a quarter of a pixel
# changes it by about a level. On two real faces, 10 s each, this took 13 and 15 meshes instead of 52 and gave a
# self-SNR of 10.8 and 9.4 dB instead of 9.2 and 9.5. A slow head that does move may move by this share of its width
# meanwhile, for at most a fifth of a second: the steps of a region's place must stay above the pulse band.
PATCH = 24  # cells a side that the face's picture is averaged to, so that sensor noise does not count as a change
UNMOVED_LEVELS, UNMOVED_REST_S = 1.0, 1.0
REST_WIDTHS, MOVING_REST_S = 0.008, 0.19
GONE_LEVELS = 10.0  # the face may be gone: no rest at all
STEADY_CUTOFF_HZ, STEADY_BETA_HZ = 1.5, 20.0  # of the 1-euro filter over the landmarks
SPEED_OVER_S = 0.3  # the speed is an average over about this long
MIN_INSIDE, MIN_WIDTH = 0.5, 16.0  # share of the landmarks in the picture, pixels
CENTRAL = 4.0  # how much a face's place weighs against its size

_EYE_RIGHT, _EYE_LEFT, _NOSE, _MOUTH = (33, 133), (263, 362), (1,), (13, 14)


Event = Literal["entered", "left", "changed"]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The face as it is now: landmarks (468, 3) in pixels, smoothed in x and y; `sure` 0..1; `size` its width.

    `centre` is the mean of the unsmoothed landmarks; `speed` is in face widths a second.
    """

    landmarks: NDArray[np.float64]
    sure: float
    size: float
    centre: NDArray[np.float64]
    speed: float


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    landmarks: NDArray[np.float64]
    sure: float
    worth: float
    prominence: float
    n_faces: int


class FaceTracker:
    """Follows the largest central face from frame to frame."""

    def __init__(self, finder: FaceFinder | None = None) -> None:
        self._finder = finder or BlazeFace()
        self._smoother = OneEuro(STEADY_CUTOFF_HZ, STEADY_BETA_HZ)
        self.reset()

    def reset(self) -> None:
        """Forget the face."""
        self.n_faces = 0
        self.event: Event | None = None
        self._area = slice(0, 0), slice(0, 0)
        self._pixels = np.zeros((PATCH, PATCH), np.float32)
        self._crop: Crop | None = None
        self._track: Track | None = None
        self._mesh_s = self._checked_s = self._searched_s = self._turned_s = -math.inf
        self._missed = self._quarter_turns = 0
        self._smoother.reset()

    def follow(self, rgb: NDArray[np.uint8], time_s: float) -> Track | None:
        """Where the face is in this frame (H, W, 3) uint8 RGB, or None when there is none."""
        had = self._track is not None
        track = self._follow(rgb, time_s)
        self.event = None if had == (track is not None) else "left" if had else "entered"
        return track

    def _follow(self, rgb: NDArray[np.uint8], time_s: float) -> Track | None:
        if self._track is not None and time_s - self._mesh_s < self._rest_s(rgb, self._track.speed):
            return self._track
        if self._crop is None:
            return self._acquire(rgb, time_s)
        landmarks, sure = place(rgb, self._crop)
        if sure < MIN_SURE or not _inside(landmarks, rgb):
            self._lose()
            return self._acquire(rgb, time_s)
        if time_s - self._checked_s >= CHECK_EVERY_S:
            checked = self._check(rgb, time_s, landmarks, sure)
            if checked is None:
                self._lose()
                return None
            landmarks, sure = checked
        return self._keep(rgb, landmarks, sure, time_s)

    def _rest_s(self, rgb: NDArray[np.uint8], speed: float) -> float:
        """How long after it was placed the mesh is still good for this frame, in seconds."""
        change = np.abs(_patch(rgb, self._area) - self._pixels).mean()
        if change < UNMOVED_LEVELS:
            return UNMOVED_REST_S
        return min(MOVING_REST_S, REST_WIDTHS / max(speed, 1e-6)) if change < GONE_LEVELS else 0.0

    def _lose(self) -> None:
        self._crop = self._track = None
        self._missed = self.n_faces = 0
        self._smoother.reset()

    def _keep(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float64], sure: float, time_s: float) -> Track:
        size = float(np.ptp(landmarks[:, :2], axis=0).max())
        centre = landmarks[:, :2].mean(axis=0)
        speed = 0.0
        if self._track is not None:
            dt = time_s - self._mesh_s
            moved = float(np.linalg.norm(centre - self._track.centre)) / (dt * size)
            speed = self._track.speed + (1 - math.exp(-dt / SPEED_OVER_S)) * (moved - self._track.speed)
        smooth = landmarks.copy()
        smooth[:, :2] = self._smoother.step(landmarks[:, :2], time_s, size)
        self._crop = crop_of_landmarks(landmarks)
        self._quarter_turns = round(self._crop.angle / (math.pi / 2)) % 4
        self._mesh_s = time_s
        low = np.maximum(landmarks[:, :2].min(axis=0), 0).astype(int)
        high = low + np.ptp(landmarks[:, :2], axis=0).astype(int) + 1
        self._area = slice(low[1], high[1]), slice(low[0], high[0])
        self._pixels = _patch(rgb, self._area)
        self._track = Track(smooth, sure, size, centre, speed)
        return self._track

    def _acquire(self, rgb: NDArray[np.uint8], time_s: float) -> Track | None:
        just_lost = time_s - self._mesh_s < JUST_LOST_S
        if not just_lost and time_s - self._searched_s < SEARCH_EVERY_S:
            return None
        self._searched_s = time_s
        turned = time_s - self._turned_s >= TURNED_EVERY_S
        if turned:
            self._turned_s = time_s
        fit = self._search(rgb, turned=turned)
        if fit is None:
            return None
        self._checked_s = time_s
        return self._keep(rgb, fit.landmarks, fit.sure, time_s)

    def _search(self, rgb: NDArray[np.uint8], *, turned: bool) -> _Fit | None:
        """The most prominent of the good faces in the orientation of the last one, or of the best fits over all."""
        fits: list[_Fit] = []
        for quarter_turns in dict.fromkeys((self._quarter_turns, 0, 1, 3, 2) if turned else (self._quarter_turns, 0)):
            faces = find_turned(self._finder, rgb, quarter_turns)
            fits += [fit for fit in (_fit(rgb, face, _count(faces)) for face in faces[:4]) if fit is not None]
            if any(fit.worth >= GOOD for fit in fits):
                break
        if not fits:
            return None
        best = max(fit.worth for fit in fits)
        chosen = max((fit for fit in fits if fit.worth >= best - AS_GOOD), key=lambda fit: fit.prominence)
        self.n_faces = chosen.n_faces
        return chosen

    def _check(
        self, rgb: NDArray[np.uint8], time_s: float, landmarks: NDArray[np.float64], sure: float
    ) -> tuple[NDArray[np.float64], float] | None:
        """Ask the finder whether the tracked face is still one; returns it, or a better fit, or None."""
        self._checked_s = time_s
        faces = find_turned(self._finder, rgb, self._quarter_turns)
        own = min(faces, key=lambda face: _mismatch(face, landmarks), default=None)
        mismatch = math.inf if own is None else _mismatch(own, landmarks)
        if mismatch < DRIFTED_MISMATCH:
            self._missed = 0
            self.n_faces = _count(faces)
            return landmarks, sure
        worth = 0.0 if own is None or mismatch > MAX_MISMATCH else _worth(own.score, sure, mismatch)
        found = self._search(rgb, turned=True)
        if found is not None and found.worth > worth + BETTER:
            self._missed = 0
            self._smoother.reset()
            return found.landmarks, found.sure
        self._missed = 0 if worth > 0 else self._missed + 1
        return None if self._missed >= MAX_MISSED_CHECKS else (landmarks, sure)


def _patch(rgb: NDArray[np.uint8], area: tuple[slice, slice]) -> NDArray[np.float32]:
    """Green in that area of the picture averaged to a few cells, less its mean: brightness alone is no movement."""
    # Every other pixel of every other row is enough to average over.
    window = rgb[area][::2, ::2, 1]
    if not window.size:
        return np.full((PATCH, PATCH), np.inf, np.float32)
    picture = np.ascontiguousarray(window)
    cells = np.asarray(cv2.resize(picture, (PATCH, PATCH), interpolation=cv2.INTER_AREA), dtype=np.float32)
    cells -= cells.mean()
    return cells


def _count(faces: list[Detection]) -> int:
    return max(1, sum(face.score >= OTHER_FACE_SCORE for face in faces))


def _fit(rgb: NDArray[np.uint8], face: Detection, n_faces: int) -> _Fit | None:
    """Place the mesh on a detection, twice, and judge whether both agree that it is a face."""
    landmarks, _ = place(rgb, crop_of_detection(face))
    landmarks, sure = place(rgb, crop_of_landmarks(landmarks))
    mismatch = _mismatch(face, landmarks)
    if sure < MIN_SURE or mismatch > MAX_MISMATCH or not _inside(landmarks, rgb):
        return None
    height, width = rgb.shape[:2]
    x, y, w, h = face.box
    off_centre = math.hypot((x + w / 2) / width - 0.5, (y + h / 2) / height - 0.5)
    prominence = w * h * math.exp(-CENTRAL * off_centre**2)
    return _Fit(landmarks, sure, _worth(face.score, sure, mismatch), prominence, n_faces)


def _four(landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Right eye, left eye, nose tip and mouth (4, 2)."""
    return np.array([landmarks[list(ids), :2].mean(axis=0) for ids in (_EYE_RIGHT, _EYE_LEFT, _NOSE, _MOUTH)])


def _mismatch(face: Detection, landmarks: NDArray[np.float64]) -> float:
    return float(np.abs(_four(landmarks) - face.points[:4]).mean()) / max(face.box[2:])


def _worth(score: float, sure: float, mismatch: float) -> float:
    return score * sure - MISMATCH_COST * mismatch


def _inside(landmarks: NDArray[np.float64], rgb: NDArray[np.uint8]) -> bool:
    """Whether more than half of the face is in the picture and it is large enough to be one."""
    height, width = rgb.shape[:2]
    x, y = landmarks[:, 0], landmarks[:, 1]
    seen = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return bool(seen.mean() > MIN_INSIDE) and float(np.ptp(x)) >= MIN_WIDTH
