from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitascope.errors import InputError
from vitascope.pulse.resample import frame_rate, resample


def test_jittered_times_give_back_the_wave() -> None:
    random = np.random.default_rng(1)
    time_s = np.sort(np.arange(900) / 30 + random.uniform(-0.012, 0.012, 900))
    grid = resample(time_s, np.sin(2 * np.pi * 1.5 * time_s))
    assert grid.fps == pytest.approx(30, rel=2e-3)
    clock = grid.start_s + np.arange(len(grid.values)) / grid.fps
    assert np.abs(grid.values[:, 0] - np.sin(2 * np.pi * 1.5 * clock)).max() < 0.03
    assert grid.seen.all()


def test_equal_stamps_are_averaged() -> None:
    time_s = np.repeat(np.arange(100) / 10, 2)
    values = np.arange(200.0)
    grid = resample(time_s, values, fps=10)
    np.testing.assert_allclose(grid.values[:, 0], np.arange(100) * 2 + 0.5, atol=1e-9)


def test_short_gaps_are_bridged_and_long_ones_marked() -> None:
    time_s = np.arange(600) / 30
    values = np.sin(2 * np.pi * 0.5 * time_s)
    values[90:102] = np.nan  # 0.4 s
    values[300:360] = np.inf  # 2 s
    grid = resample(time_s, values)
    assert np.isfinite(grid.values).all()
    assert grid.seen[:299].all()
    assert not grid.seen[302:358].any()
    assert grid.seen[362:].all()


def test_a_column_never_seen_is_marked() -> None:
    values = np.ones((100, 2))
    values[:, 1] = np.nan
    grid = resample(np.arange(100) / 20, values)
    assert grid.seen[:, 0].all()
    assert not grid.seen[:, 1].any()


def test_fast_recordings_do_not_fold_back() -> None:
    time_s = np.arange(3000) / 300
    grid = resample(time_s, np.sin(2 * np.pi * 59 * time_s))
    assert grid.fps == 60
    assert np.abs(grid.values[30:-30]).max() < 0.02  # 59 Hz would look like 1 Hz


def test_frame_rate_ignores_gaps() -> None:
    time_s = np.concatenate([np.arange(100) / 25, 20 + np.arange(100) / 25])
    assert frame_rate(time_s) == pytest.approx(25)


@pytest.mark.parametrize(
    "time_s",
    [np.array([0.0, 1.0]), np.array([0.0, 2.0, 1.0]), np.array([0.0, np.nan, 2.0]), np.array([1.0, 1.0, 1.0])],
    ids=["length", "backwards", "nan", "no duration"],
)
def test_unusable_times_are_refused(time_s: np.ndarray) -> None:
    with pytest.raises(InputError):
        resample(time_s, np.zeros(3))


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.float64, st.integers(3, 60), elements=st.floats(allow_nan=True, allow_infinity=True, width=32)),
    st.lists(st.floats(0.001, 0.5), min_size=60, max_size=60),
)
def test_never_anything_but_finite(values: np.ndarray, steps: list[float]) -> None:
    grid = resample(np.cumsum(steps)[: len(values)], values)
    assert np.isfinite(grid.values).all()
    assert grid.seen.shape == grid.values.shape
