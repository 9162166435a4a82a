"""Clips written frame by frame, each at its own time."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError

CLOCK_HZ = 90_000
# Sharp enough to judge by eye, and small.
USUAL = {"crf": "20", "preset": "veryfast"}


class ClipWriter:
    """Writes RGB frames (H, W, 3) uint8 of one size to a file whose container follows from its ending.

    Use it in a `with` block; what was written is removed again when the block is left by an error. Width and height
    must be even. Raises InputError when the file cannot be written.
    """

    def __init__(self, path: str | Path, *, codec: str = "libx264", options: Mapping[str, str] = USUAL) -> None:
        self._path, self._codec, self._options = Path(path), codec, dict(options)
        try:
            self._container = av.open(str(path), "w")
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._refused(error) from None
        self._stream: av.VideoStream | None = None

    def write(self, rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add a frame shown from `time_s` on, which must be later than the one before."""
        if self._stream is None:
            self._stream = self._open(*rgb.shape[:2])
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame.pts = round(time_s * CLOCK_HZ)
        frame.time_base = Fraction(1, CLOCK_HZ)
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise self._refused(error) from None

    def _open(self, height: int, width: int) -> av.VideoStream:
        stream = cast("av.VideoStream", self._container.add_stream(self._codec, rate=30, options=self._options))
        stream.height, stream.width = height, width
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, CLOCK_HZ)
        return stream

    def _refused(self, error: Exception) -> InputError:
        reason = getattr(error, "strerror", None) or error
        return InputError(f"{self._path} cannot be written: {reason}.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._stream is not None:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()
            if kind is not None:
                self._path.unlink(missing_ok=True)
