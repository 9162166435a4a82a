"""Outlines of the face's parts, drawn through the mesh's landmarks (numbers of the 468-point mesh)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.face import regions

OVAL = [
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152),
    *(148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
]
LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185]
RIGHT_EYE = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246]
LEFT_EYE = [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466]
RIGHT_BROW = [70, 63, 105, 66, 107, 55, 65, 52, 53, 46]
LEFT_BROW = [300, 293, 334, 296, 336, 285, 295, 282, 283, 276]
NOSE = [6, 122, 351, 129, 358, 98, 327, 2]

_BITS = 4


def filled(shapes: list[NDArray[np.float64]], size: int) -> NDArray[np.uint8]:
    """(size, size) 255 inside any of the polygons (K, 2), with soft edges."""
    mask = np.zeros((size, size), np.uint8)
    for shape in shapes:
        cv2.fillPoly(mask, [np.rint(shape * 2**_BITS).astype(np.int32)], 255, cv2.LINE_AA, _BITS)
    return mask


def hull(points: NDArray[np.float64], grow: float = 1.0) -> NDArray[np.float64]:
    """The convex outline of points (K, 2), grown about their middle."""
    outline: NDArray[np.float64] = cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)
    middle = outline.mean(axis=0)
    return np.asarray(middle + (outline - middle) * grow)


def part_masks(landmarks: NDArray[np.floating], size: int) -> NDArray[np.uint8]:
    """(6, size, size): forehead, right cheek, left cheek, nose, mouth, eyes, 255 where the part is."""
    points = np.asarray(landmarks[:, :2], np.float64)
    outlines = regions.outlines(points)
    eyes = [hull(points[RIGHT_EYE], 1.25), hull(points[LEFT_EYE], 1.25)]
    shapes = [
        *([outlines[name]] for name in ("forehead", "right_cheek", "left_cheek")),
        [hull(points[NOSE])],
        [points[LIPS]],
        eyes,
    ]
    return np.stack([filled(shape, size) for shape in shapes])


def bare_masks(landmarks: NDArray[np.floating], size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The face's oval, and what in it is never bare skin: eyes, brows and lips; (size, size) each."""
    points = np.asarray(landmarks[:, :2], np.float64)
    never = [hull(points[RIGHT_EYE], 1.3), hull(points[LEFT_EYE], 1.3), hull(points[LIPS], 1.05)]
    never += [hull(points[RIGHT_BROW], 1.15), hull(points[LEFT_BROW], 1.15)]
    return filled([points[OVAL]], size), filled(never, size)
