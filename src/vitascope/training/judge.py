"""What a finished file does on pictures that taught it nothing: the rules of its card, and the figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.split import fold
from vitascope.training import certify, figures
from vitascope.training.export import Calibration, session
from vitascope.training.figures import Floats, Ints
from vitascope.training.pictures import UNKNOWN, Case, decoded
from vitascope.training.recipes import Recipe

CALIBRATION = frozenset({7})
HELD_OUT = frozenset({8, 9})
SUBGROUPS = ("sex", "age", "fitzpatrick", "localization", "diagnosis")
FEWEST = 30


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Logarithms of the probabilities that one head gave, (N, K), beside what is true."""

    logits: Floats
    y: Ints
    cases: tuple[Case, ...]

    def take(self, kept: NDArray[np.bool_]) -> Answers:
        """Those that are kept."""
        return Answers(self.logits[kept], self.y[kept], tuple(c for c, k in zip(self.cases, kept, strict=True) if k))

    def of(self, sources: Iterable[str]) -> Answers:
        """Those of some sources."""
        return self.take(np.isin([case.source for case in self.cases], list(sources)))

    def groups(self) -> NDArray[np.str_]:
        """(N,) the group of each."""
        return np.array([f"{case.source}:{case.group}" for case in self.cases])


def ask(data: bytes, recipe: Recipe, cases: Iterable[Case], folds: frozenset[int]) -> dict[str, Answers]:
    """Run the file on every picture of `folds`, decoded at its own size."""
    heads = list(recipe.heads)
    opened = session(data)
    chosen, rows = [], []
    for case in cases:
        if fold(case.group) in folds:
            for change in recipe.shown(case).values():
                rgb = decoded(case.path)
                rows.append(opened.run(heads, {"picture": (rgb if change is None else change(rgb))[None]}))
                chosen.append(case)
    out = {}
    for index, head in enumerate(heads):
        p = np.concatenate([row[index] for row in rows]).astype(np.float64)
        y = np.array([case.labels.get(head, UNKNOWN) for case in chosen])
        out[head] = Answers(np.log(np.clip(p, 1e-9, 1)), y, tuple(chosen)).take(y != UNKNOWN)
    return out


def calibrate(recipe: Recipe, answers: dict[str, Answers]) -> dict[str, Calibration]:
    """Temperature of each head from the pictures of its own sources."""
    out = {}
    for head, classes in recipe.heads.items():
        own, order = answers[head].of(recipe.own[head]), recipe.ordered.get(head, 0.0)
        if order:
            t = certify.ordered_temperature(own.logits, own.y, order)
            out[head] = Calibration(t, (0.0,) * len(classes), order)
        else:
            out[head] = Calibration(certify.temperature(own.logits, own.y), (0.0,) * len(classes))
    return out


def calibrated(answers: Answers, how: Calibration) -> Floats:
    """Probabilities (N, K)."""
    return certify.probabilities(answers.logits, how.temperature, np.array(how.bias), how.order)


def rules(recipe: Recipe, head: str, answers: Answers, how: Calibration) -> dict[str, Any]:
    """What the card says of one head: temperature, when it answers, and its prediction sets."""
    classes = list(recipe.heads[head])
    own = answers.of(recipe.own[head])
    p = calibrated(own, how)
    sets = certify.conformal(p, own.y)
    return {
        "classes": classes,
        "titles": dict(recipe.heads[head]),
        "sums": {name: list(some) for name, some in recipe.sums.get(head, {}).items()},
        "temperature": round(how.temperature, 4),
        "bias": [round(float(b), 4) for b in how.bias],
        "answer": certify.answer_rule(p, own.y),
        "conformal": {
            "method": "class-conditional",
            "coverage": certify.COVERAGE,
            "n": dict(zip(classes, sets["counts"], strict=True)),
            "quantiles": [round(q, 5) for q in sets["quantiles"]],
        },
    }


def measure(recipe: Recipe, head: str, rule: dict[str, Any], answers: Answers, how: Calibration) -> dict[str, Any]:
    """Every figure of one head on held-out pictures: together, by source and by subgroup."""
    own = answers.of(recipe.own[head])
    by_group = {}
    for key in SUBGROUPS:
        values = np.array([_band(key, case.details.get(key, "")) for case in own.cases])
        for value in sorted(set(values) - {""}):
            some = own.take(values == value)
            if len(some.y) >= FEWEST:
                by_group[f"{key}: {value}"] = _figures(recipe, head, rule, some, how)
    sources = sorted({case.source for case in answers.cases})
    whole = _figures(recipe, head, rule, own, how)
    p = calibrated(own, how)
    whole["risk_coverage"] = figures.risk_coverage(own.y, p)
    whole["per_class"] = {
        name: {
            "n": int((own.y == k).sum()),
            "auc": figures.interval(partial(_one_auc, k), own.y, p, own.groups()),
            "sensitivity": round(float((p.argmax(axis=1)[own.y == k] == k).mean()), 4),
        }
        for k, name in enumerate(recipe.heads[head])
        if (own.y == k).any()
    }
    return {
        "held_out": whole,
        "by_source": {name: _figures(recipe, head, rule, answers.of([name]), how) for name in sources},
        "by_group": by_group,
    }


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


def _figures(recipe: Recipe, head: str, rule: dict[str, Any], some: Answers, how: Calibration) -> dict[str, Any]:
    p, y, groups = calibrated(some, how), some.y, some.groups()

    def value(measure: Any) -> list[float]:
        return figures.interval(measure, y, p, groups)

    classes = list(recipe.heads[head])
    out: dict[str, Any] = {"n": len(y), "groups": len(np.unique(groups))}
    out["accuracy"], out["balanced_accuracy"] = value(figures.accuracy), value(figures.balanced_accuracy)
    out["macro_auc" if len(classes) > 2 else "auc"] = value(figures.macro_auc)
    for name, members in recipe.sums.get(head, {}).items():
        k = [classes.index(c) for c in members]
        out[f"{name}_auc"] = value(lambda t, q, k=k: figures.auc(np.isin(t, k), q[:, k].sum(axis=1)))
    if head == "retinopathy":
        out["quadratic_kappa"] = value(figures.kappa)
    out["ece"] = round(figures.ece(y, p), 4)
    kept = certify.answered(p, rule["answer"]["gap"], rule["answer"]["threshold"])
    wrong = p.argmax(axis=1) != y
    out["answered"] = {
        "coverage": round(float(kept.mean()), 4),
        "error": round(float(wrong[kept].mean()), 4) if kept.any() else None,
        "error_of_all": round(float(wrong.mean()), 4),
        "n": int(kept.sum()),
    }
    inside = certify.in_set(p, np.array(rule["conformal"]["quantiles"]))
    out["sets"] = {
        "coverage": round(float(inside[np.arange(len(y)), y].mean()), 4),
        "size": round(float(inside.sum(axis=1).mean()), 3),
    }
    return out
