"""Agreement of measured with true values, and of confidence with error.

Every function takes plain arrays and gives a number, NaN where it is not defined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
GROSS = 10.0  # 1/min
RESAMPLES = 500
LEAST_PEOPLE = 5  # resampling fewer says nothing about people in general


def mae(value: Floats, truth: Floats) -> float:
    """Mean absolute error."""
    return float(np.abs(value - truth).mean()) if len(value) else np.nan


def rmse(value: Floats, truth: Floats) -> float:
    """Root mean square error; over the values an instrument displays it is A_RMS (ISO 80601-2-61)."""
    return float(np.sqrt(np.mean((value - truth) ** 2))) if len(value) else np.nan


def mape(value: Floats, truth: Floats) -> float:
    """Mean absolute error in percent of the true value; values with truth 0 are left out."""
    known = truth != 0
    return float(100 * np.mean(np.abs((value[known] - truth[known]) / truth[known]))) if known.any() else np.nan


def pearson_r(value: Floats, truth: Floats) -> float:
    """Pearson's correlation; needs three pairs and some spread in both."""
    if len(value) < 3 or not (np.ptp(value) > 0 and np.ptp(truth) > 0):
        return np.nan
    x, y = value - value.mean(), truth - truth.mean()
    product = float(np.sqrt((x @ x) * (y @ y)))
    return float(np.clip(x @ y / product, -1, 1)) if product > 0 else np.nan


def bias(value: Floats, truth: Floats) -> float:
    """Mean of measured minus true."""
    return float((value - truth).mean()) if len(value) else np.nan


def difference_sd(value: Floats, truth: Floats, person: Sequence[str] | NDArray[np.str_]) -> float:
    """Standard deviation of a single difference when a person gives several (Bland & Altman 2007, section 3).

    One-way analysis of variance: the variance within people plus that between them. Needs two differences.
    """
    difference = np.asarray(value - truth, dtype=np.float64)
    n = len(difference)
    if n < 2:
        return np.nan
    _, who = np.unique(np.asarray(person), return_inverse=True)
    count = np.bincount(who)
    k = len(count)
    if k in {1, n}:
        return float(difference.std(ddof=1))
    mean = np.bincount(who, difference) / count
    within = float(((difference - mean[who]) ** 2).sum() / (n - k))
    between = float((count * (mean - difference.mean()) ** 2).sum() / (k - 1))
    usual_count = (n**2 - float((count**2).sum())) / ((k - 1) * n)
    return float(np.sqrt(within + max(0.0, (between - within) / usual_count)))


def limits_of_agreement(value: Floats, truth: Floats, person: Sequence[str] | NDArray[np.str_]) -> tuple[float, float]:
    """Bland and Altman's 95 % limits for repeated measures: bias -+ 1.96 standard deviations of a difference."""
    middle, half = bias(value, truth), 1.96 * difference_sd(value, truth, person)
    return middle - half, middle + half


def risk_coverage(confidence: Floats, failed: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Generalised risk-coverage curve: coverage (K+1,) and the share of ALL cases that are accepted and failed.

    Cases enter from the most confident on, equals together; both run from 0.
    """
    order = np.argsort(-confidence, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True)) if len(order) else np.zeros(0, dtype=int)
    n = max(len(order), 1)
    coverage = np.concatenate([[0.0], (ends + 1) / n])
    risk = np.concatenate([[0.0], np.cumsum(failed[order])[ends] / n])
    return coverage, risk


def augrc(confidence: Floats, failed: NDArray[np.bool_]) -> float:
    """Area under the generalised risk-coverage curve (Traub et al. 2024): 0 best, half the failure share by chance."""
    if not len(confidence):
        return np.nan
    coverage, risk = risk_coverage(confidence, failed)
    return float(np.sum(np.diff(coverage) * (risk[1:] + risk[:-1]) / 2))


def reliability(confidence: Floats, right: NDArray[np.bool_], edges: ArrayLike) -> list[dict[str, float]]:
    """Bins low <= confidence < high (the last one closed): n, mean confidence and the share that was right."""
    cuts = np.asarray(edges, dtype=np.float64)
    place = np.clip(np.searchsorted(cuts, confidence, side="right") - 1, 0, len(cuts) - 2)
    return [
        {
            "low": float(cuts[b]),
            "high": float(cuts[b + 1]),
            "n": int((place == b).sum()),
            "confidence": float(confidence[place == b].mean()),
            "right": float(right[place == b].mean()),
        }
        for b in range(len(cuts) - 1)
        if (place == b).any()
    ]


def ece(confidence: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width: mean distance of confidence from the share right."""
    if not len(confidence):
        return np.nan
    table = reliability(confidence, right, np.linspace(0, 1, bins + 1))
    return float(sum(b["n"] * abs(b["confidence"] - b["right"]) for b in table) / len(confidence))


def auc(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: the chance that a positive case scores above a negative one, equals counting half."""
    high, low = score[positive], score[~positive]
    if not (len(high) and len(low)):
        return np.nan
    return float(np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low)))


def matched_beats(found_s: Floats, true_s: Floats, tolerance_s: float = 0.1) -> int:
    """How many beats of two increasing sequences can be paired one to one within `tolerance_s`."""
    i = j = pairs = 0
    while i < len(found_s) and j < len(true_s):
        # The nanosecond keeps rounding from deciding at the very edge.
        if abs(found_s[i] - true_s[j]) <= tolerance_s + 1e-9:
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif found_s[i] < true_s[j]:
            i += 1
        else:
            j += 1
    return pairs


def beat_f1(found_s: Floats, true_s: Floats, tolerance_s: float = 0.1) -> float:
    """F1 of beats found against true beats."""
    n = len(found_s) + len(true_s)
    return 2 * matched_beats(found_s, true_s, tolerance_s) / n if n else np.nan


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of k in n; NaN of none."""
    if n == 0:
        return np.nan, np.nan
    z2 = 1.959964**2
    centre = (k + z2 / 2) / (n + z2)
    half = float(np.sqrt(z2 * (k * (n - k) / n + z2 / 4))) / (n + z2)
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(
    person: Sequence[str] | NDArray[np.str_],
    figures: Callable[[NDArray[np.intp]], Mapping[str, float]],
    resamples: int = RESAMPLES,
) -> dict[str, tuple[float, float] | None]:
    """95 % percentile intervals of `figures` when people, not their windows, are drawn with replacement.

    `figures` gets the indices of the drawn rows. The same input gives the same intervals; None with fewer than five
    people, and for a figure that is not defined in most of the draws.
    """
    names, who = np.unique(np.asarray(person), return_inverse=True)
    rows = [np.flatnonzero(who == k) for k in range(len(names))]
    if len(rows) < LEAST_PEOPLE:
        return dict.fromkeys(figures(np.arange(len(who))))
    random = np.random.default_rng(2024)
    draws = [
        figures(np.concatenate([rows[k] for k in random.integers(len(rows), size=len(rows))])) for _ in range(resamples)
    ]
    intervals: dict[str, tuple[float, float] | None] = {}
    for key in draws[0]:
        values = np.array([draw[key] for draw in draws])
        known = values[np.isfinite(values)]
        enough = len(known) >= 0.8 * resamples
        intervals[key] = tuple(np.quantile(known, (0.025, 0.975)).tolist()) if enough else None
    return intervals
