"""Reference bands: the zones a dial paints and the label a reading carries, from one table so that they never
disagree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Zone:
    """Values from the previous zone's limit up to, not including, `upper`. `colour` is a key: green, yellow, orange,
    red, grey."""

    upper: float
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One dial: `low`..`high` is what it shows; the zones cover everything (the last one ends at infinity)."""

    title: str
    unit: str
    low: float
    high: float
    zones: tuple[Zone, ...]
    digits: int = 0

    def label(self, value: float) -> str:
        """The label of the zone that `value` lies in."""
        return next(zone.label for zone in self.zones if value < zone.upper or zone.upper == math.inf)

    def to_dict(self) -> dict[str, Any]:
        """JSON shape; the last zone's `upper` is null."""
        return {
            "title": self.title,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "digits": self.digits,
            "zones": [
                {"upper": zone.upper if math.isfinite(zone.upper) else None, "label": zone.label, "colour": zone.colour}
                for zone in self.zones
            ],
        }


INF = math.inf
# 100 and 20 themselves are normal; readings carry three decimals.
# Adults at rest. Heart and respiration rate: the limits most wards use; SDNN: quintile-like limits for short
# recordings; Baevsky's index: his own 50..150 for rest. Figures without an agreed reference are shown without a
# verdict.
BANDS: dict[str, Scale] = {
    "heart_rate": Scale(
        "Heart rate",
        "/min",
        40,
        200,
        (Zone(60, "low", "yellow"), Zone(100.0005, "normal", "green"), Zone(INF, "high", "yellow")),
    ),
    "respiration_rate": Scale(
        "Breathing rate",
        "/min",
        4,
        40,
        (Zone(12, "low", "yellow"), Zone(20.0005, "normal", "green"), Zone(INF, "high", "yellow")),
    ),
    "sdnn": Scale(
        "Variability (SDNN)",
        "ms",
        0,
        120,
        (
            Zone(10.8, "very low", "red"),
            Zone(16.4, "low", "orange"),
            Zone(35.5, "reduced", "yellow"),
            Zone(51.5, "normal", "green"),
            Zone(INF, "high", "green"),
        ),
    ),
    "stress_index": Scale(
        "Stress index",
        "",
        0,
        600,
        (
            Zone(50, "low", "green"),
            Zone(150, "normal", "green"),
            Zone(500, "raised", "yellow"),
            Zone(INF, "high", "red"),
        ),
    ),
    "oxygen_saturation": Scale(
        "Oxygen saturation",
        "%",
        70,
        100,
        (Zone(90, "low", "red"), Zone(95, "reduced", "yellow"), Zone(INF, "normal", "green")),
    ),
    "mean_nn": Scale("Mean beat interval", "ms", 300, 1500, (Zone(INF, "no band", "grey"),)),
    "rmssd": Scale("Variability (RMSSD)", "ms", 0, 120, (Zone(INF, "no band", "grey"),)),
    "pnn50": Scale("Variability (pNN50)", "%", 0, 100, (Zone(INF, "no band", "grey"),)),
    "lf": Scale("Low-frequency power", "ms2", 0, 4000, (Zone(INF, "no band", "grey"),)),
    "hf": Scale("High-frequency power", "ms2", 0, 4000, (Zone(INF, "no band", "grey"),)),
    "lf_hf": Scale("LF/HF", "", 0, 8, (Zone(INF, "no band", "grey"),), digits=1),
}


def band(name: str, value: float | None) -> str | None:
    """The label of `value` on the scale of reading `name`; None where there is no value or no agreed band."""
    scale = BANDS.get(name)
    if scale is None or value is None or len(scale.zones) == 1:
        return None
    return scale.label(value)
