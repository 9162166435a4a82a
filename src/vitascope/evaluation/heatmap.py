"""Whether a heat map points at what the network looks at: deletion and insertion (Petsiuk 2018, RISE).

Deletion takes the warmest places out of the picture first; the probability of the class should fall at once. Insertion
puts them into a blurred picture first; it should rise at once. What is taken out is blurred rather than blackened, so
that the network is not shown edges that no picture has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
STEPS = 20
# Standard deviation of the blur as a share of the shorter edge: no lesion, vessel or patch is left.
BLUR = 0.08


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Areas under the curves of the class's probability over the share of pixels, 0..1: low deletion and high
    insertion are good."""

    deletion: float
    insertion: float


def faithfulness(
    probability: Callable[[Rgb], float], rgb: Rgb, warmth: NDArray[np.float32], steps: int = STEPS
) -> Faithfulness:
    """How well the warmth (H, W) of a picture (H, W, 3) explains `probability` of the picture."""
    blurred = cv2.GaussianBlur(rgb, (0, 0), BLUR * min(rgb.shape[:2])).astype(np.uint8)
    order = np.argsort(-warmth, axis=None, kind="stable")
    rank = np.argsort(order).reshape(warmth.shape)
    without, within = [], []
    for share in np.linspace(0, 1, steps + 1):
        warmest = (rank < share * rank.size)[..., None]
        without.append(probability(np.where(warmest, blurred, rgb)))
        within.append(probability(np.where(warmest, rgb, blurred)))
    return Faithfulness(_area(without), _area(within))


def _area(values: list[float]) -> float:
    curve = np.array(values)
    return float(((curve[1:] + curve[:-1]) / 2).mean())
