"""`finger_rr/*.npz`: fingertip colour with the intervals of a chest strap that started at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.evaluation.recording import Found, Recording, arrays, folder_of
from vitascope.evaluation.reference import beat_rate


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "finger_rr").glob("*.npz"))
    return [Found(f"finger_rr/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "time_ms", "rgb", "rr_ms")
    beats_s = np.concatenate([[0.0], np.cumsum(clip["rr_ms"])]) / 1000
    time_s = (clip["time_ms"] - clip["time_ms"][0]) / 1000
    yield Recording(
        "finger_rr", path.stem, path.stem, time_s, clip["rgb"][:, None], "finger",
        {"heart_rate": beat_rate(beats_s)}, beats_s=beats_s, variability=True,
    )  # fmt: skip
