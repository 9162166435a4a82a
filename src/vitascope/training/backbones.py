"""Networks to build on, from published ImageNet weights with batch norm folded into the convolutions.

EfficientNetV2-B0 (Tan & Le 2021) and MobileNetV2 (Sandler et al. 2018), both Apache-2.0, and a small network without
any pretraining as a yardstick. Every one takes RGB as float 0..255, (N, 3, H, W), and gives feature maps
(N, width, H / 32, W / 32).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Conv(nn.Module):  # type: ignore[misc]
    """A convolution with TensorFlow's SAME padding, for which the weights were trained."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1, act: str = ""
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.act = kernel, stride, act
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if stride == 1 else 0, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride > 1:
            height, width = (
                max((-(-n // self.stride) - 1) * self.stride + self.kernel - n, 0) for n in map(int, x.shape[-2:])
            )
            x = F.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))
        x = self.conv(x)
        if self.act == "swish":
            return x * torch.sigmoid(x)
        return F.relu6(x) if self.act == "relu6" else x


class SqueezeExcite(nn.Module):  # type: ignore[misc]
    """Weighs the channels by a glance at their means."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.reduce, self.expand = nn.Conv2d(channels, width, 1), nn.Conv2d(width, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.expand(F.silu(self.reduce(x.mean((2, 3), keepdim=True)))))


class Block(nn.Module):  # type: ignore[misc]
    """Convolutions in a row; the input is added where the shapes agree."""

    def __init__(self, *body: nn.Module, residual: bool) -> None:
        super().__init__()
        self.body, self.residual = nn.Sequential(*body), residual

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x) if self.residual else self.body(x)


class Backbone(nn.Module):  # type: ignore[misc]
    """Blocks in a row after the scaling that the weights expect."""

    def __init__(self, blocks: list[nn.Module], width: int, mean: list[float], std: list[float]) -> None:
        super().__init__()
        self.blocks, self.width = nn.Sequential(*blocks), width
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        return self.blocks((pixels - self.mean) / self.std)


def efficientnetv2_b0() -> Backbone:
    """5.8 million numbers, 0.72 G multiplications at 224 pixels."""
    blocks: list[nn.Module] = [Conv(3, 32, 3, 2, act="swish"), Conv(32, 16, 3, act="swish")]
    width = 16
    for outputs, repeats, stride in ((32, 2, 2), (48, 2, 2)):
        for index in range(repeats):
            step = stride if index == 0 else 1
            body = (Conv(width, 4 * width, 3, step, act="swish"), Conv(4 * width, outputs, 1))
            blocks.append(Block(*body, residual=step == 1 and width == outputs))
            width = outputs
    for outputs, repeats, stride, expansion in ((96, 3, 2, 4), (112, 5, 1, 6), (192, 8, 2, 6)):
        for index in range(repeats):
            step, inner = stride if index == 0 else 1, width * expansion
            mb_body = (
                Conv(width, inner, 1, act="swish"),
                Conv(inner, inner, 3, step, groups=inner, act="swish"),
                SqueezeExcite(inner, width // 4),
                Conv(inner, outputs, 1),
            )
            blocks.append(Block(*mb_body, residual=step == 1 and width == outputs))
            width = outputs
    blocks.append(Conv(width, 1280, 1, act="swish"))
    return Backbone(blocks, 1280, [123.675, 116.28, 103.53], [58.395, 57.12, 57.375])


def mobilenet_v2() -> Backbone:
    """2.2 million numbers, 0.30 G multiplications at 224 pixels."""
    blocks: list[nn.Module] = [Conv(3, 32, 3, 2, act="relu6")]
    width = 32
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, outputs, repeats, stride in stages:
        for index in range(repeats):
            step, inner = stride if index == 0 else 1, width * expansion
            body = [Conv(width, inner, 1, act="relu6")] if expansion > 1 else []
            body += [Conv(inner, inner, 3, step, groups=inner, act="relu6"), Conv(inner, outputs, 1)]
            blocks.append(Block(*body, residual=step == 1 and width == outputs))
            width = outputs
    blocks.append(Conv(width, 1280, 1, act="relu6"))
    return Backbone(blocks, 1280, [127.5] * 3, [127.5] * 3)


def small() -> Backbone:
    """0.4 million numbers, not pretrained: what the pictures alone can teach."""
    blocks: list[nn.Module] = [Conv(3, 24, 3, 2, act="swish")]
    for inputs, outputs in ((24, 32), (32, 64), (64, 128), (128, 256)):
        blocks += [
            Conv(inputs, inputs, 3, 2, groups=inputs),
            nn.GroupNorm(8, inputs),
            Conv(inputs, outputs, 1, act="swish"),
            Block(Conv(outputs, outputs, 3, groups=8, act="swish"), Conv(outputs, outputs, 1), residual=True),
        ]
    return Backbone(blocks, 256, [127.5] * 3, [64.0] * 3)


BACKBONES = {"efficientnetv2_b0": efficientnetv2_b0, "mobilenet_v2": mobilenet_v2, "small": small}
PRETRAINED = ("efficientnetv2_b0", "mobilenet_v2")


def build(name: str, weights: Path | None) -> Backbone:
    """Backbone `name` with the weights of `<name>_imagenet_folded.npz` in folder `weights`; as it starts when None.

    Raises KeyError for an unknown name and FileNotFoundError when the folder has no such file.
    """
    net = BACKBONES[name]()
    if weights is None or name not in PRETRAINED:
        return net
    with np.load(weights / f"{name}_imagenet_folded.npz") as stored:
        values = [stored[key].astype(np.float32) for key in stored.files]
    convolutions = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    with torch.no_grad():
        for index, conv in enumerate(convolutions):
            conv.weight.copy_(torch.from_numpy(values[2 * index]).reshape(conv.weight.shape))
            conv.bias.copy_(torch.from_numpy(values[2 * index + 1]))
    return net
