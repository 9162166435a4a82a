"""`phone_ppg_quality/*.npz`: ten seconds of a phone's pulse wave, called good or bad by experts, with a heart rate.

The first three digits of a name are the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.evaluation.recording import Found, Recording, arrays, clock, folder_of


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "phone_ppg_quality").glob("*.npz"))
    return [Found(f"phone_ppg_quality/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "ppg", "good", "hr_bpm", "fps")
    time_s = clock(len(clip["ppg"]), float(clip["fps"]))
    rate, good = float(clip["hr_bpm"]), bool(clip["good"])
    truth = {"heart_rate": lambda start_s, stop_s: rate if rate > 0 else np.nan}  # noqa: ARG005
    source = f"phone_ppg_quality {'good' if good else 'bad'}"
    yield Recording(source, path.stem[:3], path.stem, time_s, clip["ppg"][:, None], None, truth, good=good)
