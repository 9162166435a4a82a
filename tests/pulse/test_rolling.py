from __future__ import annotations

import numpy as np
import pytest

from tests.skin import BLOOD, SKIN, beat_wave, face, skin_colour
from vitascope.vitals.assess import assess, assess_waveform


def test_the_rate_of_each_second_follows_the_truth() -> None:
    fps = 30.0
    time_s = np.arange(int(60 * fps)) / fps
    bpm = 75 + 15 * np.sin(2 * np.pi * time_s / 60)
    series = assess_waveform(beat_wave(2 * np.pi * np.cumsum(bpm) / 60 / fps), fps).waveforms["heart_rate"]
    assert series.fps == 1
    at = series.start_s + np.arange(len(series.samples))
    assert len(at) == 53  # windows of 8 s in 60 s, one a second
    assert np.abs(np.array(series.samples) - np.interp(at, time_s, bpm)).max() < 1.5


@pytest.mark.parametrize("fps", [15.0, 30.0])
def test_one_bad_window_does_not_bend_the_series(fps: float) -> None:
    time_s = np.arange(int(40 * fps)) / fps
    rgb = skin_colour(time_s, 66)
    hit = slice(int(18 * fps), int(21 * fps))
    rgb[hit] -= SKIN * BLOOD * 0.01 * np.sin(2 * np.pi * 2.1 * time_s[hit])[:, None]
    samples = np.array(assess(face(time_s + 100, rgb)).waveforms["heart_rate"].samples)
    assert np.abs(samples - 66).max() < 2


def test_a_steady_rate_is_finer_than_the_grid_and_on_the_trace_clock() -> None:
    time_s = 50 + np.arange(900) / 30
    series = assess(face(time_s, skin_colour(time_s, 71.4))).waveforms["heart_rate"]
    assert series.start_s == pytest.approx(54, abs=0.1)
    assert np.abs(np.array(series.samples) - 71.4).max() < 0.3


def test_a_withheld_rate_has_no_series() -> None:
    noise = np.random.default_rng(1).normal(size=900)
    assert "heart_rate" not in assess_waveform(noise, 30).waveforms
