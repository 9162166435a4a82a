"""What the camera saw so far: one session's sights, the trace they make and the report it gives."""

from __future__ import annotations

from collections import Counter

import numpy as np

from vitascope.face.watcher import REGIONS, FaceWatcher, Sight
from vitascope.media.frames import Frame
from vitascope.models.cards import versions
from vitascope.pulse.trace import Trace
from vitascope.report import Quality, Report
from vitascope.vitals.assess import Assessment, assess

# A message is worth repeating in the report when it stood for this share of the frames.
LASTING_MESSAGE = 0.1


class Recording:
    """Collects frames in the order of their capture; a clip and a live session differ only in who feeds it."""

    def __init__(self) -> None:
        self.watcher = FaceWatcher()
        self._time_s: list[float] = []
        self._means: list[np.ndarray[tuple[int, int], np.dtype[np.float64]]] = []
        self._messages: Counter[str] = Counter()
        self._found = 0

    def add(self, frame: Frame) -> Sight:
        """Look at one more frame (RGB uint8 (H, W, 3), later than the one before)."""
        sight = self.watcher.see(frame)
        self._time_s.append(sight.time_s)
        self._means.append(sight.means)
        self._messages.update(sight.messages)
        self._found += sight.found
        return sight

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the last."""
        return self._time_s[-1] - self._time_s[0] if self._time_s else 0.0

    def trace(self, last_s: float | None = None) -> Trace:
        """The colour trace of everything seen, or of the last `last_s` seconds."""
        time_s = np.asarray(self._time_s)
        first = 0 if last_s is None else int(np.searchsorted(time_s, time_s[-1] - last_s))
        return Trace(time_s[first:], np.asarray(self._means[first:]).reshape(-1, len(REGIONS), 3), REGIONS)

    def assess(self, last_s: float | None = None, method: str | None = None) -> Assessment:
        """The readings of what was seen so far."""
        return assess(self.trace(last_s), method=method, wrong=self._wrong())

    def _wrong(self) -> str | None:
        if not self._found:
            return "No face was seen; sit so that your whole face is in the picture and try again."
        if self.watcher.still_picture:
            return "The face does not change at all, as in a still picture; a pulse is only read from a live face."
        return None

    def quality(self, assessment: Assessment) -> Quality:
        """How good the recording was, as far as `assessment` used it."""
        frames = max(len(self._time_s), 1)
        lasting = [text for text, n in self._messages.most_common() if n >= LASTING_MESSAGE * frames]
        return Quality(
            snr_db=assessment.snr_db,
            face_found=self._found / frames,
            fps=assessment.fps,
            stars=assessment.stars,
            messages=(*lasting, *assessment.messages),
        )

    def report(self, method: str | None = None) -> Report:
        """The report on everything seen."""
        assessment = self.assess(method=method)
        return Report(
            kind="face",
            duration_s=self.duration_s,
            readings=assessment.readings,
            quality=self.quality(assessment),
            waveforms=assessment.waveforms,
            models=versions(self.watcher.models),
        )
