"""`contact_ppg_peaks/*.npz`: contact pulse waves with the beats that experts marked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from vitascope.evaluation.recording import Found, Recording, arrays, clock, folder_of
from vitascope.evaluation.reference import beat_rate


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "contact_ppg_peaks").glob("*.npz"))
    return [Found(f"contact_ppg_peaks/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "ppg", "peak_samples", "fs")
    fps = float(clip["fs"])
    time_s = clock(len(clip["ppg"]), fps)
    beats_s = clip["peak_samples"] / fps
    yield Recording(
        "contact_ppg_peaks", path.stem, path.stem, time_s, clip["ppg"][:, None], None,
        {"heart_rate": beat_rate(beats_s)}, beats_s=beats_s, variability=True,
    )  # fmt: skip
