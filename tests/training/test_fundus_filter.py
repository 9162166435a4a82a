"""The filter that takes the light and the colour of an eye away: its mean is a Gaussian's, and it is applied once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

torch = pytest.importorskip("torch", reason="the extra train is not installed")

from vitascope.training.fundus_filter import as_trained, blurred, filtered  # noqa: E402


def eye(side: int, seed: int, light: float = 1.0) -> np.ndarray:
    """A red disc on black with soft spots and a slope of light, (3, side, side) 0..255."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side - 0.5
    spots = gaussian_filter(rng.normal(0, 1, (side, side)), side / 60)
    field = (1 + x * light) * (1 + 0.15 * spots / spots.std())
    disc = np.hypot(x, y) < 0.46
    return np.clip(np.array([150.0, 70.0, 40.0])[:, None, None] * field * disc, 0, 255)


@given(side=st.sampled_from([97, 192, 224, 256]), share=st.floats(1, 8), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_the_local_mean_is_a_gaussian_s(side: int, share: float, seed: int) -> None:
    sigma, picture = max(share * side / 224, 1.0), eye(side, seed)
    want = gaussian_filter(picture, (0, sigma, sigma), mode="constant")
    got = blurred(torch.from_numpy(picture)[None].float(), sigma)[0].numpy()
    assert np.abs(got - want).mean() < 0.3
    assert np.abs(got - want).max() < 12  # where the disc ends within a cell


def test_a_flat_eye_becomes_mid_grey_to_its_rim_whatever_its_light() -> None:
    y, x = np.mgrid[:224, :224] / 224 - 0.5
    disc = np.hypot(x, y) < 0.46
    for level in (60.0, 180.0):
        flat = torch.from_numpy(np.array([level, level / 2, level / 3])[:, None, None] * disc)[None].float()
        assert (filtered(flat) - 128).abs().max() < 4


def test_a_picture_is_filtered_once() -> None:
    once = as_trained(torch.from_numpy(eye(224, 4))[None].float())
    assert (once - 128).abs().mean() < 30
    torch.testing.assert_close(as_trained(once), once)
