"""Write what the page needs to follow a face as the package does: `python -m training.export_face_constants`.

Thresholds, sentences and landmark lists are kept in `vitascope.face` alone. The page's own port of it, web/src/vision,
reads them from the JSON file that this writes; a test fails when the file is not what this would write.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from vitascope.face import finder, guidance, light, mesh, pose, smoothing, tracker, watcher
from vitascope.face.regions import outlines

FILE = Path(__file__).resolve().parents[1] / "web" / "src" / "vision" / "face.json"
LANDMARKS = 468


def constants_of(module: ModuleType) -> dict[str, Any]:
    """The module's own constants that JSON can hold, by name; a leading underscore is left out."""
    return {name.lstrip("_"): value for name, value in vars(module).items() if name.isupper() and _plain(value)}


def _plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return all(_plain(part) for part in value)
    return isinstance(value, bool | int | float | str)


def outline_weights() -> dict[str, list[list[list[float]]]]:
    """Each region's outline: for each of its points the landmarks it is a weighted mean of, as [index, weight] pairs.

    An outline is linear in the landmarks, so moving one landmark at a time shows how much each point follows it.
    """
    weights = {
        name: np.zeros((len(outline), LANDMARKS)) for name, outline in outlines(np.zeros((LANDMARKS, 3))).items()
    }
    for index in range(LANDMARKS):
        places = np.zeros((LANDMARKS, 3))
        places[index, 0] = 1.0
        for name, outline in outlines(places).items():
            weights[name][:, index] = outline[:, 0]
    return {
        name: [[[int(i), round(float(row[i]), 6)] for i in np.flatnonzero(row)] for row in rows]
        for name, rows in weights.items()
    }


def shared() -> dict[str, Any]:
    """All that the page shares with the package."""
    networks = [{"name": network.name, "min_score": network.min_score} for network in finder.BlazeFace.networks]
    return {
        "FINDER": {"NETWORKS": networks},
        "MESH": constants_of(mesh),
        "SMOOTHING": constants_of(smoothing),
        "TRACKER": constants_of(tracker),
        "POSE": constants_of(pose),
        "LIGHT": constants_of(light),
        "WATCHER": constants_of(watcher),
        "GUIDANCE": constants_of(guidance),
        "OUTLINES": outline_weights(),
    }


def text() -> str:
    """The file's whole text."""
    return json.dumps(shared(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write it."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
