"""When there is an answer, and what cannot be ruled out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.screening.certainty import LEAST_GAP, Rule, side, together

CARD = {
    "classes": ["a", "b", "c"],
    "answer": {"gap": 0.6, "threshold": 0.7},
    "conformal": {"coverage": 0.9, "n": {"a": 50, "b": 19, "c": 30}, "quantiles": [0.4, 0.85, 0.95]},
}


def shares(count: int) -> st.SearchStrategy[np.ndarray]:
    """Probabilities of `count` classes."""
    positive = st.lists(st.floats(1e-3, 1.0), min_size=count, max_size=count)
    return positive.map(lambda values: np.array(values) / sum(values))


@pytest.mark.parametrize(
    ("p", "answers"),
    [
        ([0.8, 0.1, 0.1], True),
        ([0.1, 0.1, 0.8], True),
        ([0.75, 0.2, 0.05], False),  # not far enough apart
        ([0.69, 0.05, 0.26], False),  # below the threshold
        ([0.4, 0.35, 0.25], False),
    ],
)
def test_an_answer_needs_the_gap_and_the_threshold(p: list[float], answers: bool) -> None:
    assert Rule.of(CARD).answers(np.array(p)) is answers


@given(shares(2) | shares(5), st.floats(-1, 2), st.floats(-1, 2))
def test_no_card_makes_the_gap_smaller_than_fifty_points(p: np.ndarray, gap: float, threshold: float) -> None:
    card = {"classes": [str(i) for i in range(len(p))], "answer": {"gap": gap, "threshold": threshold}}
    first, second = np.sort(p)[::-1][:2]
    if Rule.of(card).answers(p):
        assert first - second >= max(LEAST_GAP, gap)
        assert first >= threshold


def test_the_set_holds_each_class_within_its_own_quantile() -> None:
    rule = Rule.of(CARD)
    # a needs at least 0.6, b 0.15, c 0.05; the most probable is always in.
    for p, names in (
        ([0.70, 0.20, 0.10], ("a", "b", "c")),
        ([0.90, 0.06, 0.04], ("a",)),
        ([0.45, 0.35, 0.20], ("a", "b", "c")),
        ([0.30, 0.66, 0.04], ("b",)),
    ):
        found = rule.prediction_set(np.array(p))
        assert found is not None
        assert found.classes == names
        assert (found.coverage, found.n) == (0.9, 19)


@given(shares(3))
def test_a_set_is_never_empty_and_starts_with_the_most_probable(p: np.ndarray) -> None:
    found = Rule.of(CARD).prediction_set(p)
    assert found is not None
    assert found.classes[0] == CARD["classes"][int(np.argmax(p))]
    assert len(set(found.classes)) == len(found.classes)


def test_sets_keep_their_promise_on_pictures_like_those_they_were_set_on() -> None:
    rng = np.random.default_rng(0)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        truth = rng.integers(0, 3, n)
        logits = rng.normal(size=(n, 3)) + 1.2 * np.eye(3)[truth]
        p = np.exp(logits)
        return p / p.sum(axis=1, keepdims=True), truth

    p, truth = draw(600)
    quantiles = []
    for k in range(3):
        missing = np.sort(1 - p[truth == k, k])
        quantiles.append(float(missing[int(np.ceil(0.9 * (len(missing) + 1))) - 1]))
    card: dict[str, Any] = CARD | {"conformal": {"coverage": 0.9, "n": 150, "quantiles": quantiles}}
    rule = Rule.of(card)
    fresh, truth = draw(4000)
    for k in range(3):
        held = [card["classes"][k] in rule.prediction_set(row).classes for row in fresh[truth == k]]
        assert np.mean(held) > 0.86


def test_a_card_without_a_promise_gives_no_set() -> None:
    rule = Rule.of({"classes": ["no", "yes"]})
    assert rule.prediction_set(np.array([0.9, 0.1])) is None
    assert rule.answers(np.array([0.76, 0.24]))
    assert not rule.answers(np.array([0.74, 0.26]))


def test_scores_are_likely_unlikely_or_neither() -> None:
    limits = {"low": 0.2, "high": 0.6}
    assert [side(p, limits) for p in (0.1, 0.2, 0.4, 0.6, 0.9)] == [
        "unlikely", "unlikely", "unsure", "likely", "likely",
    ]  # fmt: skip
    assert [side(p, None) for p in (0.25, 0.5, 0.75)] == ["unlikely", "unsure", "likely"]


def test_a_series_averages_the_evidence_and_does_not_add_it_up() -> None:
    same = np.array([0.3, 0.7])
    np.testing.assert_allclose(together([same] * 40), same)
    np.testing.assert_allclose(together([np.array([0.2, 0.8]), np.array([0.8, 0.2])]), [0.5, 0.5])
    assert np.isfinite(together([np.array([0.0, 1.0]), np.array([1.0, 0.0])])).all()


@given(st.lists(shares(4), min_size=1, max_size=6))
def test_a_series_never_leaves_what_its_slices_say(rows: list[np.ndarray]) -> None:
    p = together(rows)
    assert p.sum() == pytest.approx(1)
    odds = np.log(p[0] / p[1])
    each = [np.log(row[0] / row[1]) for row in rows]
    assert min(each) - 1e-9 <= odds <= max(each) + 1e-9
