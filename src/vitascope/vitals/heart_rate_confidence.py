"""How probable it is that a heart rate is right, and how far off it may be, from how much its wave looks like a pulse.

The model weighs, in log-odds, two that were fitted on the same windows (`training/fit_confidence.py`): a logistic
regression, which knows how things go on the whole, and boosted trees (Friedman 2001), which know where that fails: a
line known to a tenth of a beat is a pulse even where it explains little, as on a fingertip. Neither may fall as a
recording gets clearer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

FINEST = 0.02  # 1/min: a rate known better than this is no surer
TOLERANCE = 5.0  # 1/min: confidence is the probability of being this near
TERMS = ("certainty", "explained", "spread", "seconds")
# [index of the term, cut, what follows up to the cut, what follows above it], or log-odds to add
Tree = Sequence[Any] | float


@dataclass(frozen=True, slots=True)
class Card:
    """The fitted confidence model (`heart_rate_card.json`, written by `training/fit_confidence.py`)."""

    figures: Mapping[str, Any]

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Card:
        """The card that is packaged with the library."""
        return cls(json.loads((files("vitascope.vitals") / "heart_rate_card.json").read_text(encoding="utf-8")))

    def confidence(self, quality: Mapping[str, float]) -> float:
        """P(|error| <= 5/min), 0..1, for the figures of a `Quality`.

        Scaled to how often the surest windows that no fit knew turned out right, so that none claims more and clearer
        ones still rank higher.
        """
        values = [transform(name, quality[name]) for name in TERMS]
        line, trees = self.figures["intercept"], self.figures["trees"]
        for value, term in zip(values, (self.figures["terms"][name] for name in TERMS), strict=True):
            line += term["weight"] * (min(max(value, term["low"]), term["high"]) - term["mean"]) / term["scale"]
        boosted = trees["start"] + sum(leaf(tree, values) for tree in trees["trees"])
        score = (1 - trees["share"]) * line + trees["share"] * boosted
        return float(self.figures["surest"] / (1 + np.exp(-np.clip(score, -30, 30))))

    def half_width(self, confidence: float) -> float:
        """Half the width of the interval that held the true rate nine times out of ten at this confidence."""
        table = self.figures["interval"]
        return float(np.interp(confidence, table["confidence"], table["half_width"]))


def leaf(tree: Tree, values: Sequence[float]) -> float:
    """What a tree adds for the transformed figures `values`, in the order of TERMS."""
    while not isinstance(tree, float):
        term, cut, low, high = tree
        tree = low if values[term] <= cut else high
    return tree


def transform(name: str, value: float) -> float:
    """A quality figure on the scale the confidence model is linear in: shares as log-odds, seconds and precision (one
    over the spread) as a logarithm."""
    if name in {"certainty", "explained"}:
        value = min(max(value, 1e-3), 1 - 1e-3)
        return float(np.log(value / (1 - value)))
    if name == "spread":
        return -float(np.log(max(value, FINEST)))
    return float(np.log(value))
