"""The network that looks once more, and how it is fitted."""

from __future__ import annotations

import copy
import time
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from visibility import worn
from visibility.camera import degrade
from visibility.layers import Layer, Setting

from verifier.squares import CANVAS, MASKED, OTHER, PLAIN, PROPOSED, REACH, ROOM, Squares
from vitascope.training.backbones import mobilenet_v2

INPUT = 96
BLOCKS, FROZEN = 14, 3
BATCH, RATE, DECAY, AVERAGE = 64, 6e-4, 0.02, 0.998
SEED = 4
# What a batch is made of.
SHARES = {
    MASKED: 0.2,
    "drawn": 0.08,
    PLAIN: 0.17,
    PROPOSED: 0.14,
    ROOM: 0.14,
    OTHER: 0.05,
    "turned": 0.12,
    "beside": 0.1,
}
IS_FACE = (MASKED, "drawn", PLAIN)
SCALE, SHIFT, ROLL = (0.8, 1.28), 0.1, 18.0  # of a square that still counts as being on the face
OFF_SCALES = ((0.2, 0.45), (2.0, 3.2))


class Verifier(nn.Module):  # type: ignore[misc]
    """Pixels (N, 3, 96, 96) 0..255 of a square to a logit (N,): an upright face fills it, masked or not."""

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__()
        net = mobilenet_v2()
        if weights is not None:
            from vitascope.training.backbones import build

            net = build("mobilenet_v2", weights)
        self.blocks = net.blocks[:BLOCKS]
        self.head = nn.Linear(2 * 96, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        x = self.blocks(pixels / 127.5 - 1)
        return self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1).float())[:, 0]


def matrix(scale: float, shift: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    """(2, 3) from pixels of a square to those of its canvas."""
    size = CANVAS / REACH * scale / INPUT
    cos, sin = np.cos(turn) * size, np.sin(turn) * size
    half, middle = (INPUT - 1) / 2, (CANVAS - 1) / 2 + shift * CANVAS / REACH
    return np.array([[cos, -sin, middle[0] - half * (cos - sin)], [sin, cos, middle[1] - half * (sin + cos)]])


def shown(squares: Squares, index: int, kind: str, others: NDArray[np.uint8], rng: np.random.Generator) -> Tensor:
    """One square (96, 96, 3), changed as light, camera and an inexact finder change it."""
    canvas, points = squares.canvas[index], squares.landmarks[index].astype(np.float64)
    inside = squares.inside[index]
    if kind == "drawn":
        canvas = _dressed(canvas, points, others, rng)
    how = rng.random()
    if how < 0.45:
        canvas = np.where(inside[..., None], canvas, np.uint8(0))
    elif how < 0.7:
        canvas = np.where(inside[..., None], canvas, others[int(rng.integers(len(others)))])
    scale, shift = float(np.exp(rng.uniform(*np.log(SCALE)))), rng.normal(0, SHIFT / 1.5, 2)
    turn = np.deg2rad(rng.normal(0, ROLL / 2))
    if kind == "turned":
        turn = np.pi / 2 * int(rng.integers(1, 4)) + np.deg2rad(rng.uniform(-25, 25))
    elif kind == "beside":
        if rng.random() < 0.6:
            scale = float(rng.uniform(*OFF_SCALES[int(rng.integers(2))]))
        else:
            way = rng.uniform(0, 2 * np.pi)
            shift = rng.uniform(0.45, 0.9) * np.array([np.cos(way), np.sin(way)])
    elif kind == OTHER or (kind in (PROPOSED, ROOM) and rng.random() < 0.25):
        scale, turn = float(rng.uniform(0.6, 1.5)), rng.uniform(-np.pi, np.pi)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_REFLECT_101 if rng.random() < 0.5 else cv2.BORDER_CONSTANT
    square = cv2.warpAffine(canvas, matrix(scale, shift, turn), (INPUT, INPUT), flags=flags, borderMode=border)
    if rng.random() < 0.5:
        square = square[:, ::-1]
    oval = np.tile(rng.uniform(0.2, 0.8, (1, 2)) * INPUT, (468, 1)) + rng.normal(0, 12, (468, 2))
    return torch.from_numpy(degrade(rng, np.ascontiguousarray(square), oval))


def _dressed(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], others: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The face with a drawn mask, scarf or sunglasses."""
    texture = others[int(rng.integers(len(others)))]
    given = Setting(canvas, points, canvas[60:90, 50:94].reshape(-1, 3).mean(axis=0), texture, [])
    layers: list[Layer] = [worn.face_mask(rng, given) if rng.random() < 0.8 else worn.scarf(rng, given)]
    if rng.random() < 0.2:
        layers.append(worn.sunglasses(rng, given))
    mixed = canvas.astype(np.float32)
    for layer in layers:
        mixed = mixed * (1 - layer.alpha[..., None]) + layer.colour * layer.alpha[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8)


def fit(squares: Squares, weights: Path, steps: int, kept: Path) -> Verifier:
    """The moving average of the weights after `steps` batches; now and then it is saved as `kept`."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    net = Verifier(weights).to(memory_format=torch.channels_last)
    net.blocks[:FROZEN].requires_grad_(False)
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], RATE, weight_decay=DECAY)
    named = {kind: np.flatnonzero(squares.kind == kind) for kind in (PLAIN, MASKED, PROPOSED, ROOM, OTHER)}
    faces = np.concatenate([named[PLAIN], named[MASKED]])
    named |= {"turned": faces, "beside": faces}
    named["drawn"] = named[PLAIN][np.isfinite(squares.landmarks[named[PLAIN], 0, 0])]
    others = squares.canvas[named[OTHER]]
    kinds, total, began = list(SHARES), 0.0, time.monotonic()
    for step in range(steps):
        rate = RATE * min(1.0, (step + 1) / 60) * 0.5 * (1 + np.cos(np.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        chosen = [kinds[k] for k in rng.choice(len(kinds), BATCH, p=np.array([*SHARES.values()]))]
        batch = [shown(squares, int(rng.choice(named[kind])), kind, others, rng) for kind in chosen]
        target = torch.tensor([0.98 if kind in IS_FACE else 0.01 for kind in chosen])
        pixels = torch.stack(batch).permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(pixels)
        loss = F.binary_cross_entropy_with_logits(logits.float(), target)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        keep = min(AVERAGE, (1 + step) / (20 + step))
        with torch.no_grad():
            for slow, fast in zip(mean.parameters(), net.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        total += float(loss.detach())
        if (step + 1) % 50 == 0:
            torch.save(mean.state_dict(), kept)
            speed = 50 * BATCH / (time.monotonic() - began)
            print(f"{step + 1}/{steps} loss {total / 50:.4f} {speed:.0f}/s", flush=True)
            total, began = 0.0, time.monotonic()
    settled: Verifier = mean.eval()
    return settled
