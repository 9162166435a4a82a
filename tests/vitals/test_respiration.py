from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitascope.vitals.assess import assess_waveform
from vitascope.vitals.respiration import Breathing, band_spectrum, card, confidence, fuse, line

CLOCK = np.arange(240) / 4.0


def breath(rate: float, noise: float = 0.0, seed: int = 1) -> np.ndarray:
    return np.sin(2 * np.pi * rate / 60 * CLOCK) + noise * np.random.default_rng(seed).normal(size=len(CLOCK))


@pytest.mark.parametrize("rate", [7.3, 12.0, 15.7, 28.4])
def test_a_line_is_found_far_below_a_bin(rate: float) -> None:
    found, share = line(*band_spectrum(breath(rate), 4.0))
    assert found == pytest.approx(rate, abs=0.1)
    assert share > 0.95


def test_a_slow_drift_is_no_breathing() -> None:
    assert line(*band_spectrum(np.sin(2 * np.pi * 0.08 * CLOCK), 4.0)) == (0.0, 0.0)
    assert line(*band_spectrum(np.ones(240), 4.0)) == (0.0, 0.0)


def test_two_clear_traces_outvote_a_noisy_one() -> None:
    found = fuse({"riiv": breath(14), "riav": breath(0.1, 1.0), "rifv": breath(14, 0.3)}, 4.0)
    assert found.rate == pytest.approx(14, abs=0.2)
    assert found.votes >= 2 / 3
    assert found.rates["riiv"] == pytest.approx(14, abs=0.1)


def test_traces_that_disagree_are_less_sure() -> None:
    agree = fuse({name: breath(14) for name in "abc"}, 4.0)
    differ = fuse({"a": breath(9), "b": breath(14), "c": breath(23)}, 4.0)
    assert agree.votes == 1
    assert differ.votes == pytest.approx(1 / 3)
    assert confidence(differ, card()) < 0.65
    assert confidence(agree, card()) > 0.9


def test_confidence_by_hand() -> None:
    model = {"intercept": -1.0, "share": 2.0, "votes": 3.0}
    assert confidence(Breathing(14.0, 0.5, 1 / 3, {}), model) == pytest.approx(0.5)


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (3, 120), elements=st.floats(-1e9, 1e9)))
def test_anything_gives_a_rate_in_the_band_or_none(traces: np.ndarray) -> None:
    found = fuse(dict(zip("abc", traces, strict=True)), 4.0)
    assert found.rate == 0 or 5.9 <= found.rate <= 30.1
    assert 0 <= found.share <= 1 + 1e-9
    assert 0 <= found.votes <= 1


@pytest.mark.recording
def test_respiration_against_belts_and_capnometry(recordings: Path) -> None:
    """Three long records in windows of a minute: mean absolute error at most 2/min where a value is given."""
    errors, windows = [], 0
    for name, key in (("bidmc01", "resp"), ("capnobase0009", "co2"), ("challenge_v102s", "resp")):
        record = np.load(recordings / f"pulse/respiration/{name}.npz")
        fs = float(record["fs"])
        for start in range(0, len(record["ppg"]) - int(60 * fs), int(60 * fs)):
            part = slice(start, start + int(60 * fs))
            truth = record[key][part].astype(float)
            truth = np.where(np.isfinite(truth), truth, np.nanmean(truth))
            frequency, power = band_spectrum(truth[:: int(fs / 5)], fs / int(fs / 5))
            reading = assess_waveform(record["ppg"][part].astype(float), fs).readings["respiration_rate"]
            windows += 1
            if reading.value is not None:
                errors.append(abs(reading.value - 60 * frequency[power.argmax()]))
    assert len(errors) >= 0.6 * windows
    assert np.mean(errors) <= 2.0
