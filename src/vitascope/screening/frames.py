"""Frames of one thing, from a video or as pictures one after the other, as one capture of a check."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.media.files import is_film
from vitascope.media.frames import open_clip
from vitascope.media.limits import Limits
from vitascope.report import PictureView
from vitascope.screening.capture import EVERY_S, FRAMES, LEAST, Capture
from vitascope.screening.check import FrameCheck, Judgement, Look
from vitascope.screening.entrance import admit
from vitascope.screening.reduce import reduced
from vitascope.screening.sources import Source

Rgb = NDArray[np.uint8]
# The time stamps of a film tremble by a few milliseconds.
SLACK_S = 0.01
SHOWN_EDGE = 1600  # of the frames that are kept until it is known which one to show
SHORTEST_S = EVERY_S * (LEAST - 1)


@dataclass(frozen=True, slots=True)
class Captured:
    """The answer of a capture, the frame whose value lies in the middle, and what the gate saw in it."""

    judged: Judgement
    rgb: Rgb
    view: PictureView
    frames: int


def film_of(source: Source) -> Path | None:
    """The path of the film where the source is one film; else None."""
    only = source[0] if isinstance(source, list | tuple) and len(source) == 1 else source
    if not isinstance(only, str | Path):
        return None
    try:
        with Path(only).open("rb") as file:
            return Path(only) if is_film(file.read(16)) else None
    except (OSError, ValueError):
        return None


def film_frames(path: Path) -> Iterator[Rgb]:
    """The frames of a film, EVERY_S apart, FRAMES at most. Raises InputError when it cannot be used."""
    with open_clip(path, Limits(min_seconds=SHORTEST_S)) as clip:
        due, given = -math.inf, 0
        for frame in clip:
            if frame.time_s + SLACK_S < due:
                continue
            yield frame.rgb
            due, given = frame.time_s + EVERY_S, given + 1
            if given == FRAMES:
                return


def capture(
    check: FrameCheck,
    frames: Iterator[Rgb],
    person: Mapping[str, Any] | None,
    progress: Callable[[float], None] | None,
    count: int = FRAMES,
) -> Captured:
    """Look at `count` frames, or fewer once too few of them can still be readable, and give one answer."""
    sights: list[Look] = []
    shown: list[tuple[Rgb, PictureView]] = []
    kept = Capture()
    for rgb in frames:
        small = reduced(rgb)
        view, _ = admit(small, check)
        view = replace(view, width=rgb.shape[1], height=rgb.shape[0])
        sight = check.unseen(view.refusal) if view.refusal else check.look(rgb)
        sights.append(sight)
        kept.add(sight.value)
        shown.append((reduced(rgb, SHOWN_EDGE), view))
        if progress is not None:
            progress(min(1.0, len(sights) / count))
        if count >= FRAMES and kept.hopeless:
            break
    judged = check.together(sights, person, least=LEAST if count >= LEAST else (count + 1) // 2)
    best = _middle(sights)
    return Captured(judged, *shown[best], len(sights))


def _middle(sights: Sequence[Look]) -> int:
    values = [(sight.value, i) for i, sight in enumerate(sights) if sight.value is not None]
    return sorted(values)[len(values) // 2][1] if values else 0
