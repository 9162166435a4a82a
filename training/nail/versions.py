"""The same hand photographed again: other ground, other angle, other light, boxes drawn by somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from nail import hb_graph
from nail.hb_net import Features
from nail.scenes import Base, Maker, turned

# What each version changes; `taught` of them teach, all of them are judged.
KINDS = ("as it is", "boxes", "ground", "turned", "turned, ground", "light", "light, turned", "strange light", "all")
TAUGHT = KINDS[:5]
BOX_SHIFT, BOX_SIZE = 0.06, 0.08  # standard deviations, of a box's side and of its logarithm
CANVAS = 800
# A picture with the boxes of its nails and of the skin beside them, (n, 4) in pixels.
Boxed = tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Of one version: features (people, nails, F) and what the light is like (people, nails, 5)."""

    features: NDArray[np.float64]
    light: NDArray[np.float64]


def see(bases: Sequence[Base], maker: Maker, network: Features) -> dict[str, Seen]:
    """Every version of every hand as the network sees it."""
    found = {}
    for index, kind in enumerate(KINDS):
        rng = np.random.default_rng([7, index])
        found[kind] = seen_in((version(base, maker, kind, rng) for base in bases), network)
        print(f"version {index + 1} of {len(KINDS)}: {kind}", flush=True)
    return found


def seen_in(pictures: Iterable[Boxed], network: Features) -> Seen:
    """What the network sees of pictures with as many nails each."""
    cutter, rows = hb_graph.cutter(), []
    for rgb, nails, skins in pictures:
        sides = np.array([rgb.shape[1], rgb.shape[0]] * 2)
        cuts = cutter.run(
            None,
            {
                "picture": rgb[None],
                "nails": (nails / sides).astype(np.float32),
                "skins": (skins / sides).astype(np.float32),
            },
        )
        with torch.no_grad():
            rows.append([out.numpy().astype(np.float64) for out in network(*map(torch.from_numpy, cuts))])
    return Seen(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]))


def version(base: Base, maker: Maker, kind: str, rng: np.random.Generator) -> Boxed:
    """One version of one hand."""
    hand = base.hand
    rgb, nails, skins = hand.rgb, hand.nails, hand.skins
    height, width = rgb.shape[:2]
    if "ground" in kind or kind == "all":
        share = cv2.GaussianBlur(base.mask, (3, 3), 0)[..., None] / 255.0
        ground = cv2.resize(maker.ground(rng, (height // 2, width // 2)), (width, height))
        rgb = (share * rgb + (1 - share) * ground).astype(np.uint8)
    if "turned" in kind or kind == "all":
        angle = rng.uniform(-np.pi, np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * rng.uniform(0.6, 1.2)
        middle = nails.reshape(-1, 2).mean(axis=0)
        matrix = np.hstack([turn, (np.array([CANVAS / 2, CANVAS / 2]) - turn @ middle)[:, None]])
        moved = cv2.warpAffine(rgb, matrix, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        rgb = np.asarray(moved, np.uint8)
        nails, skins = turned(nails, matrix), turned(skins, matrix)
    if "light" in kind or kind == "all":
        strength = 3.0 if "strange" in kind else 1.0
        gain = np.exp(rng.normal(0, 0.12 * strength)) * np.exp(rng.normal(0, 0.05 * strength, 3))
        rgb = (np.clip((rgb / 255.0) ** 2.2 * gain, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    if kind == "all":
        _, code = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 85))])
        rgb = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    if kind != "as it is":
        nails, skins = _redrawn(nails, rng), _redrawn(skins, rng)
    return np.asarray(rgb, np.uint8), nails, skins


def _redrawn(boxes: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    size = boxes[:, 2:] - boxes[:, :2]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 + rng.normal(0, BOX_SHIFT, size.shape) * size
    size = size * np.exp(rng.normal(0, BOX_SIZE, size.shape))
    return np.hstack([middle - size / 2, middle + size / 2])
