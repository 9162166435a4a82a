"""The path from labelled pictures to a network, on a handful of made ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra train is not installed")

from vitascope.evaluation.datasets.photos import Case  # noqa: E402
from vitascope.training import run  # noqa: E402
from vitascope.training.fit import Settings  # noqa: E402
from vitascope.training.pictures import Pictures  # noqa: E402
from vitascope.training.recipes import RECIPES  # noqa: E402


def spotted(count: int) -> Pictures:
    """Half of them with a bright disc, which is what their label says."""
    rng, rgb, cases = np.random.default_rng(0), [], []
    y, x = np.mgrid[:64, :64]
    for index in range(count):
        shown = rng.integers(60, 120, (64, 64, 3))
        if index % 2:
            shown[np.hypot(y - rng.integers(20, 44), x - rng.integers(20, 44)) < 12] = 230
        rgb.append(shown.astype(np.uint8))
        cases.append(Case(Path(f"{index}.png"), f"group{index}", "COVID-CT", {"covid": index % 2}, {}))
    return Pictures(np.stack(rgb), tuple(cases))


@pytest.mark.parametrize("backbone", ["small", "mobilenet_v2"])
def test_a_network_that_starts_from_nothing_learns_in_every_block(backbone: str, tmp_path: Path) -> None:
    recipe = RECIPES["lung_ct"]
    settings = replace(recipe.settings, size=64, epochs=1, samples=64, batch=16)
    pictures = spotted(96)
    net = run.train(recipe, pictures, run.Choice(backbone, settings, None, inner=False), None, tmp_path)
    for index, block in enumerate(net.backbone.blocks):
        if list(block.parameters()):
            assert all(parameter.requires_grad for parameter in block.parameters()), index
    assert (tmp_path / "curve.csv").read_text().startswith("epoch,loss,score,seconds")
    told = run.logits(net, pictures, settings)["covid"]
    assert told.shape == (96, 2)
    assert np.isfinite(told).all()


def test_a_run_goes_on_from_where_it_stopped(tmp_path: Path) -> None:
    recipe, pictures = RECIPES["lung_ct"], spotted(96)
    settings = replace(recipe.settings, size=64, epochs=2, samples=64, batch=16)
    whole = run.train(recipe, pictures, run.Choice("small", settings, None, inner=False), None, tmp_path / "whole")
    state = torch.load(tmp_path / "whole/state.pt", weights_only=False)
    assert state["epoch"] == 1
    again = run.train(recipe, pictures, run.Choice("small", settings, None, False, True), None, tmp_path / "whole")
    for one, two in zip(whole.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(one, two)


def test_settings_are_what_a_sweep_may_change() -> None:
    from vitascope.training.search import CHANGES, changed

    for how in CHANGES.values():
        assert changed(Settings(), how) != Settings()
