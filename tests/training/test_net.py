"""A check's network: what its maps say adds up to its answer."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the extra train is not installed")

from vitascope.training import backbones  # noqa: E402
from vitascope.training.net import INNER, CheckNet  # noqa: E402


@pytest.mark.parametrize("size", [96, 176])  # 176: the inner layers hold no whole number of the last one's cells
@pytest.mark.parametrize("name", ["mobilenet_v2", "efficientnetv2_b0"])
def test_the_places_of_a_map_add_up_to_the_answer(name: str, size: int) -> None:
    torch.manual_seed(3)
    net = CheckNet(backbones.build(name, None), {"lesion": 5, "malignant": 2}, INNER[name]).eval()
    with torch.no_grad():
        logits, maps = net.with_maps(255 * torch.rand(2, 3, size, size))
        for head, said in logits.items():
            assert maps[head].shape == (2, said.shape[1], size // 32 + bool(size % 32), size // 32 + bool(size % 32))
            torch.testing.assert_close(maps[head].mean((2, 3)) + net.heads[head].bias, said, atol=1e-4, rtol=1e-3)
            assert maps[head].std((2, 3)).min() > 0


def test_what_lies_in_one_corner_shows_there() -> None:
    torch.manual_seed(3)
    net = CheckNet(backbones.build("mobilenet_v2", None), {"one": 2}, INNER["mobilenet_v2"]).eval()
    grey = torch.full((1, 3, 192, 192), 128.0)
    spotted = grey.clone()
    spotted[:, :, :48, 144:] = 255 * torch.rand(3, 48, 48)
    with torch.no_grad():
        away = (net.with_maps(spotted)[1]["one"] - net.with_maps(grey)[1]["one"]).abs()[0].sum(0)
    assert away[:3, 3:].mean() > 3 * away[3:, :3].mean()
