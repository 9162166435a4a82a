from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.pulse.detrend import detrend, smoothing
from vitascope.pulse.filters import band_pass


@pytest.mark.parametrize("n", [3, 4, 5, 6, 50])
def test_detrend_is_the_dense_formula(n: int) -> None:
    x = np.random.default_rng(n).normal(size=n).cumsum()
    second = np.diff(np.eye(n), 2, axis=0)
    dense = x - np.linalg.solve(np.eye(n) + smoothing(0.6, 30) ** 2 * second.T @ second, x)
    np.testing.assert_allclose(detrend(x, 30, 0.6), dense, atol=1e-9)


@pytest.mark.parametrize("fps", [15, 24, 30, 60])
def test_detrend_cuts_at_the_same_frequency_at_any_rate(fps: float) -> None:
    time_s = np.arange(int(60 * fps)) / fps
    middle = slice(len(time_s) // 4, -len(time_s) // 4)
    kept = detrend(np.sin(2 * np.pi * 0.6 * time_s), fps, cutoff_hz=0.6)[middle].std() * np.sqrt(2)
    assert kept == pytest.approx(np.sqrt(0.5), abs=0.01)


def test_the_anchor_of_lambda_100() -> None:
    assert smoothing(0.6, 30) == pytest.approx(100, rel=0.03)
    assert smoothing(0.6, 60) == pytest.approx(400, rel=0.03)


def test_band_pass_keeps_time_and_the_pulse_band() -> None:
    time_s = np.arange(1800) / 30
    pulse = np.sin(2 * np.pi * 1.5 * time_s)
    slow = 5 * np.sin(2 * np.pi * 0.1 * time_s)
    middle = slice(150, -150)
    np.testing.assert_allclose(band_pass(pulse + slow, 30)[middle], pulse[middle], atol=0.06)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.floats(1, 120), st.floats(1e-6, 1e6))
def test_short_signals_give_finite_results_that_scale(n: int, fps: float, scale: float) -> None:
    x = np.random.default_rng(n).normal(size=n)
    once = band_pass(x, fps)
    assert np.isfinite(once).all()
    np.testing.assert_allclose(band_pass(scale * x, fps), scale * once, rtol=1e-6, atol=1e-9 * scale)
    assert np.isfinite(detrend(x, fps)).all()
