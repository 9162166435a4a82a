"""`respiration_stress/PERSON_TASK.npz`: pulse waves of finger and ear with a breathing belt, at rest and at tasks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.evaluation.recording import Found, Recording, arrays, folder_of
from vitascope.evaluation.reference import breathing_rate


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "respiration_stress").glob("*_*.npz"))
    return [Found(f"respiration_stress/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "time_ms", "ppg_finger", "ppg_ear", "resp")
    time_s = (clip["time_ms"] - clip["time_ms"][0]) / 1000
    # The stamps come unevenly; a pulse wave is handed in at a uniform rate.
    even = np.arange(0.0, time_s[-1], 1 / 100)
    truth = {"respiration_rate": breathing_rate(time_s, clip["resp"])}
    for place in ("finger", "ear"):
        wave = np.interp(even, time_s, clip[f"ppg_{place}"])[:, None]
        yield Recording(
            f"respiration_stress {place}", path.stem.split("_")[0], f"{path.stem} {place}", even, wave, None, truth
        )
