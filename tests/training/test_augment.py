"""Random changes to training pictures: white light, RandAugment's operations, and that none leaves its range."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="the extra train is not installed")

from vitascope.training.augment import OPERATIONS, Augmentation, augmented, operated, white_light  # noqa: E402


def picture(seed: int, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> NDArray[np.uint8]:
    """Patches of many greys and colours under a tinted light, (64, 64, 3)."""
    patches = np.random.default_rng(seed).uniform(20, 200, (8, 8, 3))
    return np.asarray((np.kron(patches, np.ones((8, 8, 1))) * tint).clip(0, 255), dtype=np.uint8)


def test_white_light_takes_a_tint_away() -> None:
    plain, red = picture(1), picture(1, (1.2, 0.8, 0.6))
    assert np.abs(red.astype(int) - plain).mean() > 15
    # What is left is brightness, the same in every channel.
    shown, known = white_light(red).astype(float), white_light(plain).astype(float)
    gain = shown.mean() / known.mean()
    assert np.abs(shown / gain - known).mean() < 2


def test_white_light_leaves_black_alone() -> None:
    black = np.zeros((16, 16, 3), dtype=np.uint8)
    assert (white_light(black) == 0).all()


def test_every_operation_gives_a_picture_and_some_change_it() -> None:
    changed = 0
    for seed in range(40):
        before = picture(seed)
        after = operated(before, 1, np.random.default_rng(seed))
        assert after.shape == before.shape
        assert after.dtype == np.uint8
        changed += bool(np.abs(after.astype(int) - before).mean() > 0.5)
    assert changed > 20
    assert (operated(picture(0), 0, np.random.default_rng(0)) == picture(0)).all()
    assert len(OPERATIONS) == 8


def test_a_batch_is_changed_alike_with_the_same_seed_and_stays_in_range() -> None:
    rgb = np.stack([picture(seed) for seed in range(6)])
    how = Augmentation(constancy=0.5, operations=2)
    one, same, other = (augmented(rgb, 48, how, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert one.shape == (6, 3, 48, 48)
    assert float(one.min()) >= 0
    assert float(one.max()) <= 255
    torch.testing.assert_close(one, same)
    assert (one - other).abs().mean() > 5
