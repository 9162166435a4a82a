"""Time stamps of frames: kept as they are, rebased to the first, checked."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from vitascope.errors import InputError
from vitascope.media.limits import Limits

# A 5-s recording holds 4.97 s from its first frame to its last; cameras stop a little late or early.
SLACK_S = 0.05
LATE_SLACK_S = 0.5
# Past this share of unusable stamps the rest cannot be trusted either.
MAX_DROPPED = 0.5
JUDGED_FROM = 100  # frames before a stream is given up while it still runs


class Stamps:
    """Judges the stamps of one source in the order of its frames."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._first = math.nan
        self._last = -math.inf
        self._kept = 0
        self._dropped = 0
        self._steps: deque[float] = deque(maxlen=512)

    def accept(self, time_s: float | None) -> float | None:
        """Seconds since the first frame, or None when this frame must be dropped.

        A frame is dropped when its stamp is missing, not a number, or not later than the frame before. Raises
        InputError when the clip is too long or most of its stamps are unusable.
        """
        if time_s is None or not math.isfinite(time_s) or time_s <= self._last:
            self._dropped += 1
            if self._dropped > max(JUDGED_FROM, self._kept):
                self._refuse_stamps()
            return None
        if self._kept:
            self._steps.append(time_s - self._last)
        else:
            self._first = time_s
        self._last = time_s
        self._kept += 1
        elapsed = time_s - self._first
        if elapsed > self._limits.max_seconds + LATE_SLACK_S:
            raise InputError(
                f"The clip is longer than {self._limits.max_seconds:g} seconds; cut it to a shorter stretch."
            )
        return elapsed

    def finish(self) -> None:
        """Raise InputError when what came in is too little to measure."""
        total = self._kept + self._dropped
        if total and self._dropped > MAX_DROPPED * total:
            self._refuse_stamps()
        if self._kept == 0:
            raise InputError("The clip holds no picture that can be read; it may be damaged or cut short.")
        if self._kept == 1:
            raise InputError("The clip is a single picture; record at least 5 seconds of video.")
        span = self._last - self._first + float(np.median(self._steps))
        if span < self._limits.min_seconds - SLACK_S:
            raise InputError(
                f"The clip holds {span:.1f} seconds of video; at least {self._limits.min_seconds:g} seconds are needed."
            )

    @staticmethod
    def _refuse_stamps() -> None:
        raise InputError("The time stamps of the frames are missing or do not increase, so no rate can be measured.")
