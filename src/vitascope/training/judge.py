"""What a finished file does on pictures that taught it nothing: the rules of its card, and the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.datasets.photos import Case
from vitascope.evaluation.figures import Floats, Ints
from vitascope.evaluation.screening.answers import Answers
from vitascope.evaluation.screening.answers import measure as answers_measured
from vitascope.evaluation.split import fold
from vitascope.screening.reduce import reduced, squared
from vitascope.training import certify
from vitascope.training.export import Calibration, session
from vitascope.training.pictures import UNKNOWN, decoded
from vitascope.training.recipes import Recipe

TAUGHT = frozenset(range(7))
CALIBRATION = frozenset({7})
HELD_OUT = frozenset({8, 9})
SAMPLES = 120


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Logarithms of the probabilities that one head gave, (N, K), beside what is true."""

    logits: Floats
    y: Ints
    cases: tuple[Case, ...]

    def take(self, kept: NDArray[np.bool_]) -> Raw:
        """Those that are kept."""
        return Raw(self.logits[kept], self.y[kept], tuple(c for c, k in zip(self.cases, kept, strict=True) if k))

    @classmethod
    def joined(cls, some: Sequence[Raw]) -> Raw:
        """All of them, one after the other."""
        cases = tuple(case for one in some for case in one.cases)
        return cls(np.concatenate([one.logits for one in some]), np.concatenate([one.y for one in some]), cases)

    def of(self, sources: Iterable[str]) -> Raw:
        """Those of some sources."""
        return self.take(np.isin([case.source for case in self.cases], list(sources)))


def shown(recipe: Recipe, cases: Iterable[Case], folds: frozenset[int]) -> Iterator[tuple[Case, NDArray[np.uint8]]]:
    """Every picture of `folds` as the program shows it to the network, (S, S, 3) uint8."""
    for case in cases:
        if fold(case.group) in folds:
            for change in recipe.shown(case).values():
                rgb = decoded(case.path)
                yield case, squared(reduced(rgb if change is None else change(rgb)), recipe.seen_at)


def samples(recipe: Recipe, cases: Sequence[Case], folds: frozenset[int] = TAUGHT) -> list[NDArray[np.uint8]]:
    """SAMPLES pictures (S, S, 3) of `folds`, evenly over the sources, that tell the ranges of what is put into 8 bits.

    None where the recipe leaves the file as it is.
    """
    if not recipe.eight_bits:
        return []
    some: list[Case] = []
    sources = sorted({case.source for case in cases})
    for source in sources:
        own = [case for case in cases if case.source == source and fold(case.group) in folds]
        kept = np.random.default_rng(0).permutation(len(own))[: SAMPLES // len(sources)]
        some += [own[index] for index in kept]
    return [picture for _, picture in shown(recipe, some, folds)]


def ask(data: bytes, recipe: Recipe, cases: Iterable[Case], folds: frozenset[int]) -> dict[str, Raw]:
    """Run the file on every picture of `folds`, as the program does."""
    heads = list(recipe.heads)
    opened = session(data)
    chosen, rows = [], []
    for case, picture in shown(recipe, cases, folds):
        rows.append(opened.run(heads, {"picture": picture[None]}))
        chosen.append(case)
    out = {}
    for index, head in enumerate(heads):
        p = np.concatenate([row[index] for row in rows]).astype(np.float64)
        y = np.array([case.labels.get(head, UNKNOWN) for case in chosen])
        out[head] = Raw(np.log(np.clip(p, 1e-9, 1)), y, tuple(chosen)).take(y != UNKNOWN)
    return out


def apart(data: bytes, exact: bytes, recipe: Recipe, cases: Sequence[Case]) -> dict[str, Any]:
    """How far the probabilities of two files lie apart on pictures never seen."""
    one, two = ask(data, recipe, cases, HELD_OUT), ask(exact, recipe, cases, HELD_OUT)
    away = [np.abs(np.exp(one[head].logits) - np.exp(two[head].logits)).max(axis=1) for head in recipe.heads]
    same = [one[head].logits.argmax(axis=1) == two[head].logits.argmax(axis=1) for head in recipe.heads]
    every = np.concatenate(away)
    return {
        "n": len(every),
        "mean_abs_difference": round(float(every.mean()), 4),
        "abs_difference_of_95_percent": round(float(np.quantile(every, 0.95)), 4),
        "same_answer": round(float(np.concatenate(same).mean()), 4),
    }


def calibrate(recipe: Recipe, answers: dict[str, Raw]) -> dict[str, Calibration]:
    """Temperature, and bias where rare classes are to be named, of each head from the pictures of its own sources."""
    out = {}
    for head, classes in recipe.heads.items():
        own, order = answers[head].of(recipe.own[head]), recipe.ordered.get(head, 0.0)
        if order:
            t = certify.ordered_temperature(own.logits, own.y, order)
            out[head] = Calibration(t, (0.0,) * len(classes), order)
        else:
            fair = head in recipe.fair
            bias = certify.fair_bias(own.logits, own.y) if fair else np.zeros(len(classes))
            t = certify.temperature(own.logits + bias, own.y)
            out[head] = Calibration(t, tuple(bias.tolist()))
    return out


def calibrated(answers: Raw, how: Calibration) -> Floats:
    """Probabilities (N, K)."""
    return certify.probabilities(answers.logits, how.temperature, np.array(how.bias), how.order)


def rules(recipe: Recipe, head: str, answers: Raw, how: Calibration) -> dict[str, Any]:
    """What the card says of one head: temperature, when it answers, and its prediction sets."""
    classes = list(recipe.heads[head])
    own = answers.of(recipe.own[head])
    p = calibrated(own, how)
    sets = certify.conformal(p, own.y)
    return {
        "classes": classes,
        "own": list(recipe.own[head]),
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


def measure(recipe: Recipe, head: str, rule: dict[str, Any], raw: Raw, how: Calibration) -> dict[str, Any]:
    """Every figure of one head on held-out pictures: together, by source and by subgroup."""
    p, classes = calibrated(raw, how), list(recipe.heads[head])
    scores = {}
    for name, members in recipe.sums.get(head, {}).items():
        k = [classes.index(c) for c in members]
        scores[name] = (np.isin(raw.y, k), p[:, k].sum(axis=1))
    kept = certify.answered(p, rule["answer"]["gap"], rule["answer"]["threshold"])
    inside = certify.in_set(p, np.array(rule["conformal"]["quantiles"]))
    answers = Answers(raw.y, p, kept, inside, raw.cases, scores, head in recipe.ordered)
    return answers_measured(answers, classes, recipe.own[head])
