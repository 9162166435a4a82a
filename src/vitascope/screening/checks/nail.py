"""Fingernails: haemoglobin from their colour, with the interval that people apart from training had."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.models import cards
from vitascope.report import Box, PictureView, Reading
from vitascope.report.anaemia import Profile, scale
from vitascope.screening.alike import Alike
from vitascope.screening.capture import Capture, Together
from vitascope.screening.check import Judgement, Question
from vitascope.screening.nails import DETECTOR, READER, Nail, Value, find, read
from vitascope.screening.personal import Shift, pairs_of, shift_of
from vitascope.screening.reduce import reduced

NAME, UNIT, LOINC, METHOD = "haemoglobin", "g/dL", "718-7", "nail colour"
MAX_EDGE = 1600  # of the picture that is looked at: a hand that fills a third of it keeps some forty pixels a nail
SUREST = 0.99  # no picture is surer than a hundred people can show
POSSIBLE = (3.0, 22.0)
NONE_FOUND = (
    "No fingernail was found; lay the hand flat, nails up, fingers together, filling about half of the picture."
)
UNLIKE = (
    "The nails do not look like bare nails in plain light; take off polish and gloves, wipe the nails and use daylight."
)
LIGHT_WORDS = {
    "dark": "It is too dark to judge the nails' colour; go to a window or switch on the torch.",
    "bright": "The nails are overexposed; turn the lamp or the flash away.",
    "coloured": "The light is coloured or the colours were changed, which the estimate does not know; use daylight.",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """What one picture gave: its nails, what each readable one says, the value of the picture or why there is none."""

    nails: tuple[Nail, ...]
    values: tuple[Value | None, ...]
    value: float | None
    distance: float
    reason: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NailCheck:
    """The haemoglobin of whoever's nails are in the picture, or in the frames of one capture."""

    kind: str = "nail"
    title: str = "Fingernails"
    aliases: tuple[str, ...] = ("nails", "haemoglobin", "hemoglobin")
    takes: frozenset[str] = frozenset({"nail"})
    picture: str = "the back of a flat hand, fingers together, bare nails sharp and in even daylight"
    series: bool = False
    fine: bool = True  # fingers can be a small part of a large photo, and each nail needs its pixels
    asks: tuple[Question, ...] = (
        Question("sex", "Sex", {"female": "Female", "male": "Male"}),
        Question("age", "Age in years"),
        Question("trimester", "Pregnant", {"1": "First trimester", "2": "Second trimester", "3": "Third trimester"}),
        Question("elevation_m", "Metres above the sea where you live"),
        Question("cigarettes_per_day", "Cigarettes a day"),
    )

    @property
    def networks(self) -> tuple[str, ...]:
        """The names of the networks it runs."""
        return DETECTOR, READER

    def judge(
        self, rgb: NDArray[np.uint8], *, view: PictureView | None = None, person: Mapping[str, Any] | None = None
    ) -> Judgement:
        """Look at one upright picture (H, W, 3) uint8 RGB. Raises InputError where `person` makes no sense."""
        del view
        profile, shift = _known(person)
        sight = self.look(rgb)
        if sight.value is None:
            return self.reject(str(sight.reason), boxes=_boxes(sight))
        reading = _reading(sight.value, sight, profile, shift, {"nails": float(_count(sight))})
        messages = (*sight.warnings, *_moved(shift), *_known_limits(sight.value))
        return Judgement(readings=(reading,), boxes=_boxes(sight), messages=messages)

    def look(self, rgb: NDArray[np.uint8]) -> Sight:
        """The nails of one picture (H, W, 3) and what they say, without regard to the person."""
        rgb = reduced(rgb, MAX_EDGE)
        nails = find(rgb)
        good = [nail for nail in nails if nail.flaw is None]
        said = iter(read(rgb, good))
        values = [next(said) if nail.flaw is None else None for nail in nails]
        card = cards.load(READER).details
        kept = [v for v in values if v is not None and _counts(v, card)]
        light, blocked = _light([v for v in values if v is not None], card)
        reason = None
        if not nails:
            reason = NONE_FOUND
        elif not good:
            reason = f"No nail can be read: the surest is {nails[0].flaw}."
        elif blocked:
            reason = blocked
        elif not kept:
            reason = UNLIKE
        distance = float(np.median([v.distance for v in kept])) if kept else math.inf
        value = None if reason else float(np.median([v.hb for v in kept]))
        return Sight(tuple(nails), tuple(values), value, distance, reason, light)

    def unseen(self, reason: str) -> Sight:
        """A picture in which nothing was looked for, for `reason`."""
        return Sight((), (), None, math.inf, reason, ())

    def together(
        self, sights: Sequence[Sight], person: Mapping[str, Any] | None = None, least: int | None = None
    ) -> Judgement:
        """One answer for the frames of one capture; `least` frames must have given a value (ten where not said)."""
        profile, shift = _known(person)
        capture = Capture([sight.value for sight in sights])
        said = capture.together() if least is None else capture.together(least)
        if said is None:
            reasons = [sight.reason for sight in sights if sight.reason]
            common = max(set(reasons), key=reasons.count) if reasons else NONE_FOUND
            return self.reject(f"Only {capture.valid} of {len(sights)} frames could be read. {common}")
        middle = min(
            (s for s in sights if s.value is not None), key=lambda sight: abs(float(sight.value or 0.0) - said.value)
        )
        inputs = {"frames": float(said.valid), "frames_kept": float(said.kept), "spread": round(said.spread, 3)}
        reading = _reading(said.value, middle, profile, shift, inputs)
        warnings = tuple(dict.fromkeys(w for sight in sights for w in sight.warnings))
        messages = (*warnings, _consistency(said), *_moved(shift), *_known_limits(said.value))
        return Judgement(readings=(reading,), boxes=_boxes(middle), messages=messages)

    def reject(self, reason: str, *, boxes: tuple[Box, ...] = ()) -> Judgement:
        """The reading not given, for `reason`."""
        return Judgement(readings=(Reading.withheld(NAME, UNIT, reason, method=METHOD, loinc=LOINC),), boxes=boxes)


NAIL = NailCheck()


def _known(person: Mapping[str, Any] | None) -> tuple[Profile, Shift]:
    return Profile.of(person), shift_of(pairs_of(person), datetime.now(UTC).date())


def _reading(value: float, sight: Sight, profile: Profile, shift: Shift, inputs: Mapping[str, float]) -> Reading:
    card = cards.load(READER).details
    alike = Alike.to(value, card)
    wide = max(1.0, sight.distance) * (card["poor_light_widens"] if sight.warnings else 1.0)
    shifted = value + shift.value
    stretch = wide * shift.narrowing
    interval = max(POSSIBLE[0], shifted + alike.low * stretch), min(POSSIBLE[1], shifted + alike.high * stretch)
    dial = scale(profile)
    bands = [dial.label(v) for v in interval]
    banded = len(dial.zones) > 1
    settled = banded and bands[0] == bands[1]
    if shift.pairs:
        inputs = {**inputs, "shift": round(shift.value, 3), "shift_share": round(shift.share, 3)}
    return Reading(
        name=NAME,
        unit=UNIT,
        value=round(shifted, 2),
        status="ok" if settled else "tentative",
        interval=(round(interval[0], 2), round(interval[1], 2)),
        confidence=round(min(SUREST, alike.within(card["tolerance"] / stretch)), 3),
        reason=None if settled else _open(bands, banded),
        method=METHOD,
        band=dial.label(shifted) if banded else None,
        loinc=LOINC,
        inputs={**inputs, "distance": round(sight.distance, 3)},
        scale=dial,
    )


def _counts(value: Value, card: Mapping[str, Any]) -> bool:
    """Whether the nail is bare and like those that the model knows."""
    return bool(value.distance <= card["distance_limit"] and value.bare >= card["least_bare"])


def _open(bands: Sequence[str], banded: bool) -> str:
    if not banded:
        return "Without age and sex (or a pregnancy) there is no band; a blood test tells the value."
    return f"The interval reaches from “{bands[0]}” to “{bands[1]}”; only a blood test tells which it is."


def _light(values: Sequence[Value], card: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
    """What is to be said about the light, and why nothing is read in it, or None."""
    if not values:
        return (), None
    seen = {name: float(np.median([v.light[name] for v in values])) for name in card["light"]}
    limits = card["light_limits"]
    if seen["skin"] < limits["skin"][0]:
        return (), LIGHT_WORDS["dark"]
    if seen["nail"] < limits["nail"][0]:  # dark nails on well-lit fingers
        return (), UNLIKE
    if seen["clipped"] > limits["clipped"][1]:
        return (), LIGHT_WORDS["bright"]
    usual = card["light_usual"]
    said = []
    if not all(usual[name][0] <= seen[name] <= usual[name][1] for name in ("red_to_blue", "saturation")):
        said.append(LIGHT_WORDS["coloured"])
    if not all(usual[name][0] <= seen[name] <= usual[name][1] for name in ("nail", "skin")):
        said.append("The light is weaker or stronger than what the estimate was learned in; the interval is wider.")
    return tuple(said), None


def _boxes(sight: Sight) -> tuple[Box, ...]:
    card = cards.load(READER).details
    boxes = []
    for nail, value in zip(sight.nails, sight.values, strict=True):
        if value is None:
            boxes.append(Box(nail.place, "nail", f"Not read: {nail.flaw}.", nail.score))
        elif not _counts(value, card):
            boxes.append(Box(nail.place, "nail", f"Not counted. {UNLIKE}", nail.score))
        else:
            boxes.append(Box(nail.place, "nail", f"{value.hb:.1f} {UNIT}", nail.score, round(value.hb, 2)))
    return tuple(boxes)


def _count(sight: Sight) -> int:
    card = cards.load(READER).details
    return sum(value is not None and _counts(value, card) for value in sight.values)


def _known_limits(estimate: float) -> tuple[str, ...]:
    """How right the estimate is on people it never saw, and where it is weak: shown wherever a value is."""
    card = cards.load(READER).details
    return Alike.to(estimate, card).sentence(), str(card["summary"]), *(str(limit) for limit in card["limits"][:2])


def _moved(shift: Shift) -> tuple[str, ...]:
    """How far a person's own laboratory values moved the estimate, if there are any."""
    if not shift.pairs:
        return ()
    values = "Your laboratory value" if shift.pairs == 1 else f"Your {shift.pairs} laboratory values"
    return (
        f"{values} moved the estimate by {shift.value:+.1f} {UNIT}: {100 * shift.share:.0f} % of the mean difference "
        "between laboratory and camera, the rest being taken for chance.",
    )


def _consistency(said: Together) -> str:
    return (
        f"{said.kept} of {said.valid} readable frames were counted; half of them lie within {said.spread:.1f} g/dL of "
        "each other. That tells how steady the picture was, not how right the value is."
    )
