"""The plots of an evaluation: agreement, calibration, and what withholding gains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation import metrics
from vitascope.evaluation.tables import TITLES, plots_of
from vitascope.vitals.heart_rate_confidence import TOLERANCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vitascope.evaluation.summary import PulseEvaluation, Row

INK, PULSE, MARK, FAINT = "#22313f", "#0b7a75", "#c1440e", "#9aa5ad"
STATUS_INK = {"withheld": FAINT, "tentative": "#e0a030", "ok": PULSE}


def draw(result: PulseEvaluation, folder: Path) -> list[Path]:
    """Write every plot that the rows suffice for into `folder` as PNG. Raises InputError when it cannot be written."""
    from matplotlib.figure import Figure

    written = []
    for name in plots_of(result):
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.subplots()
        if name.startswith("bland_altman_"):
            vital = name.removeprefix("bland_altman_")
            _bland_altman(axes, [r for r in result.rows if r.vital == vital and r.estimate is not None], vital)
        else:
            heart = [r for r in result.rows if r.vital == "heart_rate"]
            (_reliability if name == "reliability" else _risk_coverage)(axes, heart)
        path = folder / f"{name}.png"
        try:
            # Without the writer's version in it, the same figures give the same file.
            figure.savefig(path, dpi=100, metadata={"Software": None})
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
        written.append(path)
    return written


def _bland_altman(axes: Axes, rows: list[Row], vital: str) -> None:
    title, unit = TITLES[vital]
    for status, ink in STATUS_INK.items():
        value, truth, _ = _pairs([r for r in rows if r.status == status])
        if len(value):
            axes.plot(
                (value + truth) / 2, value - truth, ".", color=ink, markersize=4, label=f"{status} ({len(value)})"
            )
    value, truth, person = _pairs([r for r in rows if r.status == "ok"])
    if len(value) > 1:
        low, high = metrics.limits_of_agreement(value, truth, person)
        axes.axhline(metrics.bias(value, truth), color=INK, linewidth=1)
        for edge in (low, high):
            axes.axhline(edge, color=MARK, linewidth=1, linestyle="--")
        axes.set_title(
            f"{title}: bias {metrics.bias(value, truth):.2f}, limits {low:.2f} to {high:.2f} {unit} where ok"
        )
    axes.set(xlabel=f"mean of measured and true ({unit})", ylabel=f"measured - true ({unit})")
    axes.legend(frameon=False)


def _pairs(rows: list[Row]) -> tuple[metrics.Floats, metrics.Floats, list[str]]:
    value = np.array([r.estimate for r in rows], dtype=np.float64)
    return value, np.array([r.truth for r in rows], dtype=np.float64), [r.person for r in rows]


def _reliability(axes: Axes, rows: list[Row]) -> None:
    known = [r for r in rows if r.confidence is not None and r.estimate is not None]
    confidence = np.array([r.confidence for r in known], dtype=np.float64)
    value, truth, _ = _pairs(known)
    right = np.abs(value - truth) <= TOLERANCE
    bins = metrics.reliability(confidence, right, np.linspace(0, 1, 11))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
    axes.plot([b["confidence"] for b in bins], [b["right"] for b in bins], "o-", color=PULSE)
    for b in bins:
        axes.annotate(str(b["n"]), (b["confidence"], b["right"]), (6, -10), textcoords="offset points", fontsize=8)
    axes.set_title(f"Heart rate: expected calibration error {metrics.ece(confidence, right):.3f}, n = {len(known)}")
    axes.set(xlabel="confidence", ylabel=f"share within {TOLERANCE:g}/min", xlim=(0, 1), ylim=(0, 1.02))


def _risk_coverage(axes: Axes, rows: list[Row]) -> None:
    for length in sorted({r.window_s for r in rows}):
        part = [r for r in rows if r.window_s == length]
        confidence = np.array([r.confidence or 0.0 for r in part])
        value, truth, _ = _pairs(part)
        failed = ~(np.abs(value - truth) <= TOLERANCE)
        coverage, joint = metrics.risk_coverage(confidence, failed)
        area = metrics.augrc(confidence, failed)
        axes.plot(coverage[1:], joint[1:] / coverage[1:], label=f"{length:g} s: n = {len(part)}, AUGRC {area:.3f}")
    axes.set_title("Heart rate: what withholding the least confident windows gains")
    axes.set(xlabel="share of windows given", ylabel=f"share of them off by more than {TOLERANCE:g}/min", xlim=(0, 1))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
