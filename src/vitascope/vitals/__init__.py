"""Vital signs from a pulse wave. Adding one is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable

from vitascope.report.reading import Reading
from vitascope.vitals.heart_rate import heart_rate
from vitascope.vitals.observation import Observation
from vitascope.vitals.oxygen import oxygen
from vitascope.vitals.respiration import respiration
from vitascope.vitals.stress import stress
from vitascope.vitals.variability import variability

Vital = Callable[[Observation], dict[str, Reading]]

VITALS: tuple[Vital, ...] = (
    heart_rate,
    respiration,
    variability,
    stress,
    oxygen,
)

__all__ = ["VITALS", "Observation", "Vital"]
