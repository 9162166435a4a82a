"""Made recordings over the range of frame rates, pulse rates and noise, the rate swinging with breathing and slower."""

from __future__ import annotations

import numpy as np
import pytest

from tests.skin import BLOOD, SKIN, beat_wave, face
from vitascope.pulse.filters import PULSE_BAND_HZ
from vitascope.report.reading import Reading
from vitascope.vitals.assess import assess


def made(seed: int, seconds: float) -> tuple[Reading, float]:
    """The heart rate read from one made trace of `seconds`, and the true mean rate in 1/min.

    In green the pulse has an SNR of -5 to 20 dB within 0.7-4 Hz; red and blue, whose pulse is fainter, have the same
    noise. The rate swings by up to 3 % with breathing and up to 3 % at 0.1 Hz, and the light breathes too.
    """
    random = np.random.default_rng(seed)
    fps, bpm = random.choice([15, 20, 24, 30, 45, 60]), random.uniform(40, 200)
    snr_db, breathing_hz = random.uniform(-5, 20), random.uniform(0.15, 0.35)
    n = int(seconds * fps)
    time_s = np.sort((np.arange(n) + random.uniform(-0.3, 0.3, n)) / fps)
    time_s -= time_s[0]
    swing = sum(
        random.uniform(0, 0.03) * np.sin(2 * np.pi * hz * time_s + random.uniform(0, 6)) for hz in (breathing_hz, 0.1)
    )
    hertz = bpm / 60 * (1 + swing)
    turns = np.concatenate([[0], np.cumsum((hertz[1:] + hertz[:-1]) / 2 * np.diff(time_s))])
    pulse = beat_wave(2 * np.pi * turns)[:, None] * BLOOD
    in_band = (PULSE_BAND_HZ[1] - PULSE_BAND_HZ[0]) / (fps / 2)
    noise = random.normal(size=(n, 3)) * np.sqrt(pulse[:, 1].var() / 10 ** (snr_db / 10) / in_band)
    light = 0.003 * np.sin(2 * np.pi * breathing_hz * time_s) + 0.005 * np.sin(2 * np.pi * 0.1 * time_s)
    rgb = SKIN * (1 - 0.004 * (pulse + noise) + light[:, None])
    return assess(face(time_s, rgb)).readings["heart_rate"], 60 * turns[-1] / time_s[-1]


@pytest.mark.parametrize(("seconds", "fewest"), [(20, 20), (30, 20), (60, 25)])
def test_what_is_ok_is_within_half_a_beat_over_the_whole_range(seconds: int, fewest: int) -> None:
    found = [made(1000 * seconds + seed, seconds) for seed in range(40)]
    error = np.array([abs(r.value - truth) for r, truth in found if r.status == "ok" and r.value is not None])
    assert len(error) >= fewest
    assert error.max() <= 0.5


def test_short_windows_know_how_precise_they_are() -> None:
    """Ten seconds cannot always show the mean rate to half a beat; most do, and none is far off."""
    found = [made(seed, 10) for seed in range(60)]
    error = np.array([abs(r.value - truth) for r, truth in found if r.status == "ok" and r.value is not None])
    assert len(error) >= 25
    assert np.quantile(error, 0.95) <= 0.5
    assert error.max() <= 1.5
