"""Hands, things and strong light over one part of a face."""

from __future__ import annotations

import cv2
import numpy as np

from visibility.layers import (
    Layer,
    Points,
    Rng,
    Setting,
    field,
    polygon,
    skin_like,
    some_colour,
    stroke,
    surface,
    turned,
)
from visibility.worn import lens_outlines


def target(rng: Rng, setting: Setting, place: str) -> Points:
    """A point in one part of the face (2,)."""
    ids = {
        "mouth": [13, 14, 0, 17],
        "right_cheek": [50, 205, 187, 36],
        "left_cheek": [280, 425, 411, 266],
        "forehead": [151, 9, 108, 337, 10],
        "eyes": [33, 263, 133, 362, 168],
        "nose": [1, 4, 5, 195],
        "chin": [152, 175, 199, 136, 365],
    }[place]
    point = np.average(setting.points[ids], axis=0, weights=rng.dirichlet(np.ones(len(ids))))
    return np.asarray(point + rng.normal(0, 0.04, 2) * setting.width)


PLACES = ("mouth", "right_cheek", "left_cheek", "forehead", "eyes", "nose", "chin")


def _place(rng: Rng) -> str:
    return str(rng.choice(PLACES, p=(0.2, 0.17, 0.17, 0.28, 0.08, 0.06, 0.04)))


def _coming_from(rng: Rng, place: str) -> float:
    """The direction (radians, y down) from the place towards the wrist."""
    if rng.random() < 0.2:
        return float(rng.uniform(0, 2 * np.pi))
    aside = {"right_cheek": 2.3, "left_cheek": 0.85}.get(place)
    if aside is None:
        aside = float(
            rng.choice([0.2, 0.8, 1.57, 2.35, 2.95] if place != "forehead" else [-0.3, 0.3, 0.9, 2.2, 2.85, 3.4])
        )
    return float(aside + rng.normal(0, 0.5))


def real_hand(rng: Rng, setting: Setting, place: str | None = None) -> Layer:
    """A photographed hand laid on the face, most often in the face's own colour."""
    size = setting.size
    sprite = setting.hands[int(rng.integers(len(setting.hands)))]
    if rng.random() < 0.5:
        sprite = sprite[::-1]
    height, width = sprite.shape[:2]
    # The photo ends at the knuckles: the back of the hand goes on as their mirror image, then as streaks.
    longer = np.concatenate([sprite, sprite[:, ::-1][:, : int(0.45 * width)]], axis=1)
    longer = np.concatenate([longer, np.repeat(longer[:, -1:], 3 * width, axis=1)], axis=1)
    place = place or _place(rng)
    aim = target(rng, setting, place)
    direction = _coming_from(rng, place)
    breadth = rng.uniform(0.38, 0.85) * setting.width
    scale, stretch = breadth / height, rng.uniform(0.8, 1.2)
    grip = np.array([rng.uniform(0.15, 1.0) * width, rng.uniform(0.3, 0.7) * height])
    cos, sin = np.cos(direction) * scale, np.sin(direction) * scale
    matrix = np.array([[cos * stretch, -sin, 0], [sin * stretch, cos, 0]])
    matrix[:, 2] = aim - matrix[:, :2] @ grip
    pasted = cv2.warpAffine(longer, matrix, (size, size), flags=cv2.INTER_AREA).astype(np.float32)
    alpha = cv2.GaussianBlur(pasted[..., 3] / 255, (0, 0), 0.6)
    colour = pasted[..., :3] / np.maximum(pasted[..., 3:] / 255, 1e-3)
    held = alpha > 0.9
    if rng.random() < 0.8 and held.any():
        colour = colour * (skin_like(rng, setting) / np.maximum(colour[held].mean(axis=0), 4)).astype(np.float32)
    colour *= (1 + rng.uniform(0, 0.35) * field(rng, size, 3))[..., None]
    return Layer(np.clip(colour, 0, 255).astype(np.float32), alpha.astype(np.float32), "hand")


def drawn_hand(rng: Rng, setting: Setting, place: str | None = None) -> Layer:
    """Fingers, a palm and a forearm as rounded strokes, shaded towards their edges."""
    size, width = setting.size, setting.width
    place = place or _place(rng)
    aim = target(rng, setting, place)
    direction = _coming_from(rng, place)
    along, across = np.array([np.cos(direction), np.sin(direction)]), np.array([-np.sin(direction), np.cos(direction)])
    thick = rng.uniform(0.1, 0.19) * width
    fingers = int(rng.integers(1, 5)) if rng.random() < 0.85 else 0
    reach = rng.uniform(0.1, 0.75) * width
    base = skin_like(rng, setting, 0.15)
    shade = np.zeros((size, size), np.float32)
    alpha = np.zeros((size, size), np.float32)
    knuckles = aim + along * reach * rng.uniform(0.2, 0.8)
    strokes: list[tuple[Points, float]] = []
    back = max(2.2, fingers * 0.95) * thick
    wrist = knuckles + along * width * rng.uniform(0.5, 0.9)
    strokes.append((np.array([knuckles + along * back * 0.45, wrist]), back * rng.uniform(0.85, 1.1)))
    strokes.append((np.array([wrist, wrist + along * 3 * width]), back * rng.uniform(0.6, 0.85)))
    spread = rng.uniform(0.0, 0.3)
    bend = rng.normal(0, 0.25)
    for i in range(fingers):
        offset = (i - (fingers - 1) / 2) * thick * 0.98
        root = knuckles + across * offset + along * back * 0.3
        length = reach * rng.uniform(0.75, 1.1) + back * 0.3
        tip_way = -along + across * (spread * (i - (fingers - 1) / 2) + bend * 0.3)
        middle = root + tip_way * length * 0.55
        tip = middle + (tip_way + across * bend) * length * 0.45
        strokes.append((np.array([root, middle, tip]), thick * rng.uniform(0.85, 1.02)))
    if rng.random() < 0.4:
        side = rng.choice([-1, 1])
        root = knuckles + across * side * back * 0.5 + along * back * 0.7
        strokes.append((np.array([root, root - along * reach * 0.5 + across * side * thick * 1.5]), thick))
    for line, broad in strokes:
        mask = (stroke(size, line, broad) * 255).astype(np.uint8)
        depth = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3) / max(broad / 2, 1)
        part = mask.astype(np.float32) / 255
        new = 0.62 + 0.38 * np.sqrt(np.clip(depth, 0, 1))
        shade = np.where(part > 0.5, new, shade)
        alpha = np.maximum(alpha, part)
    if rng.random() < 0.35:  # a flat, evenly lit hand
        shade = np.maximum(shade, 0.9)
    light = 1 + rng.uniform(0.05, 0.35) * field(rng, size, 3) + rng.uniform(0.0, 0.06) * field(rng, size, 40)
    colour = base.astype(np.float32) * (shade * light)[..., None]
    soft = np.asarray(cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.5, 1.2)), np.float32)
    return Layer(np.clip(colour, 0, 255).astype(np.float32), soft, "hand")


def thing(rng: Rng, setting: Setting, place: str | None = None) -> Layer:
    """A bar, a telephone, a cup, a card, a sheet: a straight or rounded shape of any colour."""
    size, width = setting.size, setting.width
    aim = target(rng, setting, place or _place(rng))
    w, h = rng.uniform(0.25, 1.2) * width, rng.uniform(0.25, 1.2) * width
    if rng.random() < 0.3:
        w *= 3
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    power = rng.choice([2.0, 6.0, 40.0])
    shape = np.column_stack(
        [np.sign(f) * np.abs(f) ** (2 / power) * s / 2 for f, s in ((np.cos(t), w), (np.sin(t), h))]
    )
    # Something to hold on to lies on the part, not always its middle.
    aim = aim + rng.uniform(-0.3, 0.3, 2) * (w if w < width else 0, h)
    shape = turned(shape + aim, aim, rng.uniform(0, np.pi))
    colour = surface(rng, setting)
    if rng.random() < 0.3:
        rim = stroke(size, np.vstack([shape, shape[:1]]), rng.uniform(1, 5))
        colour = colour * (1 - rim[..., None]) + some_colour(rng).astype(np.float32) * rim[..., None]
    return Layer(np.clip(colour, 0, 255).astype(np.float32), polygon(size, shape, rng.uniform(0.4, 1.0)), "thing")


def glare(rng: Rng, setting: Setting, place: str | None = None) -> Layer:
    """Light so strong that the camera shows white: on the skin, or on both lenses."""
    size = setting.size
    tone = np.array([255, rng.uniform(240, 255), rng.uniform(225, 255)], np.float32)
    alpha = np.zeros((size, size), np.float32)
    if rng.random() < 0.3:
        lenses, _ = lens_outlines(rng, setting, rng.uniform(0.8, 1.1))
        for lens in lenses:
            alpha = np.maximum(alpha, polygon(size, lens, 2.0))
    else:
        for _ in range(int(rng.integers(1, 3))):
            aim = target(rng, setting, place or _place(rng))
            axes = rng.uniform(0.12, 0.4, 2) * setting.width
            t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
            spot = turned(aim + np.column_stack([np.cos(t), np.sin(t)]) * axes, aim, rng.uniform(0, np.pi))
            alpha = np.maximum(alpha, cv2.GaussianBlur(polygon(size, spot), (0, 0), rng.uniform(2, 7)))
    alpha = np.clip(alpha * rng.uniform(0.95, 1.5), 0, 1)
    return Layer(np.broadcast_to(tone, (size, size, 3)).astype(np.float32), alpha.astype(np.float32), "glare")
