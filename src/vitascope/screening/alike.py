"""What people apart from training had whose estimate was like this one: from the reader's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Alike:
    """`count` people with the nearest estimates: 90 % of their values lie from `low` to `high` (g/dL, from the
    estimate); `errors` are quantiles of their absolute errors, evenly spaced from 0 to 1; of them `below_8` had less
    than 8 g/dL and `below_11` less than 11."""

    count: int
    low: float
    high: float
    errors: tuple[float, ...]
    below_8: int
    below_11: int

    @classmethod
    def to(cls, estimate: float, card: Mapping[str, Any]) -> Alike:
        """Of an estimate in g/dL; beyond the lowest and the highest of the card the people there count."""
        table: Mapping[str, Any] = card["alike"]
        grid: Sequence[float] = table["estimate"]

        def at(name: str) -> float:
            return float(np.interp(estimate, grid, table[name]))

        rows = np.array(table["error_quantiles"])
        errors = tuple(float(np.interp(estimate, grid, row)) for row in rows.T)
        return cls(table["nearest"], at("low"), at("high"), errors, round(at("below_8")), round(at("below_11")))

    def within(self, tolerance: float) -> float:
        """The share of them whose error was at most `tolerance`."""
        return float(np.interp(tolerance, self.errors, np.linspace(0, 1, len(self.errors))))

    def sentence(self) -> str:
        """How many of them were low."""
        return (
            f"Of the {self.count} people with the nearest estimates, {self.below_11} had less than 11 g/dL in their"
            f" blood test and {self.below_8} less than 8."
        )
