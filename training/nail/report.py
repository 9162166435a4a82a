"""What the haemoglobin model was measured to do, from estimates of people whose session it never saw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from nail import near

Array = NDArray[np.float64]
ESTIMATES = ((0.0, 11.0), (11.0, 12.5), (12.5, 14.0), (14.0, 25.0))
BANDS = ((0.0, 8.0), (8.0, 11.0), (11.0, 13.0), (13.0, 25.0))


def errors(said: Array, hb: Array) -> dict[str, float]:
    """Of one way of estimating."""
    return {
        "mae": _r(np.abs(said - hb).mean()),
        "rmse": _r(np.sqrt(((said - hb) ** 2).mean())),
        "bias": _r((said - hb).mean()),
        "r": _r(np.corrcoef(said, hb)[0, 1]) if said.std() > 0 else 0.0,
        "auc_below_11": _r(roc_auc_score(hb < 11, -said)),
        "auc_below_8": _r(roc_auc_score(hb < 8, -said)),
    }


def whole(said: dict[str, Array], median: Array, hb: Array, sessions: NDArray[np.str_]) -> dict[str, Any]:
    """Everything the card says; `said` by version, the first of them the photos as they are."""
    best = said["as it is"]
    rng = np.random.default_rng(1)
    again = [rng.integers(0, len(hb), len(hb)) for _ in range(2000)]
    mae = [float(np.abs(best - hb)[k].mean()) for k in again]
    area = [roc_auc_score(hb[k] < 11, -best[k]) for k in again if 0 < (hb[k] < 11).sum() < len(k)]
    inside = near.held(best, hb, sessions)
    shares = {str(name): float(inside[sessions == name].mean()) for name in np.unique(sessions)}
    return {
        "people": len(hb),
        "sessions": len(np.unique(sessions)),
        "median": errors(median, hb),
        "by_version": {name: errors(values, hb) for name, values in said.items()},
        "mae_interval": [_r(v) for v in np.percentile(mae, (2.5, 97.5))],
        "auc_below_11_interval": [_r(v) for v in np.percentile(area, (2.5, 97.5))],
        "interval_covers": _r(float(np.mean(list(shares.values())))),
        "interval_covers_people": _r(inside.mean()),
        "interval_covers_by_session": {name: _r(value) for name, value in shares.items()},
        "below_8": {
            name: _sensitivity(best, hb, 8.0, cut)
            for name, cut in (("at 8", 8.0), ("at 10", 10.0), ("at 11", 11.0), ("at 12", 12.0))
        },
        "below_11": {name: _sensitivity(best, hb, 11.0, cut) for name, cut in (("at 11", 11.0), ("at 12", 12.0))},
        "by_band": [_band(best, hb, inside, hb, band) for band in BANDS],
        "by_estimate": [_band(best, hb, inside, best, band) for band in ESTIMATES],
    }


def _band(said: Array, hb: Array, inside: NDArray[np.bool_], by: Array, band: tuple[float, float]) -> dict[str, Any]:
    least, under = band
    here = (by >= least) & (by < under)
    error = (said - hb)[here]
    return {
        "from": least,
        "under": under,
        "n": int(here.sum()),
        "mae": _r(np.abs(error).mean()),
        "bias": _r(error.mean()),
        "interval_covers": _r(inside[here].mean()),
    }


def _sensitivity(said: Array, hb: Array, limit: float, cut: float) -> dict[str, Any]:
    low = hb < limit
    found = int((said[low] < cut).sum())
    return {
        "estimate_below": cut,
        "sensitivity": _r(found / low.sum()),
        "sensitivity_interval": [_r(v) for v in _wilson(found, int(low.sum()))],
        "n": int(low.sum()),
        "specificity": _r((said[~low] >= cut).mean()),
    }


def _wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z, p = 1.96, hits / n
    middle, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def _r(value: float) -> float:
    return round(float(value), 3)
