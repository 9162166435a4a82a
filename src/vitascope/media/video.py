"""Video files, decoded by FFmpeg (through PyAV) in a thread of its own while the caller works on earlier frames."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.stream import Disposition
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.media.files import first_bytes
from vitascope.media.frames import Frame, check_size
from vitascope.media.limits import Limits
from vitascope.media.stamps import LATE_SLACK_S, Stamps

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"
ACCEPTED = "mp4, mov, webm, avi or mkv"
# Frames decoded ahead of the caller: enough to keep both sides busy, few enough that memory stays flat.
AHEAD = 8
# The longer side of what comes out. More pixels cost time and bring the mean over a cheek nothing.
LONG_SIDE = 960
# FFmpeg's own threads pay off only on large pictures; on small ones they take the core the face stage needs.
THREADED_FROM_PIXELS = 1_000_000
PATIENCE_S = 30.0

_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


class VideoClip:
    """The frames of one file. See `vitascope.media.frames.open_clip`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._container = _open(path, limits)
        try:
            self._stream = _video_stream(self._container)
            self.duration_s = _duration(self._container, self._stream)
            _check_duration(self.duration_s, limits)
            context = self._stream.codec_context
            check_size(context.width, context.height, limits)
            context.options = {"max_pixels": str(limits.max_pixels)}
            large = context.width * context.height > THREADED_FROM_PIXELS
            context.thread_type = "FRAME" if large else "NONE"
            context.thread_count = 2 if large else 1
            self._pictures = self._decode()
            self._converter = VideoReformatter()
            self._first = next(self._pictures, None)
            if self._first is None:
                raise InputError("The clip holds no picture that can be read; it may be damaged or cut short.")
            self._size, self._turn = _shape(self._first, self._stream)
        except BaseException:
            self._container.close()
            raise
        sideways = self._turn in (90, 270)
        self.width, self.height = self._size[::-1] if sideways else self._size
        self._queue: queue.Queue[Frame | BaseException | None] = queue.Queue(AHEAD)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="vitascope-decode", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop decoding and close the file."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)
        # A decoder that never came back still uses the container: closing it under its feet would crash.
        if not self._thread.is_alive():
            self._container.close()

    def __iter__(self) -> Iterator[Frame]:
        if self._thread.ident is not None:
            raise RuntimeError("a clip can be gone through once; open it again")
        self._thread.start()
        while True:
            try:
                item = self._queue.get(timeout=PATIENCE_S)
            except queue.Empty:
                raise InputError("The clip takes too long to decode; it may be damaged.") from None
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def _work(self) -> None:
        try:
            stamps = Stamps(self._limits)
            picture = self._first
            self._first = None
            while picture is not None and not self._stop.is_set():
                time_s = stamps.accept(picture.time)
                if time_s is not None:
                    self._put(Frame(self._rgb(picture), time_s))
                picture = next(self._pictures, None)
            stamps.finish()
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _put(self, item: Frame | BaseException | None) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Every picture that decodes whole. A damaged stretch is passed over; a cut end is the end."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                packet = None
            if packet is None:
                return
            try:
                pictures = self._stream.decode(packet)
            except (av.InvalidDataError, av.error.EOFError):
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame) and not picture.is_corrupt:
                    yield picture

    def _rgb(self, picture: av.VideoFrame) -> NDArray[np.uint8]:
        width, height = self._size
        scaled = (picture.width, picture.height) != (width, height)
        converted = self._converter.reformat(
            picture,
            width,
            height,
            format="rgb24",
            interpolation="AREA" if scaled else "BILINEAR",
            threads=1,  # starting FFmpeg's own threads for each picture costs more than the conversion
        )
        rgb = np.asarray(converted.to_ndarray(), dtype=np.uint8)
        return np.asarray(cv2.rotate(rgb, _TURNS[self._turn]), dtype=np.uint8) if self._turn else rgb


def _open(path: Path, limits: Limits) -> av.container.InputContainer:
    start = first_bytes(path, limits.max_bytes, "video")
    try:
        # The lists keep a crafted file from naming other files or network addresses as its parts.
        return av.open(
            f"file:{path.resolve()}",
            mode="r",
            options={"format_whitelist": FORMATS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError, OverflowError, MemoryError):
        video = start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free") or start.startswith(
            (b"\x1a\x45\xdf\xa3", b"RIFF")
        )
        if video:
            raise InputError("The video file is damaged or cut short.") from None
        raise InputError(f"This is not a video file that can be read; use {ACCEPTED}.") from None


def _video_stream(container: av.container.InputContainer) -> av.VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            if stream.codec_context is None:
                raise InputError("The video is in a format that cannot be decoded here.")
            return stream
    if container.streams.audio:
        raise InputError("The file holds sound but no video.")
    raise InputError("The file holds no video.")


def _duration(container: av.container.InputContainer, stream: av.VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration:
        seconds = container.duration / av.time_base
    else:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _check_duration(seconds: float | None, limits: Limits) -> None:
    if seconds is None or seconds <= limits.max_seconds + LATE_SLACK_S:
        return
    length = f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds:.0f} seconds"
    raise InputError(f"The clip is {length} long; at most {limits.max_seconds:g} seconds are accepted.")


def _shape(picture: av.VideoFrame, stream: av.VideoStream) -> tuple[tuple[int, int], int]:
    """Width and height to decode to (square pixels, no larger than needed), and the turn in degrees to upright."""
    aspect = float(stream.sample_aspect_ratio or 1)
    width, height = float(picture.width), float(picture.height)
    if 0.25 <= aspect <= 4:
        width *= aspect
    scale = min(1.0, LONG_SIDE / max(width, height))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return size, round(picture.rotation / 90) * 90 % 360
