from __future__ import annotations

import math
import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.skin import SKIN, beat_wave, skin_colour
from vitascope.pulse.filters import band_pass
from vitascope.pulse.methods import METHODS

ROOT = Path(__file__).resolve().parents[2]


def pos_by_the_book(rgb: np.ndarray, fps: float) -> np.ndarray:
    """The loop of the paper, turned so that systole is up."""
    length = math.ceil(1.6 * fps)
    out = np.zeros(len(rgb))
    for start in range(len(rgb) - length + 1):
        window = rgb[start : start + length]
        first, second = np.array([[0.0, 1, -1], [-2, 1, 1]]) @ (window / window.mean(axis=0)).T
        mixed = first + first.std() / second.std() * second
        out[start : start + length] -= mixed - mixed.mean()
    return out


@pytest.mark.parametrize("fps", [15.0, 29.97, 60.0])
def test_pos_equals_the_paper(fps: float) -> None:
    rgb = skin_colour(np.arange(int(20 * fps)) / fps, 72, noise=0.3)
    np.testing.assert_allclose(METHODS["pos"](rgb, fps), pos_by_the_book(rgb, fps), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_the_known_pulse_comes_out_upright(name: str, fps: float) -> None:
    time_s = np.arange(int(30 * fps)) / fps
    wave = band_pass(METHODS[name](skin_colour(time_s, 78), fps), fps)
    truth = band_pass(beat_wave(2 * np.pi * 78 / 60 * time_s), fps)
    inner = slice(int(3 * fps), -int(3 * fps))
    assert np.corrcoef(wave[inner], truth[inner])[0, 1] > 0.9


@pytest.mark.parametrize("name", ["pos", "chrom"])
def test_light_that_dims_all_channels_alike_cancels(name: str) -> None:
    time_s = np.arange(900) / 30
    light = 1 + 0.02 * np.sin(2 * np.pi * 1.1 * time_s)[:, None]
    pulse = METHODS[name](skin_colour(time_s, 78, noise=0), 30.0)
    flicker = METHODS[name](SKIN * light, 30.0)
    assert np.ptp(flicker) < 0.02 * np.ptp(pulse)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("rgb", [np.zeros((300, 3)), np.full((300, 3), 128.0), np.ones((1, 3)), np.zeros((0, 3))])
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered in")
def test_flat_and_tiny_inputs_are_flat(name: str, rgb: np.ndarray) -> None:
    bvp = METHODS[name](rgb, 30.0)
    assert bvp.shape == (len(rgb),)
    np.testing.assert_allclose(bvp, 0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(2, 120), st.just(3)), elements=st.floats(0, 255, width=32)),
    st.floats(8, 120),
    st.floats(0.1, 4),
)
def test_finite_and_blind_to_brightness(rgb: np.ndarray, fps: float, gain: float) -> None:
    for method in METHODS.values():
        bvp = method(rgb, fps)
        assert np.isfinite(bvp).all()
        if rgb.min() > 1:
            np.testing.assert_allclose(method(gain * rgb, fps), bvp, rtol=1e-4, atol=1e-6 * (1 + np.abs(bvp).max()))


def test_pos_takes_linear_time() -> None:
    """A minute at 30 frames a second against the loop: the ratio holds on any machine."""
    rgb = skin_colour(np.arange(1800) / 30, 72)
    METHODS["pos"](rgb, 30.0)
    begin = time.perf_counter()
    for _ in range(5):
        METHODS["pos"](rgb, 30.0)
    fast = (time.perf_counter() - begin) / 5
    begin = time.perf_counter()
    pos_by_the_book(rgb, 30.0)
    assert time.perf_counter() - begin > 10 * fast


def test_every_method_is_documented() -> None:
    page = (ROOT / "docs/pulse.md").read_text(encoding="utf-8")
    for name in METHODS:
        assert re.search(rf"^\| `{name}` \|", page, re.MULTILINE), f"docs/pulse.md does not mention {name}"
