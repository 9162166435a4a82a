"""Made recordings over the range of frame rates, pulse rates and noise, the rate swinging with breathing and slower."""

from __future__ import annotations

import numpy as np

from tests.skin import BLOOD, SKIN, beat_wave, face
from vitascope.pulse.filters import PULSE_BAND_HZ
from vitascope.report.reading import Reading
from vitascope.vitals.assess import assess
from vitascope.vitals.heart_rate import TOLERANCE


def made(seed: int) -> tuple[Reading, float, float]:
    """The heart rate read from one made trace, the true mean rate in 1/min, and its SNR in the pulse band in dB (drawn
    from -5 to 20; red has 1 dB more, blue 5, green 8)."""
    random = np.random.default_rng(seed)
    fps, seconds = random.choice([15, 20, 24, 30, 45, 60]), random.choice([10, 15, 30, 60])
    bpm, snr_db, breathing_hz = random.uniform(40, 200), random.uniform(-5, 20), random.uniform(0.15, 0.35)
    n = int(seconds * fps)
    time_s = np.sort((np.arange(n) + random.uniform(-0.3, 0.3, n)) / fps)
    time_s -= time_s[0]
    swing = sum(
        random.uniform(0, 0.03) * np.sin(2 * np.pi * hz * time_s + random.uniform(0, 6)) for hz in (breathing_hz, 0.1)
    )
    hertz = bpm / 60 * (1 + swing)
    turns = np.concatenate([[0], np.cumsum((hertz[1:] + hertz[:-1]) / 2 * np.diff(time_s))])
    wave = beat_wave(2 * np.pi * turns)
    in_band = (PULSE_BAND_HZ[1] - PULSE_BAND_HZ[0]) / (fps / 2)
    noise = random.normal(size=(n, 3)) * np.sqrt(wave.var() / 10 ** (snr_db / 10) / in_band)
    light = 0.003 * np.sin(2 * np.pi * breathing_hz * time_s) + 0.005 * np.sin(2 * np.pi * 0.1 * time_s)
    rgb = SKIN * (1 - 0.004 * (wave[:, None] * BLOOD + 0.3 * noise) + light[:, None])
    return assess(face(time_s, rgb)).readings["heart_rate"], 60 * turns[-1] / time_s[-1], snr_db


def test_what_is_ok_is_near_over_the_whole_range() -> None:
    found = [made(seed) for seed in range(100)]
    error = np.array([abs(r.value - truth) for r, truth, _ in found if r.status == "ok" and r.value is not None])
    assert len(error) > 70
    assert np.quantile(error, 0.75) <= 0.5
    assert error.max() <= TOLERANCE
