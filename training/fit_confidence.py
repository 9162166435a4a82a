"""Fit the confidence and the interval of the heart rate on recordings that have a contact reference.

    python training/fit_confidence.py RECORDINGS_DIR

Steps: every recording is cut into windows of 10, 15 and 30 s and measured; the quality figures of a window and
whether its rate was within 5/min of the reference make one row. Recordings without a pulse (noise of several colours,
made here) are rows that are always wrong. A logistic regression with weights that cannot be negative and boosted
trees that cannot fall as a figure gets better are fitted (scikit-learn); five-fold, each person in one fold only, gives
the figures in `docs/vitals.md`; the packaged card is fitted on all rows. The interval is the 90 % quantile of the error
over confidence, made monotone.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier

from vitascope.evaluation.page import put_between
from vitascope.pulse.trace import Kind, Trace
from vitascope.vitals.assess import Measured, measure_waves, trace_waves, wave_waves
from vitascope.vitals.heart_rate_confidence import TERMS, TOLERANCE, Card, Tree, leaf, transform

ROOT = Path(__file__).resolve().parent.parent
CARD = ROOT / "src/vitascope/vitals/heart_rate_card.json"
PAGE = ROOT / "docs/vitals.md"
WINDOWS_S = (10, 15, 30)
FOLDS = 5
PENALTY = 1.0
# How the trees grow, and their share of the log-odds. A longer recording is not surer by itself, so its term is free.
SHARE, TREES, LEAVES, FEWEST, RATE, RISING = 0.7, 60, 8, 60, 0.1, (1, 1, 1, 0)
# How much a window of noise weighs for the trees: as much of it is given as by the regression alone.
NOISE_WEIGHT = 1.5
OK_FROM, TENTATIVE_FROM = 0.85, 0.65
WRITER = "training/fit_confidence.py"


@dataclass(frozen=True)
class Row:
    """One measured window. error in 1/min, infinite where there was no pulse to find."""

    source: str
    person: str
    window_s: float
    figures: dict[str, float]
    error: float


def windows(duration_s: float, hop: float = 1.0) -> Iterator[tuple[float, float]]:
    """Start and length of every window that fits; `hop` in window lengths."""
    for length in WINDOWS_S:
        for k in range(int((duration_s - length) / (length * hop) + 1e-6) + 1):
            yield k * length * hop, length


def contact_rate(ppg: NDArray[np.float64], fps: float) -> float:
    """The rate of a contact pulse wave by the same estimator."""
    return measure_waves(wave_waves(ppg, fps), None).course.bpm


def row(source: str, person: str, length: float, measured: Measured, truth: float) -> Row:
    """The row of one measured window whose true rate is `truth`."""
    return Row(source, person, length, nominal(measured, length), abs(measured.course.bpm - truth))


def nominal(measured: Measured, length: float) -> dict[str, float]:
    """The quality figures, with the length that was asked for.

    What was recorded differs by a frame from set to set, and trees would tell the sets by that.
    """
    return measured.quality.features() | {"seconds": float(length)}


def face_waveforms(folder: Path) -> Iterator[Row]:
    """UBFC-rPPG and PURE: waves another project extracted, alone and together."""
    for path in sorted(folder.glob("face_waveforms/*.npz")):
        clip = {key: np.asarray(value, dtype=float) for key, value in np.load(path).items()}
        fps = float(clip["fps"])
        for start, length in windows(len(clip["ppg"]) / fps):
            part = slice(round(start * fps), round((start + length) * fps))
            truth = contact_rate(clip["ppg"][part], fps)
            for names in (("pos",), ("pos", "green", "lgi")):
                waves = np.stack([clip[name][part] for name in names], axis=1)
                measured = measure_waves(wave_waves(waves, fps), None)
                label = path.stem.split("_")[0] + ("" if len(names) == 1 else " fused")
                yield row(label, path.stem, length, measured, truth)


def colour(
    source: str, person: str, time_s: NDArray[np.float64], rgb: NDArray[np.float64], kind: Kind, *,
    rate: Any, hop: float,
) -> Iterator[Row]:  # fmt: skip
    """Rows of one colour recording; `rate(start, stop)` gives the true rate of a span, NaN where unknown."""
    for start, length in windows(float(time_s[-1] - time_s[0]), hop):
        inside = (time_s >= time_s[0] + start) & (time_s < time_s[0] + start + length)
        truth = rate(time_s[0] + start, time_s[0] + start + length)
        if inside.sum() < 5 * length or not np.isfinite(truth):
            continue
        trace = Trace(time_s[inside], rgb[inside], tuple(f"region{i}" for i in range(rgb.shape[1])), kind)
        yield row(source, person, length, measure_waves(trace_waves(trace, None), kind), truth)


def face_rgb(folder: Path) -> Iterator[Row]:
    """Colour of four faces with a finger pulse wave on the same clock."""
    for path in [*sorted(folder.glob("face_rgb/*.npz")), *sorted(folder.glob("face_rgb_5min/*.npz"))]:
        clip = {key: np.asarray(value, dtype=float) for key, value in np.load(path).items()}
        long = "time_ms" in clip
        time_s, clock = (
            (clip["time_ms"] / 1000, clip["ppg_time_ms"] / 1000) if long else (clip["time_s"], clip["ref_time_s"])
        )
        rgb = np.stack([clip["rgb_forehead"], clip["rgb_cheeks"]], axis=1) if long else clip["rgb"][:, None]

        def rate(start: float, stop: float, clock: Any = clock, ppg: Any = clip["ppg"]) -> float:
            even = np.arange(start, stop, 1 / 60)
            return contact_rate(np.interp(even, clock, ppg), 60.0) if clock[-1] >= stop else np.nan

        yield from colour("face colour", path.stem, time_s, rgb, "face", rate=rate, hop=2.0 if long else 0.5)


def fingers(folder: Path) -> Iterator[Row]:
    """Fingertip colour with chest-strap intervals."""
    for path in sorted(folder.glob("finger_rr/*.npz")):
        clip = {key: np.asarray(value, dtype=float) for key, value in np.load(path).items()}
        beat_s = np.cumsum(clip["rr_ms"]) / 1000

        def rate(start: float, stop: float, beat_s: Any = beat_s) -> float:
            inside = beat_s[(beat_s >= start) & (beat_s <= stop)]
            return 60 * (len(inside) - 1) / (inside[-1] - inside[0]) if len(inside) > 4 else np.nan

        time_s = clip["time_ms"] / 1000
        yield from colour("finger", path.stem, time_s, clip["rgb"][:, None], "finger", rate=rate, hop=1.0)


def noise() -> Iterator[Row]:
    """Traces without a pulse: white, 1/f and random-walk noise, shared and not shared between channels and regions."""
    random = np.random.default_rng(20)
    base = np.array([150.0, 105.0, 85.0])
    for index in range(480):
        length, fps = (10, 15, 30)[index % 3], (30.0, 15.0, 60.0)[index // 3 % 3]
        n, regions = int(length * fps), (1, 3)[index % 2]
        shaped = np.fft.rfft(random.normal(size=(n, regions, 3)), axis=0)
        shaped /= np.maximum(np.fft.rfftfreq(n, 1 / fps), 0.1)[:, None, None] ** (0.0, 0.5, 1.0)[index // 9 % 3]
        wave = np.fft.irfft(shaped, n, axis=0)
        wave = 0.3 * wave / wave.std() + 0.3 * wave[..., :1] / wave.std() * random.uniform(0, 1)
        trace = Trace(np.arange(n) / fps, base + wave, tuple("abc"[:regions]), "face")
        measured = measure_waves(trace_waves(trace, None), "face")
        yield Row("no pulse", f"noise {index}", length, nominal(measured, length), np.inf)


def design(rows: list[Row], limits: dict[str, dict[str, float]] | None = None) -> NDArray[np.float64]:
    """(K, F) transformed quality figures, clipped to `limits` where they are given."""
    values = np.array([[transform(name, r.figures[name]) for name in TERMS] for r in rows])
    if limits:
        values = np.clip(values, [limits[n]["low"] for n in TERMS], [limits[n]["high"] for n in TERMS])
    return values


def fit(rows: list[Row]) -> dict[str, Any]:
    """Intercept, terms and trees of the confidence model."""
    right = np.array([r.error <= TOLERANCE for r in rows], dtype=float)
    raw = design(rows)
    terms = {
        name: {"low": float(np.percentile(raw[:, i], 1)), "high": float(np.percentile(raw[:, i], 99))}
        for i, name in enumerate(TERMS)
    }
    clipped = design(rows, terms)
    mean, scale = clipped.mean(axis=0), clipped.std(axis=0) + 1e-9
    x = (clipped - mean) / scale

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = x @ weights[1:] + weights[0]
        error = 1 / (1 + np.exp(-score)) - right
        value = np.logaddexp(0, score).sum() - (right * score).sum() + 0.5 * PENALTY * (weights[1:] ** 2).sum()
        return float(value), np.concatenate([[error.sum()], x.T @ error + PENALTY * weights[1:]])

    start = np.zeros(1 + len(TERMS))
    bounds = [(None, None)] + [(None, None) if name == "seconds" else (0, None) for name in TERMS]
    best = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    for i, name in enumerate(TERMS):
        terms[name] |= {"mean": float(mean[i]), "scale": float(scale[i]), "weight": float(best[1 + i])}
    return {"intercept": float(best[0]), "terms": terms, "trees": boosted(raw, right, [r.error for r in rows])}


def boosted(values: NDArray[np.float64], right: NDArray[np.float64], error: Sequence[float]) -> dict[str, Any]:
    """Trees whose leaves add up to the log-odds of being right, from `values` (K, F), `right` and `error` (K,)."""
    weight = np.where(np.isfinite(error), 1.0, NOISE_WEIGHT)
    model = HistGradientBoostingClassifier(
        max_iter=TREES, max_leaf_nodes=LEAVES, min_samples_leaf=FEWEST, learning_rate=RATE, monotonic_cst=RISING
    ).fit(values, right.astype(int), sample_weight=weight)

    def branch(nodes: Any, index: int) -> Tree:
        node = nodes[index]
        if node["is_leaf"]:
            return round(float(node["value"]), 5)
        low, high = (branch(nodes, int(node[side])) for side in ("left", "right"))
        # Not rounded: cuts are values of windows, which would fall to the other side.
        return [int(node["feature_idx"]), float(node["num_threshold"]), low, high]

    # The library has no public way to read its trees: what they add up to is held against what it says.
    trees = [branch(stage[0].nodes, 0) for stage in model._predictors]
    rest = model.decision_function(values) - [sum(leaf(tree, row) for tree in trees) for row in values]
    if np.ptp(rest) > 1e-3:
        raise RuntimeError("The trees that were read do not say what the library's say.")
    return {"share": SHARE, "start": round(float(rest.mean()), 5), "trees": trees}


def predict(model: dict[str, Any], rows: list[Row]) -> NDArray[np.float64]:
    """(K,) confidences of `rows`."""
    card = Card({"surest": 1.0} | model)
    return np.array([card.confidence(row.figures) for row in rows])


def held_out(rows: list[Row], share: float = SHARE) -> NDArray[np.float64]:
    """Confidence of each row from a model that saw neither the row nor any other of its person."""
    people = sorted({r.person.split(" ")[0] if r.source != "no pulse" else r.person for r in rows})
    order = np.random.default_rng(3).permutation(len(people))
    fold_of = {person: int(order[i]) % FOLDS for i, person in enumerate(people)}
    fold = np.array([fold_of[r.person.split(" ")[0] if r.source != "no pulse" else r.person] for r in rows])
    confidence = np.zeros(len(rows))
    for k in range(FOLDS):
        model = fit([r for r, f in zip(rows, fold, strict=True) if f != k])
        model["trees"]["share"] = share
        confidence[fold == k] = predict(model, [r for r, f in zip(rows, fold, strict=True) if f == k])
    return confidence


def parts(rows: list[Row]) -> list[str]:
    """What each half of the model is worth by itself, as Markdown."""
    error = np.array([r.error for r in rows])
    pulse, right = np.isfinite(error), error <= TOLERANCE
    lines = [
        "| model | log loss | ok | of these more than 5/min off | noise that is given |",
        "|---|---|---|---|---|",
    ]
    for name, share in (("logistic regression", 0.0), ("boosted trees", 1.0), ("both (shipped)", SHARE)):
        said = np.clip(held_out(rows, share), 1e-6, 1 - 1e-6)
        ok = pulse & (said >= OK_FROM)
        loss = -np.log(np.where(right, said, 1 - said)).mean()
        lines.append(
            f"| {name} | {loss:.3f} | {100 * ok.sum() / pulse.sum():.1f} % | {100 * (~right[ok]).mean():.1f} % "
            f"| {100 * (said[~pulse] >= TENTATIVE_FROM).mean():.1f} % |"
        )
    return lines


def interval(confidence: NDArray[np.float64], error: NDArray[np.float64]) -> dict[str, list[float]]:
    """90 % quantiles of the error over confidence, never rising with it."""
    edges = np.array([0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0])
    centres, widths = [], []
    for low, high in itertools.pairwise(edges):
        inside = (confidence >= low) & (confidence <= high)
        if inside.sum() >= 20:
            centres.append(float(confidence[inside].mean()))
            widths.append(float(np.quantile(np.minimum(error[inside], 60.0), 0.9)))
    falling = np.minimum.accumulate(widths)
    return {"confidence": [round(c, 4) for c in centres], "half_width": [round(float(w), 2) for w in falling]}


def surest(confidence: NDArray[np.float64], error: NDArray[np.float64]) -> float:
    """Share of the held-out windows of 0.98 and more that were within tolerance: nothing may claim more."""
    return round(float((error[confidence >= 0.98] <= TOLERANCE).mean()), 3)


def table(rows: list[Row], confidence: NDArray[np.float64]) -> str:
    """The held-out figures as Markdown."""
    error = np.array([r.error for r in rows])
    pulse = np.isfinite(error)
    right = error <= TOLERANCE
    lines = ["| confidence | windows | within 5/min | median error | 90 % of errors below |", "|---|---|---|---|---|"]
    gap = 0.0
    for low, high in itertools.pairwise((0.0, 0.2, 0.4, 0.5, 0.6, 0.7, OK_FROM, 0.9, 0.95, 0.98, 1.0)):
        inside = (confidence >= low) & ((confidence < high) | (high == 1.0))
        if not inside.any():
            continue
        gap += abs(float(right[inside].mean()) - float(confidence[inside].mean())) * float(inside.mean())
        known = error[inside & pulse]
        lines.append(
            f"| {low:.2f} to {high:.2f} | {inside.sum()} | {100 * right[inside].mean():.1f} % "
            f"| {np.median(known):.2f} | {np.quantile(known, 0.9):.2f} |"
        )
    lines += [
        "",
        f"{len(rows)} windows of {len({r.person for r in rows if np.isfinite(r.error)})} recordings and "
        f"{int((~pulse).sum())} windows of noise (always wrong; left out of the last two columns). "
        f"Expected calibration error {gap:.3f}. Highest confidence of noise: {confidence[~pulse].max():.2f}.",
        "",
        "| recordings | window | n | MAE, all | yield of ok | MAE, ok | gross errors (> 10/min), ok |",
        "|---|---|---|---|---|---|---|",
    ]
    for source in dict.fromkeys(r.source for r in rows if np.isfinite(r.error)):
        for length in WINDOWS_S:
            chosen = np.array([r.source == source and r.window_s == length for r in rows])
            ok = chosen & (confidence >= OK_FROM)
            if ok.any():
                share, gross = 100 * ok.sum() / chosen.sum(), 100 * (error[ok] > 10).mean()
                lines.append(
                    f"| {source} | {length} s | {chosen.sum()} | {error[chosen].mean():.2f} | {share:.0f} % "
                    f"| {error[ok].mean():.2f} | {gross:.1f} % |"
                )
    return "\n".join(lines)


def written(card: dict[str, Any]) -> str:
    """The card as JSON, a tree a line."""
    trees = ",\n   ".join(json.dumps(tree) for tree in card["trees"]["trees"])
    rest = card | {"trees": card["trees"] | {"trees": "TREES"}}
    return json.dumps(rest, indent=1).replace('"TREES"', f"[\n   {trees}\n  ]") + "\n"


def main(folder: Path) -> None:
    """Fit, write the card, and put the held-out table between the marks in the page."""
    rows = [*face_waveforms(folder), *face_rgb(folder), *fingers(folder), *noise()]
    error = np.array([r.error for r in rows])
    unscaled = held_out(rows)
    top = surest(unscaled, error)
    confidence = top * unscaled
    card = {
        "what": "P(|error| <= 5/min) of the heart rate from quality figures; logistic regression and boosted trees",
        "written_by": WRITER,
        "windows": len(rows),
        **fit(rows),
        "interval": interval(confidence, error),
        "surest": top,
        "ok_from": OK_FROM,
        "tentative_from": TENTATIVE_FROM,
    }
    CARD.write_text(written(card), encoding="utf-8")
    text = "\n".join([*parts(rows), "", table(rows, confidence)])
    put_between(PAGE, WRITER, text)
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
