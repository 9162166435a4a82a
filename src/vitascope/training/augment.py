"""Random changes to a batch of training pictures: what a camera, a hand and a file format do to them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far pictures of one check may be changed without changing what they show."""

    turn: float = 180.0  # degrees each way
    zoom: tuple[float, float] = (0.7, 1.15)  # share of the picture's side that is shown
    stretch: float = 0.15
    flip_x: bool = True
    flip_y: bool = True
    colour: float = 0.15  # gain of each channel
    light: float = 0.25
    grey: float = 0.05
    spoil: float = 0.25  # share of pictures that are blurred, noisy or strongly compressed
    erase: float = 0.2
    mixup: float = 0.2  # Beta parameter; 0: none
    constancy: float = 0.0  # share of pictures whose light is made white
    operations: int = 0  # of RandAugment's, one after the other


# Power of the mean that stands for the light: 1 would be the grey world, infinity the brightest patch.
SHADES = 6
# RandAugment (Cubuk et al. 2020, arXiv:1909.13719) without its turns and shears, which have numbers of their own above.
# Each takes a picture and a strength of 0 to 1; gains go both ways.
OPERATIONS: tuple[Callable[[Image.Image, float], Image.Image], ...] = (
    lambda picture, _: ImageOps.autocontrast(picture),
    lambda picture, _: ImageOps.equalize(picture),
    lambda picture, strength: ImageOps.posterize(picture, 8 - round(4 * abs(strength))),
    lambda picture, strength: ImageOps.solarize(picture, round(255 - 128 * abs(strength))),
    lambda picture, strength: ImageEnhance.Color(picture).enhance(1 + 0.9 * strength),
    lambda picture, strength: ImageEnhance.Contrast(picture).enhance(1 + 0.9 * strength),
    lambda picture, strength: ImageEnhance.Brightness(picture).enhance(1 + 0.9 * strength),
    lambda picture, strength: ImageEnhance.Sharpness(picture).enhance(1 + 0.9 * strength),
)
# Largest strength; the paper found 9 of 30 for networks of this size.
STRONGEST = 0.3


def white_light(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colour constancy by shades of grey (Finlayson and Trezzi 2004): every channel's power mean becomes the same."""
    light = (rgb.reshape(-1, 3).astype(np.float64) ** SHADES).mean(axis=0) ** (1 / SHADES)
    return np.asarray((rgb * (light.mean() / np.maximum(light, 1.0))).clip(0, 255), dtype=np.uint8)


def operated(rgb: NDArray[np.uint8], count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """`count` of OPERATIONS drawn at random, each with a strength of its own."""
    picture = Image.fromarray(rgb)
    for index in rng.integers(len(OPERATIONS), size=count):
        picture = OPERATIONS[index](picture, float(rng.uniform(-STRONGEST, STRONGEST)))
    return np.asarray(picture, dtype=np.uint8)


def spoilt(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blur, noise, small size or JPEG, one of them."""
    size = rgb.shape[0]
    kind = rng.integers(4)
    if kind == 0:
        return np.asarray(cv2.GaussianBlur(rgb, (0, 0), float(rng.uniform(0.4, 1.8))), dtype=np.uint8)
    if kind == 1:
        grain = rng.normal(0, rng.uniform(2, 12), rgb.shape)
        return np.asarray((rgb + grain).clip(0, 255), dtype=np.uint8)
    if kind == 2:
        less = int(size * rng.uniform(0.4, 0.8))
        small = cv2.resize(rgb, (less, less), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=int(rng.integers(20, 75)))
    return np.asarray(Image.open(file).convert("RGB"), dtype=np.uint8)


def pixels(rgb: NDArray[np.uint8], size: int) -> Tensor:
    """(N, H, W, 3) uint8 as (N, 3, size, size) float 0..255, unchanged otherwise."""
    batch = torch.from_numpy(np.ascontiguousarray(rgb)).permute(0, 3, 1, 2).float()
    if batch.shape[-1] != size:
        batch = F.interpolate(batch, (size, size), mode="bilinear", antialias=True, align_corners=False)
    return batch.contiguous(memory_format=torch.channels_last)


def augmented(rgb: NDArray[np.uint8], size: int, how: Augmentation, rng: np.random.Generator) -> Tensor:
    """(N, H, W, 3) uint8 as (N, 3, size, size) float 0..255, each changed in its own way."""
    count = len(rgb)
    if how.constancy:
        rgb = np.stack([white_light(one) if rng.random() < how.constancy else one for one in rgb])
    if how.operations:
        rgb = np.stack([operated(one, how.operations, rng) for one in rgb])
    worse = rng.random(count) < how.spoil
    rgb = np.stack([spoilt(one, rng) if bad else one for one, bad in zip(rgb, worse, strict=True)])
    batch = torch.from_numpy(rgb).permute(0, 3, 1, 2).float()
    angle = np.deg2rad(rng.uniform(-how.turn, how.turn, count))
    zoom = rng.uniform(*how.zoom, count)
    aspect = np.exp(rng.uniform(-how.stretch, how.stretch, count))
    across = np.where(how.flip_x & (rng.random(count) < 0.5), -1.0, 1.0)
    down = np.where(how.flip_y & (rng.random(count) < 0.5), -1.0, 1.0)
    free = np.maximum(1 - zoom, 0.05)
    theta = np.zeros((count, 2, 3), dtype=np.float32)
    theta[:, 0, 0], theta[:, 0, 1] = np.cos(angle) * zoom * aspect * across, -np.sin(angle) * zoom * down
    theta[:, 1, 0], theta[:, 1, 1] = np.sin(angle) * zoom * across, np.cos(angle) * zoom / aspect * down
    theta[:, :, 2] = rng.uniform(-1, 1, (count, 2)) * free[:, None]
    grid = F.affine_grid(torch.from_numpy(theta), [count, 3, size, size], align_corners=False)
    batch = F.grid_sample(batch, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    gain = np.exp(rng.normal(0, how.colour / 2, (count, 3, 1, 1))) * np.exp(
        rng.normal(0, how.light / 2, (count, 1, 1, 1))
    )
    batch = batch * torch.from_numpy(gain.astype(np.float32))
    contrast = torch.from_numpy(np.exp(rng.normal(0, how.light / 2, (count, 1, 1, 1))).astype(np.float32))
    middle = batch.mean((1, 2, 3), keepdim=True)
    batch = (batch - middle) * contrast + middle
    grey = batch.mean(1, keepdim=True)
    vivid = np.where(rng.random(count) < how.grey, 0.0, np.exp(rng.normal(0, how.colour, count)))
    batch = grey + (batch - grey) * torch.from_numpy(vivid.astype(np.float32)).view(-1, 1, 1, 1)
    for index in np.flatnonzero(rng.random(count) < how.erase):
        height, width = (int(size * rng.uniform(0.08, 0.3)) for _ in range(2))
        top, left = int(rng.integers(size - height)), int(rng.integers(size - width))
        batch[index, :, top : top + height, left : left + width] = float(rng.uniform(0, 255))
    return batch.clamp(0, 255).contiguous(memory_format=torch.channels_last)
