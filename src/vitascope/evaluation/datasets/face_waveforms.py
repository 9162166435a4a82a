"""`face_waveforms/{ubfc,pure}_NN.npz`: POS, GREEN and LGI waves of face video, and a contact pulse wave.

All waves that are given are measured together. A clip counts as a person: which clips share one is not given.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.evaluation.recording import Found, Recording, arrays, clock, folder_of
from vitascope.evaluation.reference import contact_rate

WAVES = ("pos", "green", "lgi")


def find(root: Path) -> list[Found]:
    """The clips under `root`."""
    paths = sorted(folder_of(root, "face_waveforms").glob("*_*.npz"))
    return [Found(f"face_waveforms/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, *WAVES, "ppg", "fps")
    time_s = clock(len(clip["ppg"]), float(clip["fps"]))
    source = f"face_waveforms {path.stem.split('_')[0]}"
    waves = np.stack([clip[name] for name in WAVES], axis=1)
    truth = {"heart_rate": contact_rate(time_s, clip["ppg"])}
    yield Recording(source, path.stem, path.stem, time_s, waves, None, truth)
