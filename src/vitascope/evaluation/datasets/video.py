"""A face video of a data set to a colour trace, by the very face stage that measures a person's clip."""

from __future__ import annotations

from pathlib import Path

from vitascope.evaluation.recording import Recording, Truth
from vitascope.media.frames import FrameSource, Limits, open_clip
from vitascope.recording import Recording as Watched

# Data sets hold uncompressed minutes; a person's upload does not.
LIMITS = Limits(max_bytes=64 * 1024**3, max_seconds=1800.0)


def clip(path: Path) -> FrameSource:
    """The frames of a video file. Raises InputError when it cannot be used."""
    return open_clip(path, LIMITS)


def face_recording(source: str, person: str, name: str, frames: FrameSource, truth: dict[str, Truth]) -> Recording:
    """The recording of the face in `frames`; times from the first frame. Raises InputError on an unusable clip."""
    watched = Watched()
    with frames:
        for frame in frames:
            watched.add(frame)
    trace = watched.trace()
    return Recording(source, person, name, trace.time_s, trace.rgb, trace.kind, truth)
