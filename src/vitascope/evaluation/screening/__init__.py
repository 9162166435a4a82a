"""The set `screening`: the photo checks and the gate as the program runs them, on pictures that no training saw.

The folder holds the sets by name, packaged or as published (`evaluation.datasets.photos`). Only groups (lesions,
patients, eyes, blocks) whose name puts them into the folds that training never used are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.evaluation.datasets import skin_around
from vitascope.evaluation.datasets.photos import SETS, Case, cases
from vitascope.evaluation.screening.answers import Answers, measure
from vitascope.evaluation.screening.plots import NAME
from vitascope.evaluation.screening.tables import classes, risk_table, table
from vitascope.evaluation.split import held_out
from vitascope.media.picture import read_picture
from vitascope.models import cards
from vitascope.report import Finding
from vitascope.report.plain import plain
from vitascope.screening.check import Head, NetworkCheck
from vitascope.screening.checks import REGISTRY
from vitascope.screening.entrance import admit
from vitascope.screening.reduce import reduced

SCHEMA = "vitascope.evaluation/1"
GRADED = ("retinopathy",)
GATE = ("admitted", "not good enough", "another kind")
# Packaged pictures of this set stand on black; a photo does not, so skin is made around the spot.
ON_BLACK, AROUND_PX = "PAD-UFES-20", 240
HOW = """\
Only groups (lesions, patients, eyes, blocks of neighbouring slices) that no training, threshold or choice saw. In
brackets the central 95 % over resampled groups. Probabilities, answers and prediction sets are those that
`vitascope screen KIND` gives; the figures of a check do not depend on the gate, whose own table counts what it would
have done with the same pictures. Phone photos of PAD-UFES-20 are packaged with a black ground: skin in the colours of
the rim is made around each."""


@dataclass(eq=False)
class ScreeningEvaluation:
    """What was measured. heads: by check and finding; gate: by check and source. skipped: damaged files."""

    heads: dict[str, dict[str, Any]]
    gate: dict[str, dict[str, dict[str, int]]]
    skipped: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON; what cannot be computed is null."""
        whole: dict[str, Any] = plain(
            {"schema": SCHEMA, "set": "screening", "checks": self.heads, "gate": self.gate, "skipped": self.skipped}
        )
        return whole

    def markdown(self, pictures: str | None = None) -> str:
        """The page's tables."""
        lines = [HOW]
        if self.skipped:
            lines += ["", "Not usable: " + "; ".join(f"{name} ({why})" for name, why in self.skipped.items())]
        for kind, heads in self.heads.items():
            for name, metrics in heads.items():
                lines += ["", f"## {kind}: {name}", "", *table(metrics), *classes(metrics["held_out"]["per_class"])]
                lines += risk_table(metrics["held_out"]["risk_coverage"])
        if pictures is not None:
            lines += [f"![Error among the surest pictures]({pictures}/{NAME})", ""]
        lines += ["## The gate before the checks", "", *_gate_table(self.gate)]
        return "\n".join(lines) + "\n"

    def draw(self, folder: Path) -> list[Path]:
        """Error over the share answered, for every question."""
        from vitascope.evaluation.screening.plots import draw

        return draw(self.heads, folder)


def evaluate(
    folder: Path, windows_s: Sequence[float], progress: Callable[[float], None], limit: int | None = None
) -> ScreeningEvaluation:
    """Evaluate the photo checks; see `vitascope.evaluation.evaluate`. There are no windows."""
    if windows_s:
        raise InputError("Pictures have no window lengths.")
    found = [(check, held) for check in _checks() if (held := _held_out(folder, check.kind, limit))]
    if not found:
        names = sorted({name for sets in SETS.values() for name in sets})
        raise InputError(f"{folder} holds none of the sets of pictures that can be evaluated: {', '.join(names)}.")
    result = ScreeningEvaluation({}, {})
    steps, done = sum(len(held) for _, held in found), 0
    for check, held in found:
        said: list[tuple[Case, dict[str, Finding]]] = []
        for case in held:
            done += 1
            progress(done / steps)
            try:
                rgb = shown(case)
            except InputError as error:
                result.skipped[case.path.name] = str(error)
                continue
            small = reduced(rgb)
            view, _ = admit(small, check)
            seen = result.gate.setdefault(check.kind, {}).setdefault(case.source, Counter())
            seen["n"] += 1
            seen[_by_gate(view.kind, view.refusal, check)] += 1
            said.append((case, {finding.name: finding for finding in check.judge(small, view=view).findings}))
        result.heads[check.kind] = {
            head.name: measure(answers, asked.classes, asked.own)
            for head in check.heads
            if (answers := (asked := _Question.of(check, head)).answers(said)) is not None
        }
    return result


def shown(case: Case) -> NDArray[np.uint8]:
    """The picture (H, W, 3) as somebody would have taken it. Raises InputError when the file is damaged."""
    rgb = read_picture(case.path)
    return skin_around.inpainted(rgb, AROUND_PX) if case.source == ON_BLACK else rgb


def _checks() -> Iterator[NetworkCheck]:
    return (check for check in REGISTRY.values() if isinstance(check, NetworkCheck) and check.kind in SETS)


def _held_out(folder: Path, kind: str, limit: int | None) -> list[Case]:
    try:
        held = [case for case in cases(kind, folder) if held_out(case.group)]
    except FileNotFoundError:
        return []
    if limit is None:
        return held
    counted: Counter[str] = Counter()
    some = []
    for case in held:
        counted[case.source] += 1
        if counted[case.source] <= limit:
            some.append(case)
    return some


def _by_gate(kind: str, refusal: str | None, check: NetworkCheck) -> str:
    if kind not in check.takes:
        return "another kind"
    return "admitted" if refusal is None else "not good enough"


@dataclass(frozen=True, slots=True)
class _Question:
    """How the labels of a case answer one of a check's questions."""

    head: Head
    classes: tuple[str, ...]
    sums: dict[str, list[str]]
    own: tuple[str, ...]  # sources whose pictures set the thresholds; others are reported beside them

    @classmethod
    def of(cls, check: NetworkCheck, head: Head) -> _Question:
        card = cards.load(check.networks[0]).details["heads"][head.output]
        return cls(head, tuple(card["classes"]), card["sums"], tuple(card["own"]))

    def answers(self, said: Sequence[tuple[Case, dict[str, Finding]]]) -> Answers | None:
        """What was said of the cases whose class is known; None where there is none."""
        known = [(case, found[self.head.name]) for case, found in said if self.head.output in case.labels]
        if not known:
            return None
        p = np.array([[finding.probabilities[name] for name in self.classes] for _, finding in known])
        y = np.array([case.labels[self.head.output] for case, _ in known])
        sets = [finding.prediction_set.classes if finding.prediction_set else self.classes for _, finding in known]
        scores = {}
        for name, words in self.head.scores.items():
            true = [
                case.labels[words.output] == 1
                if words.output
                else self.classes[case.labels[self.head.output]] in self.sums[name]
                for case, _ in known
            ]
            scores[name] = (np.array(true), np.array([finding.scores[name].probability for _, finding in known]))
        return Answers(
            y,
            p,
            np.array([finding.status == "ok" for _, finding in known]),
            np.array([[name in inside for name in self.classes] for inside in sets]),
            tuple(case for case, _ in known),
            scores,
            self.head.output in GRADED,
        )


def _gate_table(gate: dict[str, dict[str, dict[str, int]]]) -> list[str]:
    lines = [
        "| check | pictures | n | admitted | not good enough | taken for another kind |",
        "|---|---|---|---|---|---|",
    ]
    for kind, sources in gate.items():
        for source, seen in sources.items():
            shares = [f"{100 * seen.get(key, 0) / seen['n']:.1f} %" for key in GATE]
            lines.append(f"| {kind} | {source} | {seen['n']} | {' | '.join(shares)} |")
    return [*lines, ""]
