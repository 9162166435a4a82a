"""What one frame shows of the face: where it is, the colour of its skin regions, and how good the view is."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitascope.face import guidance
from vitascope.face.finder import FULL_RANGE, SHORT_RANGE, FaceFinder
from vitascope.face.guidance import Guidance, causes
from vitascope.face.light import Light, light_on
from vitascope.face.mesh import NETWORK as MESH
from vitascope.face.obstruction import Obstruction
from vitascope.face.pose import pose
from vitascope.face.regions import REGIONS, RegionPixels, SkinMap, mean_colours, outlines, pixels
from vitascope.face.report import FaceReport
from vitascope.face.search import ZOOM
from vitascope.face.stillness import Stillness
from vitascope.face.tracker import Event, FaceTracker, Track
from vitascope.face.verifier import NETWORK as VERIFIER
from vitascope.face.visibility import NETWORK as VISIBILITY
from vitascope.face.visibility import Visibility, why_refused
from vitascope.media.frames import Frame

__all__ = ["REGIONS", "FaceWatcher", "Sight"]

Box = tuple[float, float, float, float]
# A face less sure than this is not measured.
MIN_CONFIDENCE = 0.9
LIGHT_EVERY_S = 0.2
RATE_FRAMES = 31
# Regions stay where they are until one of these landmarks (forehead, chin, sides, nose, mouth) moved by so many pixels.
FRAME = (10, 152, 234, 454, 1, 61, 291)
SETTLED_PX = 0.25


def _nothing() -> NDArray[np.float64]:
    return np.full((len(REGIONS), 3), np.nan)


def _none_valid() -> NDArray[np.float64]:
    return np.zeros(len(REGIONS))


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What one frame showed.

    box (x, y, w, h), landmarks (468, 3) and regions {name: (K, 2)} are in pixels. means: (R, 3), mean R, G, B of the
    skin of each of `REGIONS`, 0..255, NaN where it was not seen or may not be measured. valid: (R,) share of each
    region that is visible skin. skin: where in the picture that is. refusal: why this frame is not measured. event:
    whether a face came, left, or another took its place. still: the face's pixels did not change in the last half
    second. messages: what the person could do better, weightiest first.
    """

    time_s: float
    found: bool = False
    box: Box | None = None
    landmarks: NDArray[np.float64] | None = None
    regions: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    means: NDArray[np.float64] = field(default_factory=_nothing)
    valid: NDArray[np.float64] = field(default_factory=_none_valid)
    skin: SkinMap | None = None
    report: FaceReport | None = None
    refusal: str | None = None
    event: Event | None = None
    still: bool = False
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """What follows from where the face is: the same for all frames until it moves."""

    track: Track
    size: tuple[int, int]
    box: Box
    regions: dict[str, NDArray[np.float64]]
    pixels: list[RegionPixels]
    pose: tuple[float, float, float]
    seen: Visibility
    skin: SkinMap


def _place(track: Track, seen: Visibility, width: int, height: int) -> _Place:
    low, high = track.landmarks[:, :2].min(axis=0), track.landmarks[:, :2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    regions = outlines(track.landmarks)
    skin = SkinMap.of(seen.skin, seen.crop)
    areas = pixels(regions, width, height, skin)
    return _Place(track, (width, height), box, regions, areas, pose(track.landmarks), seen, skin)


def _moved(before: Track, now: Track) -> bool:
    """Whether the face moved so far that its regions must be drawn anew."""
    if now is before:
        return False
    return float(np.abs(now.landmarks[list(FRAME), :2] - before.landmarks[list(FRAME), :2]).max()) > SETTLED_PX


class FaceWatcher:
    """Watches one face from frame to frame. Frames must come in the order of their capture.

    zoom: how closely it is looked for where none is seen at first sight (`BlazeFace`).
    """

    models = (SHORT_RANGE.name, FULL_RANGE.name, MESH, VERIFIER, VISIBILITY)

    def __init__(self, finder: FaceFinder | None = None, *, zoom: int = ZOOM) -> None:
        self._tracker = FaceTracker(finder, zoom=zoom)
        self._obstruction = Obstruction()
        self._guidance = Guidance()
        self._stillness = Stillness()
        self._forget()

    def _forget(self) -> None:
        self._at: _Place | None = None
        self._light: Light | None = None
        self._light_s = -math.inf
        self._times: deque[float] = deque(maxlen=RATE_FRAMES)

    def reset(self) -> None:
        """Forget everything, as if new."""
        self._tracker.reset()
        self._obstruction.reset()
        self._guidance.reset()
        self._stillness.reset()
        self._forget()

    @property
    def still_picture(self) -> bool:
        """Whether what was seen so far was a still picture, not a living face."""
        return self._stillness.picture

    @property
    def still_share(self) -> float:
        """Share of the time in which the face's pixels did not change, 0..1."""
        return self._stillness.share

    def see(self, frame: Frame) -> Sight:
        """Look at one more frame."""
        rgb, time_s = frame.rgb, frame.time_s
        self._times.append(time_s)
        track = self._tracker.follow(rgb, time_s)
        event = self._tracker.event
        if event is not None:
            self._obstruction.reset()
            self._stillness.lost()
            self._at = None
        if track is None:
            return Sight(time_s, event=event, messages=self._guidance.step([guidance.NO_FACE]))
        at = self._where(rgb, track, time_s)
        means = mean_colours(rgb, at.pixels)
        self._stillness.see(rgb, at.box, track.centre, time_s)
        report = self._report(rgb, at, means, time_s)
        refusal = _refusal(report, at.seen)
        return Sight(
            time_s=time_s,
            found=True,
            box=at.box,
            landmarks=track.landmarks,
            regions=at.regions,
            means=_nothing() if refusal else means,
            valid=np.array([area.valid for area in at.pixels]),
            skin=at.skin,
            report=report,
            refusal=refusal,
            # Half a face, or a hand before it, looks like nobody: that is no proof of another person.
            event=None if event == "changed" and refusal else event,
            still=self._stillness.still,
            messages=self._guidance.step(causes(report, rgb.shape[1], refusal)),
        )

    def _where(self, rgb: NDArray[np.uint8], track: Track, time_s: float) -> _Place:
        height, width = rgb.shape[:2]
        at = self._at
        seen = self._obstruction.see(rgb, track.landmarks, time_s)
        if at is None or at.size != (width, height) or at.seen.skin is not seen.skin or _moved(at.track, track):
            at = self._at = _place(track, seen, width, height)
        return at

    def _report(self, rgb: NDArray[np.uint8], at: _Place, means: NDArray[np.float64], time_s: float) -> FaceReport:
        if self._light is None or time_s - self._light_s >= LIGHT_EVERY_S:
            self._light, self._light_s = light_on(rgb, at.box), time_s
        height, width = rgb.shape[:2]
        x, y, w, h = at.box
        seen = means[np.isfinite(means)]
        return FaceReport(
            confidence=at.track.sure,
            hidden=at.seen.hidden,
            by=at.seen.by,
            skin={name: area.valid for name, area in zip(REGIONS, at.pixels, strict=True)},
            distance=w / width,
            offset=((x + w / 2) / width - 0.5, (y + h / 2) / height - 0.5),
            turn=at.pose[0],
            nod=at.pose[1],
            roll=at.pose[2],
            movement=at.track.speed,
            brightness=float(seen.mean()) if seen.size else self._light.brightness,
            contrast=self._light.contrast,
            backlight=self._light.backlight,
            fps=self._fps(),
            n_faces=self._tracker.n_faces,
        )

    def _fps(self) -> float:
        """Frames a second over the last ones."""
        passed = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / passed if passed > 0 else float("nan")


def _refusal(report: FaceReport, seen: Visibility) -> str | None:
    """Why this frame may not be measured, or None."""
    why = why_refused(seen)
    if report.confidence < MIN_CONFIDENCE:
        # Under a mask the mesh is unsure because of the mask.
        return guidance.HIDDEN_BY["mask"] if why and why[1] == "mask" else guidance.UNCLEAR
    return None if why is None else guidance.HIDDEN_BY.get(why[1] or "", guidance.COVERED)
