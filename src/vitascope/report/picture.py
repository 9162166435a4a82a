"""What a report says about the picture itself: what it was taken for, places in it, and the slices of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitascope.report.finding import FindingStatus
from vitascope.report.plain import plain


@dataclass(frozen=True, slots=True)
class PictureView:
    """What kind of picture the gate saw, and how good it is.

    `kind` is the most probable of `probabilities`, `title` says it in words; `refusal` is why the picture is not
    judged, or None. Width and height are those of the picture turned upright.
    """

    kind: str
    title: str
    width: int
    height: int
    probabilities: Mapping[str, float] = field(default_factory=dict)
    quality: Mapping[str, float] = field(default_factory=dict)
    refusal: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "kind": self.kind,
            "title": self.title,
            "width": self.width,
            "height": self.height,
            "probabilities": plain(dict(self.probabilities)),
            "quality": plain(dict(self.quality)),
            "refusal": self.refusal,
        }


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the picture: `place` is x, y, width, height in fractions of the picture, from its upper left.

    `score` is how sure it is that `label` is there, 0..1; `value` is what was read there, in the unit of the reading.
    """

    place: tuple[float, float, float, float]
    label: str
    text: str | None = None
    score: float | None = None
    value: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "place": [round(value, 5) for value in self.place],
            "label": self.label,
            "text": self.text,
            "score": None if self.score is None else round(self.score, 4),
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class SliceAnswer:
    """What one picture of a series says: its place in the series (from 1), the file it came from, the answer."""

    number: int
    source: str
    status: FindingStatus
    reason: str | None = None
    top: str | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "number": self.number,
            "source": self.source,
            "status": self.status,
            "reason": self.reason,
            "top": self.top,
            "probabilities": plain(dict(self.probabilities)),
        }
