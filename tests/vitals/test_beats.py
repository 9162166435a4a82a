from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vitascope.pulse.beats import find_beats
from vitascope.vitals.assess import assess_waveform, measure_waves, wave_waves
from vitascope.vitals.variability import MOST_JITTER_MS, jitter_ms


def f1(found: np.ndarray, truth: np.ndarray, within_s: float) -> float:
    """F1 of beats matched one to one within `within_s`."""
    nearest = np.abs(found[:, None] - truth[None]).argmin(axis=1)
    hits = len({j for i, j in enumerate(nearest) if abs(found[i] - truth[j]) <= within_s})
    return float(2 * hits / (len(found) + len(truth)))


def test_a_dicrotic_wave_at_a_slow_rate_is_no_beat_of_a_fast_one() -> None:
    """The rate doubles halfway; spaced by the fastest rate, dicrotic waves of the slow half would count as beats."""
    fps = 60.0
    time_s = np.arange(int(120 * fps)) / fps
    hz = np.where(time_s < 60, 53, 104) / 60
    phase = np.cumsum(hz) / fps
    place = phase % 1
    wave = np.exp(-(((place - 0.2) / 0.08) ** 2)) + 0.5 * np.exp(-(((place - 0.6) / 0.09) ** 2))
    found = find_beats(wave, fps, hz).time_s
    truth = np.interp(np.arange(int(phase[-1])) + 0.2, phase, time_s)
    assert f1(found, truth, 0.1) > 0.985


def test_upstrokes_come_before_their_peaks_and_one_for_one() -> None:
    time_s = np.arange(1800) / 30
    wave = np.sin(2 * np.pi * 1.2 * time_s) + 0.3 * np.sin(4 * np.pi * 1.2 * time_s - 1)
    beats = find_beats(wave, 30.0, np.full(1800, 1.2))
    assert len(beats.upstroke_s) == len(beats.time_s) == len(beats.height)
    assert (beats.upstroke_s < beats.time_s).all()
    assert beats.ibi_ms == pytest.approx(1000 / 1.2, abs=2)
    assert jitter_ms(beats) < 2


def test_noise_on_every_beat_withholds_all_but_the_mean_interval() -> None:
    random = np.random.default_rng(2)
    time_s = np.arange(60 * 30) / 30
    clean = np.sin(2 * np.pi * 1.1 * time_s) + 0.3 * np.sin(4 * np.pi * 1.1 * time_s - 1)
    assert assess_waveform(clean, 30).readings["rmssd"].value is not None
    readings = assess_waveform(clean + 0.45 * random.normal(size=len(clean)), 30).readings
    assert readings["mean_nn"].value == pytest.approx(1000 / 1.1, abs=3)
    assert readings["mean_nn"].inputs["jitter_ms"] > MOST_JITTER_MS
    assert {readings[name].status for name in ("sdnn", "rmssd", "pnn50", "stress_index")} == {"withheld"}
    assert "moment of each beat" in (readings["rmssd"].reason or "")


@pytest.mark.recording
def test_beats_agree_with_experts(recordings: Path) -> None:
    """Eleven records of eight minutes: F1 within 100 ms at least 0.99 in each."""
    for path in sorted((recordings / "pulse/contact_ppg_peaks").glob("*.npz")):
        record = np.load(path)
        measured = measure_waves(wave_waves(record["ppg"].astype(float), float(record["fs"])), None)
        found = find_beats(measured.waves.bvp[0], measured.waves.fps, measured.along_hz).time_s
        assert f1(found, record["peak_samples"] / float(record["fs"]), 0.1) >= 0.99, path.stem
