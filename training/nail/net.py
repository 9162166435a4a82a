"""The nail detector: blocks of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) and a head that gives, at every
fourth pixel, whether a nail is centred there, its box, and the box of the skin beside it (Zhou et al. 2019,
arXiv:1904.07850, "Objects as Points")."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from visibility.net import BLOCKS, Block, Conv

STRIDE = 4
TAPS = (2, 5)
DEPTH = 13
WIDE, FINE = 48, 32
# Distances are learned in these units of pixels, so that they are near one.
NAIL_UNIT, SKIN_UNIT = 10.0, 30.0


class NailNet(nn.Module):  # type: ignore[misc]
    """RGB (N, 3, h, w) in 0..255, h and w multiples of 16, to heat logits (N, 1, h/4, w/4) and boxes (N, 8, h/4, w/4):
    left, top, right, bottom of the nail, then of the skin, in pixels from the cell's centre."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(3, 32, 3, 2)
        channels, blocks, widths = 32, [], []
        for i, (expansion, out, stride) in enumerate(BLOCKS[:DEPTH]):
            blocks.append(Block(channels, out, stride, expansion))
            channels = out
            if i in TAPS:
                widths.append(out)
        self.blocks = nn.ModuleList(blocks)
        self.deep = Conv(channels, WIDE, 1, relu=False)
        self.side1 = Conv(widths[1], WIDE, 1, relu=False)
        self.mix1 = nn.Sequential(Conv(WIDE, WIDE, 3, groups=WIDE), Conv(WIDE, FINE, 1, relu=False))
        self.side2 = Conv(widths[0], FINE, 1, relu=False)
        self.mix2 = nn.Sequential(Conv(FINE, FINE, 3, groups=FINE), Conv(FINE, 64, 1), Conv(64, 64, 3, groups=64))
        self.heat = nn.Conv2d(64, 1, 1)
        self.boxes = nn.Conv2d(64, 8, 1)
        # A nail is rare: at the start every cell says one in a hundred (Lin et al. 2017, arXiv:1708.02002).
        nn.init.constant_(self.heat.bias, -4.6)
        self.register_buffer("unit", torch.tensor([NAIL_UNIT] * 4 + [SKIN_UNIT] * 4).view(1, 8, 1, 1))

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        x = self.stem(rgb / 127.5 - 1)
        seen = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in TAPS:
                seen.append(x)
        y = self.mix1(torch.relu(_double(self.deep(x)) + self.side1(seen[1])))
        y = self.mix2(torch.relu(_double(y) + self.side2(seen[0])))
        return self.heat(y), self.boxes(y) * self.unit

    def start_from(self, backbone: Path) -> None:
        """Take the ImageNet weights of the first layers from `mobilenet_v2_imagenet_folded.npz`."""
        kept = np.load(backbone)
        convolutions = [m for part in (self.stem, self.blocks) for m in part.modules() if isinstance(m, nn.Conv2d)]
        keys = list(kept.keys())
        for k, convolution in enumerate(convolutions):
            for parameter, key in ((convolution.weight, keys[2 * k]), (convolution.bias, keys[2 * k + 1])):
                parameter.data.copy_(torch.from_numpy(kept[key].astype(np.float32)).reshape(parameter.shape))


def _double(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2, mode="nearest")
