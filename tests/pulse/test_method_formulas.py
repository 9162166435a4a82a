"""Each method against its formula, written the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from tests.skin import BLOOD, SKIN, beat_wave, skin_colour
from vitascope.pulse.filters import band_pass
from vitascope.pulse.methods import METHODS
from vitascope.pulse.methods.ica import jade
from vitascope.pulse.methods.windows import overlap_add, windows

FPS = 30.0
TIME_S = np.arange(900) / FPS


def test_lgi_is_the_green_row_off_the_first_singular_vector() -> None:
    rgb = skin_colour(TIME_S, 72, noise=0.3)
    axis = np.linalg.svd(rgb.T, full_matrices=False)[0][:, :1]
    green = ((np.eye(3) - axis @ axis.T) @ rgb.T)[1]
    np.testing.assert_allclose(METHODS["lgi"](rgb, FPS), (green.mean() - green) / rgb[:, 1].mean(), atol=1e-10)


def test_omit_is_the_green_row_off_the_first_column_of_q() -> None:
    rgb = skin_colour(TIME_S, 72, noise=0.3)
    axis = np.linalg.qr(rgb.T)[0][:, :1]
    green = ((np.eye(3) - axis @ axis.T) @ rgb.T)[1]
    np.testing.assert_allclose(METHODS["omit"](rgb, FPS), (green.mean() - green) / rgb[:, 1].mean(), atol=1e-10)


def test_pbv_is_the_solution_for_its_signature() -> None:
    rgb = skin_colour(TIME_S[:192], 72, noise=0.3)  # one window
    colour = band_pass(rgb / rgb.mean(axis=0), FPS).T
    signature = np.sqrt((colour**2).sum(axis=1))
    signature /= np.linalg.norm(signature)
    weight = np.linalg.solve(colour @ colour.T, signature)
    np.testing.assert_allclose(METHODS["pbv"](rgb, FPS), -(colour.T @ weight) / (signature @ weight), atol=1e-7)


def test_jade_takes_mixed_sources_apart() -> None:
    sources = np.stack(
        [
            np.sin(2 * np.pi * 1.2 * TIME_S),
            np.sign(np.sin(2 * np.pi * 0.37 * TIME_S + 1)),
            np.random.default_rng(0).laplace(size=900),
        ],
        axis=1,
    )
    mixed = sources @ np.array([[1.0, 0.6, 0.4], [0.5, 1.0, -0.7], [0.3, -0.4, 1.0]])
    found = jade(mixed - mixed.mean(axis=0))
    np.testing.assert_allclose(found.T @ found / 900, np.eye(3), atol=1e-9)
    likeness = np.abs(np.corrcoef(sources.T, found.T)[:3, 3:])
    assert (likeness.max(axis=1) > 0.98).all()
    assert sorted(likeness.argmax(axis=1)) == [0, 1, 2]


def test_jade_leaves_out_a_channel_that_is_a_copy() -> None:
    random = np.random.default_rng(1).laplace(size=(500, 2))
    random -= random.mean(axis=0)
    assert jade(random[:, [0, 1, 0]]).shape == (500, 2)


def test_ica_finds_a_pulse_under_flicker_and_gives_the_same_each_time() -> None:
    random = np.random.default_rng(2)
    pulse = beat_wave(2 * np.pi * 1.2 * TIME_S)
    flicker = random.laplace(size=900)[:, None] * [1.0, 0.8, 0.9]
    rgb = SKIN * (1 - 0.004 * pulse[:, None] * BLOOD + 0.004 * flicker) + 0.02 * random.normal(size=(900, 3))
    wave = METHODS["ica"](rgb, FPS)
    np.testing.assert_array_equal(wave, METHODS["ica"](rgb.copy(), FPS))
    clear = np.corrcoef(band_pass(wave, FPS)[90:-90], band_pass(pulse, FPS)[90:-90])[0, 1]
    green = np.corrcoef(band_pass(-rgb[:, 1], FPS)[90:-90], band_pass(pulse, FPS)[90:-90])[0, 1]
    assert clear > 0.95 > green


@pytest.mark.parametrize("n", [5, 64, 192, 193, 500])
def test_windows_laid_back_give_the_signal(n: int) -> None:
    x = np.random.default_rng(n).normal(size=(n, 1))
    np.testing.assert_allclose(overlap_add(windows(x, 64)[:, :, 0], n), x[:, 0], atol=1e-12)


@pytest.mark.parametrize("name", METHODS)
def test_holes_are_bridged(name: str) -> None:
    rgb = skin_colour(TIME_S, 72)
    holed = rgb.copy()
    holed[100:103] = np.nan
    holed[400, 1] = np.inf
    wave = METHODS[name](holed, FPS)
    assert np.isfinite(wave).all()
    assert np.corrcoef(band_pass(wave, FPS), band_pass(METHODS[name](rgb, FPS), FPS))[0, 1] > 0.98
    assert not METHODS[name](np.full((300, 3), np.nan), FPS).any()
