"""The confidence of a heart rate: what the model adds up to by hand, and that clearer is never less sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.pulse.rate import RATES, REACH, _belief, _change, _posterior, follow
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


def test_the_posterior_and_the_evidence_of_two_windows_counted_out() -> None:
    rng = np.random.default_rng(2)
    evidence = rng.normal(size=(3, 2, len(RATES))) * np.array([0.5, 2.0, 6.0])[:, None, None]
    step = np.exp(_change(1.0))
    apart = np.subtract.outer(np.arange(len(RATES)), np.arange(len(RATES)))
    move = np.where(np.abs(apart) <= REACH, step[np.clip(apart + REACH, 0, 2 * REACH)], 0.0)
    posterior, log_evidence = _posterior(evidence, _change(1.0))
    for view, (first, second) in enumerate(np.exp(evidence)):
        joint = first[:, None] * move * second[None]
        np.testing.assert_allclose(posterior[view, 0], joint.sum(1) / joint.sum(), atol=1e-9)
        np.testing.assert_allclose(posterior[view, 1], joint.sum(0) / joint.sum(), atol=1e-9)
        assert log_evidence[view] == pytest.approx(np.log(joint.sum()), abs=1e-6)
    assert _belief(log_evidence).sum() == pytest.approx(1)
    assert _belief(log_evidence).argmax() == log_evidence.argmax()


def test_waves_that_agree_share_the_line() -> None:
    fps, rng = 30.0, np.random.default_rng(6)
    time_s = np.arange(20 * fps) / fps
    waves = np.stack([np.sin(2 * np.pi * 1.2 * time_s) + 0.8 * rng.normal(size=len(time_s)) for _ in range(3)])
    course = follow(waves, fps)
    assert course.bpm == pytest.approx(72, abs=0.3)
    assert course.certainty > 0.95
    assert course.weights.min() > 0.1
    assert course.weights.sum() == pytest.approx(1)
