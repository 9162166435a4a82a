"""Oxygen saturation of a fingertip: an experimental change from the first minute of the same recording.

Blood that carries less oxygen absorbs red, green and blue in other proportions. Two ratios of ratios (the pulse in red
and in blue, each relative to green) and the ratio of the levels of red and green shift with it; how far they lie to
begin with depends on the finger, the camera and its light, so only their change counts. The first minute is taken for
97.5 %, and the logarithms of the three ratios move the figure from there (Beer-Lambert; Hoffman et al. 2022, npj
Digital Medicine 5:146, for the recordings it was learned on). Without that baseline no model was usefully better out of
person than always saying the mean: the figures are in `oxygen_card.json`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.plausible import relative_change
from vitascope.report.reading import Reading
from vitascope.vitals.observation import Observation

BASELINE_S = 60.0
WINDOW_S = 30.0
FROM_S = 120.0
LOWEST, HIGHEST = 70.0, 100.0  # %: nothing was learned or tested beyond
LEAST_CERTAINTY = 0.9
LEAST_SEEN = 0.95
NAME, UNIT = "oxygen_saturation", "%"


@lru_cache(maxsize=1)
def card() -> dict[str, Any]:
    """The packaged model with its evidence (`oxygen_card.json`, written by `training/fit_oxygen.py`)."""
    figures: dict[str, Any] = json.loads((files("vitascope.vitals") / "oxygen_card.json").read_text(encoding="utf-8"))
    return figures


def ratios(rgb: NDArray[np.float64], fps: float, course_hz: NDArray[np.float64]) -> dict[str, float]:
    """The optical figures of one window of mean colours `rgb` (N, 3) whose pulse runs at `course_hz` (N,).

    ratio_red, ratio_blue: pulse amplitude relative to the level, over that of green. colour_red, colour_blue: level
    over that of green. perfusion: the pulse in green, % of its level.
    """
    level = np.maximum(rgb.mean(axis=0), 1e-3)
    pulse = np.maximum(np.abs(relative_change(rgb, fps, course_hz)), 1e-9)
    return {
        "ratio_red": float(pulse[0] / pulse[1]),
        "ratio_blue": float(pulse[2] / pulse[1]),
        "colour_red": float(level[0] / level[1]),
        "colour_blue": float(level[2] / level[1]),
        "perfusion": float(100 * pulse[1]),
    }


def baseline_ratios(rgb: NDArray[np.float64], fps: float, course_hz: NDArray[np.float64]) -> dict[str, float]:
    """The medians of `ratios` over three windows in the first minute of a recording."""
    windows = []
    for start in (0.0, (BASELINE_S - WINDOW_S) / 2, BASELINE_S - WINDOW_S):
        part = slice(round(start * fps), round((start + WINDOW_S) * fps))
        windows.append(ratios(rgb[part], fps, course_hz[part]))
    return {name: float(np.median([window[name] for window in windows])) for name in windows[0]}


def saturation(now: dict[str, float], before: dict[str, float], model: dict[str, Any]) -> float:
    """Saturation in % from the ratios `now` and at baseline, not limited to any range."""
    moved = sum(weight * np.log(now[name] / before[name]) for name, weight in model["weights"].items())
    return float(model["baseline"] + moved)


def oxygen(seen: Observation) -> dict[str, Reading]:
    """`oxygen_saturation`, %: at most tentative, and withheld wherever there is no evidence for it."""
    reason = _obstacle(seen)
    if reason or seen.rgb is None:
        return {NAME: seen.withheld(NAME, UNIT, reason or "There is no colour to read it from.")}
    model, course = card(), seen.course.at(len(seen.bvp), seen.fps)
    last = slice(len(seen.bvp) - round(WINDOW_S * seen.fps), None)
    before = baseline_ratios(seen.rgb, seen.fps, course)
    now = ratios(seen.rgb[last], seen.fps, course[last])
    inputs = {f"{name}_first_minute": figure for name, figure in before.items()} | now
    for name, (low, high) in model["evidence"].items():
        if not all(low <= figures[name] <= high for figures in (before, now)):
            return {NAME: replace(seen.withheld(NAME, UNIT, _outside(name, low)), inputs=_rounded(inputs))}
    value = min(max(saturation(now, before, model), LOWEST), HIGHEST)
    half = 1.645 * max(model[key]["a_rms"] for key in ("figures", "figures_chosen_inside"))
    reason = (
        f"Experimental: a change from the first minute, taken for {model['baseline']:.1f} %, learned from "
        f"{model['figures']['people']} people; use a pulse oximeter if you need this figure."
    )
    interval = (max(value - half, 0.0), min(value + half, 100.0))
    return {NAME: seen.reading(NAME, UNIT, value, "tentative", reason=reason, interval=interval, inputs=inputs)}


def _obstacle(seen: Observation) -> str | None:
    """Why this recording cannot carry the figure at all, or None."""
    if seen.flaw:
        return seen.flaw
    if seen.kind != "finger":
        return (
            "No calibration of oxygen saturation from this kind of recording has been validated; "
            "use a pulse oximeter if you need this figure."
        )
    if seen.seconds < FROM_S - 0.5 or len(seen.bvp) < (FROM_S - 0.5) * seen.fps:
        return (
            "Oxygen saturation needs two minutes without a break, the first of them as your own baseline: a shorter "
            "recording without one was hardly better than a guess."
        )
    if seen.seen.mean() < LEAST_SEEN:
        return "Parts of the recording are missing; keep the lens covered for the whole two minutes."
    if seen.quality.certainty < LEAST_CERTAINTY:
        return "The pulse is too weak for oxygen saturation; cover the lens fully with a light touch and hold still."
    return None


def _outside(name: str, low: float) -> str:
    if name == "perfusion":
        return (
            f"The pulse in green is outside what was tested (from {low:.1f} %); warm the finger and touch the lens "
            "lightly."
        )
    return (
        "This camera and its light give other colours than the phones this was learned on, often red alone; "
        "use a pulse oximeter if you need this figure."
    )


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(figure, 4) for name, figure in figures.items()}
