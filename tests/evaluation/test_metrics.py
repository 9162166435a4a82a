"""Metrics against figures worked out by hand and properties that hold for any data."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitascope.evaluation import metrics

numbers = st.floats(1, 300, allow_nan=False)
pairs = st.integers(2, 40).flatmap(
    lambda n: st.tuples(arrays(float, n, elements=numbers), arrays(float, n, elements=numbers))
)
cases = st.integers(1, 60).flatmap(
    lambda n: st.tuples(arrays(float, n, elements=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])), arrays(bool, n))
)


def test_errors_worked_out_by_hand() -> None:
    value, truth = np.array([62.0, 70.0, 90.0]), np.array([60.0, 70.0, 100.0])
    assert metrics.mae(value, truth) == pytest.approx(4)
    assert metrics.rmse(value, truth) == pytest.approx(math.sqrt(104 / 3))
    assert metrics.mape(value, truth) == pytest.approx((100 * 2 / 60 + 10) / 3)
    assert metrics.bias(value, truth) == pytest.approx(-8 / 3)
    assert metrics.pearson_r(value, truth) == pytest.approx(np.corrcoef(value, truth)[0, 1])


def test_nothing_to_compare_is_not_a_number() -> None:
    none = np.zeros(0)
    for figure in (metrics.mae, metrics.rmse, metrics.mape, metrics.bias, metrics.pearson_r):
        assert math.isnan(figure(none, none))
    assert math.isnan(metrics.augrc(none, none.astype(bool)))
    assert math.isnan(metrics.ece(none, none.astype(bool)))
    assert math.isnan(metrics.pearson_r(np.array([1.0, 1, 1]), np.array([1.0, 2, 3])))


def test_repeated_measures_by_hand() -> None:
    # Two people, differences 1, 3 and 6, 8: within 2 each, between 2 (4.5 - 2)^2 * 2 = 25.
    difference = np.array([1.0, 3, 6, 8])
    # within = (1+1+1+1) / 2 = 2; usual count = (16 - 8) / 4 = 2; between-person variance = (25 - 2) / 2 = 11.5.
    assert metrics.difference_sd(difference, np.zeros(4), ["a", "a", "b", "b"]) == pytest.approx(math.sqrt(13.5))
    low, high = metrics.limits_of_agreement(difference, np.zeros(4), ["a", "a", "b", "b"])
    assert (low + high) / 2 == pytest.approx(4.5)
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(13.5))


def test_one_difference_a_person_is_the_ordinary_standard_deviation() -> None:
    difference = np.array([1.0, 4, -2, 0.5])
    assert metrics.difference_sd(difference, np.zeros(4), list("abcd")) == pytest.approx(difference.std(ddof=1))


def test_risk_coverage_known_areas() -> None:
    failed = np.array([False] * 8 + [True] * 2)
    best = np.linspace(1, 0, 10)
    # Failures come last: a triangle with both sides 0.2.
    assert metrics.augrc(best, failed) == pytest.approx(0.02)
    assert metrics.augrc(np.full(10, 0.5), failed) == pytest.approx(0.1)
    # Failures come first: 0.2 is reached at once.
    assert metrics.augrc(best[::-1], failed) == pytest.approx(0.02 + 0.8 * 0.2)


def test_calibration_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.15, 0.15])
    right = np.array([True, True, True, False, False, True])
    assert metrics.ece(confidence, right) == pytest.approx((4 * 0.20 + 2 * 0.35) / 6)
    assert metrics.ece(np.array([0.0, 1.0]), np.array([False, True])) == 0
    assert [b["n"] for b in metrics.reliability(confidence, right, [0, 0.5, 1])] == [2, 4]


def test_auc_by_hand() -> None:
    assert metrics.auc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False])) == pytest.approx(3.5 / 4)
    assert math.isnan(metrics.auc(np.array([0.9]), np.array([True])))


def test_beats_are_paired_one_to_one() -> None:
    true = np.array([1.0, 2.0, 3.0])
    assert metrics.beat_f1(true + 0.1, true) == 1
    assert metrics.beat_f1(true + 0.11, true) == 0
    # Two found near one true beat: one of them is false.
    assert metrics.matched_beats(np.array([0.95, 1.05, 2.0]), true) == 2
    assert metrics.beat_f1(np.array([0.95, 1.05, 2.0]), true) == pytest.approx(2 * 2 / 6)
    assert metrics.beat_f1(np.zeros(0), true) == 0


def test_bootstrap_draws_people_and_repeats_itself() -> None:
    person = np.repeat([f"p{k}" for k in range(20)], 30)
    value = np.repeat(np.random.default_rng(1).normal(size=20), 30)

    def figures(at: np.ndarray) -> dict[str, float]:
        return {"mean": float(value[at].mean())}

    interval = metrics.bootstrap(person, figures)["mean"]
    assert interval is not None
    assert interval == metrics.bootstrap(person, figures)["mean"]
    # As wide as 20 values allow, not as narrow as 600 would.
    assert interval[1] - interval[0] == pytest.approx(2 * 1.96 * value[::30].std() / math.sqrt(20), rel=0.2)
    assert metrics.bootstrap(["a"] * 50, lambda at: {"n": float(len(at))}) == {"n": None}


@given(pairs)
def test_errors_are_ordered(pair: tuple[np.ndarray, np.ndarray]) -> None:
    value, truth = pair
    assert abs(metrics.bias(value, truth)) <= metrics.mae(value, truth) + 1e-9
    assert metrics.mae(value, truth) <= metrics.rmse(value, truth) + 1e-9
    low, high = metrics.limits_of_agreement(value, truth, [str(k % 3) for k in range(len(value))])
    assert low <= metrics.bias(value, truth) <= high


@given(cases)
def test_areas_stay_in_their_range(case: tuple[np.ndarray, np.ndarray]) -> None:
    confidence, failed = case
    share = failed.mean()
    area = metrics.augrc(confidence, failed)
    assert share**2 / 2 - 1e-9 <= area <= share - share**2 / 2 + 1e-9
    assert 0 <= metrics.ece(confidence, ~failed) <= 1
    coverage, risk = metrics.risk_coverage(confidence, failed)
    assert coverage[-1] == pytest.approx(1)
    assert risk[-1] == pytest.approx(share)


@given(
    arrays(float, st.integers(0, 30), elements=st.floats(0, 100)),
    arrays(float, st.integers(0, 30), elements=st.floats(0, 100)),
)
def test_pairing_is_symmetric_and_bounded(one: np.ndarray, other: np.ndarray) -> None:
    one, other = np.sort(one), np.sort(other)
    pairs_found = metrics.matched_beats(one, other)
    assert pairs_found == metrics.matched_beats(other, one)
    assert pairs_found <= min(len(one), len(other))
    assert metrics.matched_beats(one, one) == len(one)
