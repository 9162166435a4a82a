"""A classification with its certainty, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vitascope.report.plain import plain

FindingStatus = Literal["ok", "unsure", "rejected"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one class is, in plain words: its name, what it is, and what people usually do next.

    `serious` classes are the ones that a person should not overlook; they are shown first among equals.
    """

    title: str
    what: str
    next_step: str
    serious: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"title": self.title, "what": self.what, "next_step": self.next_step, "serious": self.serious}


@dataclass(frozen=True, slots=True)
class Score:
    """The probability of several classes together, such as all malignant ones. `text` says it in one sentence."""

    title: str
    probability: float
    status: Literal["ok", "unsure"]
    text: str

    def to_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"title": self.title, "probability": self.probability, "status": self.status, "text": self.text}


@dataclass(frozen=True, slots=True)
class PredictionSet:
    """The classes that cannot be ruled out, and how often such a set holds the right one: `coverage`, 0..1, measured
    on `n` pictures of the rarest class that no training saw (None where that is not known)."""

    classes: tuple[str, ...]
    coverage: float
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says about one picture.

    `ok`: `top` is the answer. `unsure`: no answer, `reason` says why and what to do; the probabilities are shown all
    the same. `rejected`: the picture is not one that this check judges, and nothing was computed.
    `advice` is what to do when there is no answer (an answer brings its class's own next step). `accuracy` is one
    sentence on how often this check is right, `limits` are its known weaknesses.
    """

    name: str
    title: str
    status: FindingStatus
    reason: str | None = None
    top: str | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    prediction_set: PredictionSet | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    advice: str | None = None
    accuracy: str | None = None
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.top is None) == (self.status == "ok"):
            raise ValueError(f"{self.name}: a finding has a top class exactly when it is ok")
        if self.status != "ok" and not self.reason:
            raise ValueError(f"{self.name}: a finding that is not ok needs a reason")

    @classmethod
    def rejected(cls, name: str, title: str, reason: str, **known: Any) -> Finding:
        """Nothing was judged, for `reason` (one sentence that says what to do)."""
        return cls(name, title, "rejected", reason, **known)

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape; the probability of each score also stands under the score's own name."""
        chosen = self.prediction_set
        return {
            "title": self.title,
            "status": self.status,
            "reason": self.reason,
            "top": self.top,
            "probabilities": plain(dict(self.probabilities)),
            "prediction_set": list(chosen.classes) if chosen else [],
            "coverage": chosen.coverage if chosen else None,
            "coverage_n": chosen.n if chosen else None,
            **{name: plain(score.probability) for name, score in self.scores.items()},
            "scores": {name: plain(score.to_dict()) for name, score in self.scores.items()},
            "classes": {name: meaning.to_dict() for name, meaning in self.meanings.items()},
            "text": finding_line(self),
            "set_text": set_line(self),
            "tip": tip_of(self),
            "accuracy": self.accuracy,
            "limits": list(self.limits),
        }


def finding_line(finding: Finding) -> str:
    """What the check saw, in plain words; never what somebody has."""
    if finding.status == "ok":
        title = title_of(finding, str(finding.top))
        return f"{finding.title}: most likely “{title}” ({percent(finding.probabilities[str(finding.top)])})."
    heading = "no clear answer" if finding.status == "unsure" else "not judged"
    return f"{finding.title}: {heading}. {finding.reason}"


def tip_of(finding: Finding) -> str | None:
    """What to do next: of the class that is the answer, else in general."""
    meaning = finding.meanings.get(finding.top or "")
    return meaning.next_step if meaning else finding.advice


def set_line(finding: Finding) -> str | None:
    """The prediction set in words, with its guarantee and the number of pictures behind it."""
    chosen = finding.prediction_set
    if chosen is None:
        return None
    names = [f"“{title_of(finding, name)}”" for name in chosen.classes]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    held = f"Such a list holds the right answer for at least {100 * chosen.coverage:.0f} % of pictures"
    behind = f"; it was set on {chosen.n} or more pictures of each class" if chosen.n else ""
    return f"What cannot be ruled out: {listed}. {held} like those it was tested on{behind}."


def title_of(finding: Finding, name: str) -> str:
    """What a class is called."""
    meaning = finding.meanings.get(name)
    return meaning.title if meaning else name.replace("_", " ")


def percent(share: float) -> str:
    """A probability in words; one that rounds to certainty is never shown as certainty."""
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"
