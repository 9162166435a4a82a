"""The network: the first 13 blocks of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) on 96 pixels, a small decoder
for the skin mask, and a head that keeps places apart for what is hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

# expansion, output channels, stride of each block; the last of a row of equal sizes is what the decoder looks at
BLOCKS = (
    *((1, 16, 1), (6, 24, 2), (6, 24, 1), (6, 32, 2), (6, 32, 1), (6, 32, 1), (6, 64, 2)),
    *((6, 64, 1), (6, 64, 1), (6, 64, 1), (6, 96, 1), (6, 96, 1), (6, 96, 1)),
)
TAPS = (0, 2, 5, 12)
WIDE, HIDDEN_UNITS = 64, 64


class Conv(nn.Sequential):  # type: ignore[misc]
    """A convolution padded as TensorFlow does, with or without ReLU6."""

    def __init__(self, in_: int, out: int, size: int, stride: int = 1, *, groups: int = 1, relu: bool = True) -> None:
        pad = nn.ZeroPad2d((0, 1, 0, 1)) if stride == 2 else nn.Identity()
        padding = size // 2 if stride == 1 else 0
        convolution = nn.Conv2d(in_, out, size, stride, padding, groups=groups)
        super().__init__(pad, convolution, nn.ReLU6() if relu else nn.Identity())


class Block(nn.Module):  # type: ignore[misc]
    """An inverted residual."""

    def __init__(self, in_: int, out: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = in_ * expansion
        widen = [Conv(in_, wide, 1)] if expansion > 1 else []
        self.path = nn.Sequential(*widen, Conv(wide, wide, 3, stride, groups=wide), Conv(wide, out, 1, relu=False))
        self.add = stride == 1 and in_ == out

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) to (N, out, H / stride, W / stride)."""
        return x + self.path(x) if self.add else self.path(x)


class Visibility(nn.Module):  # type: ignore[misc]
    """RGB (N, 3, 96, 96) in 0..255 to logits: hidden (N, 6), by (N, 6), skin (N, 48, 48)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(3, 32, 3, 2)
        channels, blocks, taps = 32, [], []
        for i, (expansion, out, stride) in enumerate(BLOCKS):
            blocks.append(Block(channels, out, stride, expansion))
            channels = out
            if i in TAPS:
                taps.append(out)
        self.blocks = nn.ModuleList(blocks)
        a, b, c, d = taps
        self.narrow = Conv(d, WIDE, 1)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.2), nn.Linear(WIDE * 36, HIDDEN_UNITS), nn.ReLU6(), nn.Linear(HIDDEN_UNITS, 12)
        )
        self.up1, self.side1, self.mix1 = (
            Conv(WIDE, 32, 1, relu=False),
            Conv(c, 32, 1, relu=False),
            Conv(32, 32, 3, groups=32),
        )
        self.up2, self.side2, self.mix2 = (
            Conv(32, 24, 1, relu=False),
            Conv(b, 24, 1, relu=False),
            Conv(24, 24, 3, groups=24),
        )
        self.up3, self.side3, self.mix3 = (
            Conv(24, 16, 1, relu=False),
            Conv(a, 16, 1, relu=False),
            Conv(16, 16, 3, groups=16),
        )
        self.skin = nn.Conv2d(16, 1, 1)

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See the class."""
        x = self.stem(rgb / 127.5 - 1)
        seen = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in TAPS:
                seen.append(x)
        deep = self.narrow(x)
        parts = self.head(deep)
        y = self.mix1(torch.relu(_double(self.up1(deep)) + self.side1(seen[2])))
        y = self.mix2(torch.relu(_double(self.up2(y)) + self.side2(seen[1])))
        y = self.mix3(torch.relu(_double(self.up3(y)) + self.side3(seen[0])))
        return parts[:, :6], parts[:, 6:], self.skin(y)[:, 0]

    def start_from(self, backbone: Path) -> None:
        """Take the ImageNet weights of the first layers from `mobilenet_v2_imagenet_folded.npz`."""
        kept = np.load(backbone)
        convolutions = [m for part in (self.stem, self.blocks) for m in part.modules() if isinstance(m, nn.Conv2d)]
        keys = list(kept.keys())
        for k, convolution in enumerate(convolutions):
            for parameter, key in ((convolution.weight, keys[2 * k]), (convolution.bias, keys[2 * k + 1])):
                values = torch.from_numpy(kept[key].astype(np.float32))
                if values.shape != parameter.shape:
                    raise SystemExit(f"{backbone}: {key} is {tuple(values.shape)}, not {tuple(parameter.shape)}")
                parameter.data.copy_(values)


def _double(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2, mode="nearest")
