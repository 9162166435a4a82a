"""`respiration/*.npz`: contact pulse waves with a breathing belt or exhaled CO2."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from vitascope.errors import InputError
from vitascope.evaluation.recording import Found, Recording, arrays, clock, folder_of
from vitascope.evaluation.reference import breathing_rate


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "respiration").glob("*.npz"))
    return [Found(f"respiration/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "ppg", "fs")
    if not clip.keys() & {"resp", "co2"}:
        raise InputError(f"{path.name} lacks resp or co2.")
    breath = clip["resp"] if "resp" in clip else clip["co2"]
    time_s = clock(len(clip["ppg"]), float(clip["fs"]))
    truth = {"respiration_rate": breathing_rate(time_s, breath[: len(time_s)])}
    yield Recording("respiration", path.stem, path.stem, time_s, clip["ppg"][:, None], None, truth)
