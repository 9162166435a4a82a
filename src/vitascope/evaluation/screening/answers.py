"""What a check said of pictures beside what is true, and every figure of it: together, by source and by subgroup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation import figures
from vitascope.evaluation.datasets.photos import Case
from vitascope.evaluation.figures import Floats, Ints

SUBGROUPS = ("sex", "age", "fitzpatrick", "localization", "diagnosis")
FEWEST = 30


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One question about N pictures: true class y (N,), probabilities p (N, K).

    kept (N,): where an answer was given; inside (N, K): the prediction sets; scores: by name whether it is so (N,) and
    how probable that was said to be (N,); graded: the classes are grades.
    """

    y: Ints
    p: Floats
    kept: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    cases: tuple[Case, ...]
    scores: Mapping[str, tuple[NDArray[np.bool_], Floats]]
    graded: bool = False

    def take(self, chosen: NDArray[np.bool_]) -> Answers:
        """Those that are chosen."""
        return Answers(
            self.y[chosen],
            self.p[chosen],
            self.kept[chosen],
            self.inside[chosen],
            tuple(case for case, yes in zip(self.cases, chosen, strict=True) if yes),
            {name: (true[chosen], said[chosen]) for name, (true, said) in self.scores.items()},
            self.graded,
        )

    def groups(self) -> NDArray[np.str_]:
        """(N,) the lesion, patient or eye of each."""
        return np.array([f"{case.source}:{case.group}" for case in self.cases])


def measure(answers: Answers, classes: Sequence[str], own: Sequence[str]) -> dict[str, Any]:
    """Figures of all pictures of the sources `own`, of every source, and of every subgroup of them that is large."""
    sources = np.array([case.source for case in answers.cases])
    whole = answers.take(np.isin(sources, list(own)))
    by_group = {}
    for key in SUBGROUPS:
        values = np.array([_band(key, case.details.get(key, "")) for case in whole.cases])
        for value in sorted(set(values.tolist()) - {""}):
            if (values == value).sum() >= FEWEST:
                by_group[f"{key}: {value}"] = _figures(whole.take(values == value))
    together = _figures(whole)
    together["risk_coverage"] = figures.risk_coverage(whole.y, whole.p)
    together["per_class"] = {
        name: {
            "n": int((whole.y == k).sum()),
            "auc": figures.interval(partial(_one_auc, k), whole.y, whole.p, whole.groups()),
            "sensitivity": round(float((whole.p.argmax(axis=1)[whole.y == k] == k).mean()), 4),
        }
        for k, name in enumerate(classes)
        if (whole.y == k).any()
    }
    by_source = {name: _figures(answers.take(sources == name)) for name in sorted(set(sources.tolist()))}
    return {"held_out": together, "by_source": by_source, "by_group": by_group}


def _figures(some: Answers) -> dict[str, Any]:
    y, p, groups = some.y, some.p, some.groups()
    out: dict[str, Any] = {"n": len(y), "groups": len(np.unique(groups))}
    out["accuracy"] = figures.interval(figures.accuracy, y, p, groups)
    out["balanced_accuracy"] = figures.interval(figures.balanced_accuracy, y, p, groups)
    out["macro_auc" if p.shape[1] > 2 else "auc"] = figures.interval(figures.macro_auc, y, p, groups)
    for name, (true, said) in some.scores.items():
        out[f"{name}_auc"] = figures.interval(partial(_one_auc, 1), true.astype(np.int64), _two(said), groups)
    if some.graded:
        out["quadratic_kappa"] = figures.interval(figures.kappa, y, p, groups)
    out["ece"] = round(figures.ece(y, p), 4)
    wrong = p.argmax(axis=1) != y
    out["answered"] = {
        "coverage": round(float(some.kept.mean()), 4),
        "error": round(float(wrong[some.kept].mean()), 4) if some.kept.any() else None,
        "error_of_all": round(float(wrong.mean()), 4),
        "n": int(some.kept.sum()),
    }
    out["sets"] = {
        "coverage": round(float(some.inside[np.arange(len(y)), y].mean()), 4),
        "size": round(float(some.inside.sum(axis=1).mean()), 3),
    }
    return out


def _two(said: Floats) -> Floats:
    return np.column_stack([1 - said, said])


def _one_auc(k: int, y: Ints, p: Floats) -> float:
    return figures.auc(y == k, p[:, k])


def _band(key: str, value: str) -> str:
    if key != "age" or not value:
        return value if value != "unknown" else ""
    try:
        age = float(value)
    except ValueError:
        return ""
    return "under 40" if age < 40 else "40 to 59" if age < 60 else "60 and over"
