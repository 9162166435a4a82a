"""Follow one face: the finder only when there is no track (and about once a second to check it), the mesh when the
face's picture changed, and in between the landmarks move with that picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vitascope.face.appearance import Appearance, appearance
from vitascope.face.finder import BlazeFace, Detection, FaceFinder, find_turned, mismatch
from vitascope.face.mesh import Crop, crop_of_detection, crop_of_landmarks, place
from vitascope.face.motion import Motion, Reference
from vitascope.face.smoothing import OneEuro
from vitascope.face.verifier import MIN_BELIEF_SMALL, vouched

Event = Literal["entered", "left", "changed"]

MIN_SURE = 0.5
SURE = 0.9  # of the mesh: below, the verifier is asked too, because a mask makes the mesh doubt
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
OTHER_FACE_SCORE = 0.5
CHECK_EVERY_S = 1.0
# A face just lost is looked for in every frame, one that stays away less often, and the quarter turns, which cost four
# times the upright search, less often still.
JUST_LOST_S = 0.3
SEARCH_EVERY_S = 0.15
TURNED_EVERY_S = 0.6
SETTLING = 2  # times the mesh is placed on a found face again, each time in the crop that it asked for
ZOOM = 2  # of a video's frames: a face too small for it is too small to be measured
# Landmarks move with the face's picture while that explains how the picture changes, to so many grey levels; else the
# mesh is placed anew, about five times a second for a face that changes a little, at once for one that changes much.
EXPLAINED_LEVELS, EXPLAINED_REST_S = 1.0, 1.0
CHANGING_REST_S = 0.19
ABRUPT_LEVELS, ABRUPT_SHARE = 3.0, 0.2  # the larger of so many levels and this share of the face's contrast
MAX_TURN = 0.06  # radians of roll, or share of growth, that the picture is trusted with
STILL_PX, STILL_SPEED = 0.1, 0.02  # a track stays the same until its face moved by this, or was moving so fast
STEADY_CUTOFF_HZ, STEADY_BETA_HZ = 0.1, 20.0  # of the 1-euro filter over the landmarks
SPEED_S = 0.3  # over which the speed is averaged
MIN_INSIDE, MIN_WIDTH = 0.5, 16.0  # share of the landmarks in the picture, pixels
CENTRAL = 4.0  # how much a face's place weighs against its size
# One person's neighbouring frames are alike by 0.7 and more, two people's by 0.7 and less (face/appearance.py).
SAME_PERSON, SAME_PERSON_LATER = 0.65, 0.5  # one frame later; after the face was lost for a moment
LEFT_AFTER_S = 0.5  # a shorter absence is a blur, a hand or a turn of the head


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


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """What is known from the last time the mesh was placed."""

    time_s: float
    raw: NDArray[np.float64]  # landmarks (468, 3) as the mesh gave them
    smooth: NDArray[np.float64]
    sure: float
    reference: Reference
    looks: Appearance


class FaceTracker:
    """Follows the largest central face from frame to frame.

    event: what this frame began or ended. A face "entered" when there was none, "left" when it has been gone for half
    a second, and "changed" when from one frame to the next it became somebody else's.
    """

    def __init__(self, finder: FaceFinder | None = None, *, zoom: int = ZOOM) -> None:
        self._close_finder = finder or BlazeFace(zoom=zoom)
        self._quick_finder = finder or BlazeFace(zoom=0)
        self._turned_finder = finder or BlazeFace(zoom=0, vouching=MIN_BELIEF_SMALL)
        self._glance = finder or BlazeFace(zoom=0, confirm=False)
        self._smoother = OneEuro(STEADY_CUTOFF_HZ, STEADY_BETA_HZ)
        self.reset()

    def reset(self) -> None:
        """Forget the face."""
        self.event: Event | None = None
        self._track: Track | None = None
        self._present = False
        self._frame_s = 0.0
        self._looks: Appearance | None = None
        self._seen_s = self._checked_s = self._searched_s = self._turned_s = -math.inf
        self._quarter_turns = 0
        self._lose()

    def follow(self, rgb: NDArray[np.uint8], time_s: float) -> Track | None:
        """Where the face is in this frame (H, W, 3) uint8 RGB, or None when there is none."""
        self.event = None
        track = self._follow(rgb, time_s)
        self._track = track
        if track is not None:
            if not self._present:
                self.event = "entered"
            self._present, self._seen_s = True, time_s
        elif self._present and time_s - self._seen_s >= LEFT_AFTER_S:
            self.event = "left"
            self._present, self._looks = False, None
        return track

    def _follow(self, rgb: NDArray[np.uint8], time_s: float) -> Track | None:
        if self._placed is None:
            return self._acquire(rgb, time_s)
        placed = self._placed
        motion = placed.reference.motion(rgb)
        if time_s - placed.time_s < _rest_s(motion, placed.reference.contrast):
            return self._moved(placed, motion, time_s)
        landmarks, sure = _mesh_on(rgb, self._crop(motion))
        if sure < MIN_SURE or not _inside(landmarks, rgb):
            self._lose()
            return self._acquire(rgb, time_s)
        abrupt = _abrupt(motion, placed.reference.contrast)
        if abrupt and placed.looks.likeness(appearance(rgb, landmarks)) < SAME_PERSON:
            # Somebody else, or the mesh is not yet where the face went: the finder tells.
            fit = self._search(rgb, thorough=False)
            if fit is not None:
                return self._begin(rgb, fit, time_s, alike=SAME_PERSON)
        if motion.followed:
            self._smoother.move(lambda points: placed.reference.moved(points, motion))
        if time_s - self._checked_s >= CHECK_EVERY_S:
            track = self._check(rgb, time_s, landmarks, sure)
            if track is None:
                self._lose()
            return track
        return self._keep(rgb, landmarks, sure, time_s)

    def _crop(self, motion: Motion) -> Crop:
        assert self._placed is not None
        raw = self._placed.raw
        return crop_of_landmarks(self._placed.reference.moved(raw, motion) if motion.followed else raw)

    def _lose(self) -> None:
        self._placed: _Placed | None = None
        self._track = None
        self._shown = Motion()
        self._missed = self.n_faces = 0
        self._smoother.reset()

    def _moved(self, placed: _Placed, motion: Motion, time_s: float) -> Track:
        """The track of a face whose picture only moved since the mesh was placed."""
        track = self._track
        assert track is not None
        if self._shown.apart(motion, track.size) < STILL_PX and track.speed < STILL_SPEED:
            self._frame_s = time_s
            return track
        self._shown = motion
        smooth = placed.reference.moved(placed.smooth, motion)
        return self._show(placed.reference.moved(placed.raw, motion), smooth, placed.sure, time_s)

    def _show(self, raw: NDArray[np.float64], smooth: NDArray[np.float64], sure: float, time_s: float) -> Track:
        size = float(np.ptp(raw[:, :2], axis=0).max())
        centre = raw[:, :2].mean(axis=0)
        speed = 0.0
        if self._track is not None:
            dt = time_s - self._frame_s
            moved = float(np.linalg.norm(centre - self._track.centre)) / (dt * size)
            speed = self._track.speed + (1 - math.exp(-dt / SPEED_S)) * (moved - self._track.speed)
        self._frame_s = time_s
        return Track(smooth, sure, size, centre, speed)

    def _keep(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float64], sure: float, time_s: float) -> Track:
        """The track of a face on which the mesh was just placed."""
        smooth = landmarks.copy()
        size = float(np.ptp(landmarks[:, :2], axis=0).max())
        smooth[:, :2] = self._smoother.step(landmarks[:, :2], time_s, size)
        looks = self._looks = appearance(rgb, landmarks)
        self._quarter_turns = round(crop_of_landmarks(landmarks).angle / (math.pi / 2)) % 4
        self._placed = _Placed(time_s, landmarks, smooth, sure, Reference(rgb, landmarks), looks)
        self._shown = Motion(rest=0.0)
        return self._show(landmarks, smooth, sure, time_s)

    def _begin(self, rgb: NDArray[np.uint8], fit: _Fit, time_s: float, *, alike: float) -> Track:
        """The track of a face that was just found; another one than before if it is less like that than `alike`."""
        looks = self._looks if self._present else None
        if looks is not None and looks.likeness(appearance(rgb, fit.landmarks)) < alike:
            self.event = "changed"
        self._lose()
        self.n_faces = fit.n_faces
        self._checked_s = time_s
        landmarks = fit.landmarks
        for _ in range(SETTLING - 1):
            landmarks, _ = place(rgb, crop_of_landmarks(landmarks))
        landmarks, sure = _mesh_on(rgb, crop_of_landmarks(landmarks))
        if sure < MIN_SURE:
            landmarks, sure = fit.landmarks, fit.sure
        return self._keep(rgb, landmarks, sure, time_s)

    def _acquire(self, rgb: NDArray[np.uint8], time_s: float) -> Track | None:
        just_lost = time_s - self._seen_s < JUST_LOST_S
        if not just_lost and time_s - self._searched_s < SEARCH_EVERY_S:
            return None
        self._searched_s = time_s
        thorough = time_s - self._turned_s >= TURNED_EVERY_S
        if thorough:
            self._turned_s = time_s
        fit = self._search(rgb, thorough=thorough)
        return None if fit is None else self._begin(rgb, fit, time_s, alike=SAME_PERSON_LATER)

    def _search(self, rgb: NDArray[np.uint8], *, thorough: bool) -> _Fit | None:
        """The most prominent of the good faces in the orientation of the last one, or of the best fits over all.

        thorough: every quarter turn is looked at too and, where none shows a good one, the upright picture closely.
        Otherwise only a good fit can change the orientation: part of a face that lies on its side often looks like one
        that does not.
        """
        fits: list[_Fit] = []
        turns = dict.fromkeys((self._quarter_turns, 0, 1, 3, 2) if thorough else (self._quarter_turns, 0))
        looks = [(turn, self._quick_finder if turn == 0 else self._turned_finder) for turn in turns]
        for quarter_turns, finder in [*looks, (0, self._close_finder)] if thorough else looks:
            faces = find_turned(finder, rgb, quarter_turns)
            enough = -math.inf if thorough or quarter_turns == self._quarter_turns else GOOD
            some = (_fit(rgb, face, _count(faces)) for face in faces[:4])
            fits += [fit for fit in some if fit is not None and fit.worth >= enough]
            if any(fit.worth >= GOOD for fit in fits):
                break
        if not fits:
            return None
        best = max(fit.worth for fit in fits)
        return max((fit for fit in fits if fit.worth >= best - AS_GOOD), key=lambda fit: fit.prominence)

    def _check(
        self, rgb: NDArray[np.uint8], time_s: float, landmarks: NDArray[np.float64], sure: float
    ) -> Track | None:
        """Ask the finder whether the tracked face is still one; its track, or that of a better one, or None."""
        self._checked_s = time_s
        faces = find_turned(self._glance, rgb, self._quarter_turns)
        if _count(faces) == 1 and any(mismatch(face, landmarks) < DRIFTED_MISMATCH for face in faces):
            self._missed, self.n_faces = 0, 1
            return self._keep(rgb, landmarks, sure, time_s)
        finder = self._turned_finder if self._quarter_turns else self._quick_finder
        faces = find_turned(finder, rgb, self._quarter_turns)
        own = min(faces, key=lambda face: mismatch(face, landmarks), default=None)
        apart = math.inf if own is None else mismatch(own, landmarks)
        if apart < DRIFTED_MISMATCH:
            self._missed = 0
            self.n_faces = _count(faces)
            return self._keep(rgb, landmarks, sure, time_s)
        worth = 0.0 if own is None or apart > MAX_MISMATCH else _worth(own.score, sure, apart)
        found = self._search(rgb, thorough=True)
        if found is not None and found.worth > worth + BETTER:
            return self._begin(rgb, found, time_s, alike=SAME_PERSON)
        self._missed = 0 if worth > 0 else self._missed + 1
        return None if self._missed >= MAX_MISSED_CHECKS else self._keep(rgb, landmarks, sure, time_s)


def _mesh_on(rgb: NDArray[np.uint8], crop: Crop) -> tuple[NDArray[np.float64], float]:
    """Landmarks and how sure the mesh is of a face, or the verifier where that is more."""
    landmarks, sure = place(rgb, crop)
    return landmarks, max(sure, vouched(rgb, crop)) if sure < SURE else sure


def _rest_s(motion: Motion, contrast: float) -> float:
    """How long after it was placed the mesh is still good for a face that moved like this, in seconds."""
    if _abrupt(motion, contrast) or abs(motion.growth) > MAX_TURN or abs(motion.roll) > MAX_TURN:
        return 0.0
    return EXPLAINED_REST_S if motion.rest < EXPLAINED_LEVELS else CHANGING_REST_S


def _abrupt(motion: Motion, contrast: float) -> bool:
    return motion.rest >= max(ABRUPT_LEVELS, ABRUPT_SHARE * contrast)


def _count(faces: list[Detection]) -> int:
    return max(1, sum(face.score >= OTHER_FACE_SCORE for face in faces))


def _fit(rgb: NDArray[np.uint8], face: Detection, n_faces: int) -> _Fit | None:
    """The mesh on a detection, judged on whether both agree that it is a face."""
    landmarks, sure = face.landmarks, face.sure
    if landmarks is None:
        landmarks, _ = place(rgb, crop_of_detection(face))
        landmarks, sure = place(rgb, crop_of_landmarks(landmarks))
    apart = mismatch(face, landmarks)
    if sure < MIN_SURE or apart > MAX_MISMATCH or not _inside(landmarks, rgb):
        return None
    height, width = rgb.shape[:2]
    x, y, w, h = face.box
    off_centre = math.hypot((x + w / 2) / width - 0.5, (y + h / 2) / height - 0.5)
    prominence = w * h * math.exp(-CENTRAL * off_centre**2)
    return _Fit(landmarks, sure, _worth(face.score, sure, apart), prominence, n_faces)


def _worth(score: float, sure: float, apart: float) -> float:
    return score * sure - MISMATCH_COST * apart


def _inside(landmarks: NDArray[np.float64], rgb: NDArray[np.uint8]) -> bool:
    """Whether more than half of the face is in the picture and it is large enough to be one."""
    height, width = rgb.shape[:2]
    x, y = landmarks[:, 0], landmarks[:, 1]
    seen = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return bool(seen.mean() > MIN_INSIDE) and float(np.ptp(x)) >= MIN_WIDTH
