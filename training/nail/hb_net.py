"""What haemoglobin is read from: the colours of the nail and of the skin beside it, and what the inner layers of
EfficientNetV2-B0 (Tan & Le 2021, arXiv:2104.00298) see around the nail. A linear model on top."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

CROP, SKIN = 96, 24
AROUND = 1.8  # side of the square around a nail, in mean sides of its box
INSIDE = 0.7  # the part of the box around its middle whose colours count: nail, not its rim
# out, stride, expansion, whether fused, in order; where a stage starts its width changes
STAGES = (
    *((16, 1, 1, True), (32, 2, 4, True), (32, 1, 4, True), (48, 2, 4, True), (48, 1, 4, True)),
    *((96, 2, 4, False), (96, 1, 4, False), (96, 1, 4, False)),
    *((112, 1, 6, False), (112, 1, 6, False), (112, 1, 6, False), (112, 1, 6, False), (112, 1, 6, False)),
    *((192, 2, 6, False), (192, 1, 6, False), (192, 1, 6, False)),
)
TAPS = (4, 7, 10, 12, 15)
MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
COLOURS = 45  # features of colour, the last ones
LIGHT = ("nail", "skin", "red_to_blue", "saturation", "clipped")


class _Conv(nn.Module):  # type: ignore[misc]
    """A convolution padded as TensorFlow does, with or without swish."""

    def __init__(self, in_: int, out: int, size: int, stride: int = 1, *, groups: int = 1, swish: bool = True) -> None:
        super().__init__()
        # Every size met here is even, so that the odd pixel of a stride of 2 goes to the right and the bottom.
        self.pad = nn.ZeroPad2d((0, 1, 0, 1)) if stride == 2 else nn.Identity()
        self.conv = nn.Conv2d(in_, out, size, stride, size // 2 if stride == 1 else 0, groups=groups)
        self.swish = swish

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(self.pad(x))
        return y * torch.sigmoid(y) if self.swish else y


class _Gate(nn.Module):  # type: ignore[misc]
    """Squeeze and excitation."""

    def __init__(self, wide: int, narrow: int) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(wide, narrow, 1), nn.Conv2d(narrow, wide, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.down(x.mean((2, 3), keepdim=True))
        return x * torch.sigmoid(self.up(y * torch.sigmoid(y)))


class _Block(nn.Module):  # type: ignore[misc]
    def __init__(self, in_: int, out: int, stride: int, expansion: int, fused: bool) -> None:
        super().__init__()
        wide = in_ * expansion
        if fused and expansion == 1:
            self.path = nn.Sequential(_Conv(in_, out, 3, stride))
        elif fused:
            self.path = nn.Sequential(_Conv(in_, wide, 3, stride), _Conv(wide, out, 1, swish=False))
        else:
            self.path = nn.Sequential(
                _Conv(in_, wide, 1),
                _Conv(wide, wide, 3, stride, groups=wide),
                _Gate(wide, in_ // 4),
                _Conv(wide, out, 1, swish=False),
            )
        self.add = stride == 1 and in_ == out

    def forward(self, x: Tensor) -> Tensor:
        return x + self.path(x) if self.add else self.path(x)


class Features(nn.Module):  # type: ignore[misc]
    """around (N, 3, 96, 96), nail (N, 3, 24, 24) and skin (N, 3, 24, 24) in 0..255 to features (N, F) and what the
    light is like (N, 5)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Conv(3, 32, 3, 2)
        channels, blocks = 32, []
        for out, stride, expansion, fused in STAGES:
            blocks.append(_Block(channels, out, stride, expansion, fused))
            channels = out
        self.blocks = nn.ModuleList(blocks)
        y, x = np.mgrid[:SKIN, :SKIN] + 0.5
        oval = (((x / SKIN - 0.5) ** 2 + (y / SKIN - 0.5) ** 2) <= 0.25).astype(np.float32)
        self.register_buffer("oval", torch.from_numpy(oval / oval.sum()).flatten())
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1))

    def forward(self, around: Tensor, nail: Tensor, skin: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        x = self.stem((around - self.mean) / self.deviation)
        seen = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in TAPS:
                seen.append(x.mean((2, 3)))
        colours, light = self.colours(nail.flatten(2) / 255, skin.flatten(2) / 255)
        return torch.cat([*seen, colours], dim=1), light

    def colours(self, nail: Tensor, skin: Tensor) -> tuple[Tensor, Tensor]:
        """Colours of nail and skin (N, 3, P) in 0..1: means and spreads in logarithms, L*a*b* and HSV's saturation, and
        their differences, in which the light largely cancels."""
        parts, kept = [], []
        for rgb in (nail, skin):
            linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4)
            logs = torch.log(linear + 0.01)
            ratios = torch.stack([logs[:, 0] - logs[:, 1], logs[:, 1] - logs[:, 2]], dim=1)
            highest, lowest = rgb.max(dim=1, keepdim=True).values, rgb.min(dim=1, keepdim=True).values
            saturation = (highest - lowest) / highest.clamp(min=0.02)
            values = torch.cat([logs, lab(linear) / 50, ratios, saturation], dim=1)
            mean = (values * self.oval).sum(2)
            spread = (((values - mean[:, :, None]) ** 2 * self.oval).sum(2) + 1e-6).sqrt()
            parts += [mean, spread]
            kept.append((rgb, mean, highest))
        parts.append(parts[0] - parts[2])
        (rgb, _, highest), (_, skin_mean, skin_highest) = kept
        clipped = torch.maximum(
            (torch.sigmoid((highest - 0.985) * 400)[:, 0] * self.oval).sum(1),
            (torch.sigmoid((skin_highest - 0.985) * 400)[:, 0] * self.oval).sum(1),
        )
        light = torch.stack(
            [
                (rgb.mean(1) * self.oval).sum(1),
                (kept[1][0].mean(1) * self.oval).sum(1),
                skin_mean[:, 0] - skin_mean[:, 2],
                skin_mean[:, 8],
                clipped,
            ],
            dim=1,
        )
        return torch.cat(parts, dim=1), light

    def start_from(self, backbone: Path) -> Features:
        """Take the ImageNet weights from `efficientnetv2_b0_imagenet_folded.npz`; returns itself."""
        kept = np.load(backbone)
        convolutions = [m for part in (self.stem, self.blocks) for m in part.modules() if isinstance(m, nn.Conv2d)]
        keys = kept.files
        for k, convolution in enumerate(convolutions):
            for parameter, key in ((convolution.weight, keys[2 * k]), (convolution.bias, keys[2 * k + 1])):
                parameter.data.copy_(torch.from_numpy(kept[key].astype(np.float32)).reshape(parameter.shape))
        return self


def lab(linear: Tensor) -> Tensor:
    """Linear sRGB (N, 3, P) to CIE L*a*b* under D65."""
    r, g, b = linear[:, 0], linear[:, 1], linear[:, 2]
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (torch.where(t > 0.008856, t.clamp(min=1e-4) ** (1 / 3), 7.787 * t + 16 / 116) for t in (x, y, z))
    return torch.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], dim=1)


class Haemoglobin(nn.Module):  # type: ignore[misc]
    """Features to g/dL a nail, how unlike the training nails it is (1 = as the strangest in a hundred of them), how
    surely it is bare (a logit) and what the light is like."""

    def __init__(self, features: Features, head: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.features = features
        for name, value in head.items():
            self.register_buffer(name, torch.from_numpy(np.asarray(value, np.float32)))

    def forward(self, around: Tensor, nail: Tensor, skin: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """See the class."""
        f, light = self.features(around, nail, skin)
        hb = f @ self.weight + self.bias
        z = ((f - self.centre) / self.scale) @ self.axes
        distance = ((z**2).mean(1)).sqrt() / self.usual
        return hb, distance, f @ self.bare_weight + self.bare_bias, light
