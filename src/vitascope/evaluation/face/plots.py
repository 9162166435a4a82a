"""The plots of an evaluation of the face stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.plots import FAINT, MARK, PULSE

if TYPE_CHECKING:
    from vitascope.evaluation.face import FaceEvaluation


def plots_of(result: FaceEvaluation) -> tuple[str, ...]:
    """The names of the plots that the figures suffice for."""
    tables = result.tables
    names = [("face_found_by_group", tables["finder"]["groups"]), ("face_refused", tables["obstruction"]["conditions"])]
    return tuple(name for name, rows in names if rows)


def draw(result: FaceEvaluation, folder: Path) -> list[Path]:
    """Write every plot into `folder` as PNG. Raises InputError when it cannot be written."""
    from matplotlib.figure import Figure

    tables, written = result.tables, []
    for name in plots_of(result):
        if name == "face_found_by_group":
            rows = [(f"{r['kind']}: {r['group']}", r, PULSE) for r in tables["finder"]["groups"]]
            title = "Faces found at IoU 0.5, by group"
        else:
            rows = [
                (r["condition"], r["refused"], MARK if r["should"] == "refuse" else PULSE)
                for r in tables["obstruction"]["conditions"]
            ]
            title = "Pictures refused: those that should be (red) and should not (green)"
        figure = Figure(figsize=(8, 1.2 + 0.28 * len(rows)), layout="constrained")
        axes = figure.subplots()
        _intervals(axes, rows)
        axes.set_title(title)
        path = folder / f"{name}.png"
        try:
            # Without the writer's version in it, the same figures give the same file.
            figure.savefig(path, dpi=100, metadata={"Software": None})
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
        written.append(path)
    return written


def _intervals(axes: Any, rows: list[tuple[str, dict[str, Any], str]]) -> None:
    place = np.arange(len(rows))[::-1]
    for y, (_, row, ink) in zip(place, rows, strict=True):
        axes.plot([100 * row["low"], 100 * row["high"]], [y, y], color=FAINT, linewidth=2)
        axes.plot([100 * row["value"]], [y], "o", color=ink, markersize=5)
    axes.set_yticks(place, [f"{name} ({row['n']})" for name, row, _ in rows])
    axes.set_xlabel("% with 95 % interval")
