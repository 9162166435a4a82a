"""Figures of merit, each with the interval that resampling whole groups gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
REPEATS = 300


def auc(positive: NDArray[np.bool_], score: Floats) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties half (Mann-Whitney).

    nan when one side is empty.
    """
    n = int(positive.sum())
    m = len(positive) - n
    if n == 0 or m == 0:
        return float("nan")
    return float((rankdata(score)[positive].sum() - n * (n + 1) / 2) / (n * m))


def macro_auc(y: Ints, p: Floats) -> float:
    """Mean over the classes that occur of each one's AUC against the rest; y (N,), p (N, K)."""
    return float(np.mean([auc(y == k, p[:, k]) for k in np.unique(y)]))


def balanced_accuracy(y: Ints, p: Floats) -> float:
    """Mean over the classes that occur of the share that is named rightly."""
    named = p.argmax(axis=1)
    return float(np.mean([(named[y == k] == k).mean() for k in np.unique(y)]))


def accuracy(y: Ints, p: Floats) -> float:
    """Share whose most probable class is the right one."""
    return float((p.argmax(axis=1) == y).mean())


def kappa(y: Ints, p: Floats) -> float:
    """Cohen's kappa with quadratic weights, for grades."""
    count = p.shape[1]
    table = np.zeros((count, count))
    np.add.at(table, (y, p.argmax(axis=1)), 1)
    weight = np.subtract.outer(np.arange(count), np.arange(count)) ** 2
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1)
    return float(1 - (weight * table).sum() / max((weight * chance).sum(), 1e-12))


def ece(y: Ints, p: Floats, bins: int = 10) -> float:
    """Expected calibration error (Guo 2017): |accuracy - confidence| over bins of equal width, weighted by size."""
    sure, right = p.max(axis=1), p.argmax(axis=1) == y
    where = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(right[where == b].sum() - sure[where == b].sum()) for b in np.unique(where)]
    return float(np.sum(gaps) / max(len(y), 1))


def interval(
    measure: Callable[[Ints, Floats], float], y: Ints, p: Floats, groups: NDArray[np.str_], seed: int = 0
) -> list[float | None]:
    """[value, low, high]: `measure(y, p)` and its central 95 % over resampled groups; None for what is nan."""
    value = measure(y, p)
    names, index = np.unique(groups, return_inverse=True)
    members = np.split(np.argsort(index, kind="stable"), np.cumsum(np.bincount(index))[:-1])
    rng, seen = np.random.default_rng(seed), []
    for _ in range(REPEATS):
        chosen = np.concatenate([members[i] for i in rng.integers(len(names), size=len(names))])
        seen.append(measure(y[chosen], p[chosen]))
    low, high = np.nanquantile(seen, [0.025, 0.975]) if np.isfinite(seen).any() else (float("nan"),) * 2
    return [round(float(v), 4) if np.isfinite(v) else None for v in (value, low, high)]


def risk_coverage(y: Ints, p: Floats, points: int = 10) -> list[dict[str, float]]:
    """Error among the surest pictures, from the surest tenth to all of them."""
    order = np.argsort(-p.max(axis=1), kind="stable")
    wrong = np.cumsum(p.argmax(axis=1)[order] != y[order])
    sizes = np.unique(np.ceil(np.linspace(1 / points, 1, points) * len(y)).astype(int))
    return [{"coverage": round(float(n / len(y)), 3), "error": round(float(wrong[n - 1] / n), 4)} for n in sizes]
