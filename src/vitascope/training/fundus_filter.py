"""Ben Graham's filter (winner of Kaggle's diabetic retinopathy contest, 2015): a fundus picture minus its local mean.

Takes away the colour of the eye and the light of the camera and leaves vessels and spots. APTOS 2019 is packaged with
the filter already applied, so the network must see every plain picture through it and leave a filtered one alone.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

GAIN = 4.0
# Darker than this all over a pixel is the black ground around the disc.
BLACK = 12.0
# A picture whose blocks of pixels are on average nearer to mid-grey than this has been filtered before.
GREY = 16.0
# Spread of the local mean as a share of the picture's side.
SPREAD = 4 / 224


# The widest cells whose means stand for their pixels: a twentieth of the work for the same picture.
WIDEST = 4


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """Gaussian mean (N, C, S, S) of square pictures, zero outside; sigma in pixels, at least 1.

    Means of cells no wider than sigma are spread out by one product from each side.
    """
    side = int(pixels.shape[-1])
    cell = max(size for size in (1, 2, WIDEST) if size <= sigma and side % size == 0)
    spread = _spread(side, cell, sigma)
    return spread @ F.avg_pool2d(pixels, cell) @ spread.T


def _spread(side: int, cell: int, sigma: float) -> Tensor:
    """(side, side / cell): how much of each cell's mean every pixel takes.

    The Gaussian is narrower than asked by what the cells themselves add to its variance.
    """
    width = math.sqrt(2 * (sigma**2 - (2 * cell**2 - 1) / 12))
    edges = torch.arange(0, side + 1, cell, dtype=torch.float64) - 0.5
    below = torch.erf((edges[None] - torch.arange(side, dtype=torch.float64)[:, None]) / width) / 2
    return below.diff(dim=1).float()


def filtered(pixels: Tensor, spread: float = SPREAD) -> Tensor:
    """The filter on (N, 3, S, S) 0..255; the ground around the disc becomes mid-grey without a ring."""
    sigma = spread * pixels.shape[-1]
    # Pairs of colours, because a maximum over an axis is ten times slower in the file.
    red, green, blue = pixels.split(1, 1)
    disc = (torch.maximum(torch.maximum(red, green), blue) > BLACK).float()
    mean = blurred(pixels * disc, sigma) / (blurred(disc, sigma) + 1e-3)
    return (GAIN * (pixels - mean) * disc + 128).clamp(0, 255)


def greyness(pixels: Tensor) -> Tensor:
    """(N,) mean distance of blocks of an eighth of the side from mid-grey."""
    side = pixels.shape[-1] // 8
    return (F.avg_pool2d(pixels, side) - 130).abs().mean((1, 2, 3))


def as_trained(pixels: Tensor, spread: float = SPREAD) -> Tensor:
    """Filtered once, whether the picture was filtered before or not."""
    before = (greyness(pixels) < GREY).float().view(-1, 1, 1, 1)
    return before * pixels + (1 - before) * filtered(pixels, spread)
