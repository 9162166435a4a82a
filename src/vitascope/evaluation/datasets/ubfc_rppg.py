"""UBFC-rPPG, second set: `subjectN/vid.avi` with `ground_truth.txt`, three lines: pulse wave, heart rate, time in s.

Bobbia et al. 2019, Pattern Recognition Letters 124:82.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.datasets.video import clip, face_recording
from vitascope.evaluation.recording import Floats, Found, Recording
from vitascope.evaluation.reference import contact_rate


def find(root: Path) -> list[Found]:
    """The subjects under `root`."""
    videos = sorted(path for path in root.glob("**/subject*/vid.avi") if path.with_name("ground_truth.txt").is_file())
    return [Found(f"UBFC-rPPG/{path.parent.name}", partial(_load, path)) for path in videos]


def ground_truth(path: Path) -> tuple[Floats, Floats]:
    """Times in seconds and the pulse wave. Raises InputError when it is not three lines of equally many numbers."""
    try:
        lines = [np.array(line.split(), dtype=np.float64) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} of {path.parent.name} does not hold lines of numbers.") from error
    lines = [line for line in lines if len(line)]
    if len(lines) != 3 or len({len(line) for line in lines}) != 1 or len(lines[0]) < 2:
        raise InputError(f"{path.name} of {path.parent.name} does not hold three lines of equally many numbers.")
    return lines[2] - lines[2][0], lines[0]


def _load(video: Path) -> Iterator[Recording]:
    time_s, ppg = ground_truth(video.with_name("ground_truth.txt"))
    name = video.parent.name
    yield face_recording("UBFC-rPPG", name, name, clip(video), {"heart_rate": contact_rate(time_s, ppg)})
