"""Heart rate with an interval and a confidence learned from recordings with a contact reference."""

from __future__ import annotations

from vitascope.report.reading import Reading
from vitascope.vitals.heart_rate_confidence import Card
from vitascope.vitals.observation import Observation

REPORTED = (40.0, 200.0)  # 1/min


def heart_rate(seen: Observation) -> dict[str, Reading]:
    """The mean heart rate over the window, 1/min."""
    name, unit = "heart_rate", "/min"
    if seen.flaw:
        return {name: seen.withheld(name, unit, seen.flaw)}
    card = Card.load()
    confidence = card.confidence(seen.quality.features())
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
