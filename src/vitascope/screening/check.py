"""What a check is: something that looks at one upright picture and gives findings, readings, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vitascope.models import cards, runtime
from vitascope.report import Box, Finding, Meaning, PictureView, Reading, Score
from vitascope.report.finding import percent
from vitascope.screening.certainty import Rule, side, together
from vitascope.screening.heatmap import HeatMap
from vitascope.screening.reduce import squared


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one look gave.

    `messages` are about the picture and its light; `maps` holds the heat map of each finding that has one, by the
    finding's name.
    """

    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()
    boxes: tuple[Box, ...] = ()
    messages: tuple[str, ...] = ()
    maps: Mapping[str, HeatMap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something about the person that a check would like to know: a number, or one of `options` {value: label}."""

    name: str
    title: str
    options: Mapping[str, str] = field(default_factory=dict)


class Check(Protocol):
    """A photo analyser. Adding one is a file in `checks/` and a line in its registry.

    `takes` names the kinds of picture (those of the gate) that it judges; `picture` tells a person what to take;
    `series` says whether several pictures may be one answer, `fine` whether large pictures must not be made smaller;
    `asks` is what may be told of the person, by name and as text.
    """

    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def takes(self) -> frozenset[str]: ...
    @property
    def picture(self) -> str: ...
    @property
    def series(self) -> bool: ...
    @property
    def fine(self) -> bool: ...
    @property
    def asks(self) -> tuple[Question, ...]: ...
    @property
    def networks(self) -> tuple[str, ...]: ...

    def judge(
        self, rgb: NDArray[np.uint8], *, view: PictureView | None = None, person: Mapping[str, str] | None = None
    ) -> Judgement:
        """Look at one upright picture (H, W, 3) uint8 RGB. `view` is what the gate saw, None where nobody asked it.

        Raises InputError when what is told of the person cannot be used.
        """
        ...

    def reject(self, reason: str) -> Judgement:
        """The same findings and readings without an answer, for `reason`."""
        ...


class Look(Protocol):
    """What one frame gave: a value, or none and the reason."""

    @property
    def value(self) -> float | None: ...
    @property
    def reason(self) -> str | None: ...


@runtime_checkable
class FrameCheck(Check, Protocol):
    """A check that also takes a film, or frames of one thing, and gives one answer for all of them."""

    def look(self, rgb: NDArray[np.uint8]) -> Look:
        """What one frame (H, W, 3) uint8 RGB gives, without regard to the person."""
        ...

    def unseen(self, reason: str) -> Look:
        """A frame that was not looked at, for `reason`."""
        ...

    def together(
        self, sights: Sequence[Any], person: Mapping[str, str] | None = None, least: int | None = None
    ) -> Judgement:
        """One answer for all frames, of which `least` must have given a value."""
        ...


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """How the probability of several classes together is called and said.

    It is the sum over the card's classes of that name, or, with an `output`, the second class of that output.
    """

    title: str
    likely: str
    unlikely: str
    unsure: str
    output: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """One question that a network answers. `name` is the finding's, `output` the graph's."""

    name: str
    title: str
    meanings: Mapping[str, Meaning]
    output: str = ""
    scores: Mapping[str, ScoreWords] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.output:
            object.__setattr__(self, "output", self.name)


@dataclass(frozen=True, slots=True)
class NetworkCheck:
    """A check that is one network with a few questions on one look."""

    kind: str
    title: str
    takes: frozenset[str]
    picture: str
    heads: tuple[Head, ...]
    advice: str
    limits: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    series: bool = False
    fine: bool = False
    asks: tuple[Question, ...] = ()
    # The held-out set whose pictures are most like each kind that it takes, where the card has several.
    closest: Mapping[str, str] = field(default_factory=dict)

    @property
    def networks(self) -> tuple[str, ...]:
        """The names of the networks it runs."""
        return (f"check_{self.kind}",)

    def judge(
        self, rgb: NDArray[np.uint8], *, view: PictureView | None = None, person: Mapping[str, str] | None = None
    ) -> Judgement:
        """Look at one upright picture (H, W, 3) uint8 RGB."""
        del person
        network = self.networks[0]
        details = cards.load(network).details
        seen = squared(rgb, details["size"])
        outputs = dict(zip(details["outputs"], runtime.run(network, picture=seen[None]), strict=True))
        findings, maps = [], {}
        for head in self.heads:
            p = outputs[head.output][0].astype(np.float64)
            asked = {words.output: float(outputs[words.output][0, 1]) for words in head.scores.values() if words.output}
            findings.append(self.answer(head, p, view, asked))
            if f"{head.output}_map" in outputs:
                best = int(np.argmax(p))
                cells = outputs[f"{head.output}_map"][0, best]
                label = details["heads"][head.output]["classes"][best]
                maps[head.name] = HeatMap(label, cells, details["view"])
        return Judgement(tuple(findings), maps=maps)

    def answer(
        self,
        head: Head,
        p: NDArray[np.float64],
        view: PictureView | None = None,
        asked: Mapping[str, float] | None = None,
    ) -> Finding:
        """The finding that the probabilities `p` (K,) of one head give; `asked`: scores that have an output."""
        card = cards.load(self.networks[0]).details["heads"][head.output]
        rule = Rule.of(card)
        probabilities = dict(zip(rule.classes, p.tolist(), strict=True))
        clear = rule.answers(p)
        first, second = (rule.classes[k] for k in np.argsort(-p, kind="stable")[:2])
        return Finding(
            name=head.name,
            title=head.title,
            status="ok" if clear else "unsure",
            reason=None if clear else _unsure(head, probabilities, first, second),
            top=first if clear else None,
            probabilities=probabilities,
            prediction_set=rule.prediction_set(p),
            scores={
                name: _score(
                    words,
                    asked[words.output]
                    if asked and words.output
                    else sum(probabilities[c] for c in card["sums"][name]),
                    card.get("sums_answer", {}).get(name),
                )
                for name, words in head.scores.items()
            },
            meanings=head.meanings,
            advice=self.advice,
            accuracy=_accuracy(card, self.closest.get(view.kind) if view else None),
            limits=self.limits,
        )

    def combine(self, parts: Sequence[Sequence[Finding]]) -> Judgement:
        """One answer for a series from the findings of its slices."""
        findings = []
        for i, head in enumerate(self.heads):
            rows = [np.array(list(part[i].probabilities.values())) for part in parts]
            findings.append(self.answer(head, together(rows)))
        return Judgement(tuple(findings))

    def reject(self, reason: str) -> Judgement:
        """The same findings without an answer, for `reason`."""
        return Judgement(
            tuple(
                Finding.rejected(h.name, h.title, reason, meanings=h.meanings, limits=self.limits) for h in self.heads
            )
        )


def _score(words: ScoreWords, p: float, limits: Mapping[str, float] | None) -> Score:
    p = min(max(p, 0.0), 1.0)
    where = side(p, limits)
    return Score(words.title, p, "unsure" if where == "unsure" else "ok", getattr(words, where))


def _unsure(head: Head, p: Mapping[str, float], first: str, second: str) -> str:
    names = [f"“{head.meanings[c].title if c in head.meanings else c}” {percent(p[c])}" for c in (first, second)]
    return (
        f"The most likely answers, {names[0]} and {names[1]}, are not far enough apart to choose; "
        "a sharper picture in even light that shows the whole place may settle it."
    )


def _accuracy(card: Mapping[str, Any], source: str | None) -> str | None:
    """How often it was right on held-out pictures: of `source` where the card has figures of it, else of all."""
    figures = card.get("metrics", {}).get("by_source", {}).get(source)
    if figures is None:
        return card.get("summary")
    answered = figures["answered"]
    if not answered["n"]:
        return (
            f"On {figures['n']:,} such pictures never seen in training ({source}), none was sure enough for an answer."
        )
    return (
        f"On {figures['n']:,} such pictures never seen in training ({source}), {percent(answered['coverage'])} were"
        f" answered, {percent(1 - answered['error'])} of those rightly."
    )
