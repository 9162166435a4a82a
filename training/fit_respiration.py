"""Fit the confidence of the respiration rate on recordings with a breathing belt or capnometer.

    python training/fit_respiration.py RECORDINGS_DIR

Steps: contact pulse waves are cut into windows of 30 and 60 s; the reference is the strongest line of the belt between
0.1 and 0.5 Hz. A logistic regression of "within 2/min" on two figures (share of the fused line, votes) is fitted with
one person left out in turn for the table in `docs/vitals.md`; the packaged card is fitted on all of them.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.signal import butter, sosfiltfilt

from vitascope.evaluation.page import put_between
from vitascope.pulse.beats import find_beats
from vitascope.vitals.assess import measure_waves, wave_waves
from vitascope.vitals.observation import Observation
from vitascope.vitals.respiration import (
    GRID_HZ,
    TOLERANCE,
    Breathing,
    band_spectrum,
    breathing_traces,
    confidence,
    fuse,
)

ROOT = Path(__file__).resolve().parent.parent
CARD = ROOT / "src/vitascope/vitals/respiration_card.json"
PAGE = ROOT / "docs/vitals.md"
WRITER = "training/fit_respiration.py"
WINDOWS_S = (30, 60)
FPS = 60.0
OK_FROM, TENTATIVE_FROM = 0.8, 0.5
PENALTY = 1.0
LONG = (("bidmc01", "resp"), ("capnobase0009", "co2"), ("challenge_v102s", "resp"))
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One window: what was found and how far off it was, 1/min."""

    source: str
    person: str
    window_s: int
    found: Breathing
    error: float


def records(folder: Path) -> Iterator[tuple[str, str, Floats, Floats]]:
    """source, person, pulse wave (N,) and belt (N,), both 60 times a second."""
    for name, key in LONG:
        clip = np.load(folder / f"respiration/{name}.npz")
        clock = np.arange(len(clip["ppg"])) / float(clip["fs"])
        even = np.arange(0, clock[-1], 1 / FPS)
        yield name, name, even_out(even, clock, clip["ppg"]), even_out(even, clock, clip[key])
    for path in sorted(folder.glob("respiration_stress/*.npz")):
        clip = np.load(path)
        clock = clip["time_ms"] / 1000
        even = np.arange(clock[0], clock[-1], 1 / FPS)
        for place in ("finger", "ear"):
            belt = even_out(even, clock, clip["resp"])
            yield f"belt, {place}", path.stem.split("_")[0], even_out(even, clock, clip[f"ppg_{place}"]), belt


def even_out(even: Floats, clock: Floats, values: Any) -> Floats:
    """`values` at the times `even`, gaps bridged."""
    known = np.isfinite(values)
    bridged: Floats = np.interp(even, clock[known], np.asarray(values, dtype=float)[known])
    return bridged


def rows_of(folder: Path) -> list[Row]:
    """Every window of every record."""
    rows = []
    slow = butter(2, (0.08, 0.7), "bandpass", fs=FPS, output="sos")
    for source, person, ppg, belt in records(folder):
        breath = sosfiltfilt(slow, belt - belt.mean())
        for length in WINDOWS_S:
            for start in range(0, len(ppg) - int(length * FPS) + 1, int(length * FPS)):
                part = slice(start, start + int(length * FPS))
                frequency, power = band_spectrum(breath[part][:: int(FPS / GRID_HZ)], GRID_HZ)
                found = fuse(breathing_traces(observe(ppg[part])), GRID_HZ)
                rows.append(Row(source, person, length, found, abs(found.rate - 60 * frequency[power.argmax()])))
    return rows


def observe(ppg: Floats) -> Observation:
    """What the library makes of a contact wave (N,)."""
    measured = measure_waves(wave_waves(ppg, FPS), None)
    waves, along = measured.waves, measured.along_hz
    beats = find_beats(waves.bvp[0], waves.fps, along)
    return Observation(
        waves.bvp[0], waves.baseline, waves.seen, waves.fps, waves.seen_s, measured.course, beats, measured.quality,
        None, None, None,
    )  # fmt: skip


def fit(rows: list[Row]) -> dict[str, float]:
    """Intercept and weights of the confidence; windows without a line are withheld anyway."""
    given = [r for r in rows if r.found.rate]
    share = np.clip([r.found.share for r in given], 1e-3, 1 - 1e-3)
    x = np.stack([np.ones(len(given)), np.log(share / (1 - share)), [r.found.votes for r in given]], axis=1)
    right = np.array([r.error <= TOLERANCE for r in given], dtype=float)

    def loss(w: Floats) -> float:
        score = x @ w
        return float(np.logaddexp(0, score).sum() - right @ score + 0.5 * PENALTY * (w[1:] ** 2).sum())

    best = minimize(loss, np.zeros(3), bounds=[(None, None), (0, None), (0, None)], method="L-BFGS-B").x
    return {name: round(float(w), 4) for name, w in zip(("intercept", "share", "votes"), best, strict=True)}


def sureness(rows: list[Row], model: dict[str, float]) -> Floats:
    """(K,) confidences, 0 where there was no line."""
    return np.array([confidence(r.found, model) if r.found.rate else 0.0 for r in rows])


def held_out(rows: list[Row]) -> Floats:
    """(K,) confidences, each from a fit that did not see that person."""
    out = np.zeros(len(rows))
    people = np.array([r.person for r in rows])
    for person in np.unique(people):
        model = fit([r for r in rows if r.person != person])
        out[people == person] = sureness([r for r in rows if r.person == person], model)
    return out


def interval(sure: Floats, error: Floats) -> dict[str, list[float]]:
    """90 % quantiles of the error over confidence, never rising with it."""
    centres, widths = [], []
    for low, high in itertools.pairwise((0.0, 0.5, 0.65, 0.8, 0.9, 1.0)):
        inside = (sure >= low) & (sure <= high)
        if inside.sum() >= 15:
            centres.append(round(float(sure[inside].mean()), 4))
            widths.append(float(np.quantile(error[inside], 0.9)))
    falling = np.maximum.accumulate(widths[::-1])[::-1]
    return {"confidence": centres, "half_width": [round(float(max(w, 0.5)), 2) for w in falling]}


def table(rows: list[Row], sure: Floats) -> str:
    """What was found, by confidence and by source."""
    error = np.array([r.error for r in rows])
    lines = ["| confidence | windows | within 2/min | MAE |", "|---|---|---|---|"]
    for low, high in itertools.pairwise((0.0, 0.5, 0.65, 0.8, 0.9, 1.0)):
        inside = (sure >= low) & ((sure < high) | (high == 1.0))
        if inside.any():
            right = 100 * (error[inside] <= TOLERANCE).mean()
            lines.append(f"| {low:.2f} to {high:.2f} | {inside.sum()} | {right:.0f} % | {error[inside].mean():.2f} |")
    lines += ["", "| recordings | window | n | yield | MAE, given | yield of ok | MAE, ok | MAE, the surest 60 % |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    groups = [(s, w) for s in dict.fromkeys(r.source for r in rows) for w in WINDOWS_S] + [("all", 30), ("all", 60)]
    for source, length in groups:
        chosen = np.array([source in (r.source, "all") and r.window_s == length for r in rows])
        cells = []
        for limit in (TENTATIVE_FROM, OK_FROM):
            given = chosen & (sure >= limit)
            mae = f"{error[given].mean():.2f}" if given.any() else "-"
            cells.append(f"{100 * given.sum() / chosen.sum():.0f} % | {mae}")
        surest = error[chosen][np.argsort(-sure[chosen], kind="stable")][: round(0.6 * chosen.sum())]
        lines.append(f"| {source} | {length} s | {chosen.sum()} | {' | '.join(cells)} | {surest.mean():.2f} |")
    return "\n".join(lines)


def main(folder: Path) -> None:
    """Fit, write the card, and put the held-out tables between the marks in the page."""
    rows = rows_of(folder)
    sure = held_out(rows)
    card = {
        "what": "P(|error| <= 2/min) of the respiration rate; logistic regression on share (log-odds) and votes",
        "written_by": WRITER,
        "recordings": "BIDMC 01, CapnoBase 0009, Challenge v102s; two people with a breathing belt, finger and ear",
        "windows": len(rows),
        **fit(rows),
        "interval": interval(sure, np.array([r.error for r in rows])),
        "ok_from": OK_FROM,
        "tentative_from": TENTATIVE_FROM,
    }
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    text = table(rows, sure)
    put_between(PAGE, WRITER, text)
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
