"""UBFC-Phys: `sN/vid_sN_T1.avi` with `bvp_sN_T1.csv`, the pulse wave of a wristband at 64 Hz.

Meziati Sabour et al. 2021, IEEE Trans. Affective Computing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.datasets.video import clip, face_recording
from vitascope.evaluation.recording import Floats, Found, Recording, clock
from vitascope.evaluation.reference import contact_rate

BVP_FPS = 64.0


def find(root: Path) -> list[Found]:
    """The clips under `root` that have a pulse wave."""
    videos = sorted(path for path in root.glob("**/s*/vid_s*_T*.avi") if _wave_path(path).is_file())
    return [Found(f"UBFC-Phys/{path.stem[4:]}", partial(_load, path)) for path in videos]


def _wave_path(video: Path) -> Path:
    return video.with_name(f"bvp_{video.stem[4:]}.csv")


def pulse_wave(path: Path) -> Floats:
    """The numbers of the file, one a line. Raises InputError when there are none."""
    try:
        wave = np.array(path.read_text(encoding="utf-8").replace(",", " ").split(), dtype=np.float64)
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} does not hold numbers.") from error
    if len(wave) < 2:
        raise InputError(f"{path.name} holds no pulse wave.")
    return wave


def _load(video: Path) -> Iterator[Recording]:
    wave = pulse_wave(_wave_path(video))
    truth = {"heart_rate": contact_rate(clock(len(wave), BVP_FPS), wave)}
    yield face_recording("UBFC-Phys", video.parent.name, video.stem[4:], clip(video), truth)
