from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.skin import beat_wave
from vitascope.pulse.phase import mean_rate

Floats = NDArray[np.float64]
FPS = 30.0


def swinging(seconds: float, bpm: float, swing: float, hz: float, start: float = 0.0) -> tuple[Floats, float]:
    """A wave (N,) whose rate swings by the share `swing` at `hz`, and its true mean rate in Hz."""
    time_s = np.arange(int(seconds * FPS)) / FPS
    turns = bpm / 60 * (time_s - swing / (2 * np.pi * hz) * np.cos(2 * np.pi * hz * time_s + start))
    return beat_wave(2 * np.pi * turns), float((turns[-1] - turns[0]) / time_s[-1])


def found(channels: Floats, course_hz: float | Floats, wave: Floats | None = None) -> tuple[float, float]:
    n = channels.shape[1]
    course = np.broadcast_to(np.asarray(course_hz, dtype=float), (n,))
    return mean_rate(channels, channels[0] if wave is None else wave, FPS, course, np.ones(n, dtype=bool))


@pytest.mark.parametrize("bpm", [45, 72, 110, 190])
@pytest.mark.parametrize("hz", [0.07, 0.1, 0.25])
def test_the_mean_of_a_swinging_rate_is_the_turns_over_the_time(bpm: float, hz: float) -> None:
    for start in (0.0, 1.5, 3.0, 4.5):
        wave, truth = swinging(10, bpm, 0.03, hz, start)
        assert 60 * found(wave[None], bpm / 60)[0] == pytest.approx(60 * truth, abs=0.25)


def test_noise_that_the_channels_share_hardly_counts() -> None:
    random = np.random.default_rng(5)
    wave, truth = swinging(15, 80, 0.02, 0.2)
    shared = random.normal(size=len(wave))
    channels = np.array([[0.3], [0.8], [0.5]]) * wave + shared + 0.1 * random.normal(size=(3, len(wave)))
    hz, error = found(channels, 80 / 60, wave)
    assert 60 * hz == pytest.approx(60 * truth, abs=0.3)
    assert 60 * error < 0.3
    assert 60 * found(channels[1:2], 80 / 60, wave)[1] > 1.5 * 60 * error


def test_the_standard_error_is_that_of_many_trials() -> None:
    off, said = [], []
    for seed in range(60):
        random = np.random.default_rng(seed)
        wave, truth = swinging(15, random.uniform(50, 150), 0.02, 0.2, random.uniform(0, 6))
        hz, error = found((wave + 1.5 * random.normal(size=len(wave)))[None], truth)
        off.append(60 * (hz - truth))
        said.append(60 * error)
    z = np.array(off) / np.array(said)
    assert 0.7 < np.sqrt(np.mean(z**2)) < 1.5


def test_a_turn_that_the_course_missed_is_found() -> None:
    """The course falls short by one turn in a stretch of noise; without looking for it the mean is 1/min too low."""
    random = np.random.default_rng(2)
    wave, truth = swinging(60, 100, 0.01, 0.1)
    noise = random.normal(size=len(wave))
    noise[1500:] *= 2
    course = np.full(len(wave), 100 / 60)
    course[1560:1740] -= 1 / 6
    assert 60 * found((wave + noise)[None], course)[0] == pytest.approx(60 * truth, abs=0.3)


def test_noise_alone_is_never_precise() -> None:
    errors = [60 * found(np.random.default_rng(seed).normal(size=(3, 450)), 1.2)[1] for seed in range(20)]
    assert np.median(errors) > 0.5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(-30, 30), st.integers(150, 2200), st.floats(0.65, 3.9))
def test_any_channels_give_finite_figures_that_ignore_scale(seed: int, power: int, n: int, course: float) -> None:
    channels = np.random.default_rng(seed).normal(size=(2, n))
    hz, error = found(channels, course)
    assert np.isfinite([hz, error]).all()
    # Powers of two scale without rounding, which the search for the best fit in mere noise would magnify.
    assert found(2.0**power * channels, course)[0] == pytest.approx(hz, abs=1e-9)


def test_flat_channels_leave_the_course() -> None:
    assert found(np.zeros((3, 300)), 1.25) == (1.25, np.inf)
    wave, truth = swinging(10, 75, 0.0, 0.1)
    with_flat = np.stack([np.full(len(wave), 0.7), wave])
    assert found(with_flat, 1.25, wave)[0] == pytest.approx(truth, abs=1e-3)
