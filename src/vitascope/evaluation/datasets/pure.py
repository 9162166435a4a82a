"""PURE: `NN-NN/NN-NN.json` with pulse wave and times, pictures `NN-NN/NN-NN/Image<ns>.png` (or beside the JSON).

Stricker, Mueller & Gross 2014, RO-MAN. The first two digits are the person, the others the task.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.datasets.video import face_recording
from vitascope.evaluation.recording import Floats, Found, Recording
from vitascope.evaluation.reference import contact_rate
from vitascope.media.frames import Frame

NAME = re.compile(r"\d\d-\d\d")
STAMP = re.compile(r"Image(\d+)\.png$")


def find(root: Path) -> list[Found]:
    """The sessions under `root`."""
    paths = sorted(path for path in root.glob("**/*.json") if NAME.fullmatch(path.stem))
    return [Found(f"PURE/{path.stem}", partial(_load, path)) for path in paths]


class Pictures:
    """Pictures whose names are their capture times in nanoseconds; `first_ns` is the first."""

    def __init__(self, folder: Path) -> None:
        stamped = ((STAMP.search(path.name), path) for path in folder.glob("Image*.png"))
        self._paths = sorted((int(match[1]), path) for match, path in stamped if match)
        if len(self._paths) < 2:
            raise InputError(f"{folder.name} holds no pictures named by their time.")
        self.first_ns = self._paths[0][0]
        self.duration_s: float | None = (self._paths[-1][0] - self.first_ns) * 1e-9
        picture = _read(self._paths[0][1])
        self.height, self.width = picture.shape[:2]

    def __iter__(self) -> Iterator[Frame]:
        for stamp, path in self._paths:
            yield Frame(_read(path), (stamp - self.first_ns) * 1e-9)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def _read(path: Path) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise InputError(f"{path.name} is not a picture.")
    return np.ascontiguousarray(picture[..., ::-1])


def package(path: Path) -> tuple[Floats, Floats]:
    """Times in nanoseconds and the pulse wave of the JSON. Raises InputError when they are not there."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["/FullPackage"]
        time_ns = np.array([entry["Timestamp"] for entry in entries], dtype=np.float64)
        ppg = np.array([entry["Value"]["waveform"] for entry in entries], dtype=np.float64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is not a session of PURE.") from error
    if len(ppg) < 2:
        raise InputError(f"{path.name} holds no pulse wave.")
    return time_ns, ppg


def _load(path: Path) -> Iterator[Recording]:
    time_ns, ppg = package(path)
    inner = path.parent / path.stem
    pictures = Pictures(inner if inner.is_dir() else path.parent)
    truth = {"heart_rate": contact_rate((time_ns - pictures.first_ns) * 1e-9, ppg)}
    yield face_recording("PURE", path.stem[:2], path.stem, pictures, truth)
