"""What people with estimates like this one had: the interval, the errors and how many were low.

An interval of one width for everybody is wrong where it matters most: a low estimate stands for a lower truth. So the
errors of the people with the nearest estimates are taken, a conformal interval within a neighbourhood (Lei & Wasserman
2014, doi:10.1111/rssb.12021).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NEAREST = 60
STEP = 0.25  # g/dL between the rows of the card's table
LEVELS = np.linspace(0, 100, 21)  # percent of people, at whose errors the confidence is read off
LOW = (8.0, 11.0)


def offsets(residual: Array) -> tuple[float, float]:
    """What is added to an estimate for its 90 % interval: the conformal 5 and 95 % points of truth minus estimate
    (Lei et al. 2018, doi:10.1080/01621459.2017.1307116)."""
    ordered = np.sort(residual)
    n = len(ordered)
    low = max(int(np.floor(0.05 * (n + 1))) - 1, 0)
    high = min(int(np.ceil(0.95 * (n + 1))) - 1, n - 1)
    return float(ordered[low]), float(ordered[high])


def nearest(said: Array, at: float) -> NDArray[np.int64]:
    """The people whose estimates are nearest to `at`."""
    return np.argsort(np.abs(said - at), kind="stable")[:NEAREST]


def held(said: Array, hb: Array, sessions: NDArray[np.str_]) -> NDArray[np.bool_]:
    """(P,) whether the interval that the other sessions give holds each person's value."""
    inside = np.zeros(len(hb), bool)
    for person in range(len(hb)):
        others = sessions != sessions[person]
        residual = (hb - said)[others]
        low, high = offsets(residual[nearest(said[others], said[person])])
        inside[person] = low <= hb[person] - said[person] <= high
    return inside


def table(said: Array, hb: Array) -> dict[str, Any]:
    """For the card: at each estimate of a grid the interval, the errors, and how many of the nearest were low."""
    grid = np.arange(np.ceil(said.min() / STEP), np.floor(said.max() / STEP) + 1) * STEP
    rows: dict[str, Any] = {"nearest": NEAREST, "estimate": [round(float(g), 2) for g in grid]}
    rows |= {"low": [], "high": [], "error_quantiles": []} | {f"below_{limit:g}": [] for limit in LOW}
    for at in grid:
        some = nearest(said, float(at))
        low, high = offsets((hb - said)[some])
        rows["low"].append(round(low, 3))
        rows["high"].append(round(high, 3))
        errors = np.percentile(np.abs(hb - said)[some], LEVELS)
        rows["error_quantiles"].append([round(float(q), 3) for q in errors])
        for limit in LOW:
            rows[f"below_{limit:g}"].append(int((hb[some] < limit).sum()))
    return rows
