"""What one frame shows of a face and how good the view of it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FaceReport:
    """The view of the face in one frame.

    confidence: how sure the face is, 0..1. hidden and by: the probability that each part is hidden, and that each
    kind of thing hides it. skin: share of each region that can be used, 0..1. distance: the face's width as a share of
    the picture's. offset: of the face's middle from the picture's, as shares of the picture. turn, nod and roll of the
    head in degrees. movement: face widths a second. brightness: mean of the regions, 0..255, NaN when none is seen.
    contrast: 0..1. backlight: by how many levels the surroundings are brighter than the face. fps: frames a second of
    late, NaN at the start.
    """

    confidence: float
    hidden: Mapping[str, float] = field(default_factory=dict)
    by: Mapping[str, float] = field(default_factory=dict)
    skin: Mapping[str, float] = field(default_factory=dict)
    distance: float = float("nan")
    offset: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    nod: float = 0.0
    roll: float = 0.0
    movement: float = 0.0
    brightness: float = float("nan")
    contrast: float = float("nan")
    backlight: float = 0.0
    fps: float = float("nan")
    n_faces: int = 1

    def to_dict(self) -> dict[str, Any]:
        """The fields as they are, maps and tuples as plain dictionaries and lists."""
        return asdict(self) | {"offset": list(self.offset)}
