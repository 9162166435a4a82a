"""Heart rate with an interval and a confidence learned from recordings with a contact reference."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from vitascope.pulse.quality import Quality
from vitascope.report.reading import Reading
from vitascope.vitals.observation import Observation

REPORTED = (40.0, 200.0)  # 1/min
FINEST = 0.02  # 1/min: a rate known better than this is no surer
TOLERANCE = 5.0  # 1/min: confidence is the probability of being this near


@dataclass(frozen=True, slots=True)
class Card:
    """The fitted confidence model (`heart_rate_card.json`, written by `training/fit_confidence.py`)."""

    figures: dict[str, Any]

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Card:
        """The card that is packaged with the library."""
        return cls(json.loads((files("vitascope.vitals") / "heart_rate_card.json").read_text(encoding="utf-8")))

    def confidence(self, quality: Quality) -> float:
        """P(|error| <= 5/min), 0..1, by logistic regression on the quality figures; never surer than the surest
        windows that no fit knew turned out to be."""
        figures = quality.features()
        score = self.figures["intercept"]
        for name, term in self.figures["terms"].items():
            value = min(max(transform(name, figures), term["low"]), term["high"])
            score += term["weight"] * (value - term["mean"]) / term["scale"]
        return min(float(1 / (1 + np.exp(-np.clip(score, -30, 30)))), float(self.figures["surest"]))

    def half_width(self, confidence: float) -> float:
        """Half the width of the interval that held the true rate nine times out of ten at this confidence."""
        table = self.figures["interval"]
        return float(np.interp(confidence, table["confidence"], table["half_width"]))


def transform(name: str, figures: dict[str, float]) -> float:
    """A quality figure on the scale the confidence model is linear in: shares as log-odds, seconds and precision (one
    over the spread) as a logarithm."""
    value = figures[name]
    if name in {"certainty", "explained"}:
        value = min(max(value, 1e-3), 1 - 1e-3)
        return float(np.log(value / (1 - value)))
    if name == "spread":
        return -float(np.log(max(value, FINEST)))
    return float(np.log(value)) if name == "seconds" else float(value)


def heart_rate(seen: Observation) -> dict[str, Reading]:
    """The mean heart rate over the window, 1/min."""
    name, unit = "heart_rate", "/min"
    if seen.flaw:
        return {name: seen.withheld(name, unit, seen.flaw)}
    card = Card.load()
    confidence = card.confidence(seen.quality)
    value = seen.course.bpm
    if not REPORTED[0] - 0.5 <= value <= REPORTED[1] + 0.5:
        reason = "The strongest rhythm lies outside 40 to 200 per minute; hold still in even light and try again."
        return {name: seen.withheld(name, unit, reason, confidence=round(confidence, 4))}
    if confidence < card.figures["tentative_from"]:
        reason = (
            "The pulse is too weak against the noise; hold still, move closer and put more even light on your face."
        )
        if seen.kind == "finger":
            reason = "The pulse is too weak against the noise; cover the lens fully with a light touch and hold still."
        elif seen.kind is None:
            reason = "The pulse is too weak against the noise in this wave."
        return {name: seen.withheld(name, unit, reason, confidence=round(confidence, 4))}
    ok = confidence >= card.figures["ok_from"]
    half = card.half_width(confidence)
    return {
        name: seen.reading(
            name,
            unit,
            value,
            "ok" if ok else "tentative",
            reason=None if ok else "The pulse is only just clear of the noise; a stiller or longer recording is surer.",
            interval=(max(value - half, min(value, REPORTED[0])), min(value + half, max(value, REPORTED[1]))),
            confidence=confidence,
            inputs={"snr_db": seen.quality.snr_db},
        )
    }
