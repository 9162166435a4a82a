"""From logits to thresholds and prediction sets: known answers, and promises kept on pictures apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.evaluation import figures
from vitascope.evaluation.screening.tables import with_interval
from vitascope.training import certify


def simulated(n: int, seed: int, sharp: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits (n, 3) of a network that knows the true chances, made `sharp` times too sure, and drawn labels (n,)."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, 3))
    p = certify.probabilities(logits, 1.0, np.zeros(3))
    return sharp * logits, np.array([rng.choice(3, p=row) for row in p])


@pytest.mark.parametrize("sharp", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_too_much_and_too_little_confidence(sharp: float) -> None:
    logits, y = simulated(4000, 1, sharp)
    t = certify.temperature(logits, y)
    assert t == pytest.approx(sharp, rel=0.1)
    assert figures.ece(y, certify.probabilities(logits, t, np.zeros(3))) < 0.03


def test_sets_cover_every_class_as_promised_on_pictures_apart() -> None:
    logits, y = simulated(3000, 2)
    quantiles = np.array(certify.conformal(certify.probabilities(logits, 1.0, np.zeros(3)), y)["quantiles"])
    unseen, truth = simulated(3000, 3)
    inside = certify.in_set(certify.probabilities(unseen, 1.0, np.zeros(3)), quantiles)
    for k in range(3):
        assert inside[truth == k, k].mean() >= certify.COVERAGE


def test_too_few_pictures_of_a_class_leave_it_in_every_set() -> None:
    logits, y = simulated(300, 4)
    kept = (y != 2) | (np.cumsum(y == 2) <= 5)
    p = certify.probabilities(logits[kept], 1.0, np.zeros(3))
    assert certify.conformal(p, y[kept])["quantiles"][2] == 1.0


def test_answered_pictures_have_less_than_half_of_the_error() -> None:
    logits, y = simulated(3000, 5)
    p = certify.probabilities(logits, 1.0, np.zeros(3))
    rule = certify.answer_rule(p, y)
    assert rule["gap"] >= 0.5
    unseen, truth = simulated(3000, 6)
    q = certify.probabilities(unseen, 1.0, np.zeros(3))
    kept = certify.answered(q, rule["gap"], rule["threshold"])
    assert kept.mean() > 0.1
    assert (q.argmax(axis=1) != truth)[kept].mean() <= 0.5 * (q.argmax(axis=1) != truth).mean()


def test_grades_are_drawn_to_their_mean() -> None:
    two_peaks = np.log(np.array([[0.34, 0.02, 0.28, 0.02, 0.34]]))
    assert certify.probabilities(two_peaks, 1.0, np.zeros(5)).argmax() in (0, 4)
    assert certify.probabilities(two_peaks, 1.0, np.zeros(5), order=2.0).argmax() == 2


def test_figures_of_known_cases() -> None:
    y = np.array([0, 0, 1, 1])
    p = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.2, 0.8]])
    assert figures.auc(y == 1, p[:, 1]) == 1.0
    assert figures.auc(y == 1, np.zeros(4)) == 0.5
    assert figures.accuracy(y, p) == 0.75
    assert figures.balanced_accuracy(y, p) == 0.75
    assert figures.ece(y, p) == pytest.approx((0.1 + 0.6 + 0.3 + 0.2) / 4)
    grades = np.array([0, 1, 2, 3])
    assert figures.kappa(grades, np.eye(4)) == pytest.approx(1.0)
    assert figures.kappa(grades, np.eye(4)[::-1]) == pytest.approx(-1.0)
    assert np.isnan(figures.auc(np.ones(3, bool), np.zeros(3)))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_auc_is_the_share_of_pairs_in_order(pairs: list[tuple[bool, int]]) -> None:
    positive, score = np.array([p for p, _ in pairs]), np.array([s for _, s in pairs], float)
    ups, downs = score[positive], score[~positive]
    value = figures.auc(positive, score)
    if len(ups) == 0 or len(downs) == 0:
        assert np.isnan(value)
    else:
        above = (ups[:, None] > downs).mean() + 0.5 * (ups[:, None] == downs).mean()
        assert value == pytest.approx(above)


def test_whole_groups_are_resampled() -> None:
    y, groups = np.repeat([0, 1], 50), np.array(["a"] * 50 + ["b"] * 50)
    p = np.stack([1.0 - y, y.astype(float)], 1)
    value, low, high = figures.interval(figures.accuracy, y, p, groups)
    assert (value, low, high) == (1.0, 1.0, 1.0)


def test_what_cannot_be_measured_is_nothing_and_a_dash() -> None:
    alone, p = np.zeros(20, dtype=int), np.tile([0.7, 0.3], (20, 1))
    value = figures.interval(figures.macro_auc, alone, p, np.arange(20).astype(str))
    assert value == [None, None, None]
    assert with_interval(value) == "-"


def test_rare_classes_are_named_more_readily_at_no_great_cost_in_calibration() -> None:
    rng = np.random.default_rng(5)
    y = rng.choice(3, 4000, p=[0.9, 0.07, 0.03])
    # What a network that learned the frequencies says of overlapping classes.
    logits = np.log([0.9, 0.07, 0.03]) + 2.2 * np.eye(3)[y] + rng.normal(0, 1.0, (4000, 3))
    bias = certify.fair_bias(logits, y)
    assert bias[2] > bias[1] > bias[0]
    assert bias.mean() == pytest.approx(0.0, abs=1e-9)
    before = figures.balanced_accuracy(y, logits)
    assert figures.balanced_accuracy(y, logits + bias) > before + 0.02
    p = certify.probabilities(logits, certify.temperature(logits + bias, y), bias)
    assert figures.ece(y, p) <= certify.MOST_OFF


def test_classes_that_are_equally_frequent_need_no_bias() -> None:
    rng = np.random.default_rng(6)
    y = np.arange(3000) % 3
    assert not certify.fair_bias(3 * np.eye(3)[y] + rng.normal(0, 1.0, (3000, 3)), y).any()
