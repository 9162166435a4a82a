"""What one frame shows of the face: where it is, the colour of its skin regions, and how good the view is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitascope.face.finder import FULL_RANGE, SHORT_RANGE, FaceFinder
from vitascope.face.guidance import Guidance, causes
from vitascope.face.mesh import NETWORK as MESH
from vitascope.face.regions import REGIONS, RegionPixels, mean_colours, outlines, pixels
from vitascope.face.stillness import Stillness
from vitascope.face.tracker import FaceTracker, Track
from vitascope.media.frames import Frame

__all__ = ["REGIONS", "FaceWatcher", "Sight"]

Box = tuple[float, float, float, float]


def _nothing() -> NDArray[np.float64]:
    return np.full((len(REGIONS), 3), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What one frame showed.

    box (x, y, w, h) and regions {name: (K, 2)} are in pixels. means: (R, 3), mean R, G, B of each of `REGIONS`,
    0..255, NaN where it was not seen. confidence: how sure the face is, 0..1. brightness: mean of the regions,
    0..255, NaN without a face. movement: face widths a second. still: the face's pixels did not change in the last
    half second. messages: what the person could do better, weightiest first.
    """

    time_s: float
    found: bool = False
    confidence: float = 0.0
    box: Box | None = None
    regions: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    means: NDArray[np.float64] = field(default_factory=_nothing)
    n_faces: int = 0
    brightness: float = float("nan")
    movement: float = 0.0
    still: bool = False
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """What follows from where the face is: the same for all frames until the mesh is placed anew."""

    track: Track
    size: tuple[int, int]
    box: Box
    regions: dict[str, NDArray[np.float64]]
    pixels: list[RegionPixels | None]


def _place(track: Track, width: int, height: int) -> _Place:
    low, high = track.landmarks[:, :2].min(axis=0), track.landmarks[:, :2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    regions = outlines(track.landmarks)
    return _Place(track, (width, height), box, regions, pixels(regions, width, height))


class FaceWatcher:
    """Watches one face from frame to frame. Frames must come in the order of their capture."""

    models = (SHORT_RANGE.name, FULL_RANGE.name, MESH)

    def __init__(self, finder: FaceFinder | None = None) -> None:
        self._tracker = FaceTracker(finder)
        self._guidance = Guidance()
        self._stillness = Stillness()
        self._at: _Place | None = None

    def reset(self) -> None:
        """Forget everything, as if new."""
        self._tracker.reset()
        self._guidance.reset()
        self._stillness.reset()

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
        height, width = rgb.shape[:2]
        track = self._tracker.follow(rgb, time_s)
        if track is None:
            self._stillness.lost()
            messages = self._guidance.step(causes(None, 0.0, 0, width, height))
            return Sight(time_s, messages=messages)
        if self._at is None or self._at.track is not track or self._at.size != (width, height):
            self._at = _place(track, width, height)
        at = self._at
        means = mean_colours(rgb, at.pixels)
        seen = means[np.isfinite(means)]
        brightness = float(seen.mean()) if seen.size else float("nan")
        self._stillness.see(rgb, at.box, track.centre, time_s)
        n_faces = self._tracker.n_faces
        messages = self._guidance.step(causes(track, brightness, n_faces, width, height))
        return Sight(
            time_s=time_s,
            found=True,
            confidence=track.sure,
            box=at.box,
            regions=at.regions,
            means=means,
            n_faces=n_faces,
            brightness=brightness,
            movement=track.speed,
            still=self._stillness.still,
            messages=messages,
        )
