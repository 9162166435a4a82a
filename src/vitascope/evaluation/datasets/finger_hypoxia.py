"""`finger_hypoxia/ID_{left,right}.npz`, `ID_reference.csv`: fingertip colour at 30/s while oxygen is lowered.

Reference: the median of the oximeters at 1 Hz, pulse and saturation; zeros and impossible figures are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.recording import Floats, Found, Recording, arrays, clock, folder_of
from vitascope.evaluation.reference import mean_of

OXIMETERS = range(1, 6)


def find(root: Path) -> list[Found]:
    """The recordings under `root`: each hand of each person."""
    paths = sorted(
        path for side in ("left", "right") for path in folder_of(root, "finger_hypoxia").glob(f"*_{side}.npz")
    )
    return [Found(f"finger_hypoxia/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "rgb", "fps")
    person = path.stem.split("_")[0]
    table = _table(path.with_name(f"{person}_reference.csv"))
    second = np.arange(len(table), dtype=np.float64)
    truth = {
        "heart_rate": mean_of(second, _median(table, "Pulse", 30, 220)),
        "oxygen_saturation": mean_of(second, _median(table, "SpO2", 40, 100)),
    }
    time_s = clock(len(clip["rgb"]), float(clip["fps"]))
    yield Recording("finger_hypoxia", person, path.stem, time_s, clip["rgb"][:, None], "finger", truth)


def _table(path: Path) -> Sequence[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name} is not there or is no table.") from error
    if not table:
        raise InputError(f"{path.name} has no lines.")
    return table


def _median(table: Sequence[dict[str, str]], name: str, low: float, high: float) -> Floats:
    """(N,) median over the oximeters, NaN where none had a possible figure."""
    columns = np.array([[_number(line.get(f"{name} {k}")) for k in OXIMETERS] for line in table])
    possible = np.where((columns >= low) & (columns <= high), columns, np.nan)
    result = np.full(len(possible), np.nan)
    known = np.isfinite(possible).any(axis=1)
    result[known] = np.nanmedian(possible[known], axis=1)
    return result


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return np.nan
