"""What every vital is given: one recording's pulse wave, the course of its rate, its beats and its quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.beats import Beats
from vitascope.pulse.quality import Quality
from vitascope.pulse.rate import RateCourse
from vitascope.pulse.trace import Kind
from vitascope.report.bands import band
from vitascope.report.reading import Reading, Status

LOINC: Mapping[str, str] = {"heart_rate": "8867-4", "respiration_rate": "9279-1", "oxygen_saturation": "2708-6"}


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """bvp, baseline, seen: (N,) at `fps`. flaw: why the wave cannot be taken for a pulse (one sentence), or None.

    kind: what the camera looked at, None for a wave handed in. method: where the wave came from. rgb: (N, 3) mean
    colour, None for a wave handed in. motion: (K, N) vertical places of what breathing moves, in face widths.
    """

    bvp: NDArray[np.float64]
    baseline: NDArray[np.float64]
    seen: NDArray[np.bool_]
    fps: float
    seconds: float
    course: RateCourse
    beats: Beats
    quality: Quality
    method: str | None
    kind: Kind | None
    flaw: str | None
    rgb: NDArray[np.float64] | None = None
    motion: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def reading(
        self,
        name: str,
        unit: str,
        value: float,
        status: Status,
        *,
        reason: str | None = None,
        interval: tuple[float, float] | None = None,
        confidence: float | None = None,
        inputs: Mapping[str, float] | None = None,
    ) -> Reading:
        """A reading of this recording, with its band, window and code filled in."""
        return Reading(
            name=name,
            unit=unit,
            value=round(value, 3),
            status=status,
            reason=reason,
            interval=(round(interval[0], 3), round(interval[1], 3)) if interval else None,
            confidence=round(confidence, 4) if confidence is not None else None,
            window_s=round(self.seconds, 2),
            method=self.method,
            band=band(name, value),
            loinc=LOINC.get(name),
            inputs={key: round(float(figure), 4) for key, figure in (inputs or {}).items()},
        )

    def withheld(self, name: str, unit: str, reason: str, **known: float | None) -> Reading:
        """The same reading not given, for `reason`."""
        return Reading.withheld(
            name, unit, reason, window_s=round(self.seconds, 2), method=self.method, loinc=LOINC.get(name), **known
        )
