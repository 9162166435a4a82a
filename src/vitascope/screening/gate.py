"""The gate before the checks: what kind of picture this is, whether it is like any that is known, and good enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.models import cards, runtime
from vitascope.screening.reduce import squared

NETWORK = "gate"
OTHER = "other"
# What to do about a quality that is too low or too high.
TOO_LOW = {
    "sharpness": "The picture is blurred; hold the camera still, let it focus, and take it again.",
    "brightness": "The picture is too dark; turn towards more light and take it again.",
    "contrast": "The picture shows hardly any contrast; come closer, use even light, and take it again.",
}
TOO_HIGH = {
    "brightness": "The picture is too bright; move away from the light and take it again.",
    "dark_share": "Much of the picture is black; use more light and take it again.",
    "bright_share": "Much of the picture is glaring white; avoid the flash and reflections, and take it again.",
}


@dataclass(frozen=True, slots=True)
class View:
    """What kind of picture this is, how far from all known ones (`distance`), and how good.

    `kind` is the most probable known kind, or `other` beyond the card's limit of the distance for that kind. `refusal`
    says what to change where the picture is of a known kind and not good enough.
    """

    kind: str
    probabilities: Mapping[str, float]
    distance: float
    quality: Mapping[str, float]
    refusal: str | None


def look(rgb: NDArray[np.uint8]) -> View:
    """Look at a picture (H, W, 3) uint8 RGB."""
    card = cards.load(NETWORK).details
    p, distance, quality = runtime.run(NETWORK, picture=squared(rgb, card["size"])[None])
    probabilities = dict(zip(card["classes"], p[0].tolist(), strict=True))
    kind = max((name for name in probabilities if name != OTHER), key=lambda name: probabilities[name])
    measured = dict(zip(card["quality"], quality[0].tolist(), strict=True))
    if not distance[0] <= card["distance_limit"][kind]:
        return View(OTHER, probabilities, float(distance[0]), measured, None)
    return View(kind, probabilities, float(distance[0]), measured, _poor(measured, card["limits_of_quality"][kind]))


def _poor(quality: Mapping[str, float], limits: Mapping[str, tuple[float | None, float | None]]) -> str | None:
    # Light first: what is too dark or glaring is blurred and flat as well.
    for name in ("brightness", "dark_share", "bright_share", "contrast", "sharpness"):
        low, high = limits[name]
        if low is not None and quality[name] < low:
            return TOO_LOW[name]
        if high is not None and quality[name] > high:
            return TOO_HIGH[name]
    return None
