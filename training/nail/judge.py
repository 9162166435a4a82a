"""How well the detector finds the labelled nails: average precision, recall, in the photo as it is and changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from nail.photos import Hand
from nail.scenes import turned

Rgb = NDArray[np.uint8]
Boxes = NDArray[np.float64]
SAME = 0.5


def found(detector: onnxruntime.InferenceSession, rgb: Rgb) -> tuple[Boxes, Boxes, NDArray[np.float32]]:
    """Nails and skins (n, 4) in pixels, scores (n,), best first."""
    nails, skins, score = detector.run(None, {"picture": rgb[None]})
    whole = np.array([rgb.shape[1], rgb.shape[0]] * 2, np.float64)
    return nails * whole, skins * whole, score


def as_it_is(hand: Hand) -> tuple[Rgb, Boxes]:
    """The photo."""
    return hand.rgb, hand.nails


def mapped(hand: Hand, matrix: NDArray[np.float64], size: tuple[int, int], corners: float = 1.0) -> tuple[Rgb, Boxes]:
    """The photo under an affine map, to `size` (height, width)."""
    colour = np.median(hand.rgb[60:400, 60:300].reshape(-1, 3), axis=0).tolist()
    moved = cv2.warpAffine(
        hand.rgb, matrix, size[::-1], flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=colour
    )
    return np.asarray(moved, np.uint8), turned(hand.nails, matrix, corners)


def flipped(hand: Hand) -> tuple[Rgb, Boxes]:
    """Left and right exchanged."""
    height, width = hand.rgb.shape[:2]
    return mapped(hand, np.array([[-1.0, 0, width - 1], [0, 1, 0]]), (height, width))


def upside_down(hand: Hand) -> tuple[Rgb, Boxes]:
    """Top and bottom exchanged."""
    height, width = hand.rgb.shape[:2]
    return mapped(hand, np.array([[1.0, 0, 0], [0, -1, height - 1]]), (height, width))


def rotated(angle: float, corners: float = 1.0) -> Callable[[Hand], tuple[Rgb, Boxes]]:
    """Turned about the photo's middle, on a canvas that holds all of it."""

    def change(hand: Hand) -> tuple[Rgb, Boxes]:
        height, width = hand.rgb.shape[:2]
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        turn = np.array([[cos, -sin], [sin, cos]])
        size = np.abs(turn) @ [width, height]
        shift = size / 2 - turn @ [width / 2, height / 2]
        return mapped(hand, np.hstack([turn, shift[:, None]]), (int(size[1]), int(size[0])), corners)

    return change


def half(hand: Hand) -> tuple[Rgb, Boxes]:
    """Half the size in each direction."""
    height, width = hand.rgb.shape[:2]
    small = cv2.resize(hand.rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), hand.nails / 2


def half_on_table(hand: Hand) -> tuple[Rgb, Boxes]:
    """The hand half as large in a picture of the same size."""
    height, width = hand.rgb.shape[:2]
    return mapped(hand, np.array([[0.5, 0, width / 4], [0, 0.5, height / 4]]), (height, width))


def recoloured(seed: int) -> Callable[[Hand], tuple[Rgb, Boxes]]:
    """Gains of each channel, gamma, saturation and hue, at random."""

    def change(hand: Hand) -> tuple[Rgb, Boxes]:
        rng = np.random.default_rng([seed, int(hand.person)])
        x = (hand.rgb / 255.0) ** np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.2, 3))
        hsv = cv2.cvtColor(np.clip(x, 0, 1).astype(np.float32), cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0] + rng.uniform(-30, 30)) % 360
        hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.4, 1.6), 0, 1)
        return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255, np.uint8), hand.nails

    return change


CHANGES: dict[str, Callable[[Hand], tuple[Rgb, Boxes]]] = {
    "as it is": as_it_is,
    "flipped left and right": flipped,
    "flipped top and bottom": upside_down,
    "rotated by 45 degrees": rotated(45),
    "rotated by 45 degrees, boxes around the turned ovals": rotated(45, 0.0),
    "rotated by 90 degrees": rotated(90),
    "half size": half,
    "hand half as large": half_on_table,
    "recoloured": recoloured(1),
}


def overlap(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over union of boxes (n, 4) and (m, 4): (n, m)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    sizes = [(box[:, 2:] - box[:, :2]).prod(axis=1) for box in (a, b)]
    return np.asarray(common / (sizes[0][:, None] + sizes[1][None] - common), np.float64)


def average_precision(
    pictures: Sequence[tuple[Boxes, NDArray[np.float32], Boxes]],
) -> tuple[float, NDArray[np.float64]]:
    """Area under the precision-recall curve at an overlap of one half (all-point, as PASCAL VOC 2010 has it).

    pictures: boxes found, their scores, boxes labelled. Also the scores of the labelled nails that were found (0 where
    not), so that recall at any threshold can be told.
    """
    scores, right, hit = [], [], []
    for boxes, score, labelled in pictures:
        shared = overlap(boxes, labelled)
        taken = np.zeros(len(labelled), bool)
        of = np.zeros(len(labelled))
        for k in np.argsort(-score):
            if score[k] <= 0:
                continue
            best = int(np.argmax(np.where(taken, -1, shared[k])))
            good = bool(shared[k, best] >= SAME and not taken[best])
            if good:
                taken[best], of[best] = True, score[k]
            scores.append(float(score[k]))
            right.append(good)
        hit.append(of)
    order = np.argsort(-np.array(scores))
    true = np.cumsum(np.array(right)[order])
    precision = true / np.arange(1, len(order) + 1)
    recall = true / sum(len(labelled) for _, _, labelled in pictures)
    best_after = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0], recall])) * best_after)), np.concatenate(hit)


def figures(detector: onnxruntime.InferenceSession, hands: Sequence[Hand], threshold: float) -> list[dict[str, Any]]:
    """One row a change: average precision, and recall and false boxes a photo at the threshold."""
    rows = []
    for name, change in CHANGES.items():
        pictures, extra = [], 0
        for hand in hands:
            rgb, labelled = change(hand)
            boxes, _, score = found(detector, rgb)
            pictures.append((boxes, score, labelled))
            shared = overlap(boxes[score >= threshold], labelled)
            extra += int((shared.max(axis=1) < SAME).sum()) if len(shared) else 0
        ap, hit = average_precision(pictures)
        rows.append(
            {
                "change": name,
                "map50": round(ap, 4),
                "recall": round(float((hit >= threshold).mean()), 4),
                "other_boxes_a_photo": round(extra / len(hands), 3),
                "nails": len(hit),
                "photos": len(hands),
            }
        )
    return rows
