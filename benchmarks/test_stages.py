"""What each stage costs on one core: `OMP_NUM_THREADS=1 python -m pytest benchmarks`.

The limits are for a trace of a minute at 30 frames a second. The comparison with a dense detrend is a ratio within one
run, so it holds on any machine.
"""

from __future__ import annotations

import math
import os
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from vitascope.pulse.detrend import detrend, smoothing
from vitascope.pulse.methods import METHODS
from vitascope.pulse.trace import Trace
from vitascope.vitals.assess import assess

FPS, SECONDS = 30.0, 60
POS_S, EVERYTHING_S = 0.003, 0.150
BUSY = float(os.environ.get("VITASCOPE_BUSY", "1"))  # allow this many times as long on a machine that does other work


def minute() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times (N,) and skin colour (N, 3) with a pulse of 72/min, breathing and noise."""
    time_s = np.arange(int(FPS * SECONDS)) / FPS
    phase = 2 * np.pi * 1.2 * time_s
    pulse = 0.004 * (np.sin(phase) + 0.3 * np.sin(2 * phase - 1))
    light = 0.003 * np.sin(2 * np.pi * 0.25 * time_s)
    colour = np.array([150.0, 105.0, 85.0]) * (1 - pulse[:, None] * [0.33, 0.77, 0.53] + light[:, None])
    return time_s, colour + 0.05 * np.random.default_rng(0).normal(size=colour.shape)


def pos_with_a_dense_detrend(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """The loop of the paper and Tarvainen's detrending with a dense matrix, as toolboxes port them."""
    n, length = len(rgb), math.ceil(1.6 * fps)
    wave = np.zeros(n)
    for start in range(n - length + 1):
        window = rgb[start : start + length]
        first, second = np.array([[0.0, 1, -1], [-2, 1, 1]]) @ (window / window.mean(axis=0)).T
        mixed = first + first.std() / second.std() * second
        wave[start : start + length] -= mixed - mixed.mean()
    second_difference = np.diff(np.eye(n), 2, axis=0)
    dense: NDArray[np.float64] = wave - np.linalg.solve(
        np.eye(n) + smoothing(0.6, fps) ** 2 * second_difference.T @ second_difference, wave
    )
    return dense


@pytest.mark.parametrize("name", METHODS)
def test_method(benchmark: BenchmarkFixture, name: str) -> None:
    _, rgb = minute()
    benchmark(METHODS[name], rgb, FPS)
    if name == "pos" and benchmark.stats:
        assert benchmark.stats.stats.median <= BUSY * POS_S


def test_all_methods_and_all_vitals(benchmark: BenchmarkFixture) -> None:
    time_s, rgb = minute()
    trace = Trace(time_s, rgb[:, None], ("face",))

    def everything() -> None:
        for method in METHODS.values():
            method(rgb, FPS)
        assess(trace)

    benchmark(everything)
    if benchmark.stats:
        assert benchmark.stats.stats.median <= BUSY * EVERYTHING_S


def test_fifty_times_faster_than_a_dense_detrend() -> None:
    _, rgb = minute()

    def fastest(run: object, rounds: int) -> float:
        assert callable(run)
        spent = []
        for _ in range(rounds):
            begin = time.perf_counter()
            run()
            spent.append(time.perf_counter() - begin)
        return min(spent)

    dense_s = fastest(lambda: pos_with_a_dense_detrend(rgb, FPS), 2)
    own_s = fastest(lambda: detrend(METHODS["pos"](rgb, FPS), FPS, 0.6), 10)
    np.testing.assert_allclose(
        detrend(METHODS["pos"](rgb, FPS), FPS, 0.6), pos_with_a_dense_detrend(rgb, FPS), rtol=0, atol=1e-8
    )
    assert dense_s > 50 * own_s, f"{dense_s / own_s:.0f} times"
    print(f"{dense_s * 1000:.0f} ms against {own_s * 1000:.2f} ms: {dense_s / own_s:.0f} times faster")
