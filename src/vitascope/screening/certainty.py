"""When a check answers and when it says that it is not sure.

The most probable class is an answer when it is ahead of the next by a wide gap and above a threshold that was chosen
on pictures apart from training for a stated risk (selective classification: Geifman & El-Yaniv 2017). The prediction
set is class-conditional conformal prediction (Vovk 2012; Angelopoulos & Bates 2021): class k is in the set when
1 - p_k is at most the quantile of that class; the most probable class always is, which only raises the coverage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vitascope.report import PredictionSet

# No answer unless the two most probable classes are at least this far apart, whatever a card says.
LEAST_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer needs: p1 - p2 >= `gap` and p1 >= `threshold`; `quantiles` (K,) make the prediction set."""

    classes: tuple[str, ...]
    gap: float = LEAST_GAP
    threshold: float = 0.0
    coverage: float | None = None
    quantiles: tuple[float, ...] = ()
    n: int | None = None

    @classmethod
    def of(cls, head: Mapping[str, Any]) -> Rule:
        """The rule of one head of a card; a card can be stricter than LEAST_GAP and never laxer."""
        answer, conformal = head.get("answer", {}), head.get("conformal")
        classes = tuple(head["classes"])
        if conformal is None:
            return cls(classes, max(LEAST_GAP, answer.get("gap", 0.0)), answer.get("threshold", 0.0))
        n = conformal.get("n")
        return cls(
            classes,
            max(LEAST_GAP, answer.get("gap", 0.0)),
            answer.get("threshold", 0.0),
            float(conformal["coverage"]),
            tuple(float(q) for q in conformal["quantiles"]),
            min(n.values()) if isinstance(n, Mapping) else n,
        )

    def answers(self, p: NDArray[np.float64]) -> bool:
        """Whether the probabilities `p` (K,) are clear enough for an answer."""
        second, first = np.sort(p)[-2:]
        return bool(first - second >= self.gap and first >= self.threshold)

    def prediction_set(self, p: NDArray[np.float64]) -> PredictionSet | None:
        """The classes that cannot be ruled out, most probable first; None where the card promises no coverage."""
        if self.coverage is None:
            return None
        order = np.argsort(-p, kind="stable")
        kept = [self.classes[k] for i, k in enumerate(order) if i == 0 or 1 - p[k] <= self.quantiles[k]]
        return PredictionSet(tuple(kept), self.coverage, self.n)


def side(p: float, limits: Mapping[str, float] | None) -> Literal["likely", "unlikely", "unsure"]:
    """Which side of (low, high) the probability of a score lies on; without limits the least gap decides."""
    low, high = (limits["low"], limits["high"]) if limits else ((1 - LEAST_GAP) / 2, (1 + LEAST_GAP) / 2)
    if p <= low:
        return "unlikely"
    return "likely" if p >= high else "unsure"


def together(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """One answer (K,) from the probabilities of the slices of one series: the mean of their logarithms, summing to 1.

    Slices of one person are far from independent, so their evidence is averaged and not added up.
    """
    logs = np.log(np.clip(np.stack(rows), 1e-6, 1.0)).mean(axis=0)
    p = np.exp(logs - logs.max())
    whole: NDArray[np.float64] = p / p.sum()
    return whole
