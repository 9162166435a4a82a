"""Is a nail bare? A logistic regression on the reader's features, taught with painted polish and gloves.

The distance from the nails taught (`train_nail.strangeness`) misses what lies inside their range of colours: pale
polish, white gloves. What separates those is known by example only, so it is taught.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nail import covers, versions
from nail.hb_net import Features
from nail.scenes import Base, Maker

Array = NDArray[np.float64]
PAINTED = ("as it is", "boxes", "light", "turned, ground", "all", "strange light")  # each once with polish and gloves
WEAKNESS = 0.01  # inverse strength of the regularisation; there are more features than there are people
LOST = 0.005  # share of photos of bare nails that may be taken for covered ones


def painted(bases: Sequence[Base], maker: Maker, network: Features) -> dict[str, Array]:
    """Features (people, nails, F) of every hand with polish and with gloves of any colour, by what was painted."""
    found = {}
    for index, kind in enumerate(PAINTED):
        for what, paint in (("polish", covers.any_polish), ("gloves", covers.any_glove)):
            rng = np.random.default_rng([11, index, len(what)])

            def pictures(kind: str = kind, paint: Any = paint, rng: Any = rng) -> Iterator[versions.Boxed]:
                for base in bases:
                    yield versions.version(paint(base, rng), maker, kind, rng)

            found[f"{what}, {kind}"] = versions.seen_in(pictures(), network).features
    return found


def named(bases: Sequence[Base], network: Features) -> dict[str, Array]:
    """The same of every hand in each of the named polishes and gloves; these only judge."""
    found = {}
    for what, paint in covers.NAMED.items():
        boxed = ((paint(base), base.hand.nails, base.hand.skins) for base in bases)
        found[what] = versions.seen_in(boxed, network).features
    return found


def fitted(bare: Sequence[Array], covered: Sequence[Array]) -> tuple[Array, float]:
    """(F,) slopes and the level of the logit that a nail is bare."""
    rows = [part.reshape(-1, part.shape[2]) for part in (*bare, *covered)]
    x = np.concatenate(rows)
    y = np.concatenate([np.full(len(part), k < len(bare)) for k, part in enumerate(rows)])
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=WEAKNESS, max_iter=300, class_weight="balanced").fit((x - centre) / scale, y)
    slopes = model.coef_[0] / scale
    return slopes, float(model.intercept_[0] - centre @ slopes)


def judged(
    bare: Mapping[str, Array],
    covered: Mapping[str, Array],
    named_ones: Mapping[str, Array],
    folds: NDArray[np.int64],
) -> dict[str, Any]:
    """The least logit that counts as bare, and the share of hands withheld (all nails under it).

    Every hand is scored by a classifier, and judged by a threshold, that knew no hand of its fold of sessions.
    """
    scores = {name: np.zeros(rows.shape[:2]) for name, rows in (*bare.items(), *named_ones.items())}
    for fold in np.unique(folds):
        out = folds == fold
        slopes, level = fitted([rows[~out] for rows in bare.values()], [rows[~out] for rows in covered.values()])
        for name, rows in (*bare.items(), *named_ones.items()):
            scores[name][out] = rows[out] @ slopes + level
    best = {name: rows.max(axis=1) for name, rows in scores.items()}  # one bare nail is enough for a value
    plain = np.stack([best[name] for name in bare])
    least = np.array([np.quantile(plain[:, folds != fold], LOST) for fold in folds])
    return {
        "least": round(float(np.quantile(plain, LOST)), 3),
        "people": len(folds),
        "withheld": {name: round(float((rows < least).mean()), 4) for name, rows in best.items()},
    }
