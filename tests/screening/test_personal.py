"""A person's own laboratory values: they help that person, by as much as is said, and nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.errors import InputError
from vitascope.screening.personal import BETWEEN, WITHIN, Pair, pairs_of, shift_of

TODAY = date(2026, 11, 27)


def test_one_value_takes_away_half_of_the_difference_and_many_nearly_all() -> None:
    one = shift_of([Pair(12.0, 14.0, TODAY)], TODAY)
    assert one.value == pytest.approx(-2.0 * one.share)
    assert one.share == pytest.approx(BETWEEN**2 / (BETWEEN**2 + WITHIN**2))
    many = shift_of([Pair(12.0, 14.0, TODAY)] * 20, TODAY)
    assert many.value == pytest.approx(-2.0, abs=0.11)
    assert many.narrowing < one.narrowing < 1.0
    assert shift_of([], TODAY).value == 0.0


def test_old_values_count_less() -> None:
    old = shift_of([Pair(12.0, 14.0, TODAY - timedelta(days=240))], TODAY)
    assert abs(old.value) < abs(shift_of([Pair(12.0, 14.0, TODAY)], TODAY).value)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_over_repeated_measures_the_error_falls_as_much_as_the_interval_says(count: int) -> None:
    """4000 made people whose camera errors have a part that stays and one that changes."""
    rng = np.random.default_rng(count)
    before, after, narrowing = [], [], 1.0
    for _ in range(4000):
        stays = rng.normal(0, BETWEEN)
        truth = rng.normal(13.0, 2.0, count + 1)
        estimates = truth + stays + rng.normal(0, WITHIN, count + 1)
        pairs = [Pair(float(t), float(e), TODAY) for t, e in zip(truth[1:], estimates[1:], strict=True)]
        shift = shift_of(pairs, TODAY)
        before.append(estimates[0] - truth[0])
        after.append(estimates[0] + shift.value - truth[0])
        narrowing = shift.narrowing
    assert np.std(after) / np.std(before) == pytest.approx(narrowing, abs=0.03)
    assert np.mean(np.abs(after)) < 0.9 * np.mean(np.abs(before))


def test_the_values_of_another_person_make_it_worse_which_is_why_they_are_never_used() -> None:
    rng = np.random.default_rng(1)
    stays = rng.normal(0, BETWEEN, 4000)
    now = stays + rng.normal(0, WITHIN, 4000)
    others = -(np.roll(stays, 1) + rng.normal(0, WITHIN, 4000))
    shift = shift_of([Pair(12.0, 12.0, TODAY)], TODAY).share * others
    assert np.std(now + shift) > np.std(now)


@given(st.lists(st.tuples(st.floats(2, 25), st.floats(2, 25), st.integers(0, 2000)), min_size=1, max_size=8))
def test_a_shift_is_never_larger_than_the_largest_difference(told: list[tuple[float, float, int]]) -> None:
    pairs = [Pair(hb, estimate, TODAY - timedelta(days=days)) for hb, estimate, days in told]
    shift = shift_of(pairs, TODAY)
    assert abs(shift.value) <= max(abs(p.laboratory - p.estimate) for p in pairs) + 1e-9
    assert 0 < shift.narrowing <= 1


def test_pairs_are_read_from_json_and_bad_ones_refused() -> None:
    text = '[{"hb": 12.5, "estimate": 13.1, "date": "2026-10-01"}]'
    assert pairs_of({"laboratory": text}) == [Pair(12.5, 13.1, date(2026, 10, 1))]
    for bad in ("{", "3", '[{"hb": 12}]', '[{"hb": 500, "estimate": 13, "date": "2026-10-01"}]'):
        with pytest.raises(InputError):
            pairs_of({"laboratory": bad})
