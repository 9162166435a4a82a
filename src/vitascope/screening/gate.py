"""Provisional: the gate as the contract has it, until the branch `gate` brings it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.models import cards, runtime

NETWORK = "gate"


@dataclass(frozen=True, slots=True)
class View:
    """What kind of picture this is, and how good."""

    kind: str
    probabilities: Mapping[str, float]
    distance: float
    quality: Mapping[str, float]
    refusal: str | None


def look(rgb: NDArray[np.uint8]) -> View:
    """Look at a picture (H, W, 3) uint8 RGB."""
    card = cards.load(NETWORK).details
    kind, distance, quality = runtime.run(NETWORK, picture=rgb[None])
    probabilities = dict(zip(card["classes"], kind[0].tolist(), strict=True))
    best = max(probabilities, key=lambda name: probabilities[name])
    return View(
        best, probabilities, float(distance[0]), dict(zip(card["quality"], quality[0].tolist(), strict=True)), None
    )
