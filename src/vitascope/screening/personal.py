"""A person's own laboratory values shift that person's estimates, and nobody else's.

The camera's error for one person is taken as a part that stays (skin, nails, phone: standard deviation BETWEEN) and a
part that changes from capture to capture (WITHIN). From n pairs of a laboratory value and the estimate made around that
day, the part that stays is estimated by its posterior mean: the mean difference times n / (n + (WITHIN / BETWEEN)^2)
(James & Stein 1961; Robinson 1991, doi:10.1214/ss/1177011926). A pair counts less the older it is, because blood is
made anew in about 120 days.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vitascope.errors import InputError

# g/dL. Not measured here: the data show every person once. Chosen so that together they are the error of the model,
# and that one pair takes away half of the difference.
BETWEEN, WITHIN = 1.3, 1.3
HALF_LIFE_DAYS = 120.0
PLAUSIBLE = (2.0, 25.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """A laboratory value and the camera's estimate around the same day, both g/dL."""

    laboratory: float
    estimate: float
    day: date


@dataclass(frozen=True, slots=True)
class Shift:
    """What the pairs add to an estimate, g/dL; the share of their mean difference that this is; the factor by which
    the interval narrows; how many pairs there were."""

    value: float = 0.0
    share: float = 0.0
    narrowing: float = 1.0
    pairs: int = 0


def shift_of(pairs: Sequence[Pair], today: date) -> Shift:
    """The shift that a person's own pairs give today."""
    weights = [0.5 ** (max(0, (today - pair.day).days) / HALF_LIFE_DAYS) for pair in pairs]
    total = sum(weights)
    if total <= 0:
        return Shift()
    mean = sum(w * (pair.laboratory - pair.estimate) for w, pair in zip(weights, pairs, strict=True)) / total
    share = total / (total + (WITHIN / BETWEEN) ** 2)
    left = math.sqrt(WITHIN**2 + BETWEEN**2 * (1 - share))
    return Shift(share * mean, share, left / math.hypot(BETWEEN, WITHIN), len(pairs))


def pairs_of(person: Mapping[str, Any] | None) -> list[Pair]:
    """The pairs under `laboratory` in what is known of a person: a list of {"hb", "estimate", "date"}, or its JSON.

    Raises InputError for what cannot be read.
    """
    told = (person or {}).get("laboratory") or []
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError:
            raise InputError("laboratory must be a list of values in JSON.") from None
    if not isinstance(told, list) or len(told) > 100:
        raise InputError("laboratory must be a list of at most 100 values.")
    return [_pair(entry) for entry in told]


def _pair(entry: Any) -> Pair:
    wrong = InputError('Each laboratory value needs hb and estimate in g/dL and its date, as in "2026-11-27".')
    try:
        pair = Pair(float(entry["hb"]), float(entry["estimate"]), date.fromisoformat(str(entry["date"])))
    except (KeyError, TypeError, ValueError):
        raise wrong from None
    low, high = PLAUSIBLE
    if not (low <= pair.laboratory <= high and low <= pair.estimate <= high):
        raise wrong
    return pair
