"""What of a face can be seen: which of its parts are hidden, by what, and where its bare skin is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.face.mesh import Crop
from vitascope.models import cards, runtime

NETWORK = "face_visibility"
PARTS = ("forehead", "right_cheek", "left_cheek", "nose", "mouth", "eyes")  # right and left are the person's
OCCLUDERS = ("mask", "hand", "glasses", "hair", "out_of_frame", "glare")
# What each of them can lie over. Hair over an eye or a hand on the glasses is told by the part that is hidden.
_CAN_HIDE = {
    "mask": {"right_cheek", "left_cheek", "nose", "mouth"},
    "hand": set(PARTS),
    "glasses": {"eyes"},  # ordinary ones are often there when a hand covers a cheek
    "hair": {"forehead", "right_cheek", "left_cheek", "eyes"},
    "out_of_frame": set(PARTS),
    "glare": set(PARTS),
}
_THERE = 0.5
# A forehead alone is under the person's own hair when hair is this likely, and so many times as likely as all else: on
# the faces kept for tuning, a bare "likeliest" let 4 % of the hands on a forehead pass, and refused no fewer fringes.
_OWN_HAIR, _MORE_LIKELY = 0.3, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Visibility:
    """How much of one face can be seen.

    hidden: probability for each of `PARTS` that it is hidden; by: for each of `OCCLUDERS` that it is there (`glasses`
    are any glasses, also clear ones, which hide nothing); skin: (S, S) float32 probability that a cell of `crop` is
    bare facial skin.
    """

    hidden: dict[str, float]
    by: dict[str, float]
    skin: NDArray[np.float32]
    crop: Crop


def look(rgb: NDArray[np.uint8], crop: Crop) -> Visibility:
    """What can be seen of the face in `crop` (`mesh.crop_of_landmarks` of its landmarks) of a picture (H, W, 3) RGB."""
    square = np.array([crop.x, crop.y, crop.side, crop.angle], np.float32)
    hidden, by, skin = runtime.run(NETWORK, picture=rgb[None], crop=square)
    return Visibility(
        dict(zip(PARTS, map(float, hidden), strict=True)),
        dict(zip(OCCLUDERS, map(float, by), strict=True)),
        skin,
        crop,
    )


def thresholds() -> dict[str, float]:
    """From which probability on each part counts as hidden; chosen on faces kept apart from training."""
    chosen: dict[str, float] = cards.load(NETWORK).details["thresholds"]
    return chosen


def why_refused(visibility: Visibility) -> tuple[str, str | None] | None:
    """The part whose hiding forbids a measurement and what hides it (None: something else); None if all is well.

    Of several hidden parts the one that is hidden most surely is named. Glasses one can see through and a beard hide
    nothing. A forehead under the person's own hair is no reason either: the cheeks are measured.
    """
    return refused_for(visibility.hidden, visibility.by, thresholds())


def hidden_parts(hidden: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """The parts that count as hidden, in the order of `PARTS`."""
    return [part for part in PARTS if hidden[part] >= limits[part]]


def refused_for(
    hidden: dict[str, float], by: dict[str, float], limits: dict[str, float]
) -> tuple[str, str | None] | None:
    """`why_refused` for probabilities and for thresholds in 0..1 by part."""
    unseen = hidden_parts(hidden, limits)
    if not unseen:
        return None
    excess = {part: (hidden[part] - limits[part]) / (1 - limits[part]) for part in unseen}
    causes = {part: _cause(part, by) for part in unseen}
    if unseen == ["forehead"] and under_own_hair(by):
        return None
    part = max(unseen, key=lambda name: excess[name])
    return part, causes[part]


def under_own_hair(by: dict[str, float]) -> bool:
    """Whether a forehead that cannot be seen is most likely under the person's own hair."""
    return by["hair"] >= _OWN_HAIR and by["hair"] > _MORE_LIKELY * max(by["hand"], by["mask"], by["glare"])


def _cause(part: str, by: dict[str, float]) -> str | None:
    able = [name for name in OCCLUDERS if part in _CAN_HIDE[name] and by[name] >= _THERE]
    return max(able, key=lambda name: by[name], default=None)
