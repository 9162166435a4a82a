"""Look once more at what the mesh is not sure of: a mask takes away half of what it knows a face by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.face.mesh import Crop
from vitascope.models import runtime

NETWORK = "face_verifier"
LEAST = 1e-6  # no look is surer than this of a face or of none
MIN_BELIEF = 0.95
MIN_BELIEF_LARGE = 0.8  # where a face would fill the picture: there is one such place, not many
MIN_BELIEF_SMALL = 0.99  # of what only a window of the picture shows, or only the picture turned
MIN_DOUBTED = 0.5  # of a face that the mesh sees, but not clearly
# How sure a face is that only the verifier vouches for: enough to be followed, too little to be measured.
VOUCHED = 0.8


def belief(rgb: NDArray[np.uint8], *crops: Crop) -> float:
    """How likely an upright face, masked or not, fills the crops of a picture (H, W, 3) RGB, 0..1.

    Several crops are several looks at one face: the mean of their log-odds.
    """
    odds = []
    for crop in crops:
        square = np.array([crop.x, crop.y, crop.side, crop.angle], np.float32)
        (face,) = runtime.run(NETWORK, picture=rgb[None], crop=square)
        p = min(max(float(face[0]), LEAST), 1 - LEAST)
        odds.append(np.log(p / (1 - p)))
    return float(1 / (1 + np.exp(-np.mean(odds))))


def vouched(rgb: NDArray[np.uint8], *crops: Crop) -> float:
    """VOUCHED where there is a face in the crops whatever the mesh thinks of it, else 0."""
    return VOUCHED if belief(rgb, *crops) >= MIN_BELIEF else 0.0
