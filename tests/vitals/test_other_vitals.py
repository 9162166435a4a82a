from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.skin import face, skin_colour
from vitascope.vitals.assess import Assessment, assess, assess_waveform
from vitascope.vitals.stress import baevsky
from vitascope.vitals.variability import frequency_domain, normal_intervals, time_domain


def modulated(seconds: float, *, lf_ms: float = 20.0, hf_ms: float = 20.0, breathing: float = 0.1) -> Assessment:
    """A wave with 60 beats a minute whose interval swings at 0.1 Hz and, with breathing, at 0.25 Hz."""
    fps = 30.0
    time_s = np.arange(int(seconds * fps)) / fps
    interval = 1 + lf_ms / 1000 * np.sin(2 * np.pi * 0.1 * time_s) + hf_ms / 1000 * np.sin(2 * np.pi * 0.25 * time_s)
    phase = 2 * np.pi * np.cumsum(1 / interval) / fps
    breath = np.sin(2 * np.pi * 0.25 * time_s)
    return assess_waveform(
        (1 + breathing * breath) * (np.sin(phase) + 0.3 * np.sin(2 * phase - 1)) + 3 * breathing * breath, fps
    )


def test_time_domain_by_hand() -> None:
    ibi = np.array([800, 860, 790, 830, 800.0])
    figures = time_domain(normal_intervals(np.concatenate([[0], np.cumsum(ibi)]) / 1000))
    step = np.diff(ibi)
    assert figures["mean_nn"] == pytest.approx(816)
    assert figures["sdnn"] == pytest.approx(ibi.std(ddof=1))
    assert figures["rmssd"] == pytest.approx(np.sqrt(np.mean(step**2)))
    assert figures["pnn50"] == pytest.approx(50)


def test_an_ectopic_beat_is_left_out_with_its_neighbour_steps() -> None:
    ibi = np.full(40, 800.0)
    ibi[::2] += 10
    early = ibi.copy()
    early[20], early[21] = 500, 1120
    clean = time_domain(normal_intervals(np.concatenate([[0], np.cumsum(ibi)]) / 1000))
    intervals = normal_intervals(np.concatenate([[0], np.cumsum(early)]) / 1000)
    assert list(np.flatnonzero(~intervals.kept)) == [20, 21]
    assert time_domain(intervals)["rmssd"] == pytest.approx(clean["rmssd"], abs=0.2)


def test_band_powers_are_those_of_the_swings() -> None:
    beats = [0.0]
    while beats[-1] < 300:
        t = beats[-1]
        beats.append(t + 0.9 + 0.03 * np.sin(2 * np.pi * 0.1 * t) + 0.02 * np.sin(2 * np.pi * 0.25 * t))
    figures = frequency_domain(normal_intervals(np.array(beats)))
    assert figures["lf"] == pytest.approx(30**2 / 2, rel=0.1)
    assert figures["hf"] == pytest.approx(20**2 / 2, rel=0.15)
    assert figures["lf_hf"] == pytest.approx(figures["lf"] / figures["hf"])


def test_variability_of_a_wave() -> None:
    """Two swings of 20 ms, less what averaging over a beat takes: 18.9 ms, 193 and 157 ms2 at the true beat times."""
    readings = modulated(150, breathing=0).readings
    assert readings["mean_nn"].value == pytest.approx(1000, abs=2)
    assert readings["sdnn"].value == pytest.approx(18.9, abs=0.5)
    assert readings["lf"].value == pytest.approx(193, rel=0.05)
    assert readings["hf"].value == pytest.approx(157, rel=0.1)
    assert readings["lf_hf"].status == "tentative"


@pytest.mark.parametrize(
    ("seconds", "given"),
    [(20, set()), (31, {"mean_nn", "sdnn", "rmssd", "pnn50"}), (125, {"mean_nn", "rmssd", "lf", "hf", "lf_hf"})],
)
def test_window_gates(seconds: float, given: set[str]) -> None:
    readings = modulated(seconds).readings
    for name in ("mean_nn", "sdnn", "rmssd", "pnn50", "lf", "hf", "lf_hf"):
        expected = name in given or (seconds > 100)
        assert (readings[name].value is not None) == expected, name
        if not expected:
            assert "Record for longer" in (readings[name].reason or "")


def test_baevsky_by_hand() -> None:
    nn = np.array([810, 820, 830, 860, 910.0])  # bins 800: 3, 850: 1, 900: 1
    parts = baevsky(nn)
    assert parts["mode_s"] == pytest.approx(0.825)
    assert parts["mode_share"] == pytest.approx(60)
    assert parts["stress_index"] == pytest.approx(60 / (2 * 0.825 * 0.1))


def test_a_metronome_has_a_finite_and_high_index() -> None:
    readings = modulated(60, lf_ms=0, hf_ms=0).readings
    assert readings["stress_index"].band in {"raised", "high"}
    assert readings["stress_index"].inputs["stressed"] == 1
    relaxed = modulated(60, lf_ms=60, hf_ms=60).readings["stress_index"]
    assert relaxed.inputs["stressed"] == 0
    assert relaxed.band in {"low", "normal"}


def test_respiration_is_found_and_fused() -> None:
    reading = modulated(60, lf_ms=5).readings["respiration_rate"]
    assert reading.value == pytest.approx(15, abs=0.5)
    assert set(reading.inputs) == {"riiv_rate", "riav_rate", "rifv_rate"}
    assert reading.loinc == "9279-1"


def test_respiration_needs_time() -> None:
    reading = modulated(15).readings["respiration_rate"]
    assert reading.status == "withheld"
    assert "25 s" in (reading.reason or "")


def test_oxygen_is_withheld_with_its_reason() -> None:
    time_s = np.arange(600) / 30
    reading = assess(face(time_s, skin_colour(time_s, 72))).readings["oxygen_saturation"]
    assert reading.status == "withheld"
    assert "calibration" in (reading.reason or "")


def test_all_readings_are_withheld_from_a_still_picture() -> None:
    readings = assess(face(np.arange(900) / 30, np.full((900, 3), 120.0))).readings
    assert {reading.status for reading in readings.values()} == {"withheld"}


@pytest.mark.recording
def test_variability_of_fingertips_against_a_chest_strap(recordings: Path) -> None:
    """Whole recordings of 68-112 s: mean interval within 10 ms in each, RMSSD within 8 ms in the median, 10 of 14
    given."""
    from vitascope.pulse.trace import Trace

    mean_error, rmssd_error = [], []
    for path in sorted((recordings / "pulse/finger_rr").glob("*.npz")):
        clip = np.load(path)
        trace = Trace(clip["time_ms"] / 1000, clip["rgb"].astype(float)[:, None], ("finger",), "finger")
        readings, rr = assess(trace).readings, clip["rr_ms"]
        if readings["rmssd"].value is not None and readings["mean_nn"].value is not None:
            mean_error.append(abs(readings["mean_nn"].value - rr.mean()))
            rmssd_error.append(abs(readings["rmssd"].value - np.sqrt(np.mean(np.diff(rr) ** 2))))
    assert len(mean_error) >= 10
    assert max(mean_error) <= 10
    assert np.median(rmssd_error) <= 8
