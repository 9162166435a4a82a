"""The confidence of a heart rate: what the model adds up to by hand, and that clearer is never less sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.vitals.heart_rate_confidence import TERMS, Card, leaf, transform

FLAT = {"mean": 0.0, "scale": 1.0, "weight": 0.0, "low": -9.0, "high": 9.0}
SHARES = st.floats(0, 1)


def test_both_halves_by_hand() -> None:
    tree = [2, 0.0, [3, 2.5, -2.0, -1.0], 3.0]  # a spread above 1/min: no; else yes, and a little more when long
    terms = dict.fromkeys(TERMS, FLAT) | {"seconds": FLAT | {"weight": 1.0, "mean": float(np.log(10))}}
    card = Card({
        "intercept": 1.0, "terms": terms, "surest": 0.9, "interval": {},
        "trees": {"share": 0.5, "start": 0.5, "trees": [tree, 0.25]},
    })  # fmt: skip
    seen = {"certainty": 0.5, "explained": 0.5, "spread": 2.0, "seconds": 10.0}
    assert card.confidence(seen) == pytest.approx(0.9 / (1 + np.exp(-0.5 * (1.0 - 1.25))))
    longer = card.confidence(seen | {"seconds": 30.0})
    assert longer == pytest.approx(0.9 / (1 + np.exp(-0.5 * (1.0 + np.log(3) - 0.25))))
    clear = card.confidence(seen | {"spread": 0.5, "seconds": 30.0})
    assert clear == pytest.approx(0.9 / (1 + np.exp(-0.5 * (1.0 + np.log(3) + 3.75))))  # no surer than the surest


def test_a_cut_belongs_to_what_lies_below_it() -> None:
    tree = [0, 1.0, -1.0, 1.0]
    assert [leaf(tree, [value]) for value in (0.0, 1.0, 1.0001)] == [-1.0, -1.0, 1.0]


@given(certainty=SHARES, explained=SHARES, spread=st.floats(0.001, 10), seconds=st.floats(5, 300), share=SHARES)
def test_a_clearer_recording_is_never_less_sure(
    certainty: float, explained: float, spread: float, seconds: float, share: float
) -> None:
    card = Card.load()
    seen = {"certainty": certainty, "explained": explained, "spread": spread, "seconds": seconds}
    surer = {"certainty": certainty + share * (1 - certainty), "explained": explained + share * (1 - explained)}
    before = card.confidence(seen)
    assert 0 <= before <= card.figures["surest"]
    for name, value in (surer | {"spread": spread * (1 - share)}).items():
        # Leaves are written to five places, so a pair of trees may disagree in the last.
        assert card.confidence(seen | {name: value}) >= before - 1e-4


@given(name=st.sampled_from(TERMS), value=st.floats(1e-6, 1e3))
def test_every_figure_has_a_finite_place(name: str, value: float) -> None:
    assert np.isfinite(transform(name, value))
