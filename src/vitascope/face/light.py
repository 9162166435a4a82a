"""How the light falls on a face: too dark, too bright, flat, or from behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 48  # a side: enough for a mean and two percentiles
MOST = 0.9  # of the picture: a face that takes more of it has no surroundings


@dataclass(frozen=True, slots=True)
class Light:
    """In levels of 0..255. brightness: mean of the face. contrast: from its 5th to its 95th percentile, as a share of
    255. backlight: by how much the rest of the picture is brighter than the face; 0 where there is no rest."""

    brightness: float
    contrast: float
    backlight: float


def light_on(rgb: NDArray[np.uint8], box: tuple[float, float, float, float]) -> Light:
    """The light on the face in `box` (x, y, w, h; at least partly in the picture) of an RGB picture (H, W, 3) uint8."""
    height, width = rgb.shape[:2]
    x, y, w, h = box
    left, top = max(int(x), 0), max(int(y), 0)
    right, bottom = min(int(x + w) + 1, width), min(int(y + h) + 1, height)
    face = _sample(rgb[top:bottom, left:right])
    whole = _sample(rgb)
    if not face.size:
        return Light(float("nan"), float("nan"), 0.0)
    brightness = float(face.mean())
    low, high = np.percentile(face, (5, 95))
    share = (right - left) * (bottom - top) / (width * height)
    around = (float(whole.mean()) - share * brightness) / (1 - share) if share < MOST else brightness
    return Light(brightness, float(high - low) / 255, around - brightness)


def _sample(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma (BT.601) of some pixels of the picture, evenly spread."""
    step = max(min(rgb.shape[:2]) // SAMPLES, 1)
    return rgb[::step, ::step].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
