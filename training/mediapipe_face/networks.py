"""Google's public face networks: what each is, what goes in and comes out once converted, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import model_card
import numpy as np
from numpy.typing import NDArray

COMMIT = "63e679d9"
ORIGIN = "https://github.com/google-ai-edge/mediapipe"
LOWEST_SCORE = 0.2  # anchors below are dropped: a look that must be surer drops more from what comes out
SAME_FACE_IOU = 0.3


@dataclass(frozen=True)
class Network:
    """One network to convert: where it comes from, what goes into it, and what is known about its limits.

    grids: of a finder, the cells a side and the anchors a cell; none for the mesh.
    """

    name: str
    source: str
    task: str
    size: int
    scale: float
    offset: float
    limits: tuple[str, ...]
    grids: tuple[tuple[int, int], ...] = ()


NETWORKS = (
    Network(
        name="face_finder_short",
        source="face_detection_short_range.tflite",
        task="Find faces within about 2 m of the camera (BlazeFace, short range).",
        size=128,
        scale=1 / 127.5,
        offset=-1.0,
        grids=((16, 2), (8, 6)),
        limits=(
            "Faces smaller than about a tenth of the picture are missed.",
            "Heads turned by more than about 45 degrees in the picture are often missed.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
        ),
    ),
    Network(
        name="face_finder_full",
        source="face_detection_full_range.tflite",
        task="Find faces up to about 5 m from the camera (BlazeFace, full range).",
        size=192,
        scale=1 / 127.5,
        offset=-1.0,
        grids=((48, 1),),
        limits=(
            "Faces that fill most of the picture are found less surely than by the short-range network.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
        ),
    ),
    Network(
        name="face_mesh",
        source="face_landmark.tflite",
        task="Place 468 landmarks on one face in a crop of the picture, upright, the face about two thirds of it.",
        size=192,
        scale=1 / 255.0,
        offset=0.0,
        limits=(
            "Landmarks behind a hand, a mask or the edge of the picture are guessed, not seen.",
            "Less exact when the head is turned by more than about 60 degrees.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
            "Cheaper networks (a small one taught by this one; this one in eight bits) were measured: docs/face.md.",
        ),
    ),
)
CROP = {"shape": [4], "dtype": "float32", "meaning": "square: centre x, y and side in pixels, angle in radians"}
FACES = {
    "shape": ["F", 17],
    "dtype": "float32",
    "meaning": "score; box x, y, width, height; right eye, left eye, nose tip, mouth, right ear, left ear (x, y); in"
    " pixels of the picture, surest first",
}
LANDMARKS = {
    "shape": [468, 3],
    "dtype": "float32",
    "meaning": "x, y in pixels of the picture; z on the same scale, smaller is nearer",
}
FACE = {"shape": [1], "dtype": "float32", "meaning": "probability that the crop holds a face"}


def signature(network: Network) -> tuple[dict[str, Any], dict[str, Any]]:
    """What goes into and comes out of a converted network, by name."""
    if network.grids:
        return {"picture": model_card.PICTURE}, {"faces": FACES}
    return {"picture": model_card.PICTURE, "crop": CROP}, {"landmarks": LANDMARKS, "face": FACE}


def anchors(network: Network) -> NDArray[np.float32]:
    """Anchor centres (A, 2), x and y in pixels of the network's input, row by row."""
    grids = []
    for cells, each in network.grids:
        centre = (np.arange(cells) + 0.5) * network.size / cells
        y, x = np.meshgrid(centre, centre, indexing="ij")
        grids.append(np.repeat(np.column_stack([x.ravel(), y.ravel()]), each, axis=0))
    return np.concatenate(grids).astype(np.float32)
