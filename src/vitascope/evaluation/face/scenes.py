"""Pictures made for the evaluation: a face of known place and size on a ground that is no face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.datasets.pictures import Picture

Rgb = NDArray[np.uint8]
WIDTH, HEIGHT = 640, 480
# Where the alignment of the face set puts a face, as shares of the crop's side: the median of the boxes found in the
# part of the set that is not held out (n = 600; of a single face's box and this one the median IoU is 0.85).
ALIGNED_BOX = (0.034, 0.052, 0.929, 0.928)
FEATHER = 0.02  # of the crop's side: no hard edge of the crop, and no lost face
NOISE = 2.0  # levels, the sensor's


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """rgb: (480, 640, 3); box (x, y, w, h): where the face is; crop (x, y, side): where the crop was put."""

    rgb: Rgb
    box: tuple[float, float, float, float]
    crop: tuple[int, int, int]


def scene(face: Rgb, ground: Rgb, face_width: float, rng: np.random.Generator, *, central: bool = False) -> Scene:
    """`face`, an aligned square crop, put on `ground` (480, 640, 3) so that its box is `face_width` pixels wide."""
    side = round(face_width / ALIGNED_BOX[2])
    shrink = cv2.INTER_AREA if side < face.shape[0] else cv2.INTER_CUBIC
    pasted = cv2.resize(face, (side, side), interpolation=shrink).astype(np.float32)
    if central:
        left, top = (WIDTH - side) // 2, (HEIGHT - side) // 2
    else:
        left, top = int(rng.integers(0, WIDTH - side + 1)), int(rng.integers(0, HEIGHT - side + 1))
    alpha = feathered(side)
    rgb = ground.astype(np.float32)
    window = rgb[top : top + side, left : left + side]
    window += alpha * (pasted - window)
    x, y, w, h = (share * side for share in ALIGNED_BOX)
    return Scene(noisy(rgb, rng), (left + x, top + y, w, h), (left, top, side))


def feathered(side: int) -> NDArray[np.float32]:
    """Weight (side, side, 1) of a pasted square: 1, falling to 0 at its very edge."""
    ramp = np.minimum(np.arange(side) + 0.5, side - np.arange(side) - 0.5) / max(FEATHER * side, 1.0)
    edge = np.clip(ramp, 0, 1).astype(np.float32)
    return np.asarray(np.minimum(edge[:, None], edge[None, :])[..., None], np.float32)


def noisy(rgb: NDArray[np.float32], rng: np.random.Generator) -> Rgb:
    """The picture (at most 480 rows, 640 columns) as a sensor gives it."""
    height, width = rgb.shape[:2]
    row, column = int(rng.integers(HEIGHT)), int(rng.integers(WIDTH))
    grainy = rgb + _grain()[row : row + height, column : column + width]
    np.rint(grainy, out=grainy)
    return np.clip(grainy, 0, 255, out=grainy).astype(np.uint8)


@cache
def _grain() -> NDArray[np.float32]:
    """One large sheet of noise: looked at through a window moved at random it is as good as fresh, and much cheaper."""
    return NOISE * np.random.default_rng(11).standard_normal((2 * HEIGHT, 2 * WIDTH, 3), dtype=np.float32)


def ground(rng: np.random.Generator, others: Sequence[Picture] = ()) -> Rgb:
    """A picture (480, 640, 3) without a face: made, or in half of the cases a part of one of `others`."""
    if others and rng.random() < 0.5:
        other = others[int(rng.integers(len(others)))].read()
        h, w = other.shape[:2]
        part = max(min(h, w * 3 // 4), 1)
        top, left = int(rng.integers(0, h - part + 1)), int(rng.integers(0, max(w - part * 4 // 3, 0) + 1))
        return np.asarray(cv2.resize(other[top : top + part, left : left + part * 4 // 3], (WIDTH, HEIGHT)), np.uint8)
    return made_ground(rng)


def made_ground(rng: np.random.Generator) -> Rgb:
    """A wall, a gradient, a texture, stripes, furniture or a crowd of blobs, (480, 640, 3)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    first, second = (rng.uniform(10, 245, 3).astype(np.float32) for _ in range(2))
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x / WIDTH + np.sin(angle) * y / HEIGHT
    kind = int(rng.integers(5))
    if kind == 0:
        share = (along - along.min()) / np.ptp(along)
    elif kind == 1:
        share = 0.5 + 0.5 * np.sign(np.sin(along * rng.uniform(10, 120)))
    elif kind == 2:
        cells = int(rng.integers(4, 120))
        coarse = rng.random((cells * 3 // 4 + 1, cells)).astype(np.float32)
        share = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    else:
        share = np.zeros((HEIGHT, WIDTH), np.float32)
    rgb = np.ascontiguousarray(first + share[..., None] * (second - first), dtype=np.float32)
    if kind >= 3:
        for _ in range(int(rng.integers(3, 25))):
            colour = tuple(float(c) for c in rng.uniform(0, 255, 3))
            centre = (int(rng.integers(WIDTH)), int(rng.integers(HEIGHT)))
            half = (int(rng.integers(8, 180)), int(rng.integers(8, 140)))
            if kind == 3:
                cv2.rectangle(
                    rgb,
                    (centre[0] - half[0], centre[1] - half[1]),
                    (centre[0] + half[0], centre[1] + half[1]),
                    colour,
                    -1,
                )
            else:
                cv2.ellipse(rgb, centre, half, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return noisy(rgb, rng)


def iou(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes (x, y, w, h)."""
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(w, 0.0) * max(h, 0.0)
    union = a[2] * a[3] + b[2] * b[3] - common
    return common / union if union > 0 else 0.0
