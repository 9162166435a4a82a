"""A number with its certainty, or the reason why it is not given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vitascope.report.bands import Scale

Status = Literal["ok", "tentative", "withheld"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One vital sign as measured over one window.

    `interval` is meant to hold the true value nine times out of ten. `confidence` is the estimated probability
    (0..1) that the value is within the tolerance documented for this vital. `inputs` are the figures a derived value
    was computed from, so that a person can check it. A withheld reading has no value and a reason one can act on.
    `scale` is the dial where it depends on the person; None where everybody has the same one.
    """

    name: str
    unit: str
    value: float | None
    status: Status
    interval: tuple[float, float] | None = None
    confidence: float | None = None
    reason: str | None = None
    window_s: float | None = None
    method: str | None = None
    band: str | None = None
    loinc: str | None = None
    inputs: Mapping[str, float] = field(default_factory=dict)
    scale: Scale | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.status == "withheld"):
            raise ValueError(f"{self.name}: a reading has a value exactly when it is not withheld")
        if self.status == "withheld" and not self.reason:
            raise ValueError(f"{self.name}: a withheld reading needs a reason")

    @classmethod
    def withheld(cls, name: str, unit: str, reason: str, **known: Any) -> Reading:
        """A reading that is not given, for `reason` (one sentence that says what to do)."""
        return cls(name=name, unit=unit, value=None, status="withheld", reason=reason, **known)

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of a reading; its name is the key it stands under in the report."""
        return {
            "value": self.value,
            "unit": self.unit,
            "interval": list(self.interval) if self.interval else None,
            "status": self.status,
            "reason": self.reason,
            "confidence": self.confidence,
            "window_s": self.window_s,
            "band": self.band,
            "method": self.method,
            "loinc": self.loinc,
            "inputs": dict(self.inputs),
        }
