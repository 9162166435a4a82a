"""What was seen of a face as one row of a table a frame."""

from __future__ import annotations

import math
from typing import Any

from vitascope.face import visibility
from vitascope.face.regions import REGIONS
from vitascope.face.visibility import OCCLUDERS, PARTS
from vitascope.face.watcher import Sight

LIKELY = 0.5

COLUMNS = (
    "time_s", "found", "event", "confidence", "hidden", "by",
    *(f"hidden_{part}" for part in PARTS),
    *(f"by_{name}" for name in OCCLUDERS),
    *(f"skin_{region}" for region in REGIONS),
    "distance", "offset_x", "offset_y", "turn_deg", "nod_deg", "roll_deg", "movement", "brightness", "contrast",
    "backlight", "fps", "n_faces", "messages", "refusal",
)  # fmt: skip


def hidden_parts(sight: Sight) -> tuple[str, ...]:
    """The parts that count as hidden: by the same thresholds that refuse a frame."""
    hidden = sight.report.hidden if sight.report else {}
    return tuple(visibility.hidden_parts(hidden, visibility.thresholds())) if hidden else ()


def hidden_by(sight: Sight) -> tuple[str, ...]:
    """What is more likely than not on the face or in front of it, in the order of `OCCLUDERS`."""
    return () if sight.report is None else tuple(o for o in OCCLUDERS if sight.report.by.get(o, 0.0) >= LIKELY)


def row(sight: Sight) -> dict[str, Any]:
    """`COLUMNS` of one frame; None where there is no face or the figure is not known. Several words are joined by
    semicolons."""
    cells: dict[str, Any] = dict.fromkeys(COLUMNS)
    cells |= {
        "time_s": sight.time_s,
        "found": int(sight.found),
        "event": sight.event,
        "messages": "; ".join(sight.messages),
        "refusal": sight.refusal,
    }
    report = sight.report
    if report is not None:
        cells |= {
            "confidence": report.confidence,
            "hidden": "; ".join(hidden_parts(sight)),
            "by": "; ".join(hidden_by(sight)),
            **{f"hidden_{part}": report.hidden.get(part) for part in PARTS},
            **{f"by_{name}": report.by.get(name) for name in OCCLUDERS},
            **{f"skin_{region}": report.skin.get(region) for region in REGIONS},
            "distance": report.distance,
            "offset_x": report.offset[0],
            "offset_y": report.offset[1],
            "turn_deg": report.turn,
            "nod_deg": report.nod,
            "roll_deg": report.roll,
            "movement": report.movement,
            "brightness": report.brightness,
            "contrast": report.contrast,
            "backlight": report.backlight,
            "fps": report.fps,
            "n_faces": report.n_faces,
        }
    return {name: _cell(value) for name, value in cells.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
