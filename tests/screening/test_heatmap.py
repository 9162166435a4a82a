"""Heat maps: where the warmth falls on the picture, what it looks like, and whether it points at what counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.evaluation.heatmap import faithfulness
from vitascope.screening.heatmap import HeatMap, View, draw, overlay


def one_cell(row: int, column: int, edge: int = 7) -> np.ndarray:
    cells = np.full((edge, edge), -0.5, np.float32)
    cells[row, column] = 3.0
    return cells


@pytest.mark.parametrize(
    ("view", "row", "column", "centre"),
    [
        ("stretch", 0, 0, (10, 30)),
        ("stretch", 6, 3, (130, 210)),
        ("centre_square", 0, 0, (10, 150)),
        ("centre_square", 6, 6, (130, 270)),
    ],
)
def test_a_cell_warms_its_own_place(view: View, row: int, column: int, centre: tuple[int, int]) -> None:
    warmth = HeatMap("x", one_cell(row, column), view).on(140, 420)
    assert warmth.shape == (140, 420)
    warmest = np.unravel_index(np.argmax(warmth), warmth.shape)
    cell = (20, 60) if view == "stretch" else (20, 20)
    assert (np.abs(np.subtract(warmest, centre)) <= np.array(cell) / 2).all()
    assert warmth.max() == pytest.approx(1)
    if view == "centre_square":
        assert (warmth[:, :140] == 0).all()


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 80), st.integers(1, 80), st.integers(0, 99))
def test_warmth_is_a_share_on_any_picture(gh: int, gw: int, height: int, width: int, seed: int) -> None:
    cells = np.random.default_rng(seed).normal(size=(gh, gw)).astype(np.float32)
    for view in ("stretch", "centre_square"):
        warmth = HeatMap("x", cells, view).on(height, width)
        assert warmth.shape == (height, width)
        assert ((warmth >= 0) & (warmth <= 1)).all()


def test_without_evidence_the_picture_stays_as_it_is() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    warmth = HeatMap("x", np.full((7, 7), -1.0, np.float32)).on(40, 60)
    assert (draw(rgb, warmth) == rgb).all()
    assert (overlay(warmth)[..., 3] == 0).all()


def test_the_layer_over_the_picture_is_the_drawn_picture() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    warmth = HeatMap("x", one_cell(3, 3)).on(40, 60)
    layer = overlay(warmth).astype(float)
    share = layer[..., 3:] / 255
    np.testing.assert_allclose(share * layer[..., :3] + (1 - share) * rgb, draw(rgb, warmth), atol=1.5)


def test_the_right_map_deletes_fast_and_inserts_fast() -> None:
    rng = np.random.default_rng(2)
    rgb = rng.integers(0, 256, (80, 80, 3), dtype=np.uint8)
    place = np.s_[10:30, 45:65]

    def probability(picture: np.ndarray) -> float:
        """How much of the detail of one place is still there."""
        return float(np.clip(picture[place].std() / rgb[place].std(), 0, 1))

    right, wrong = np.zeros((80, 80), np.float32), np.ones((80, 80), np.float32)
    right[place], wrong[place] = 1.0, 0.0
    pointing, missing = faithfulness(probability, rgb, right), faithfulness(probability, rgb, wrong)
    assert max(pointing.deletion, missing.insertion) < 0.15
    assert min(missing.deletion, pointing.insertion) > 0.85
