"""From the logits of pictures that taught nothing to probabilities, thresholds and prediction sets."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from vitascope.evaluation import figures
from vitascope.evaluation.figures import Floats, Ints

# The gap between the two most probable classes below which nothing is answered.
GAP = 0.5
COVERAGE = 0.9
# Pictures of one group resemble each other, so the sets aim above what they promise.
AIM = 0.93
# The error among answered pictures is chosen at this share of the error of answering all of them.
RISK_SHARE = 0.4
# Expected calibration error that naming rare classes more readily may cost.
MOST_OFF = 0.04


def temperature(logits: Floats, y: Ints) -> float:
    """Temperature (Guo 2017) with the least negative log-likelihood, logits (N, K)."""

    def cost(log_t: Floats) -> float:
        return -float(log_softmax(logits / np.exp(log_t[0]), axis=1)[np.arange(len(y)), y].mean())

    return float(np.exp(minimize(cost, np.zeros(1), method="Nelder-Mead").x[0]))


def probabilities(logits: Floats, t: float, bias: Floats, order: float = 0.0) -> Floats:
    """softmax((logits + bias) / t), (N, K); with `order` drawn to the mean grade (`export.Calibration`)."""
    scaled = (logits + bias) / t
    if order:
        grades = np.arange(logits.shape[1])
        middle = softmax(scaled, axis=1) @ grades
        scaled = scaled - order * (grades - middle[:, None]) ** 2
    return np.asarray(softmax(scaled, axis=1), dtype=np.float64)


def fair_bias(logits: Floats, y: Ints) -> Floats:
    """(K,) what to add to the logits so that rare classes are named as readily as common ones.

    A share of minus the logarithm of each class's frequency (logit adjustment: Menon 2021): the share with the best
    balanced accuracy whose confidence stays within MOST_OFF of the truth after a temperature. Zero where none is.
    """
    counts = np.maximum(np.bincount(y, minlength=logits.shape[1]), 1)
    away = -np.log(counts / counts.sum())
    best, reached = np.zeros(logits.shape[1]), figures.balanced_accuracy(y, logits)
    for share in np.arange(0.1, 1.01, 0.1):
        bias = share * (away - away.mean())
        p = probabilities(logits, temperature(logits + bias, y), bias)
        if figures.ece(y, p) <= MOST_OFF and figures.balanced_accuracy(y, p) > reached:
            best, reached = bias, figures.balanced_accuracy(y, p)
    return best


def ordered_temperature(logits: Floats, y: Ints, order: float) -> float:
    """Temperature with the least negative log-likelihood where the answer is drawn to the mean grade."""
    plain = np.zeros(logits.shape[1])

    def cost(log_t: Floats) -> float:
        p = probabilities(logits, float(np.exp(log_t[0])), plain, order)
        return -float(np.log(np.clip(p[np.arange(len(y)), y], 1e-9, 1)).mean())

    return float(np.exp(minimize(cost, np.zeros(1), method="Nelder-Mead").x[0]))


def answered(p: Floats, gap: float, threshold: float) -> Any:
    """(N,) bool: the two most probable classes are `gap` apart and the first reaches `threshold`."""
    ordered = np.sort(p, axis=1)
    return (ordered[:, -1] - ordered[:, -2] >= gap) & (ordered[:, -1] >= threshold)


def answer_rule(p: Floats, y: Ints) -> dict[str, Any]:
    """The lowest threshold at which the error among answered is RISK_SHARE of that of answering everything.

    One error is added to those counted, so that few calibration pictures make a stricter threshold.
    """
    wrong = p.argmax(axis=1) != y
    risk = RISK_SHARE * float(wrong.mean())
    best = None
    for threshold in np.round(np.arange(0.5, 0.996, 0.005), 3):
        kept = answered(p, GAP, float(threshold))
        if kept.sum() and (wrong[kept].sum() + 1) / (kept.sum() + 1) <= risk:
            best = float(threshold)
            break
    if best is None:
        best = 0.9
    kept = answered(p, GAP, best)
    return {
        "gap": GAP,
        "threshold": best,
        "risk": round(max(risk, float(wrong[kept].mean()) if kept.any() else 0.0), 4),
        "coverage": round(float(kept.mean()), 4),
        "n": len(y),
    }


def conformal(p: Floats, y: Ints) -> dict[str, Any]:
    """Class-conditional split conformal prediction (Vovk 2012): class k is in the set when 1 - p_k <= quantile k.

    The quantile is the ceil((n + 1) AIM)-th smallest score of the class's n pictures, 1 where there are too few.
    """
    quantiles, counts = [], []
    for k in range(p.shape[1]):
        scores = np.sort(1 - p[y == k, k])
        rank = int(np.ceil((len(scores) + 1) * AIM))
        quantiles.append(float(scores[rank - 1]) if rank <= len(scores) else 1.0)
        counts.append(len(scores))
    return {"quantiles": quantiles, "counts": counts}


def in_set(p: Floats, quantiles: Floats) -> Any:
    """(N, K) bool: the classes in each prediction set; the most probable one always is."""
    inside = 1 - p <= quantiles
    inside[np.arange(len(p)), p.argmax(axis=1)] = True
    return inside
