"""Which pixels of a face are bare skin, told from the face itself: the labels the network's skin mask learns from.

A face's own skin is the model, so no skin tone is assumed. Surely bare places (below the eyes, the nose's bridge, the
mid forehead) give a smooth surface of the logarithm of each channel over the face (second order in x and y, refitted
without what lies far off), which takes in uneven light. What is much darker (hair, beard, frames), much brighter and
greyer (highlights) or of another colour than that surface is not skin. The logarithm makes the same tolerances right on
dark and light skin; the camera's noise, which weighs more in dark pixels, widens them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility.parts import bare_masks, filled, hull

FLOOR = 6.0  # added to each level: below it a camera shows noise
DARKER, BRIGHTER = 0.42, 0.42  # least tolerances of log luminance
COLOUR = 0.16  # least tolerance of log colour ratios
NOISE_LEVELS = 6.0
SPREADS = 3.0
CLIPPED = 250
SIZE = 96  # cells a side of a canvas of twice as many pixels
_CHEEK_RIGHT, _CHEEK_LEFT = [117, 118, 119, 100, 126, 142, 36, 205, 50], [346, 347, 348, 329, 355, 371, 266, 425, 280]
_BRIDGE, _MID_FOREHEAD = [6, 122, 196, 3, 5, 248, 419, 351], [104, 108, 151, 337, 333, 299, 69]
SKIN, UNSURE, OTHER = 255, 128, 0


def teach(canvas: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """(96, 96) of 255 skin, 128 not known, 0 not skin; and the mean colour (3,) of the skin of an upright RGB face."""
    size = SIZE
    canvas = np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    landmarks = np.asarray(landmarks[:, :2], np.float64) * 0.5 - 0.25
    points = landmarks
    oval, never = bare_masks(landmarks, size)
    sure = filled([hull(points[ids], 0.9) for ids in (_CHEEK_RIGHT, _CHEEK_LEFT, _BRIDGE, _MID_FOREHEAD)], size)
    smooth = cv2.GaussianBlur(canvas, (0, 0), 0.6).astype(np.float64)
    level = np.log(smooth + FLOOR)
    light = level @ (0.3, 0.6, 0.1)
    ratios = np.stack([level[..., 0] - level[..., 1], level[..., 2] - level[..., 1]], axis=-1)
    features = np.concatenate([light[..., None], ratios], axis=-1)

    y, x = np.mgrid[0:size, 0:size]
    centre, scale = points.mean(axis=0), np.ptp(points, axis=0).max() / 2
    u, v = (x - centre[0]) / scale, (y - centre[1]) / scale
    surface = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], axis=-1)
    seeds = (sure > 127) & (never == 0) & (canvas.max(axis=-1) < CLIPPED)
    if seeds.sum() < 20:
        return np.where(oval > 0, UNSURE, OTHER).astype(np.uint8), smooth[oval > 127].mean(axis=0)
    # Hair may hang over a seed and a highlight may lie on it: start from the middle of the brightness.
    low, high = np.quantile(light[seeds], (0.25, 0.9))
    fitted = seeds & (light >= low - 0.25) & (light <= high + 0.25)
    noise = NOISE_LEVELS / (np.exp(light) + FLOOR)
    tolerance = np.stack([np.hypot(DARKER, noise), np.hypot(COLOUR, noise), np.hypot(1.3 * COLOUR, 2 * noise)], axis=-1)
    residual = features
    for _ in range(4):
        weights = np.linalg.solve(
            surface[fitted].T @ surface[fitted] + np.diag([0.01, 1, 1, 8, 8, 8]) * 0.03 * fitted.sum(),
            surface[fitted].T @ (features[fitted] - (middle := np.median(features[fitted], axis=0))),
        )
        residual = features - middle - surface @ weights
        spread = 1.4826 * np.median(np.abs(residual[fitted]), axis=0)
        bound = np.maximum(tolerance, SPREADS * np.minimum(spread, 0.15))
        fits = (np.abs(residual) < 0.7 * bound).all(axis=-1) & (canvas.max(axis=-1) < CLIPPED)
        again = fits & (oval > 127) & (never == 0)
        if again.sum() < 60:
            break
        fitted = again
    # Shade deepens the colour, so a darker pixel may be redder; a brighter one that is greyer is a highlight.
    off = np.abs(residual) / bound
    skin = (off < 1).all(axis=-1)
    highlight = (residual[..., 0] > 0.5 * BRIGHTER) & (residual[..., 1] < -0.6 * COLOUR)
    skin &= ~highlight & (canvas.max(axis=-1) < CLIPPED)
    # Single cells among others of the other kind are noise.
    clean = cv2.medianBlur(skin.astype(np.uint8), 3)
    label = np.where(clean > 0, SKIN, OTHER).astype(np.uint8)
    doubtful = (off.max(axis=-1) > 0.8) & (off.max(axis=-1) < 1.25)
    label[doubtful] = UNSURE
    label[never > 0] = OTHER
    # The mesh's rim is not exact to a few pixels, and skin goes on beyond it.
    rim = cv2.morphologyEx((oval > 127).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    label[oval <= 127] = OTHER
    label[(rim > 0) & (never == 0)] = UNSURE
    seen = (label == SKIN) if (label == SKIN).sum() > 20 else oval > 127
    return label, smooth[seen].mean(axis=0)


def lightness(colour: NDArray[np.float64]) -> float:
    """The individual typology angle of a mean skin colour (3,) in 0..255 sRGB, degrees; larger is lighter."""
    lab = cv2.cvtColor((np.asarray(colour, np.float32) / 255)[None, None], cv2.COLOR_RGB2LAB)[0, 0]
    return float(np.degrees(np.arctan2(lab[0] - 50, lab[2])))
