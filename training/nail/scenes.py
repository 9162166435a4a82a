"""Pictures to learn from: a photographed hand at any size, turn and place, on any ground, in any light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nail.net import STRIDE
from nail.photos import Hand, outline

Rgb = NDArray[np.uint8]
Rng = np.random.Generator
EMPTY, TURNED, OWN_GROUND, BARE_FINGER, POLISH = 0.18, 0.75, 0.45, 0.08, 0.05
ZOOM = (0.38, 2.2)  # of the size at which the whole photo fills the picture
SEEN = 0.65  # the share of a box that must be in the picture; less is neither nail nor none
# How much of the way from the box around a turned ellipse to that around a turned box: nails are between.
CORNERS = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A hand and its outline."""

    hand: Hand
    mask: NDArray[np.uint8]

    @classmethod
    def of(cls, hand: Hand) -> Base:
        """With the outline found."""
        return cls(hand, outline(hand))


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """rgb (h, w, 3); nails, skins (n, 4) left, top, right, bottom; doubtful (m, 4) places that teach nothing."""

    rgb: Rgb
    nails: NDArray[np.float64]
    skins: NDArray[np.float64]
    doubtful: NDArray[np.float64]


def turned(boxes: NDArray[np.float64], matrix: NDArray[np.float64], corners: float = CORNERS) -> NDArray[np.float64]:
    """Boxes (n, 4) under an affine map (2, 3): upright boxes around what a nail within them would be."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    box = half @ np.abs(matrix[:, :2]).T
    ellipse = np.sqrt(half**2 @ (matrix[:, :2] ** 2).T)
    half = corners * box + (1 - corners) * ellipse
    return np.hstack([middle - half, middle + half])


class Maker:
    """Makes scenes of `size` (height, width) from bases and pictures without nails."""

    def __init__(self, bases: Sequence[Base], empty: Sequence[Rgb]) -> None:
        self.bases, self.empty = bases, empty

    def scene(self, rng: Rng, size: tuple[int, int]) -> Scene:
        """One more."""
        if rng.random() < EMPTY:
            none = np.zeros((0, 4))
            return Scene(lit(_scribbled(self.ground(rng, size), rng), rng), none, none, none)
        return self._with_hand(self.bases[int(rng.integers(len(self.bases)))], rng, size)

    def _with_hand(self, base: Base, rng: Rng, size: tuple[int, int]) -> Scene:
        hand = base.hand
        rgb = hand.rgb
        kept = np.ones(len(hand.nails), bool)
        for k in range(len(hand.nails)):
            if rng.random() < BARE_FINGER:
                rgb = _covered(rgb, hand.nails[k], hand.skins[k])
                kept[k] = False
            elif rng.random() < POLISH:
                rgb = _polished(rgb, hand.nails[k], rng)
        matrix = _place(hand, rng, size)
        ground = _scribbled(self.ground(rng, size), rng)
        height, width = size
        if rng.random() < OWN_GROUND:
            mask = np.full(base.mask.shape, 255, np.uint8)
            border = int(rng.choice([cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101]))
            if border == cv2.BORDER_REFLECT_101:
                border = cv2.BORDER_REPLICATE  # mirrored nails would be nails without a box
        else:
            mask, border = base.mask, cv2.BORDER_CONSTANT
        moved = cv2.warpAffine(rgb, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)
        share = cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)
        share = cv2.GaussianBlur(share, (3, 3), 0)[..., None].astype(np.float32) / 255
        if mask is base.mask:
            moved = _toned(np.asarray(moved, np.uint8), rng)
        mixed = (share * moved + (1 - share) * ground).astype(np.uint8)
        nails, skins = turned(hand.nails, matrix), turned(hand.skins, matrix)
        inside = _seen(nails, size)
        good = (inside >= SEEN) & kept
        doubtful = (inside > 0) & ~good & kept
        return Scene(lit(mixed, rng), nails[good], skins[good], nails[doubtful])

    def ground(self, rng: Rng, size: tuple[int, int]) -> Rgb:
        """A picture of `size` without a nail: plain, or part of a photo."""
        height, width = size
        if rng.random() < 0.3:
            corners = rng.integers(0, 256, (2, 2, 3)) if rng.random() < 0.5 else rng.integers(0, 256, (1, 1, 3))
            if rng.random() < 0.4:
                corners = np.clip(rng.integers(150, 256) + rng.integers(-20, 21, (2, 2, 3)), 0, 255)
            plain = cv2.resize(corners.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
            grain = rng.normal(0, rng.uniform(0, 8), (height // 2, width // 2, 1)).astype(np.float32)
            noise = cv2.resize(grain, (width, height))[..., None]
            return np.asarray(np.clip(plain + noise, 0, 255), np.uint8)
        picture = self.empty[int(rng.integers(len(self.empty)))]
        h, w = picture.shape[:2]
        share = rng.uniform(0.4, 1.0)
        ch, cw = max(8, int(h * share)), max(8, int(w * share))
        y, x = rng.integers(0, h - ch + 1), rng.integers(0, w - cw + 1)
        cut = np.rot90(picture[y : y + ch, x : x + cw], int(rng.integers(4)))
        return np.asarray(cv2.resize(np.ascontiguousarray(cut), (width, height)), np.uint8)


def _place(hand: Hand, rng: Rng, size: tuple[int, int]) -> NDArray[np.float64]:
    """An affine map (2, 3) from the photo to the picture, with the nails' middle somewhere in it."""
    height, width = size
    fit = (height * width / (hand.rgb.shape[0] * hand.rgb.shape[1])) ** 0.5
    zoom = fit * np.exp(rng.uniform(*np.log(ZOOM)))
    if rng.random() < 0.25:
        zoom = fit
    angle = rng.uniform(-np.pi, np.pi) if rng.random() < TURNED else rng.normal(0, 0.12)
    stretch = np.exp(rng.normal(0, 0.07))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flip = np.diag([rng.choice([-1.0, 1.0]), rng.choice([-1.0, 1.0])])
    linear = turn @ flip @ np.diag([zoom * stretch, zoom / stretch])
    middle = (hand.nails[:, :2] + hand.nails[:, 2:]).mean(axis=0) / 2
    if rng.random() < 0.35:
        # As on the rig: the photo's middle in the picture's.
        middle = np.array([hand.rgb.shape[1] / 2, hand.rgb.shape[0] / 2])
        target = np.array([width, height]) * rng.normal(0.5, 0.06, 2)
    else:
        target = np.array([width, height]) * rng.uniform(0.1, 0.9, 2)
    return np.hstack([linear, (target - linear @ middle)[:, None]])


def _seen(boxes: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """The share of each box that is in the picture."""
    low = np.clip(boxes[:, :2], 0, None)
    high = np.minimum(boxes[:, 2:], [size[1], size[0]])
    part = np.clip(high - low, 0, None).prod(axis=1)
    share: NDArray[np.float64] = part / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-9)
    return share


def _covered(rgb: Rgb, nail: NDArray[np.float64], skin: NDArray[np.float64]) -> Rgb:
    """The nail under the finger's own skin, as if seen from the other side."""
    left, top, right, bottom = (nail + np.array([-6, -4, 6, 4])).astype(int)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, rgb.shape[1]), min(bottom, rgb.shape[0])
    x0, y0, x1, y1 = skin.astype(int)
    patch = cv2.resize(rgb[y0:y1, x0:x1], (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    share = np.zeros(patch.shape[:2], np.float32)
    cv2.ellipse(
        share, ((right - left) // 2, (bottom - top) // 2), ((right - left) * 9 // 20, (bottom - top) * 9 // 20),
        0, 0, 360, 1.0, -1,
    )  # fmt: skip
    share = cv2.GaussianBlur(share, (0, 0), 3)[..., None]
    out = rgb.copy()
    out[top:bottom, left:right] = share * patch + (1 - share) * out[top:bottom, left:right]
    return out


def _polished(rgb: Rgb, nail: NDArray[np.float64], rng: Rng) -> Rgb:
    left, top, right, bottom = nail.astype(int)
    out = rgb.copy()
    layer = out[top:bottom, left:right].astype(np.float32)
    share: NDArray[np.float32] = np.zeros(layer.shape[:2], np.float32)
    h, w = layer.shape[:2]
    cv2.ellipse(share, (w // 2, h // 2), (w * 2 // 5, h * 2 // 5), 0, 0, 360, float(rng.uniform(0.5, 0.95)), -1)
    soft = cv2.GaussianBlur(share, (0, 0), 1.5)[..., None]
    out[top:bottom, left:right] = soft * rng.integers(0, 256, 3) + (1 - soft) * layer
    return out


def _toned(rgb: Rgb, rng: Rng) -> Rgb:
    """Another skin tone: darker and warmer, rarely lighter."""
    if rng.random() < 0.5:
        return rgb
    depth = rng.uniform(0.25, 1.1)
    gain = np.array([depth, depth ** rng.uniform(1.0, 1.4), depth ** rng.uniform(1.1, 1.8)])
    return np.asarray(np.clip(rgb * gain, 0, 255), np.uint8)


def _scribbled(rgb: Rgb, rng: Rng) -> Rgb:
    """Things that are no nails: dots, bars and ovals."""
    if rng.random() < 0.6:
        return rgb
    out = rgb.copy()
    height, width = out.shape[:2]
    for _ in range(rng.integers(1, 8)):
        colour = rng.integers(0, 256, 3).tolist()
        if rng.random() < 0.4:
            colour = [int(v) for v in np.clip(np.array([215, 165, 150]) * rng.uniform(0.4, 1.2), 0, 255)]
        at = int(rng.integers(0, width)), int(rng.integers(0, height))
        axes = int(rng.integers(2, 24)), int(rng.integers(2, 24))
        if rng.random() < 0.6:
            cv2.ellipse(out, at, axes, float(rng.uniform(0, 360)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.line(out, at, (int(rng.integers(0, width)), int(rng.integers(0, height))), colour, max(1, axes[0] // 3))
    return out


def lit(rgb: Rgb, rng: Rng) -> Rgb:
    """Another light and another camera."""
    x = np.asarray(rgb, np.float32) / np.float32(255)
    if rng.random() < 0.8:
        spread: float = rng.choice([0.03, 0.12, 0.25])
        tint = rng.normal(0, spread, 3)
        x = np.asarray(x * (np.exp(rng.normal(0, 0.3)) * np.exp(tint)), np.float32)
        x = np.asarray(np.clip(x, 0, 1) ** np.exp(rng.normal(0, 0.25)), np.float32)
    if rng.random() < 0.5:
        grey = x.mean(axis=2, keepdims=True)
        x = grey + (x - grey) * np.float32(0.0 if rng.random() < 0.12 else rng.uniform(0.2, 1.6))
    if rng.random() < 0.15:
        hsv = cv2.cvtColor(np.clip(x, 0, 1).astype(np.float32), cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0] + rng.uniform(-60, 60)) % 360
        x = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32)
    if rng.random() < 0.3:
        # A shadow or a lamp from one side.
        h, w = x.shape[:2]
        slope = cv2.resize(rng.uniform(0.4, 1.3, (2, 2)).astype(np.float32), (w, h))[..., None]
        x = x * slope
    if rng.random() < 0.35:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.3, 1.6))), np.float32)
    if rng.random() < 0.5:
        x = x + rng.normal(0, rng.uniform(0.002, 0.05), x.shape).astype(np.float32)
    out = np.asarray(np.clip(x, 0, 1) * 255, np.uint8)
    if rng.random() < 0.3:
        _, code = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))])
        out = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return out


def targets(scene: Scene) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """What the network should say: heat (h, w) with -1 where anything goes, boxes (8, h, w), weight (h, w)."""
    height, width = scene.rgb.shape[0] // STRIDE, scene.rgb.shape[1] // STRIDE
    heat = np.zeros((height, width), np.float32)
    boxes = np.zeros((8, height, width), np.float32)
    weight = np.zeros((height, width), np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32) * STRIDE + STRIDE / 2
    for left, top, right, bottom in scene.doubtful:
        heat[(x > left) & (x < right) & (y > top) & (y < bottom)] = -1
    for nail, skin in zip(scene.nails, scene.skins, strict=True):
        cx, cy = (nail[:2] + nail[2:]) / 2
        w, h = nail[2:] - nail[:2]
        far = ((x - cx) / max(0.18 * w, 1.6)) ** 2 + ((y - cy) / max(0.18 * h, 1.6)) ** 2
        peak = np.unravel_index(np.argmin(far), far.shape)
        blob = np.exp(-far / 2)
        heat = np.maximum(heat, np.where(heat < 0, heat, blob))
        heat[peak] = 1
        near = blob > 0.4
        near[peak] = True
        weight[near] = 1 / near.sum()
        for k, box in ((0, nail), (4, skin)):
            boxes[k : k + 4, near] = np.stack([x - box[0], y - box[1], box[2] - x, box[3] - y])[:, near]
    return heat, boxes, weight
