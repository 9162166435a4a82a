"""Write what the page needs to see faces and nails as the package does: `python -m training.export_page_constants`.

Thresholds, sentences and landmark lists are kept in the package alone. The page's own ports, web/src/vision and
web/src/nails, read them from the JSON files that this writes; a test fails when a file is not what this would write.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from vitascope.face import (
    appearance,
    finder,
    guidance,
    light,
    mesh,
    motion,
    obstruction,
    pose,
    regions,
    search,
    smoothing,
    tracker,
    verifier,
    visibility,
    watcher,
)
from vitascope.face.finder import Network
from vitascope.models import cards
from vitascope.screening import nails

PAGE = Path(__file__).resolve().parents[1] / "web" / "src"
LANDMARKS = 468


def constants_of(module: ModuleType) -> dict[str, Any]:
    """The module's own constants that JSON can hold, by name; a leading underscore is left out. Sets become lists."""
    plain = {name.lstrip("_"): _plain(value) for name, value in vars(module).items() if name.isupper()}
    return {name: value for name, value in plain.items() if value is not None}


def _plain(value: object) -> Any:
    """The value as JSON can hold it, or None."""
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Network):
        return asdict(value)
    if isinstance(value, dict):
        parts = {str(key): _plain(part) for key, part in value.items()}
        return None if None in parts.values() else parts
    if isinstance(value, set | frozenset):
        return _plain(sorted(value))
    if isinstance(value, list | tuple):
        items = [_plain(part) for part in value]
        return None if None in items else items
    return None


def outline_weights() -> dict[str, list[list[list[float]]]]:
    """Each region's outline: for each of its points the landmarks it is a weighted mean of, as [index, weight] pairs.

    An outline is linear in the landmarks, so moving one landmark at a time shows how much each point follows it.
    """
    weights = {
        name: np.zeros((len(outline), LANDMARKS))
        for name, outline in regions.outlines(np.zeros((LANDMARKS, 3))).items()
    }
    for index in range(LANDMARKS):
        places = np.zeros((LANDMARKS, 3))
        places[index, 0] = 1.0
        for name, outline in regions.outlines(places).items():
            weights[name][:, index] = outline[:, 0]
    return {
        name: [[[int(i), round(float(row[i]), 6)] for i in np.flatnonzero(row)] for row in rows]
        for name, rows in weights.items()
    }


def of_nails() -> dict[str, Any]:
    """What finding nails shares with the package."""
    return {"NAILS": constants_of(nails) | {"THRESHOLD": cards.load(nails.DETECTOR).details["threshold"]}}


def of_faces() -> dict[str, Any]:
    """What following a face shares with the package."""
    return {
        "FINDER": constants_of(finder),
        "MESH": constants_of(mesh),
        "SMOOTHING": constants_of(smoothing),
        "MOTION": constants_of(motion),
        "APPEARANCE": constants_of(appearance),
        "SEARCH": constants_of(search),
        "TRACKER": constants_of(tracker),
        "POSE": constants_of(pose),
        "LIGHT": constants_of(light),
        "WATCHER": constants_of(watcher),
        "GUIDANCE": constants_of(guidance),
        "REGIONS": constants_of(regions),
        "OBSTRUCTION": constants_of(obstruction),
        "VERIFIER": constants_of(verifier),
        "VISIBILITY": constants_of(visibility) | {"THRESHOLDS": visibility.thresholds()},
        "OUTLINES": outline_weights(),
    }


def files() -> dict[Path, str]:
    """Every file and its whole text."""
    made = {PAGE / "vision" / "face.json": of_faces(), PAGE / "nails" / "nails.json": of_nails()}
    return {path: json.dumps(shared, indent=1, ensure_ascii=False) + "\n" for path, shared in made.items()}


def main() -> None:
    """Write them."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
