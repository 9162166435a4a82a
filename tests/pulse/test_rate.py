from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.skin import beat_wave
from vitascope.pulse.beats import find_beats
from vitascope.pulse.quality import self_snr_db
from vitascope.pulse.rate import follow
from vitascope.pulse.resample import resample
from vitascope.pulse.spectrum import line_frequency, spectrum


@pytest.mark.parametrize("bpm", [40, 45.3, 60, 88.8, 120, 161, 200])
@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_a_clean_wave_gives_its_rate(bpm: float, fps: float) -> None:
    time_s = np.arange(int(30 * fps)) / fps
    assert follow(beat_wave(2 * np.pi * bpm / 60 * time_s)[None], fps).bpm == pytest.approx(bpm, abs=0.1)


def test_a_strong_harmonic_is_not_the_rate() -> None:
    time_s = np.arange(900) / 30
    phase = 2 * np.pi * 50 / 60 * time_s
    assert follow((np.sin(phase) + 0.7 * np.sin(2 * phase))[None], 30.0).bpm == pytest.approx(50, abs=0.2)


def test_a_pure_line_is_not_taken_for_a_harmonic() -> None:
    time_s = np.arange(900) / 30
    assert follow(np.sin(2 * np.pi * 100 / 60 * time_s)[None], 30.0).bpm == pytest.approx(100, abs=0.1)


def test_a_rising_rate_gives_its_mean_and_its_course() -> None:
    time_s = np.arange(900) / 30
    bpm = 80 + 20 * time_s / 30
    found = follow(beat_wave(2 * np.pi * np.cumsum(bpm / 60) / 30)[None], 30.0)
    assert found.bpm == pytest.approx(90, abs=1)
    course = found.at(900, 30.0) * 60
    assert np.abs(course - bpm)[120:-120].max() < 2.5


def test_a_burst_of_movement_does_not_outweigh_the_pulse() -> None:
    time_s = np.arange(900) / 30
    wave = beat_wave(2 * np.pi * 72 / 60 * time_s)
    wave[300:420] += 30 * np.sin(2 * np.pi * 1.9 * time_s[300:420])
    assert follow(wave[None], 30.0).bpm == pytest.approx(72, abs=0.5)


def test_waves_that_agree_outvote_noise() -> None:
    random = np.random.default_rng(4)
    time_s = np.arange(900) / 30
    clean = beat_wave(2 * np.pi * 66 / 60 * time_s) + 0.5 * random.normal(size=900)
    found = follow(np.stack([random.normal(size=900), clean, random.normal(size=900)]), 30.0)
    assert found.bpm == pytest.approx(66, abs=0.5)
    assert found.weights.argmax() == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(1e-6, 1e6), st.integers(150, 700), st.sampled_from([10.0, 15.0, 30.0, 60.0]))
def test_noise_gives_finite_figures_that_ignore_scale(seed: int, scale: float, n: int, fps: float) -> None:
    wave = np.random.default_rng(seed).normal(size=(2, max(n, int(5 * fps))))
    found, again = follow(wave, fps), follow(scale * wave, fps)
    assert found.bpm == pytest.approx(again.bpm, abs=0.01)
    assert 0 <= found.certainty <= 1 + 1e-9
    assert np.isfinite(found.course_bpm).all()


def test_a_flat_wave_is_harmless() -> None:
    found = follow(np.zeros((1, 300)), 30.0)
    assert np.isfinite(found.bpm)
    assert found.certainty < 0.2
    assert self_snr_db(np.zeros(300), 30.0, found.at(300, 30.0)) == -30


def test_line_frequency_is_far_finer_than_a_bin() -> None:
    time_s = np.arange(900) / 30
    hz, share = line_frequency(np.sin(2 * np.pi * 1.2345 * time_s)[None], 30.0, 1.2)
    assert hz == pytest.approx(1.2345, abs=5e-4)
    assert share == pytest.approx(1, abs=0.05)


def test_spectrum_peaks_at_the_line() -> None:
    frequency, power = spectrum(np.sin(2 * np.pi * 1.5 * np.arange(900) / 30), 30.0)
    assert frequency[power.argmax()] == pytest.approx(1.5, abs=0.01)
    assert power.max() == 1


@pytest.mark.parametrize("noise_power", [0.05, 0.5, 5.0])
def test_self_snr_is_the_power_ratio(noise_power: float) -> None:
    """A line of power 1/2 in white noise, against what noise of 0.7-4 Hz lies outside the two counted bands."""
    fps, n = 30.0, 9000
    wave = np.sin(2 * np.pi * 1.2 * np.arange(n) / fps)
    noise = np.sqrt(noise_power) * np.random.default_rng(2).normal(size=n)
    in_band = noise_power * (3.3 - 0.6) / (fps / 2)
    measured = self_snr_db(wave + noise, fps, np.full(n, 1.2))
    assert measured == pytest.approx(10 * np.log10((0.5 + 0.6 * noise_power / 15) / in_band), abs=0.6)


def test_beats_fall_where_they_were_put() -> None:
    fps = 30.0
    time_s = np.arange(1800) / fps
    bpm = 70 + 6 * np.sin(2 * np.pi * 0.1 * time_s)
    phase = 2 * np.pi * np.cumsum(bpm / 60) / fps
    wave = np.sin(phase) + 0.3 * np.sin(2 * phase - 1)
    beats = find_beats(wave, fps, bpm / 60)
    truth = np.interp(2 * np.pi * np.arange(1, 70), phase, time_s)  # one fixed phase of each beat
    truth = truth[(truth > 1) & (truth < 59)]
    offset = np.array([np.min(np.abs(beats.time_s - t)) for t in truth])
    intervals = np.interp(truth[1:], beats.time_s[1:], beats.ibi_ms)
    assert np.abs(offset - np.median(offset)).max() < 0.02  # a frame lasts 0.033 s
    assert np.abs(intervals - np.diff(truth) * 1000).mean() < 12


@pytest.mark.recording
def test_beats_agree_with_experts(recordings: Path) -> None:
    """Eleven records of eight minutes; F1 of peaks within 150 ms, over all beats."""
    hits = found = wanted = 0
    for path in sorted((recordings / "pulse/contact_ppg_peaks").glob("*.npz")):
        record = np.load(path)
        fs = float(record["fs"])
        ppg = record["ppg"].astype(float)[: int(120 * fs)]
        grid = resample(np.arange(len(ppg)) / fs, ppg)
        wave = grid.values[:, 0]
        course = follow(wave[None], grid.fps).at(len(wave), grid.fps)
        beats = find_beats(wave, grid.fps, course).time_s
        truth = record["peak_samples"] / fs
        truth = truth[truth < 120]
        hits += int(sum(np.abs(beats - t).min() <= 0.15 for t in truth))
        found, wanted = found + len(beats), wanted + len(truth)
    assert 2 * hits / (found + wanted) > 0.98
