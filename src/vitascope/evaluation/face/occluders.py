"""Things put in front of a face for the evaluation: cut-out hands, drawn masks, sunglasses, glasses and beards.

None of these drawings is shared with any training. Places follow the landmarks of the face before it is covered.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.face.regions import outlines

Rgb = NDArray[np.uint8]
Floats = NDArray[np.float64]

_MOUTH = [61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91]
_LIPS = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
_JAW = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454]
_BEARD_TOP = [447, 427, 391, 326, 2, 97, 165, 207, 227]
_MASK_TOP = [454, 447, 346, 347, 437, 197, 217, 118, 117, 227, 234]
_EYES = ((33, 133, 159, 145), (263, 362, 386, 374))
COVERED = 0.7  # of a part by the hand that is laid over it
HAND_SHARES = (0.75, 0.9, 1.1, 1.4)  # of the face's width, tried until the part is covered


def hand(picture: Picture) -> NDArray[np.uint8]:
    """A hand cut out of its bright ground, (H, W, 4) RGBA, fingers to the left.

    Raises InputError when there is none.
    """
    rgb = picture.read()
    y_cr_cb = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    skin = cv2.inRange(y_cr_cb, np.array([30, 138, 70]), np.array([250, 185, 130]))
    skin = cv2.morphologyEx(skin, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(skin)
    if count < 2:
        raise InputError(f"{picture.name} shows no hand.")
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, width, height = (int(v) for v in stats[best, :4])
    if stats[best, cv2.CC_STAT_AREA] < 0.02 * skin.size or height < 60:
        raise InputError(f"{picture.name} shows no hand.")
    alpha = np.where(labels == best, 255, 0).astype(np.uint8)
    contours, _ = cv2.findContours(alpha, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(alpha, contours, -1, 255, -1)  # nails and highlights are no holes
    soft = cv2.GaussianBlur(cv2.erode(alpha, np.ones((3, 3), np.uint8)), (0, 0), 1.2)
    window = slice(top, top + height), slice(left, left + width)
    return np.dstack([rgb[window], np.asarray(soft[window], np.uint8)])


def part_outline(landmarks: Floats, part: str) -> Floats:
    """The outline (K, 2) of the mouth or of a skin region."""
    return landmarks[_MOUTH, :2] if part == "mouth" else outlines(landmarks)[part]


def lay_hand(rgb: Rgb, landmarks: Floats, cut: NDArray[np.uint8], part: str, rng: np.random.Generator) -> Rgb | None:
    """`rgb` with the hand over `part`, from below or from a side, large enough to cover it; None when it cannot."""
    outline = part_outline(landmarks, part)
    target = outline.mean(axis=0)
    width = float(np.ptp(landmarks[:, 0]))
    # Fingers point to the left in the cut-out: turned so that the arm comes from below, or from the left or right.
    angle = np.radians({"mouth": 90, "forehead": 90}.get(part, 60) + rng.uniform(-50, 50))
    flip = rng.random() < 0.5
    cut = cut[::-1] if flip else cut
    inside = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(outline).astype(np.int32)], 1)
    for share in HAND_SHARES:
        scale = share * width / cut.shape[0]
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        if part == "left_cheek":
            turn = np.diag([-1.0, 1.0]) @ turn
        # Fingertips reach a little beyond the part.
        anchor = np.array([0.45 * min(cut.shape[1], cut.shape[0]), cut.shape[0] / 2])
        matrix = np.column_stack([turn, target - turn @ anchor])
        laid = cv2.warpAffine(cut, matrix, (rgb.shape[1], rgb.shape[0]), flags=cv2.INTER_AREA)
        if inside.any() and float((laid[..., 3] > 127)[inside > 0].mean()) >= COVERED:
            break
    else:
        return None
    alpha = laid[..., 3:].astype(np.float32) / 255
    # A hand in front of a face is lit like the face.
    light = float(np.median(rgb[inside > 0])) / max(float(np.median(cut[..., :3][cut[..., 3] > 127])), 1.0)
    lit = np.clip(laid[..., :3] * np.clip(light, 0.5, 1.25) ** 0.5, 0, 255)
    return _over(rgb, lit, alpha)


def put_mask(rgb: Rgb, landmarks: Floats, rng: np.random.Generator) -> Rgb:
    """`rgb` with a drawn face mask from the bridge of the nose to below the chin, with folds and ear loops."""
    places = landmarks[:, :2]
    width = float(np.ptp(places[:, 0]))
    jaw = places[_JAW] + (places[_JAW] - places[4]) * 0.06
    outline = np.vstack([jaw, places[_MASK_TOP] + (0, rng.uniform(-0.03, 0.03) * width)])
    colour = np.array(
        [(170, 200, 225), (235, 238, 240), (40, 42, 48), (120, 170, 150), (60, 80, 150)][int(rng.integers(5))]
    )
    paint = np.empty((*rgb.shape[:2], 3), np.float32)
    paint[:] = colour
    rows = np.arange(rgb.shape[0], dtype=np.float32)[:, None, None]
    paint += 10 * np.sin(2 * np.pi * rows / max(0.12 * width, 3))
    columns = (np.arange(rgb.shape[1], dtype=np.float32)[None, :, None] - places[4, 0]) / width
    paint *= 1 - 0.5 * columns**2
    drawn = rgb
    for ear, corner in ((234, 227), (454, 447)):
        loop = np.zeros(rgb.shape[:2], np.uint8)
        ends = [np.rint(places[i]).astype(int) for i in (ear, corner)]
        cv2.line(loop, tuple(ends[0]), tuple(ends[1]), 255, max(1, round(width / 60)), cv2.LINE_AA)
        drawn = _over(drawn, paint, loop[..., None].astype(np.float32) / 255)
    return _over(drawn, paint, _filled(rgb, [outline], width))


def put_glasses(rgb: Rgb, landmarks: Floats, rng: np.random.Generator, *, dark: bool) -> Rgb:
    """`rgb` with drawn glasses: dark lenses that hide the eyes, or a thin frame with clear ones."""
    places = landmarks[:, :2]
    width = float(np.ptp(places[:, 0]))
    right, left = (places[list(ids)].mean(axis=0) for ids in _EYES)
    across = left - right
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    half = width * np.array([rng.uniform(0.155, 0.19), rng.uniform(0.11, 0.15)])
    round_lenses = rng.random() < 0.5
    lenses = []
    for eye in (right, left):
        down = eye + np.array([0, 0.02 * width])
        if round_lenses:
            points = np.asarray(cv2.ellipse2Poly((0, 0), (1000, 1000), 0, 0, 360, 10)) / 1000 * half
        else:
            points = np.array([(-1, -0.8), (1, -0.8), (0.9, 0.7), (0.5, 1), (-0.5, 1), (-0.9, 0.7)]) * half
        turn = np.radians(angle)
        points = points @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        lenses.append(points + down)
    frame = np.zeros(rgb.shape[:2], np.uint8)
    thick = max(1, round(width * rng.uniform(0.012, 0.028)))
    for lens in lenses:
        cv2.polylines(frame, [np.rint(lens).astype(np.int32)], True, 255, thick, cv2.LINE_AA)
    inner = across / np.linalg.norm(across) * half[0]
    joints = ((right + inner, left - inner), (right - inner, places[127]), (left + inner, places[356]))
    for start, end in joints:
        cv2.line(frame, tuple(np.rint(start).astype(int)), tuple(np.rint(end).astype(int)), 255, thick, cv2.LINE_AA)
    ink = np.array([(20, 20, 22), (70, 45, 30), (150, 130, 90), (30, 40, 80)][int(rng.integers(4))], np.float32)
    glass = np.array(
        [(12, 12, 14), (45, 28, 16), (20, 30, 24)][int(rng.integers(3))] if dark else (235, 240, 245), np.float32
    )
    strength = rng.uniform(0.9, 0.99) if dark else rng.uniform(0.03, 0.1)
    drawn = _over(rgb, glass, strength * _filled(rgb, lenses, width, soft=0.004))
    return _over(drawn, ink, frame[..., None].astype(np.float32) / 255)


def put_beard(rgb: Rgb, landmarks: Floats, rng: np.random.Generator) -> Rgb:
    """`rgb` with a drawn full beard: strands over jaw, chin and upper lip, the lips free."""
    places = landmarks[:, :2]
    width = float(np.ptp(places[:, 0]))
    outline = np.vstack([places[_JAW[2:-2]], places[_BEARD_TOP]])
    beard = _filled(rgb, [outline], width, soft=0.02) * (1 - _filled(rgb, [places[_LIPS]], width))
    strands = rng.standard_normal(rgb.shape[:2]).astype(np.float32)
    strands = np.asarray(
        cv2.GaussianBlur(strands, (0, 0), sigmaX=max(width / 250, 0.6), sigmaY=max(width / 60, 1.0)), np.float32
    )
    strands /= max(float(strands.std()), 1e-6)
    hair = np.array([(38, 28, 24), (80, 55, 38), (120, 115, 110), (150, 110, 70)][int(rng.integers(4))], np.float32)
    density = np.clip(rng.uniform(0.7, 0.95) + 0.12 * strands[..., None], 0, 1)
    return _over(rgb, np.clip(hair + 12 * strands[..., None], 0, 255), beard * density)


def _filled(rgb: Rgb, shapes: list[Floats], width: float, soft: float = 0.008) -> NDArray[np.float32]:
    mask = np.zeros(rgb.shape[:2], np.uint8)
    for shape in shapes:
        cv2.fillPoly(mask, [np.rint(shape).astype(np.int32)], 255, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(mask, (0, 0), max(soft * width, 0.4))
    return np.asarray(blurred[..., None], np.float32) / np.float32(255)


def _over(rgb: Rgb, paint: NDArray[np.floating] | NDArray[np.uint8], alpha: NDArray[np.floating]) -> Rgb:
    mixed = rgb + alpha * (np.asarray(paint, np.float32) - rgb)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
