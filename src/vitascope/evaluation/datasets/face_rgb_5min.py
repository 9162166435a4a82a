"""`face_rgb_5min/*.npz`: colour of forehead and cheeks for five minutes, and a finger pulse wave with marked beats."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.evaluation.recording import Found, Recording, arrays, folder_of
from vitascope.evaluation.reference import beat_rate


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "face_rgb_5min").glob("*.npz"))
    return [Found(f"face_rgb_5min/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "time_ms", "rgb_forehead", "rgb_cheeks", "ppg_time_ms", "ppg_peak")
    zero = clip["time_ms"][0]
    beats_s = (clip["ppg_time_ms"][clip["ppg_peak"] > 0] - zero) / 1000
    rgb = np.stack([clip["rgb_forehead"], clip["rgb_cheeks"]], axis=1)
    yield Recording(
        "face_rgb_5min", path.stem, path.stem, (clip["time_ms"] - zero) / 1000, rgb, "face",
        {"heart_rate": beat_rate(beats_s)},
    )  # fmt: skip
