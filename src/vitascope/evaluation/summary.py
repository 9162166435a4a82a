"""What an evaluation of the pulse found: its rows, their figures with n and 95 % intervals, and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation import metrics
from vitascope.report.plain import plain
from vitascope.report.reading import Status
from vitascope.vitals.heart_rate_confidence import TOLERANCE

SCHEMA = "vitascope.evaluation/1"
# Two heart rates that differ by this are not one rate; breathing and saturation have their own scale.
GROSS = {"heart_rate": metrics.GROSS, "respiration_rate": 5.0, "oxygen_saturation": 10.0}
FAILED = {"heart_rate": TOLERANCE, "respiration_rate": 3.0, "oxygen_saturation": 4.0}


@dataclass(frozen=True, slots=True)
class Row:
    """One reading of one window. estimate: what the estimator found, for the heart rate also where it is withheld."""

    vital: str
    source: str
    person: str
    recording: str
    window_s: float
    start_s: float
    truth: float
    estimate: float | None
    status: Status
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Beats:
    """Beats of one recording against marked ones; f1 within 100 ms."""

    source: str
    person: str
    true: int
    found: int
    f1: float


@dataclass(frozen=True, slots=True)
class Variability:
    """One variability figure of a whole recording; value None when it was withheld."""

    name: str
    source: str
    person: str
    truth: float
    value: float | None
    status: Status


@dataclass(frozen=True, slots=True)
class Readable:
    """A wave that experts called good or not, and the confidence of its heart rate."""

    person: str
    recording: str
    good: bool
    confidence: float


@dataclass(eq=False)
class PulseEvaluation:
    """All that was measured. `tables` has the figures; see `Evaluation` for the rest."""

    windows_s: tuple[float, ...]
    rows: list[Row] = field(default_factory=list)
    beats: list[Beats] = field(default_factory=list)
    variability: list[Variability] = field(default_factory=list)
    readable: list[Readable] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    recordings: int = 0
    without_reference: int = 0
    too_few_samples: int = 0

    @cached_property
    def tables(self) -> dict[str, Any]:
        """Figures by vital, source and window; beats, variability and readability by source; confidence overall."""
        groups: dict[tuple[str, str, float], list[Row]] = {}
        for row in self.rows:
            groups.setdefault((row.vital, row.source, row.window_s), []).append(row)
        heart = [row for row in self.rows if row.vital == "heart_rate"]
        return {
            "rates": [
                {"vital": vital, "source": source, "window_s": window_s, **rate_figures(rows)}
                for (vital, source, window_s), rows in sorted(groups.items(), key=lambda item: item[0])
            ],
            "confidence": confidence_figures(heart),
            "beats": _by(self.beats, lambda b: (b.source,), ("source",), beat_figures),
            "variability": _by(self.variability, lambda v: (v.source, v.name), ("source", "name"), variability_figures),
            "readable": readable_figures(self.readable),
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON: figures first, then each window."""
        whole = {
            "schema": SCHEMA,
            "set": "pulse",
            "windows_s": list(self.windows_s),
            "recordings": self.recordings,
            "without_reference": self.without_reference,
            "too_few_samples": self.too_few_samples,
            "skipped": self.skipped,
            **self.tables,
            "rows": [asdict(row) for row in self.rows],
        }
        cleaned: dict[str, Any] = plain(whole)
        return cleaned

    def markdown(self, pictures: str | None = None) -> str:
        """The page's tables."""
        from vitascope.evaluation.tables import page

        return page(self, pictures)

    def draw(self, folder: Path) -> list[Path]:
        """Bland-Altman, reliability and risk-coverage of the heart rate, and Bland-Altman of other vitals."""
        from vitascope.evaluation.plots import draw

        return draw(self, folder)


def _by(items: Sequence[Any], key: Any, names: tuple[str, ...], figures: Any) -> list[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return [dict(zip(names, at, strict=True)) | figures(group) for at, group in groups.items()]


def _with_intervals(figures: Any, person: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each figure as {value, low, high}."""
    whole = figures(np.arange(len(person)))
    spread = metrics.bootstrap(person, figures)
    return {
        key: {"value": value, "low": between[0] if between else None, "high": between[1] if between else None}
        for key, value in whole.items()
        for between in (spread[key],)
    }


def rate_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """n, people and the figures of one vital on one source: over all estimates (`all_`), what is shown (`given_`) and
    what is ok (`ok_`). Yields count every window with a known truth."""
    vital = rows[0].vital
    truth = np.array([row.truth for row in rows])
    value = np.array([np.nan if row.estimate is None else row.estimate for row in rows])
    person = np.array([row.person for row in rows])
    ok = np.array([row.status == "ok" for row in rows])
    given = np.array([row.status != "withheld" for row in rows])
    has = np.isfinite(value)
    sure = np.array([row.confidence is not None for row in rows]) & has
    confidence = np.array([row.confidence or 0.0 for row in rows])
    failed = ~(np.abs(value - truth) <= FAILED[vital])

    def figures(at: NDArray[np.intp]) -> dict[str, float]:
        result = {"ok_yield": float(ok[at].mean()), "given_yield": float(given[at].mean())}
        for name, mask in (("all", has), ("given", given), ("ok", ok)):
            kept = at[mask[at]]
            v, t = value[kept], truth[kept]
            low, high = metrics.limits_of_agreement(v, t, person[kept])
            result |= {
                f"{name}_mae": metrics.mae(v, t),
                f"{name}_rmse": metrics.rmse(v, t),
                f"{name}_mape": metrics.mape(v, t),
                f"{name}_r": metrics.pearson_r(v, t),
                f"{name}_bias": metrics.bias(v, t),
                f"{name}_loa_low": low,
                f"{name}_loa_high": high,
                f"{name}_gross": float((np.abs(v - t) > GROSS[vital]).mean()) if len(v) else np.nan,
            }
        # What a device displays is judged by A_RMS; it is the root mean square error of the values given.
        result["a_rms"] = result["given_rmse"]
        if vital == "heart_rate":
            result["augrc"] = metrics.augrc(confidence[at], failed[at])
            result["ece"] = metrics.ece(confidence[at[sure[at]]], ~failed[at[sure[at]]])
        return result

    return {
        "n": len(rows),
        "n_given": int(given.sum()),
        "n_ok": int(ok.sum()),
        "people": len(set(person.tolist())),
        **_with_intervals(figures, person.tolist()),
    }


def confidence_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Calibration of the heart rate's confidence over all windows: tenths of the scale, tenths of the windows, ECE."""
    known = [row for row in rows if row.confidence is not None and row.estimate is not None]
    if not known:
        return {"n": 0}
    confidence = np.array([row.confidence or 0.0 for row in known])
    error = np.array([abs((row.estimate or 0.0) - row.truth) for row in known])
    right = error <= TOLERANCE
    order = np.argsort(confidence, kind="stable")
    deciles = [
        {
            "n": len(part),
            "confidence": float(confidence[part].mean()),
            "right": float(right[part].mean()),
            "mae": float(error[part].mean()),
            "median_error": float(np.median(error[part])),
        }
        for part in np.array_split(order, 10)
        if len(part)
    ]

    def figures(at: NDArray[np.intp]) -> dict[str, float]:
        return {"ece": metrics.ece(confidence[at], right[at]), "augrc": metrics.augrc(confidence[at], ~right[at])}

    return {
        "n": len(known),
        "people": len({row.person for row in known}),
        "without_confidence": len(rows) - len(known),
        **_with_intervals(figures, [row.person for row in known]),
        "bins": metrics.reliability(confidence, right, np.linspace(0, 1, 11)),
        "deciles": deciles,
    }


def beat_figures(beats: Sequence[Beats]) -> dict[str, Any]:
    """Mean and smallest F1 over recordings."""
    f1 = np.array([b.f1 for b in beats])

    def figures(at: NDArray[np.intp]) -> dict[str, float]:
        return {"f1": float(f1[at].mean())}

    return {
        "n": len(beats),
        "beats": sum(b.true for b in beats),
        "worst_f1": float(f1.min()),
        **_with_intervals(figures, [b.person for b in beats]),
    }


def variability_figures(items: Sequence[Variability]) -> dict[str, Any]:
    """Yield, median and mean absolute error and bias over recordings."""
    value = np.array([np.nan if v.value is None else v.value for v in items])
    truth = np.array([v.truth for v in items])

    def figures(at: NDArray[np.intp]) -> dict[str, float]:
        kept = at[np.isfinite(value[at])]
        error = value[kept] - truth[kept]
        return {
            "given_yield": len(kept) / len(at),
            "median_error": float(np.median(np.abs(error))) if len(kept) else np.nan,
            "mae": metrics.mae(value[kept], truth[kept]),
            "bias": metrics.bias(value[kept], truth[kept]),
        }

    return {
        "n": len(items),
        "n_given": int(np.isfinite(value).sum()),
        **_with_intervals(figures, [v.person for v in items]),
    }


def readable_figures(items: Sequence[Readable]) -> dict[str, Any]:
    """AUC of the confidence for waves that experts called good against those they called bad."""
    score = np.array([item.confidence for item in items])
    good = np.array([item.good for item in items], dtype=bool)

    def figures(at: NDArray[np.intp]) -> dict[str, float]:
        return {"auc": metrics.auc(score[at], good[at])}

    if not items:
        return {"n": 0}
    return {"n": len(items), "good": int(good.sum()), **_with_intervals(figures, [item.person for item in items])}
