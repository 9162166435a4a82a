"""What the camera saw so far: one session's sights, the trace they make and the report it gives."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from vitascope.face import guidance
from vitascope.face.watcher import REGIONS, FaceWatcher, Sight
from vitascope.finger.lens import LensView, look
from vitascope.finger.watcher import REGIONS as LENS
from vitascope.finger.watcher import FingerWatcher
from vitascope.media.frames import Frame
from vitascope.models.cards import versions
from vitascope.pulse.trace import Kind, Trace
from vitascope.report import Quality, Report
from vitascope.vitals.assess import Assessment, assess

# A message is worth repeating in the report when it stood for this share of the frames.
LASTING_MESSAGE = 0.1
# A recording that shows nothing but a lit finger for this long from its start is one of a fingertip.
RECOGNISED_S = 0.5


class Recording:
    """Collects frames in the order of their capture; a clip and a live session differ only in who feeds it.

    `kind`: what the camera looks at; None to recognise it: a lens covered and red from the first frame on is a
    fingertip, everything else a face.
    """

    def __init__(self, kind: Kind | None = None) -> None:
        self.kind: Kind = kind or "face"
        self.watcher = FaceWatcher()
        self._finger = FingerWatcher()
        self._undecided = kind is None
        self._time_s: list[float] = []
        self._means: list[NDArray[np.float64]] = []
        self._valid: list[NDArray[np.float64]] = []
        self._refusals: list[str | None] = []
        self._height: list[float] = []  # of the face's middle in the picture, and its width, in pixels
        self._width: list[float] = []
        self._person: list[int] = []  # counts up whenever another face takes the place of the one before
        self._messages: Counter[str] = Counter()
        self._found = 0
        self.lens: LensView | None = None
        """What the last frame showed of a finger on the lens; None where no finger is looked for."""

    def add(self, frame: Frame) -> Sight:
        """Look at one more frame (RGB uint8 (H, W, 3), later than the one before)."""
        sight = self._see(frame)
        self._time_s.append(sight.time_s)
        self._means.append(sight.means)
        self._valid.append(sight.valid)
        self._refusals.append(sight.refusal)
        places = None if sight.landmarks is None else sight.landmarks[:, :2]
        self._height.append(np.nan if places is None else float(places[:, 1].mean()))
        self._width.append(np.nan if places is None else float(np.ptp(places[:, 0])))
        self._person.append((self._person[-1] if self._person else 0) + (sight.event == "changed"))
        self._messages.update(sight.messages)
        self._found += sight.found
        return sight

    def _see(self, frame: Frame) -> Sight:
        if self.kind == "face" and not self._undecided:
            return self.watcher.see(frame)
        view = look(frame.rgb)
        if self._undecided:
            if not view.covered:
                self._no_finger()
                return self.watcher.see(frame)
            self.kind = "finger"
            self._undecided = not self._time_s or frame.time_s - self._time_s[0] < RECOGNISED_S
        self.lens = view
        return self._finger.see(frame, view)

    def _no_finger(self) -> None:
        """A face after all: the frames so far showed none."""
        self.kind, self._undecided, self.lens = "face", False, None
        self._means = [np.full((len(REGIONS), 3), np.nan) for _ in self._means]
        self._valid = [np.zeros(len(REGIONS)) for _ in self._valid]
        self._found = 0
        self._messages.clear()

    @property
    def regions(self) -> tuple[str, ...]:
        """The names of what colours are taken from."""
        return REGIONS if self.kind == "face" else LENS

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the last."""
        return self._time_s[-1] - self._time_s[0] if self._time_s else 0.0

    def trace(self, last_s: float | None = None) -> Trace:
        """The colour trace of everything seen, or of the last `last_s` seconds, of the one person seen longest."""
        first = self._first(last_s)
        rgb = np.asarray(self._means[first:]).reshape(-1, len(self.regions), 3)
        rgb[np.asarray(self._person[first:]) != self._longest()] = np.nan
        valid = np.asarray(self._valid[first:]).reshape(-1, len(self.regions))
        return Trace(np.asarray(self._time_s[first:]), rgb, self.regions, self.kind, valid, self._motion(first))

    def _motion(self, first: int) -> NDArray[np.float64] | None:
        """(N, 1) the height of the face in the picture since frame `first`, in face widths; breathing lifts it."""
        if self.kind != "face":
            return None
        height, width = np.asarray(self._height[first:]), np.asarray(self._width[first:])
        usual = float(np.median(width[np.isfinite(width)])) if np.isfinite(width).any() else 1.0
        return (height / usual)[:, None]

    def _first(self, last_s: float | None) -> int:
        """Index of the first frame of the last `last_s` seconds."""
        time_s = np.asarray(self._time_s)
        return 0 if last_s is None else int(np.searchsorted(time_s, time_s[-1] - last_s))

    def _longest(self) -> int:
        """The person who was seen in most of the frames."""
        return Counter(self._person).most_common(1)[0][0] if self._person else 0

    def assess(self, last_s: float | None = None, method: str | None = None) -> Assessment:
        """The readings of what was seen so far."""
        return assess(self.trace(last_s), method=method, wrong=self._wrong(self._first(last_s)))

    def _wrong(self, first: int) -> str | None:
        """Why nothing can be read from the frames since `first`, as far as the pictures tell."""
        if self.kind == "finger":
            return None if self._found else "The lens was not covered; lay a fingertip over it and the lamp."
        if not self._found:
            return "No face was seen; sit so that your whole face is in the picture and try again."
        if self.watcher.still_picture:
            return "The face does not change at all, as in a still picture; a pulse is only read from a live face."
        refusals = Counter(text for text in self._refusals[first:] if text is not None)
        measured = sum(bool(np.isfinite(means).any()) for means in self._means[first:])
        return refusals.most_common(1)[0][0] if refusals.total() > measured else None

    def quality(self, assessment: Assessment) -> Quality:
        """How good the recording was, as far as `assessment` used it."""
        frames = max(len(self._time_s), 1)
        others = [guidance.CHANGED] if self._person and self._person[-1] else []
        lasting = others + [text for text, n in self._messages.most_common() if n >= LASTING_MESSAGE * frames]
        return Quality(
            snr_db=assessment.snr_db,
            face_found=self._found / frames,
            fps=assessment.fps,
            stars=assessment.stars,
            messages=tuple(lasting),
        )

    def report(self, method: str | None = None) -> Report:
        """The report on everything seen."""
        assessment = self.assess(method=method)
        return Report(
            kind=self.kind,
            duration_s=self.duration_s,
            readings=assessment.readings,
            quality=self.quality(assessment),
            waveforms=assessment.waveforms,
            models=versions(self.watcher.models if self.kind == "face" else ()),
        )
