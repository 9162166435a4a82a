"""What is hidden of a face. (The network comes with its own branch; this holds the contract until it is merged.)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.face.mesh import Crop

NETWORK = "face_mesh"
PARTS = ("forehead", "right_cheek", "left_cheek", "nose", "mouth", "eyes")
OCCLUDERS = ("mask", "hand", "glasses", "hair", "out_of_frame", "glare")


@dataclass(frozen=True, slots=True, eq=False)
class Visibility:
    hidden: dict[str, float]
    by: dict[str, float]
    skin: NDArray[np.float32]
    crop: Crop


def look(rgb: NDArray[np.uint8], crop: Crop) -> Visibility:
    return Visibility(dict.fromkeys(PARTS, 0.0), dict.fromkeys(OCCLUDERS, 0.0), np.ones((48, 48), np.float32), crop)


def why_refused(seen: Visibility) -> tuple[str, str] | None:
    part = max(PARTS, key=lambda name: seen.hidden[name])
    if seen.hidden[part] < 0.5:
        return None
    return part, max(OCCLUDERS, key=lambda name: seen.by[name])
