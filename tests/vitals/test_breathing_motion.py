"""Breathing from head and shoulders beside the pulse wave, on traces whose breathing is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.skin import BLOOD, SKIN, beat_wave, face
from vitascope.errors import InputError
from vitascope.pulse.trace import Trace
from vitascope.report.reading import Reading
from vitascope.vitals.assess import assess

TIME_S = np.arange(1800) / 30


def breathing(pulse_rate: float, depth: float, seed: int = 0) -> Trace:
    """A face whose pulse (72/min) is modulated by breathing at `pulse_rate` /min with the given `depth`."""
    random = np.random.default_rng(seed)
    breath = np.sin(2 * np.pi * pulse_rate / 60 * TIME_S)
    wave = (1 + 2 * depth * breath) * beat_wave(2 * np.pi * np.cumsum(1.2 * (1 + 0.3 * depth * breath)) / 30)
    rgb = SKIN * (1 - 0.004 * wave[:, None] * BLOOD + 0.004 * depth * breath[:, None])
    return face(TIME_S, rgb + 0.01 * random.normal(size=rgb.shape))


def moving(rate: float, depth: float = 0.01, noise: float = 0.003, seed: int = 1) -> NDArray[np.float64]:
    """(N, 1) a face that breathing lifts by `depth` face widths, slowly sinking, found with `noise`."""
    random = np.random.default_rng(seed)
    place = 1.3 + 0.0005 * TIME_S + depth * np.sin(2 * np.pi * rate / 60 * TIME_S + 1)
    return (place + noise * random.normal(size=len(TIME_S)))[:, None]


def rate_of(trace: Trace) -> Reading:
    return assess(trace).readings["respiration_rate"]


@pytest.mark.parametrize("rate", [8.0, 14.0, 22.0])
def test_motion_shows_breathing_that_the_pulse_hides(rate: float) -> None:
    still = breathing(rate, 0.0)
    seen = rate_of(replace(still, motion=moving(rate)))
    assert rate_of(still).status == "withheld"
    assert seen.status == "tentative"
    assert seen.value == pytest.approx(rate, abs=0.5)
    assert seen.inputs["motion_0_rate"] == pytest.approx(rate, abs=0.5)


def test_motion_that_agrees_leaves_a_clear_reading_ok() -> None:
    clear = breathing(15, 0.1)
    seen = rate_of(replace(clear, motion=np.hstack([moving(15), moving(15, seed=2)])))
    assert rate_of(clear).status == seen.status == "ok"
    assert seen.value == pytest.approx(15, abs=0.3)


def test_motion_that_contradicts_the_pulse_withholds() -> None:
    seen = rate_of(replace(breathing(15, 0.1), motion=moving(25)))
    assert seen.status == "withheld"
    assert seen.reason is not None
    assert "sit still" in seen.reason


def test_aimless_motion_changes_little() -> None:
    clear = breathing(15, 0.1)
    sway = np.cumsum(np.random.default_rng(3).normal(size=(1800, 1)), axis=0) / 1000
    sway[600:] += 0.3  # the person shifts on the chair
    assert rate_of(replace(clear, motion=sway)).value == pytest.approx(15, abs=0.5)


def test_what_is_out_of_sight_does_not_count() -> None:
    clear = breathing(15, 0.1)
    hidden = moving(25)
    hidden[300:] = np.nan
    assert rate_of(replace(clear, motion=hidden)).value == rate_of(clear).value
    gap = moving(15)
    gap[600:640] = np.nan
    assert rate_of(replace(clear, motion=gap)).value == pytest.approx(15, abs=0.3)


def test_motion_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="one row for each frame"):
        assess(replace(breathing(15, 0.1), motion=moving(15)[:-1]))
