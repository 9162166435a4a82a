"""A check's network: one backbone, one linear head a question, each read out at every place for the heat map."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.training.backbones import Backbone

# EfficientNetV2-B0's blocks whose global means help a linear head beyond the last features: the ends of stages 4, 5
# and the first block of stage 6.
INNER = {"efficientnetv2_b0": (8, 13, 14), "mobilenet_v2": (11, 14, 17)}


class CheckNet(nn.Module):  # type: ignore[misc]
    """Pixels (N, C, S, S) to logits (N, K) a head; with `maps` also each place's part in them."""

    def __init__(
        self, backbone: Backbone, heads: dict[str, int], inner: tuple[int, ...] = (), drop: float = 0.2
    ) -> None:
        super().__init__()
        self.backbone, self.inner = backbone, inner
        with torch.no_grad():
            widths = [part.shape[1] for part in self._features(torch.zeros(1, 3, 64, 64))]
        self.heads = nn.ModuleDict({name: nn.Linear(sum(widths), count) for name, count in heads.items()})
        for head in self.heads.values():
            nn.init.normal_(head.weight, std=0.01)
            nn.init.zeros_(head.bias)
        self.drop = nn.Dropout(drop)

    def _features(self, pixels: Tensor) -> list[Tensor]:
        x, kept = (pixels - self.backbone.mean) / self.backbone.std, []
        for index, block in enumerate(self.backbone.blocks):
            x = block(x)
            if index in self.inner:
                kept.append(x)
        return [x, *kept]

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        pooled = torch.cat([part.mean((2, 3)) for part in self._features(pixels)], 1).float()
        pooled = self.drop(pooled)
        return {name: head(pooled) for name, head in self.heads.items()}

    def with_maps(self, pixels: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Logits, and (N, K, h, w) what each place adds to them, on the grid of the last layer.

        The head reads the means of several layers, so a logit is the mean of what each place of each layer adds to it:
        all of them count, the larger ones averaged over the cells of the last one.
        """
        parts = self._features(pixels)
        pooled = torch.cat([part.mean((2, 3)) for part in parts], 1)
        widths, cells = [part.shape[1] for part in parts], int(parts[0].shape[-1])
        maps = {}
        for name, head in self.heads.items():
            weights = head.weight[:, :, None, None].split(widths, 1)
            added = [F.conv2d(part, weight) for part, weight in zip(parts, weights, strict=True)]
            maps[name] = torch.stack([_on_grid(one, cells) for one in added]).sum(0)
        return {name: head(pooled) for name, head in self.heads.items()}, maps


def _on_grid(values: Tensor, cells: int) -> Tensor:
    """(N, K, s, s) averaged over a grid of `cells` a side; pixels that two cells cut count in both by their parts."""
    side = int(values.shape[-1])
    if side == cells:
        return values
    pixel, cell = torch.arange(side)[:, None], torch.arange(cells)[None] * side / cells
    shared = torch.minimum(pixel + 1, cell + side / cells) - torch.maximum(pixel, cell)
    mean = shared.clamp(min=0) * cells / side  # (side, cells)
    return mean.T @ values @ mean
