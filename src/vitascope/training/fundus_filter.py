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


# A mean over more pixels than this is taken at half of the size: a twentieth of the work, and on fundus pictures the
# filtered ones differ by 0.07 of 255 levels on average.
COARSE = 3.0


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """Gaussian mean (N, C, H, W), zero outside."""
    if sigma < COARSE or pixels.shape[-1] % 2 or pixels.shape[-2] % 2:
        return _mean(pixels, sigma)
    # Halving and doubling spread every pixel by a variance of 1/4 and 3/4.
    half = _mean(F.avg_pool2d(pixels, 2), math.sqrt(sigma**2 - 1) / 2)
    return F.interpolate(half, scale_factor=2, mode="bilinear", align_corners=False)


def _mean(pixels: Tensor, sigma: float) -> Tensor:
    reach = max(int(3 * sigma + 0.5), 1)
    steps = torch.arange(-reach, reach + 1, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (steps / sigma) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1)
    channels = pixels.shape[1]
    across, down = kernel.repeat(channels, 1, 1, 1), kernel.transpose(2, 3).repeat(channels, 1, 1, 1)
    pixels = F.conv2d(pixels, across, padding=(0, reach), groups=channels)
    return F.conv2d(pixels, down, padding=(reach, 0), groups=channels)


def filtered(pixels: Tensor, spread: float = SPREAD) -> Tensor:
    """The filter on (N, 3, S, S) 0..255; the ground around the disc becomes mid-grey without a ring."""
    sigma = spread * pixels.shape[-1]
    disc = (pixels.amax(1, keepdim=True) > BLACK).float()
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
