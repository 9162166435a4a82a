"""Fit the oxygen saturation of a fingertip on recordings of people whose saturation was truly lowered.

    python training/fit_oxygen.py RECORDINGS_DIR

Steps: each hand's recording is measured once; windows of 30 s, 15 s apart, after the first minute give optical ratios,
and the median of the oximeters over the window is the truth. Simple predictors come first (the mean; one ratio of
ratios; without and with the first minute as a baseline). Each person is left out in turn, both hands together. The
model to ship is the best of the candidates, none of which uses the heart rate (it rises with hypoxia but also with
stairs) nor a level by itself (a camera that changes its exposure changes it too); the row "chosen inside" repeats the
choice within each fold, so it is not flattered by choosing.

Three families with a baseline are what physics offers, whatever the exposure: the pulse (ratios of ratios), the level
of red against green, and both. They are shown apart, beside two controls that are not for shipping: the level of red by
itself, which only holds while the exposure is fixed, and the time since the start, which knows the protocol only.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.page import put_between
from vitascope.pulse.trace import Trace
from vitascope.vitals.assess import measure_waves, trace_waves
from vitascope.vitals.oxygen import BASELINE_S, HIGHEST, LOWEST, WINDOW_S, baseline_ratios, ratios

ROOT = Path(__file__).resolve().parent.parent
CARD = ROOT / "src/vitascope/vitals/oxygen_card.json"
PAGE = ROOT / "docs/vitals.md"
WRITER = "training/fit_oxygen.py"
HOP_S = 15
OXIMETERS = (1, 2, 4, 5)
STARTING = 97.5  # %, what the first minute on room air is taken for
MOST_DRIFT = 2.5  # %, standard deviation of the reference within a window
PENALTY = 0.01
LOW = 90.0  # %: the limit for sensitivity and specificity
Floats = NDArray[np.float64]
CANDIDATES: dict[str, tuple[bool, tuple[str, ...]]] = {
    "the mean": (False, ()),
    "red/green ratio of ratios": (False, ("ratio_red",)),
    "red/blue ratio of ratios": (False, ("ratio_red_blue",)),
    "blue/green ratio of ratios": (False, ("ratio_blue",)),
    "both ratios": (False, ("ratio_red", "ratio_blue")),
    "both ratios and level": (False, ("ratio_red", "ratio_blue", "colour_red")),
    "red/green, baseline": (True, ("ratio_red",)),
    "red/blue, baseline": (True, ("ratio_red_blue",)),
    "blue/green, baseline": (True, ("ratio_blue",)),
    "both ratios, baseline": (True, ("ratio_red", "ratio_blue")),
    "level of red/green, baseline": (True, ("colour_red",)),
    "blue/green and level, baseline": (True, ("ratio_blue", "colour_red")),
    "both ratios and level, baseline": (True, ("ratio_red", "ratio_blue", "colour_red")),
    "both ratios, level and perfusion, baseline": (True, ("ratio_red", "ratio_blue", "colour_red", "perfusion")),
}
# What physics offers whatever the exposure: pulse, level, and both.
FAMILIES = ("both ratios, baseline", "level of red/green, baseline", "both ratios and level, baseline")
CONTROLS: dict[str, tuple[bool, tuple[str, ...]]] = {
    "level of red, baseline (fixed exposure)": (True, ("level_red",)),
    "levels of red and green, baseline (fixed exposure)": (True, ("level_red", "level_green")),
    "time since the start alone": (True, ("elapsed",)),
}


@dataclass(frozen=True)
class Row:
    """One window of one hand: the ratios now and in the first minute, and the reference in %."""

    person: str
    now: dict[str, float]
    before: dict[str, float]
    truth: float


def reference(path: Path) -> Floats:
    """Median of the oximeters in each second (N,), %; NaN where none read."""
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    values = np.array([[float(row[f"SpO2 {k}"] or "nan") for k in OXIMETERS] for row in rows])
    known = np.where((values > 50) & (values <= 100), values, np.nan)
    return np.array([np.median(v[np.isfinite(v)]) if np.isfinite(v).any() else np.nan for v in known])


def hands(folder: Path) -> list[Row]:
    """The windows of every hand."""
    rows = []
    for path in sorted(folder.glob("finger_hypoxia/*.npz")):
        person = path.stem.split("_")[0]
        truth = reference(path.with_name(f"{person}_reference.csv"))
        clip = np.load(path)
        rgb, fps = clip["rgb"].astype(float), float(clip["fps"])
        trace = Trace(np.arange(len(rgb)) / fps, rgb[:, None], ("finger",), "finger")
        measured = measure_waves(trace_waves(trace, None), "finger")
        colour, rate, along = measured.waves.rgb, measured.waves.fps, measured.along_hz
        assert colour is not None
        first = slice(0, round(BASELINE_S * rate))
        before = with_pairs(baseline_ratios(colour, rate, along)) | levels(colour[first], 0.0)
        for start in range(int(BASELINE_S), min(len(truth), int(len(colour) / rate)) - int(WINDOW_S), HOP_S):
            second = truth[start : start + int(WINDOW_S)]
            if np.isfinite(second).mean() < 0.8 or np.nanstd(second) > MOST_DRIFT:
                continue
            part = slice(round(start * rate), round((start + WINDOW_S) * rate))
            now = with_pairs(ratios(colour[part], rate, along[part])) | levels(colour[part], start)
            rows.append(Row(person, now, before, float(np.nanmean(second))))
    return rows


def with_pairs(figures: dict[str, float]) -> dict[str, float]:
    """`figures` with the red/blue ratio of ratios."""
    return figures | {"ratio_red_blue": figures["ratio_red"] / figures["ratio_blue"]}


def levels(rgb: Floats, start_s: float) -> dict[str, float]:
    """Levels of red and green, and the time as something whose logarithm counts minutes: for the controls only."""
    red, green = np.maximum(rgb.mean(axis=0), 1e-3)[:2]
    return {"level_red": float(red), "level_green": float(green), "elapsed": float(np.exp(start_s / 60))}


def fit(rows: list[Row], candidate: str) -> dict[str, Any]:
    """Weights of the logarithms; with a baseline the line goes through it, without one it has a constant."""
    based, names = (CANDIDATES | CONTROLS)[candidate]
    x, y = design(rows, candidate), np.array([r.truth for r in rows])
    centre = np.zeros(len(names)) if based else x.mean(axis=0)
    constant = STARTING if based else float(y.mean())
    scale = np.sqrt(((x - centre) ** 2).mean(axis=0)) + 1e-12
    a = (x - centre) / scale
    weights = np.linalg.solve(a.T @ a + PENALTY * len(a) * np.eye(len(names)), a.T @ (y - constant)) / scale
    return {"names": names, "weights": weights, "constant": float(constant - centre @ weights)}


def design(rows: list[Row], candidate: str) -> Floats:
    """(K, F) logarithms of the ratios of `candidate`, relative to the baseline where it has one."""
    based, names = (CANDIDATES | CONTROLS)[candidate]
    return np.array([[np.log(r.now[n] / (r.before[n] if based else 1.0)) for n in names] for r in rows]).reshape(
        len(rows), len(names)
    )


def predict(model: dict[str, Any], rows: list[Row], candidate: str) -> Floats:
    """(K,) saturations in %, within the range of the evidence."""
    value: Floats = np.clip(model["constant"] + design(rows, candidate) @ model["weights"], LOWEST, HIGHEST)
    return value


def held_out(rows: list[Row], candidate: str) -> Floats:
    """(K,) predictions, each by a model that saw nothing of that person."""
    people = np.array([r.person for r in rows])
    out = np.zeros(len(rows))
    for person in np.unique(people):
        model = fit([r for r in rows if r.person != person], candidate)
        out[people == person] = predict(model, [r for r in rows if r.person == person], candidate)
    return out


def best(rows: list[Row], among: Iterable[str] = CANDIDATES) -> str:
    """The one of the candidates `among` with the least mean absolute error, each person left out in turn."""
    return min(among, key=lambda c: figures(rows, held_out(rows, c))["mae"])


def chosen_inside(rows: list[Row], among: Iterable[str] = CANDIDATES) -> Floats:
    """(K,) predictions when the candidate, too, is chosen without the person."""
    people = np.array([r.person for r in rows])
    out = np.zeros(len(rows))
    for person in np.unique(people):
        others = [r for r in rows if r.person != person]
        candidate = best(others, among)
        out[people == person] = predict(fit(others, candidate), [r for r in rows if r.person == person], candidate)
    return out


def figures(rows: list[Row], predicted: Floats) -> dict[str, Any]:
    """What a reviewer expects, over windows whose reference lies in 70-100 %."""
    truth = np.array([r.truth for r in rows])
    people = np.array([r.person for r in rows])
    inside = (truth >= LOWEST) & (truth <= HIGHEST)
    error, low = (predicted - truth)[inside], truth[inside] < LOW
    said = predicted[inside] < LOW
    spread = float(error.std(ddof=1))
    return {
        "mae": float(np.abs(error).mean()),
        "a_rms": float(np.sqrt((error**2).mean())),
        "bias": float(error.mean()),
        "limits_of_agreement": [float(error.mean() - 1.96 * spread), float(error.mean() + 1.96 * spread)],
        "sensitivity_below_90": float(said[low].mean()),
        "specificity_below_90": float((~said[~low]).mean()),
        "mae_by_person": {str(p): float(np.abs(error[people[inside] == p]).mean()) for p in np.unique(people)},
        "windows": int(inside.sum()),
        "people": len(np.unique(people)),
    }


def evidence(rows: list[Row]) -> dict[str, list[float]]:
    """The range of each optical figure in the recordings, a quarter wider."""
    ranges = {}
    for name in ("ratio_red", "ratio_blue", "colour_red", "colour_blue", "perfusion"):
        logs = np.log([figure[name] for r in rows for figure in (r.now, r.before)])
        low, high = np.percentile(logs, 1), np.percentile(logs, 99)
        margin = 0.0 if name == "perfusion" else 0.25 * (high - low)
        ranges[name] = [round(float(np.exp(low - margin)), 4), round(float(np.exp(high + margin)), 4)]
    ranges["perfusion"][1] = 100.0
    return ranges


def rounded(value: Any) -> Any:
    """`value` with every number rounded for print."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


def table(rows: list[Row], shipped: str) -> str:
    """All candidates, out of person."""
    lines = [
        "| model | MAE | A_RMS | bias | limits of agreement | below 90 %: sensitivity | specificity | MAE by person |",
        "|---|---|---|---|---|---|---|---|",
    ]
    named = {c: held_out(rows, c) for c in CANDIDATES}
    named["**chosen inside each fold** of all above"] = chosen_inside(rows)
    named["**chosen inside each fold** of pulse, level and both"] = chosen_inside(rows, FAMILIES)
    named |= {c: held_out(rows, c) for c in CONTROLS}
    for name, predicted in named.items():
        f = figures(rows, predicted)
        low, high = f["limits_of_agreement"]
        by = ", ".join(f"{v:.1f}" for v in f["mae_by_person"].values())
        lines.append(
            f"| {name}{' (shipped)' if name == shipped else ''} | {f['mae']:.2f} | {f['a_rms']:.2f} | {f['bias']:+.2f} "
            f"| {low:+.1f} to {high:+.1f} | {100 * f['sensitivity_below_90']:.0f} % "
            f"| {100 * f['specificity_below_90']:.0f} % | {by} |"
        )
    f = figures(rows, named[shipped])
    return "\n".join([*lines, "", f"{f['windows']} windows of 30 s, {f['people']} people, both hands of each."])


def main(folder: Path) -> None:
    """Fit, write the card, and put the table of candidates between the marks in the page."""
    rows = hands(folder)
    shipped = best(rows)
    based, names = CANDIDATES[shipped]
    if not based:
        raise SystemExit(f"the best candidate, {shipped}, has no baseline: the library expects one")
    model = fit(rows, shipped)
    card = {
        "what": "saturation of a fingertip in % as a change from the first minute: baseline + sum of weight * "
        "log(ratio now / ratio in the first minute)",
        "written_by": WRITER,
        "recordings": "Hoffman et al. 2022, varied fraction of inspired oxygen, phone camera with flash; MIT licence",
        "limits": "four healthy adults, one phone model, unchanged exposure; the baseline is assumed, not measured; "
        "changes of pressure or light during the recording are read as changes of saturation",
        "model": shipped,
        "baseline": STARTING,
        "weights": dict(zip(names, [round(float(w), 4) for w in model["weights"]], strict=True)),
        "evidence": evidence(rows),
        "figures": rounded(figures(rows, held_out(rows, shipped))),
        # The choice of the candidate is itself learned from these people: what it costs goes into the interval.
        "figures_chosen_inside": rounded(figures(rows, chosen_inside(rows))),
        "figures_chosen_of_families": rounded(figures(rows, chosen_inside(rows, FAMILIES))),
        "figures_of_the_mean": rounded(figures(rows, held_out(rows, "the mean"))),
    }
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    text = table(rows, shipped)
    put_between(PAGE, WRITER, text)
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
