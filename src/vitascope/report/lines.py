"""One plain sentence for each reading, and a tip. They say what was seen, never what somebody has."""

from __future__ import annotations

from vitascope.report.bands import BANDS
from vitascope.report.reading import Reading

NAMES = {
    "heart_rate": "Heart rate",
    "respiration_rate": "Breathing rate",
    "mean_nn": "Mean time between beats",
    "sdnn": "Variability of the beat intervals (SDNN)",
    "rmssd": "Beat-to-beat variability (RMSSD)",
    "pnn50": "Share of beat intervals that differ by more than 50 ms (pNN50)",
    "lf": "Slow variability (LF power)",
    "hf": "Fast, breathing-linked variability (HF power)",
    "lf_hf": "Ratio of slow to fast variability (LF/HF)",
    "stress_index": "Stress index",
    "oxygen_saturation": "Oxygen saturation",
    "haemoglobin": "Haemoglobin",
}
UNITS = {"/min": " per minute", "ms": " ms", "%": " %", "ms2": " ms²", "": ""}
# How a value came about and whose bands these are, where it is not a measurement of an adult at rest.
VERBS = {"haemoglobin": "was estimated at"}
BANDS_OF = {"haemoglobin": "by the WHO’s cut-offs for this person"}
NORMAL_AT_REST = "This lies within the usual range of adults at rest."
TIPS: dict[tuple[str, str], str] = {
    ("heart_rate", "low"): "Trained and resting hearts are often this slow; if you feel unwell, ask a professional.",
    ("heart_rate", "normal"): NORMAL_AT_REST,
    (
        "heart_rate",
        "high",
    ): "Sit quietly for five minutes and measure again: coffee, stairs and excitement all raise it.",
    ("respiration_rate", "low"): "Slow breathing is common at rest; measure again without minding your breath.",
    ("respiration_rate", "normal"): NORMAL_AT_REST,
    ("respiration_rate", "high"): "Rest for a few minutes and measure again; talking and moving raise it.",
    ("sdnn", "very low"): "Short recordings read low; measure again at rest, at the same time of day.",
    ("sdnn", "low"): "Short recordings read low; measure again at rest, at the same time of day.",
    ("sdnn", "reduced"): "Sleep, rest and slow breathing raise it; compare with your own earlier values.",
    ("sdnn", "normal"): "Compare with your own earlier values: variability differs much between people.",
    ("sdnn", "high"): "Compare with your own earlier values: variability differs much between people.",
    (
        "haemoglobin",
        "severely low",
    ): "See a doctor today for a blood test. A picture is often wrong by more than a whole band.",
    ("haemoglobin", "moderately low"): "Have a blood test this week; a picture is often wrong by a whole band.",
    ("haemoglobin", "mildly low"): "Have a blood test to make sure; a picture is often wrong by a whole band.",
    (
        "haemoglobin",
        "not low",
    ): "A picture cannot rule a low value out; tiredness, paleness or breathlessness call for a blood test.",
    ("stress_index", "low"): "The beat intervals vary freely, as they do at rest.",
    ("stress_index", "normal"): "The beat intervals vary as is usual at rest.",
    ("stress_index", "raised"): "The beat intervals vary little, as they do under load; rest and measure again.",
    ("stress_index", "high"): "The beat intervals vary very little, as they do under load; rest and measure again.",
}


def line(reading: Reading) -> str:
    """What the reading says, in one sentence."""
    name = NAMES.get(reading.name, reading.name.replace("_", " ").capitalize())
    if reading.value is None:
        return f"{name} is not given. {reading.reason}"
    scale = reading.scale or BANDS.get(reading.name)
    figure = f"{reading.value:.{scale.digits if scale else 1}f}{UNITS.get(reading.unit, ' ' + reading.unit)}"
    of = BANDS_OF.get(reading.name, "for an adult at rest")
    where = f", which is {reading.band} {of}" if reading.band else ""
    unsure = " This value is tentative." if reading.status == "tentative" else ""
    low, high = reading.interval or (None, None)
    if reading.name in VERBS and low is not None:
        figure += f" (nine times out of ten {low:.1f} to {high:.1f})"
    return f"{name} {VERBS.get(reading.name, 'measured')} {figure}{where}.{unsure}"


def tip(reading: Reading) -> str | None:
    """What to do or to know about a value in its band; None where there is nothing to say."""
    return TIPS.get((reading.name, reading.band)) if reading.band else None
