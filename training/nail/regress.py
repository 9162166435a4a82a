"""Haemoglobin from features: ridge regression, its strength chosen and its error measured session by session.

Two loops: for every session kept apart the strength is chosen by leaving out each of the other sessions in turn
(Varma & Simon 2006, doi:10.1186/1471-2105-7-91), so that no figure knows the people it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# g/dL of features (..., F); and what makes such a model of people: features (P, nails, F) a version, g/dL, sessions.
Model = Callable[[Array], Array]
Way = Callable[[Sequence[Array], Array, NDArray[np.str_]], Model]
STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """hb = ((features - centre) / scale) @ slopes + level."""

    centre: Array
    scale: Array
    slopes: Array
    level: float

    def __call__(self, features: Array) -> Array:
        """g/dL of features (..., F)."""
        return np.asarray((features - self.centre) / self.scale @ self.slopes + self.level)


class Ridge:
    """The people of some sessions, each in several versions: one feature row (V, P, F) a person and version."""

    def __init__(self, rows: Array, hb: Array, sessions: NDArray[np.str_]) -> None:
        versions, people, count = rows.shape
        self.flat = rows.reshape(versions * people, count)
        self.centre, self.scale = self.flat.mean(axis=0), self.flat.std(axis=0) + 1e-6
        self.unit = (self.flat - self.centre) / self.scale / np.sqrt(count)
        self.gram = self.unit @ self.unit.T
        self.hb, self.sessions, self.versions, self.count = hb, sessions, versions, count
        self.y, self.of = np.tile(hb, versions), np.tile(sessions, versions)

    def _solve(self, kept: NDArray[np.bool_], strength: float) -> tuple[Array, float]:
        level = float(self.y[kept].mean())
        gram = self.gram[np.ix_(kept, kept)] + np.eye(int(kept.sum())) * strength * self.versions
        return np.linalg.solve(gram, self.y[kept] - level), level

    def chosen(self) -> float:
        """The strength with the least mean absolute error on sessions left out."""
        error = np.zeros(len(STRENGTHS))
        for session in np.unique(self.sessions):
            kept = self.of != session
            out = ~kept
            for i, strength in enumerate(STRENGTHS):
                weights, level = self._solve(kept, strength)
                error[i] += np.abs(self.gram[np.ix_(out, kept)] @ weights + level - self.y[out]).sum()
        return STRENGTHS[int(error.argmin())]

    def fit(self, strength: float) -> Linear:
        """The model of everybody here."""
        weights, level = self._solve(np.ones(len(self.y), bool), strength)
        return Linear(self.centre, self.scale, self.unit.T @ weights / np.sqrt(self.count), level)


def fitted(taught: Sequence[Array], hb: Array, sessions: NDArray[np.str_]) -> tuple[Linear, float]:
    """The model of these people, and the strength that was chosen. taught: (P, nails, F) a version."""
    ridge = Ridge(np.stack([rows.mean(axis=1) for rows in taught]), hb, sessions)
    strength = ridge.chosen()
    return ridge.fit(strength), strength


def ridge(taught: Sequence[Array], hb: Array, sessions: NDArray[np.str_]) -> Model:
    """The model that is shipped, of these people."""
    return fitted(taught, hb, sessions)[0]


def nested(
    taught: Sequence[Array],
    judged: Mapping[str, Array],
    hb: Array,
    sessions: NDArray[np.str_],
    way: Way = ridge,
) -> dict[str, Array]:
    """g/dL of every person (P,) by models, made in one `way`, that never saw their session: the median over nails."""
    said = {name: np.zeros(len(hb)) for name in judged}
    for session in np.unique(sessions):
        out = sessions == session
        model = way([rows[~out] for rows in taught], hb[~out], sessions[~out])
        for name, rows in judged.items():
            said[name][out] = np.median(model(rows[out]), axis=1)
    return said
