"""MMPD: `subjectN/pN_M.mat` with `video` (T, H, W, 3) and `GT_ppg`, both at 30/s.

Tang et al. 2023, EMBC. Values from 0 to 1 are scaled to 0..255.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.datasets.video import LIMITS, face_recording
from vitascope.evaluation.recording import Found, Recording, clock
from vitascope.evaluation.reference import contact_rate
from vitascope.media.frames import from_array

FPS = 30.0
NAME = re.compile(r"p(\d+)_\d+")


def find(root: Path) -> list[Found]:
    """The clips under `root`."""
    paths = sorted(path for path in root.glob("**/p*_*.mat") if NAME.fullmatch(path.stem))
    return [Found(f"MMPD/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        clip = loadmat(str(path))
        video = np.asarray(clip["video"])
        ppg = np.asarray(clip["GT_ppg"], dtype=np.float64).ravel()
    except (OSError, ValueError, TypeError, KeyError, NotImplementedError, MatReadError) as error:
        raise InputError(f"{path.name} is not a clip of MMPD (a MATLAB 5 file with video and GT_ppg).") from error
    if video.dtype != np.uint8:
        scale = 255.0 if video.size and float(video.max()) <= 1.0 else 1.0
        video = np.clip(np.rint(video * scale), 0, 255).astype(np.uint8)
    person = f"p{NAME.fullmatch(path.stem)[1]}"  # type: ignore[index]
    frames = from_array(video, clock(len(video), FPS), LIMITS)
    truth = {"heart_rate": contact_rate(clock(len(ppg), FPS), ppg)}
    yield face_recording("MMPD", person, path.stem, frames, truth)
