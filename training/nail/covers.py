"""Hands as people show them against the advice: polish, gloves, shadow. What the check says to each.

All are painted on photographed hands of sessions that taught neither network, since the set holds no real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from nail.scenes import Base
from vitascope.screening import screen

Rgb = NDArray[np.uint8]
Floats = NDArray[np.float64]
POLISHES = {
    "red": (170, 20, 35),
    "dark red": (95, 10, 25),
    "pink": (235, 120, 160),
    "nude": (215, 165, 150),
    "blue": (40, 70, 160),
    "black": (25, 22, 25),
    "white": (240, 238, 235),
}
GLOVES = {"blue": (70, 120, 190), "white": (225, 225, 222), "black": (40, 40, 44), "purple": (120, 90, 170)}
OPAQUE = 0.93  # of a coat of polish
RELIEF = 0.55  # how much of a finger's own light and shade shows through a thin glove
DARK = (0.25, 0.12)  # of the light


def polished(base: Base, colour: Floats) -> Rgb:
    """Every labelled nail under an even coat with a gloss along the finger."""
    out = base.hand.rgb.astype(np.float32)
    for left, top, right, bottom in base.hand.nails.astype(int):
        height, width = bottom - top, right - left
        y, x = np.mgrid[:height, :width].astype(np.float32)
        u, v = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
        inside = ((np.abs(u) ** 2.5 + np.abs(v) ** 2.5) < 0.85**2.5).astype(np.float32)
        share = cv2.GaussianBlur(inside, (0, 0), 1.0)[..., None] * OPAQUE
        here = out[top:bottom, left:right]
        shade = here.mean(axis=2, keepdims=True) / max(float(here.mean()), 1.0)
        gloss = 70 * np.exp(-(((v + 0.2) / 0.12) ** 2) - (u / 0.5) ** 2)[..., None]
        out[top:bottom, left:right] = share * (colour * shade**0.5 + gloss) + (1 - share) * here
    return out.clip(0, 255).astype(np.uint8)


def gloved(base: Base, colour: Floats) -> Rgb:
    """The whole hand in a thin glove: its own light and shade, softened, in another colour."""
    rgb = base.hand.rgb.astype(np.float32)
    grey = cv2.GaussianBlur(rgb.mean(axis=2), (0, 0), 4)
    middle = float(np.median(grey[base.mask > 0]))
    relief = (1 + RELIEF * (grey / max(middle, 1.0) - 1))[..., None]
    share = cv2.GaussianBlur(base.mask, (0, 0), 1.5)[..., None] / 255.0
    return np.asarray((share * relief * colour + (1 - share) * rgb).clip(0, 255), np.uint8)


def dim(base: Base, light: float) -> Rgb:
    """Less light on everything, with the grain that a camera then adds."""
    rng = np.random.default_rng([3, int(base.hand.person)])
    linear = (base.hand.rgb / 255.0) ** 2.2 * light
    return ((np.clip(linear + rng.normal(0, 0.002, linear.shape), 0, 1) ** (1 / 2.2)) * 255).astype(np.uint8)


def shaded(base: Base, light: float) -> Rgb:
    """The hand alone in shadow on a bright ground."""
    share = cv2.GaussianBlur(base.mask, (0, 0), 3)[..., None] / 255.0
    return (share * dim(base, light) + (1 - share) * base.hand.rgb).astype(np.uint8)


def any_polish(base: Base, rng: np.random.Generator) -> Base:
    """The hand with polish of a random colour, as often pale or skin-like as not."""
    colour = rng.uniform(0, 255, 3)
    if rng.random() < 0.5:
        skin = [base.hand.rgb[y0:y1, x0:x1].mean(axis=(0, 1)) for x0, y0, x1, y1 in base.hand.skins.astype(int)]
        toward = np.mean(skin, axis=0) if rng.random() < 0.5 else np.full(3, 255.0)
        colour += rng.uniform(0.3, 0.9) * (toward - colour)
    return Base(replace(base.hand, rgb=polished(base, colour)), base.mask)


def any_glove(base: Base, rng: np.random.Generator) -> Base:
    """The hand in a glove of a random colour."""
    colour = rng.uniform(0, 255, 3)
    if rng.random() < 0.4:
        colour += rng.uniform(0.5, 1.0) * (rng.uniform(20, 245) - colour)
    return Base(replace(base.hand, rgb=gloved(base, colour)), base.mask)


NAMED: dict[str, Callable[[Base], Rgb]] = {
    **{f"{name} polish": partial(polished, colour=np.array(colour)) for name, colour in POLISHES.items()},
    **{f"{name} gloves": partial(gloved, colour=np.array(colour)) for name, colour in GLOVES.items()},
}
CHANGES: dict[str, Callable[[Base], Rgb]] = {
    "as it is": lambda base: base.hand.rgb,
    **NAMED,
    **{f"{light:.0%} of the light": partial(dim, light=light) for light in DARK},
    **{f"hand in shadow, {light:.0%} of the light": partial(shaded, light=light) for light in DARK},
}


def figures(bases: Sequence[Base]) -> list[dict[str, Any]]:
    """A row a change: in how many photos a value is withheld, given with a wider interval, or given as usual; and the
    mean distance of the given ones from the value of the photo as it is."""
    rows: list[dict[str, Any]] = []
    plain: dict[str, tuple[float | None, float]] = {}
    for name, change in CHANGES.items():
        counts = {"withheld": 0, "wider": 0, "as_usual": 0}
        moved = []
        for base in bases:
            report = screen(change(base), "nail")
            reading = report.readings.get("haemoglobin")
            value = reading.value if reading else None
            width = reading.interval[1] - reading.interval[0] if reading and reading.interval else 0.0
            first = plain.setdefault(base.hand.person, (value, width))
            if value is None:
                counts["withheld"] += 1
            else:
                counts["wider" if width > 1.02 * first[1] else "as_usual"] += 1
                if first[0] is not None:
                    moved.append(abs(value - first[0]))
        rows.append(
            {"change": name, "n": len(bases), **counts, "moved": round(float(np.mean(moved)), 2) if moved else None}
        )
    return rows
