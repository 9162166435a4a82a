"""Clips as streams of upright RGB frames with their true capture times, from a file or from an array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitascope.errors import InputError
from vitascope.media.jpeg import decode_jpeg
from vitascope.media.limits import Limits
from vitascope.media.stamps import Stamps

__all__ = ["Frame", "FrameSource", "Limits", "decode_jpeg", "from_array", "open_clip"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: `rgb` (H, W, 3) uint8, upright; `time_s` seconds since the first frame of its source."""

    rgb: NDArray[np.uint8]
    time_s: float


class FrameSource(Protocol):
    """Frames in the order of their capture. Use it in a `with` block and go through it once.

    `duration_s` is what the header says, or None; `width` and `height` are those of the frames that come out.
    Going through it raises InputError as soon as the clip turns out to be unusable.
    """

    @property
    def duration_s(self) -> float | None: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    def __iter__(self) -> Iterator[Frame]: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_clip(path: str | Path, limits: Limits | None = None) -> FrameSource:
    """The frames of a video file (mp4, mov, webm, avi, mkv), decoded as a stream in a thread of its own.

    Time stamps are the file's own, rebased to the first frame; frames whose stamp repeats or goes backwards are
    dropped. The rotation flag is applied, square pixels are restored and large pictures are scaled down.

    Raises InputError, here or while the frames are read, when the file cannot be used.
    """
    from vitascope.media.video import VideoClip

    return VideoClip(Path(path), limits or Limits())


def from_array(frames: NDArray[np.uint8], time_s: ArrayLike, limits: Limits | None = None) -> FrameSource:
    """The frames of an array (T, H, W, 3) uint8 RGB with capture times `time_s` (T,) in seconds.

    Raises InputError when the arrays do not fit together, here or while the frames are read.
    """
    return ArrayClip(frames, time_s, limits or Limits())


class ArrayClip:
    """A clip that is in memory already; its frames are views of the array."""

    def __init__(self, frames: NDArray[np.uint8], time_s: ArrayLike, limits: Limits) -> None:
        pictures = np.asarray(frames)
        if pictures.ndim != 4 or pictures.shape[3] != 3:
            raise InputError(f"Frames must have the shape (T, H, W, 3), red, green, blue; these have {pictures.shape}.")
        if pictures.dtype != np.uint8:
            raise InputError(f"Frames must be whole numbers from 0 to 255 (uint8); these are {pictures.dtype}.")
        try:
            times = np.asarray(time_s, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError("The capture times must be numbers, in seconds.") from None
        if times.shape != pictures.shape[:1]:
            raise InputError(
                f"Each frame needs one capture time: there are {len(pictures)} frames and times of shape {times.shape}."
            )
        count, self.height, self.width = pictures.shape[:3]
        if count == 0:
            raise InputError("The clip holds no frames.")
        check_size(self.width, self.height, limits)
        self._frames, self._times, self._limits = pictures, times, limits
        finite = times[np.isfinite(times)]
        self.duration_s = float(finite.max() - finite.min()) if finite.size else None

    def __iter__(self) -> Iterator[Frame]:
        stamps = Stamps(self._limits)
        for rgb, stamp in zip(self._frames, self._times, strict=True):
            time_s = stamps.accept(float(stamp))
            if time_s is not None:
                yield Frame(rgb, time_s)
        stamps.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def check_size(width: int, height: int, limits: Limits) -> None:
    """Raise InputError when a picture has no pixels or too many."""
    if width <= 0 or height <= 0:
        raise InputError("The picture has no width or no height.")
    if width * height > limits.max_pixels:
        raise InputError(
            f"The picture is {width} x {height}, larger than the {limits.max_pixels / 1e6:.0f} million pixels accepted."
        )
