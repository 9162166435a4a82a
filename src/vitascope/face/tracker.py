"""Follow one face: the finder only when there is no track (and about once a second to check it), the mesh when the
face's picture changed, and in between the landmarks move with that picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vitascope.face.appearance import Appearance, appearance
from vitascope.face.detection import FaceFinder
from vitascope.face.mesh import Crop, crop_of_landmarks, place
from vitascope.face.motion import Motion, Reference
from vitascope.face.search import MIN_SURE, ZOOM, FaceSearch, Found, inside
from vitascope.face.smoothing import OneEuro
from vitascope.face.verifier import vouched

Event = Literal["entered", "left", "changed"]

SURE = 0.9  # of the mesh: below, the verifier is asked too, because a mask makes the mesh doubt
BETTER = 0.1  # a tracked face is given up only for one that is better by this
MAX_MISSED_CHECKS = 3
CHECK_EVERY_S = 1.0
# A face just lost is looked for in every frame, one that stays away less often, and the quarter turns, which cost four
# times the upright search, less often still.
JUST_LOST_S = 0.3
SEARCH_EVERY_S = 0.15
TURNED_EVERY_S = 0.6
SETTLING = 2  # times the mesh is placed on a found face again, each time in the crop that it asked for
# Landmarks move with the face's picture while that explains how the picture changes, to so many grey levels; else the
# mesh is placed anew, about five times a second for a face that changes a little, at once for one that changes much.
EXPLAINED_LEVELS, EXPLAINED_REST_S = 1.0, 1.0
CHANGING_REST_S = 0.19
ABRUPT_LEVELS, ABRUPT_SHARE = 3.0, 0.2  # the larger of so many levels and this share of the face's contrast
MAX_TURN = 0.06  # radians of roll, or share of growth, that the picture is trusted with
STILL_PX, STILL_SPEED = 0.1, 0.02  # a track stays the same until its face moved by this, or was moving so fast
STEADY_CUTOFF_HZ, STEADY_BETA_HZ = 0.1, 20.0  # of the 1-euro filter over the landmarks
SPEED_S = 0.3  # over which the speed is averaged
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
        self._search = FaceSearch(finder, zoom=zoom)
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
        self._search.quarter_turns = 0
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
        if sure < MIN_SURE or not inside(landmarks, rgb):
            self._lose()
            return self._acquire(rgb, time_s)
        abrupt = _abrupt(motion, placed.reference.contrast)
        if abrupt and placed.looks.likeness(appearance(rgb, landmarks)) < SAME_PERSON:
            # Somebody else, or the mesh is not yet where the face went: the finder tells.
            fit = self._search.best(rgb, thorough=False)
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
        self._search.quarter_turns = round(crop_of_landmarks(landmarks).angle / (math.pi / 2)) % 4
        self._placed = _Placed(time_s, landmarks, smooth, sure, Reference(rgb, landmarks), looks)
        self._shown = Motion(rest=0.0)
        return self._show(landmarks, smooth, sure, time_s)

    def _begin(self, rgb: NDArray[np.uint8], fit: Found, time_s: float, *, alike: float) -> Track:
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
        fit = self._search.best(rgb, thorough=thorough)
        return None if fit is None else self._begin(rgb, fit, time_s, alike=SAME_PERSON_LATER)

    def _check(
        self, rgb: NDArray[np.uint8], time_s: float, landmarks: NDArray[np.float64], sure: float
    ) -> Track | None:
        """Ask the finder whether the tracked face is still one; its track, or that of a better one, or None."""
        self._checked_s = time_s
        own = self._search.recognise(rgb, landmarks, sure)
        if own.settled:
            self._missed, self.n_faces = 0, own.n_faces
            return self._keep(rgb, landmarks, sure, time_s)
        found = self._search.best(rgb, thorough=True)
        if found is not None and found.worth > own.worth + BETTER:
            return self._begin(rgb, found, time_s, alike=SAME_PERSON)
        self._missed = 0 if own.worth > 0 else self._missed + 1
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
