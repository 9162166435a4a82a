"""Things worn on a face: masks, scarves, glasses, hats, hair and beards."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility.layers import (
    RGB,
    Alpha,
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
from visibility.parts import LEFT_EYE, LIPS, RIGHT_EYE, hull

_HAIR = np.array(
    [[18, 14, 13], [45, 30, 22], [85, 55, 35], [150, 110, 65], [205, 175, 125], [150, 150, 150], [95, 40, 20]]
)
_MASK_SIDE = [127, 234, 93, 132]
# Where hair grows: from ear to ear along the jaw, and up to lines that may lie high or low on the cheeks.
_JAW = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361]
_BEARD_HIGH, _BEARD_LOW = [376, 427, 436, 391, 2, 165, 216, 207, 147], [435, 434, 410, 391, 164, 165, 186, 214, 215]
_GOATEE = [186, 165, 164, 391, 410, 432, 430, 378, 152, 149, 210, 212]
_MOUSTACHE = [61, 186, 165, 2, 391, 410, 291, 269, 0, 39]
_MASK_LOW = [58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288]


def face_mask(rng: Rng, setting: Setting) -> Layer:
    """A cloth or surgical mask from the nose to under the chin; sometimes worn below the nose."""
    points, size = setting.points, setting.size
    below = rng.random() < 0.07
    top = points[2] if below else points[[6, 197, 195, 5][int(rng.choice(4, p=(0.25, 0.35, 0.25, 0.15)))]]
    t = rng.uniform(0.25, 1.0)
    right = (1 - t) * points[127 if rng.random() < 0.3 else 234] + t * points[93]
    left = (1 - t) * points[356 if rng.random() < 0.3 else 454] + t * points[323]
    under_right = points[50 if below else int(rng.choice([118, 100, 101, 50]))]
    under_left = points[280 if below else int(rng.choice([347, 329, 330, 280]))]
    middle = points[1]
    low = middle + (points[_MASK_LOW] - middle) * rng.uniform(1.0, 1.14)
    shape = np.vstack([right, under_right, top, under_left, left, points[361], low[::-1], points[132]])
    pick = rng.random()
    tone: NDArray[np.float64] | None
    if pick < 0.3:
        tone = np.array([rng.uniform(150, 200), rng.uniform(190, 225), rng.uniform(215, 245)])
    elif pick < 0.5:
        tone = np.full(3, rng.uniform(205, 250)) + rng.uniform(-8, 4, 3)
    elif pick < 0.7:
        tone = np.full(3, rng.uniform(10, 55)) + rng.uniform(-5, 8, 3)
    elif pick < 0.78:
        tone = skin_like(rng, setting)
    else:
        tone = None
    colour = surface(rng, setting, tone)
    u = (np.arange(size) - middle[0]) / setting.width
    colour *= (1 - rng.uniform(0.1, 0.8) * u.astype(np.float32) ** 2)[None, :, None]
    for _ in range(int(rng.integers(0, 5))):  # pleats and seams
        height = rng.uniform(0.1, 0.9)
        line = np.array([(1 - height) * right + height * points[172], middle * (1 - height) + height * points[152]])
        line = np.vstack([line, (1 - height) * left + height * points[397]])
        seam = cv2.GaussianBlur(stroke(size, line, rng.uniform(1, 3)), (0, 0), 0.8)
        colour *= 1 - rng.uniform(-0.15, 0.3) * seam[..., None]
    alpha = polygon(size, shape, rng.uniform(0.5, 1.2))
    if rng.random() < 0.7:
        for ear, corner in ((127, right), (356, left)):
            away = points[ear] + (points[ear] - middle) * 0.1
            alpha = np.maximum(alpha, stroke(size, np.array([corner, away]), rng.uniform(1, 3)))
    return Layer(np.clip(colour, 0, 255).astype(np.float32), alpha, "mask")


def scarf(rng: Rng, setting: Setting) -> Layer:
    """Cloth over the lower face that goes on downwards and to the sides."""
    points, size = setting.points, setting.size
    top = points[int(rng.choice([197, 195, 4, 2, 0]))][1]
    x = np.linspace(-size * 0.1, size * 1.1, 9)
    y = top + rng.normal(0, 0.05, 9) * setting.width + rng.uniform(-0.4, 0.25) * np.abs(x - points[1][0])
    shape = np.vstack([np.column_stack([x, y]), [[size * 1.1, size * 1.1], [-size * 0.1, size * 1.1]]])
    colour = surface(rng, setting) * (1 + 0.2 * field(rng, size, 12))[..., None]
    return Layer(np.clip(colour, 0, 255).astype(np.float32), polygon(size, shape, 1.0), "mask")


def lens_outlines(rng: Rng, setting: Setting, large: float) -> tuple[list[Points], list[Points]]:
    """Outlines of the two lenses and the lines of bridge and temples."""
    points = setting.points
    right, left = points[RIGHT_EYE].mean(axis=0), points[LEFT_EYE].mean(axis=0)
    apart = float(np.linalg.norm(left - right))
    angle = float(np.arctan2(*(left - right)[::-1]))
    spans = [float(np.ptp(points[ids, 0])) for ids in (RIGHT_EYE, LEFT_EYE)]
    half_w, half_h = large * rng.uniform(0.33, 0.46) * apart, large * rng.uniform(0.2, 0.4) * apart
    power = rng.uniform(2, 5)
    droop, slant = rng.uniform(0, 0.12) * apart, rng.uniform(-0.15, 0.25)
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    round_x = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** (2 / power)
    round_y = np.sign(np.sin(t)) * np.abs(np.sin(t)) ** (2 / power)
    lenses = []
    for eye, span, side in ((right, spans[0], -1), (left, spans[1], 1)):
        seen = float(np.clip(span / max(sum(spans) / 2, 1.0), 0.5, 1.3))
        x = round_x * half_w * seen + side * (half_w - 0.3 * apart) * 0.5 * seen
        y = round_y * half_h * (1 + slant * side * round_x) + droop
        lenses.append(turned(np.column_stack([x, y]) + eye, eye, angle))
    inner = [lenses[0][np.argmax(lenses[0][:, 0])], lenses[1][np.argmin(lenses[1][:, 0])]]
    outer = [lenses[0][np.argmin(lenses[0][:, 0])], lenses[1][np.argmax(lenses[1][:, 0])]]
    bow = (inner[0] + inner[1]) / 2 - np.array([0, rng.uniform(0, 0.1) * apart])
    lines = [np.vstack([inner[0], bow, inner[1]])]
    lines += [np.vstack([outer[0], points[127]]), np.vstack([outer[1], points[356]])]
    return lenses, lines


def sunglasses(rng: Rng, setting: Setting) -> Layer:
    """Dark, tinted or mirrored lenses that hide the eyes."""
    size = setting.size
    lenses, lines = lens_outlines(rng, setting, rng.uniform(1.0, 1.3))
    base = np.full(3, rng.uniform(3, 45)) * rng.uniform(0.5, 1.6, 3)
    mirrored = rng.random() < 0.3
    if mirrored:
        base = rng.uniform(40, 220, 3)
    colour = np.broadcast_to(base.astype(np.float32), (size, size, 3)).copy()
    colour *= (1 + rng.uniform(0, 0.7 if mirrored else 0.35) * field(rng, size, int(rng.integers(2, 7))))[..., None]
    if mirrored and rng.random() < 0.5:
        colour = 0.5 * colour + 0.5 * setting.texture
    fade = np.linspace(1, rng.uniform(0.8, 1.8), size, dtype=np.float32)[:, None, None]
    colour *= fade
    see_through = rng.uniform(0.82, 1.0)
    alpha = np.zeros((size, size), np.float32)
    for lens in lenses:
        alpha = np.maximum(alpha, see_through * polygon(size, lens))
    if rng.random() < 0.5:  # a window mirrored in the lenses
        for lens in lenses:
            spot = lens.mean(axis=0) + rng.normal(0, 0.06, 2) * setting.width
            mark = polygon(size, hull(spot + rng.normal(0, 0.06, (5, 2)) * setting.width), 1.5) * polygon(size, lens)
            colour += rng.uniform(40, 160) * mark[..., None]
    return _framed(rng, setting, (colour, alpha), lenses, lines, rng.uniform(1, 6))


def clear_glasses(rng: Rng, setting: Setting) -> Layer:
    """Ordinary glasses: a frame, lenses one sees through, sometimes a small reflection."""
    size = setting.size
    lenses, lines = lens_outlines(rng, setting, rng.uniform(0.8, 1.2))
    colour = np.full((size, size, 3), rng.uniform(100, 255), np.float32)
    alpha = np.zeros((size, size), np.float32)
    tint = rng.uniform(0, 0.15)
    for lens in lenses:
        inside = polygon(size, lens)
        alpha = np.maximum(alpha, tint * inside)
        if rng.random() < 0.35:
            spot = lens.mean(axis=0) + rng.normal(0, 0.06, 2) * setting.width
            near = hull(spot + rng.normal(0, 0.03, (4, 2)) * setting.width)
            alpha = np.maximum(alpha, rng.uniform(0.3, 0.9) * polygon(size, near, 1.2) * inside)
            colour = np.maximum(colour, 235)
    thick = rng.uniform(1, 4.5) if rng.random() < 0.9 else 0
    return replace(_framed(rng, setting, (colour, alpha), lenses, lines, thick), hides=False)


def _framed(  # noqa: PLR0917
    rng: Rng, setting: Setting, glass: tuple[RGB, Alpha], lenses: list[Points], lines: list[Points], thick: float
) -> Layer:
    size = setting.size
    colour, alpha = glass
    frame = np.zeros((size, size), np.float32)
    thick *= setting.width / 90
    half = rng.random() < 0.2  # a frame along the upper rim only
    for lens in lenses:
        ring = np.vstack([lens, lens[:1]])
        if half:
            ring = lens[20:]
        if thick > 0:
            frame = np.maximum(frame, stroke(size, ring, thick))
    for line in lines:
        frame = np.maximum(frame, stroke(size, line, max(1.0, thick * rng.uniform(0.7, 1.4))))
    tone = some_colour(rng) if rng.random() < 0.6 else np.full(3, rng.uniform(5, 60))
    colour = colour * (1 - frame[..., None]) + frame[..., None] * tone.astype(np.float32)
    strength = rng.uniform(0.7, 1.0)
    return Layer(
        np.clip(colour, 0, 255).astype(np.float32), np.maximum(alpha, strength * frame).astype(np.float32), "glasses"
    )


def _hair_colour(rng: Rng, setting: Setting, own_share: float) -> NDArray[np.float64]:
    """What is seen above the forehead, or a colour that hair has."""
    points, size = setting.points, setting.size
    x, y = np.clip((points[10] + (0, -0.12 * setting.width)).round().astype(int), 0, size - 1)
    own = setting.canvas[max(y - 4, 0) : y + 5, max(x - 12, 0) : x + 13].reshape(-1, 3)
    if rng.random() < own_share:
        return np.asarray(np.median(own, axis=0), np.float64)
    return np.asarray(_HAIR[rng.integers(len(_HAIR))] * rng.uniform(0.7, 1.3), np.float64)


def hair(rng: Rng, setting: Setting) -> Layer:
    """A fringe over the forehead or hair hanging over one side, in strands."""
    points, size, width = setting.points, setting.size, setting.width
    base = _hair_colour(rng, setting, 0.4)
    x = np.linspace(0, size - 1, size)
    if rng.random() < 0.6:
        low = points[10, 1] + rng.uniform(0.3, 1.3) * (points[9, 1] - points[10, 1])
        edge = low + rng.uniform(-0.3, 0.3) * (x - points[10, 0]) + rng.uniform(0, 0.25) * np.abs(x - points[10, 0])
        edge += rng.uniform(0.02, 0.12) * width * np.interp(x, np.linspace(0, size, 40), rng.uniform(-1, 1, 40))
        alpha = (np.arange(size)[:, None] < edge[None]).astype(np.float32)
        lean = rng.uniform(-0.5, 0.5)
    else:
        side = rng.choice([-1, 1])
        cheek = points[205 if side < 0 else 425]
        eye = points[10] + side * np.array([rng.uniform(-0.1, 0.3) * width, 0])
        y = np.arange(size)
        bound = np.interp(
            y, [0, eye[1], cheek[1], size], [points[10, 0], eye[0], cheek[0], cheek[0] + side * 0.05 * width]
        )
        bound = bound + rng.uniform(0.01, 0.06) * width * np.interp(y, np.linspace(0, size, 30), rng.uniform(-1, 1, 30))
        alpha = ((x[None] - bound[:, None]) * side > 0).astype(np.float32)
        lean = rng.uniform(-0.15, 0.15)
    strands = cv2.resize(
        rng.uniform(-1, 1, (5, size // 2)).astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR
    )
    shear = np.array([[1, lean, -lean * size / 2], [0, 1, 0]])
    strands = cv2.warpAffine(strands, shear, (size, size), borderMode=cv2.BORDER_REFLECT_101)
    gaps = rng.uniform(-1.2, -0.2)
    alpha *= np.clip((strands - gaps) * 6, 0, 1)
    colour = base.astype(np.float32) * (1 + rng.uniform(0.15, 0.5) * strands + 0.2 * field(rng, size, 3))[..., None]
    return Layer(
        np.clip(colour, 0, 255).astype(np.float32), cv2.GaussianBlur(alpha, (0, 0), 0.6).astype(np.float32), "hair"
    )


def beard(rng: Rng, setting: Setting) -> Layer:
    """A full beard, a goatee, a moustache or stubble: no skin, but it hides no part of the face."""
    points, size, width = setting.points, setting.size, setting.width
    middle = points[1]
    pick = rng.random()
    if pick < 0.7:
        t = rng.uniform(0, 1)
        top = (1 - t) * points[_BEARD_LOW] + t * points[_BEARD_HIGH]
        low = middle + (points[_JAW] - middle) * rng.uniform(1.0, 1.2)
        bare = rng.random() < 0.2  # no moustache
        shape = np.vstack([low, top[:2], points[[291, 17, 61]], top[-2:]] if bare else [low, top])
    elif pick < 0.85:
        shape = middle + (points[_GOATEE] - middle) * rng.uniform(0.95, 1.1)
    else:
        shape = points[_MOUSTACHE]
    alpha = polygon(size, shape + rng.normal(0, 0.01 * width, 2), rng.uniform(0.8, 0.05 * width))
    lips = middle + (points[LIPS] - middle) * rng.uniform(0.97, 1.05)
    alpha *= 1 - rng.uniform(0.7, 1.0) * polygon(size, lips, rng.uniform(0.5, 1.5))
    fine = rng.standard_normal((size, size)).astype(np.float32)
    hairs = cv2.GaussianBlur(fine, (0, 0), rng.uniform(0.4, 1.2), sigmaY=rng.uniform(0.4, 3.0))
    hairs = np.asarray(hairs / hairs.std(), np.float32)
    stubble = rng.random() < 0.25
    density = rng.uniform(0.15, 0.55) if stubble else rng.uniform(0.65, 1.05)
    alpha *= np.clip(density + rng.uniform(0.03, 0.25) * hairs + 0.1 * field(rng, size, 5), 0, 1)
    base = _hair_colour(rng, setting, 0.3)
    colour = base.astype(np.float32) * (1 + 0.2 * field(rng, size, 3))[..., None]
    colour = colour + rng.uniform(4, 25) * hairs[..., None]
    return Layer(np.clip(colour, 0, 255).astype(np.float32), alpha.astype(np.float32), "beard", hides=False)


def hat(rng: Rng, setting: Setting) -> Layer:
    """Cloth from above down over the forehead."""
    points, size = setting.points, setting.size
    low = points[10, 1] + rng.uniform(-0.2, 1.2) * (points[9, 1] - points[10, 1])
    x = np.linspace(-size * 0.1, size * 1.1, 15)
    bow = rng.uniform(-0.5, 0.7) * (x - points[10, 0]) ** 2 / setting.width
    edge = np.column_stack([x, low + bow + rng.uniform(-0.2, 0.2) * (x - points[10, 0])])
    shape = np.vstack([edge, [[size * 1.1, -size], [-size * 0.1, -size]]])
    return Layer(surface(rng, setting), polygon(size, shape), "thing")
