"""A measurement while it is being recorded: frames go in one by one, and each second what is known so far comes out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.face.watcher import Sight
from vitascope.finger.lens import LensView
from vitascope.finger.watcher import PRESS_LIGHTLY
from vitascope.media.frames import Frame
from vitascope.pulse.trace import Kind
from vitascope.recording import Recording
from vitascope.report import Quality, Reading, Report, Waveform

MIN_SECONDS, MAX_SECONDS = 5.0, 120.0
# Provisional readings look at this much of the recent past; the report looks at everything.
PROVISIONAL_S = 20.0
SHOWN_WAVE_S = 10.0
# A face, or a finger on the lens, that stays away this long ends the session: what follows would be another recording.
FACE_LOST_S = 5.0
# A fingertip on the lens shows its pulse within this time, or is pressed too hard.
FAINT_S = 8.0


@dataclass(frozen=True, slots=True)
class FrameView:
    """What was seen in one frame; places are fractions of the picture's width and height."""

    time_s: float
    skipped: bool
    face: Mapping[str, Any] | None = None
    finger: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields of the `frame` event."""
        return {
            "time_s": self.time_s if math.isfinite(self.time_s) else None,
            "skipped": self.skipped,
            "face": self.face,
            "finger": self.finger,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known so far."""

    elapsed_s: float
    seconds: float
    quality: Quality
    guidance: str | None
    messages: tuple[str, ...]
    wave_time_s: tuple[float, ...] = ()
    wave: tuple[float, ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The fields of the `progress` event."""
        return {
            "elapsed_s": round(self.elapsed_s, 3),
            "seconds": self.seconds,
            "quality": {
                "snr_db": self.quality.snr_db,
                "face_found": self.quality.face_found,
                "fps": self.quality.fps,
                "stars": self.quality.stars,
            },
            "guidance": self.guidance,
            "messages": list(self.messages),
            "waveform": {"time_s": list(self.wave_time_s), "bvp": list(self.wave)},
            "readings": {name: reading.to_dict() for name, reading in self.readings.items()},
        }


class LiveSession:
    """One measurement of `seconds` (5 to 120) from a stream of frames."""

    def __init__(self, seconds: float = 30.0, kind: Kind = "face") -> None:
        """Raises InputError when `seconds` or `kind` is not on offer."""
        if kind not in ("face", "finger"):
            raise InputError("A live session measures a face or a finger; other kinds are not on offer.")
        if not (isinstance(seconds, int | float) and MIN_SECONDS <= seconds <= MAX_SECONDS):
            raise InputError(f"A live session lasts {MIN_SECONDS:.0f} to {MAX_SECONDS:.0f} seconds.")
        self.seconds = float(seconds)
        self._recording = Recording(kind)
        self._first_s = math.nan
        self._last_s = -math.inf
        self._face_s = math.nan
        self._messages: tuple[str, ...] = ()

    def add(self, rgb: NDArray[np.uint8], time_s: float) -> FrameView:
        """Look at one frame, RGB uint8 (H, W, 3), captured at `time_s` seconds on any clock.

        A frame whose time is not a number or not later than the frame before is skipped.
        """
        if not math.isfinite(time_s) or time_s <= self._last_s:
            return FrameView(time_s, skipped=True)
        if math.isnan(self._first_s):
            self._first_s = self._face_s = time_s
        self._last_s = time_s
        sight = self._recording.add(Frame(rgb, time_s - self._first_s))
        self._messages = sight.messages
        if sight.found:
            self._face_s = time_s
        height, width = rgb.shape[:2]
        return FrameView(time_s, skipped=False, face=_face(sight, width, height), finger=_finger(self._recording.lens))

    @property
    def elapsed_s(self) -> float:
        """Seconds recorded so far."""
        return self._recording.duration_s

    @property
    def face_lost(self) -> bool:
        """Whether the face (or the finger) has been away for so long that the session is over."""
        return self._last_s - self._face_s >= FACE_LOST_S

    @property
    def done(self) -> bool:
        """Whether all the seconds are in, or the face was lost for good."""
        return self.elapsed_s >= self.seconds or self.face_lost

    def progress(self) -> Progress:
        """What is known so far; ask about once a second."""
        guidance = self._messages[0] if self._messages else None
        if self.elapsed_s < MIN_SECONDS:
            quality = Quality()
            return Progress(self.elapsed_s, self.seconds, quality, guidance, self._messages)
        assessment = self._recording.assess(last_s=PROVISIONAL_S)
        if self._recording.kind == "finger" and not guidance and self.elapsed_s >= FAINT_S:
            faint = assessment.readings["heart_rate"].value is None
            guidance = PRESS_LIGHTLY if faint else None
        wave_time_s, wave = _tail(assessment.waveforms.get("bvp"))
        return Progress(
            elapsed_s=self.elapsed_s,
            seconds=self.seconds,
            quality=self._recording.quality(assessment),
            guidance=guidance,
            messages=self._messages,
            wave_time_s=wave_time_s,
            wave=wave,
            readings=assessment.readings,
        )

    def finish(self) -> Report:
        """The report on all frames. Raises InputError when fewer than 5 seconds came in."""
        return self._recording.report()


def _face(sight: Sight, width: int, height: int) -> dict[str, Any] | None:
    if not sight.found or sight.box is None:
        return None
    x, y, w, h = sight.box
    size = np.array([width, height], dtype=np.float64)
    return {
        "box": [round(x / width, 4), round(y / height, 4), round(w / width, 4), round(h / height, 4)],
        "regions": {name: np.round(polygon / size, 4).tolist() for name, polygon in sight.regions.items()},
        "refusal": sight.refusal,
    }


def _finger(view: LensView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    light = "dark" if view.dark else "clipped" if view.clipped else "good"
    return {"covered": view.smooth, "red": view.red, "light": light}


def _tail(wave: Waveform | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if wave is None:
        return (), ()
    n = min(len(wave.samples), round(SHOWN_WAVE_S * wave.fps))
    first = len(wave.samples) - n
    times = tuple(round(wave.start_s + (first + i) / wave.fps, 4) for i in range(n))
    return times, tuple(round(v, 4) for v in wave.samples[first:])
