"""Labelled pictures in memory: what a recipe learns from, whatever set they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitascope.evaluation.datasets.photos import Case
from vitascope.evaluation.split import fold
from vitascope.screening.reduce import squared

UNKNOWN = -1
Prepare = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Decoded cases: `rgb` (N, S, S, 3) uint8, each picture squeezed to a square."""

    rgb: NDArray[np.uint8]
    cases: tuple[Case, ...]

    def __len__(self) -> int:
        return len(self.cases)

    def labels(self, head: str) -> NDArray[np.int64]:
        """(N,) class indices of one head, UNKNOWN where there is none."""
        return np.array([case.labels.get(head, UNKNOWN) for case in self.cases], dtype=np.int64)

    def sources(self) -> NDArray[np.str_]:
        """(N,) the set each picture comes from."""
        return np.array([case.source for case in self.cases])

    def groups(self) -> NDArray[np.str_]:
        """(N,) names of the groups (lesion, patient, eye) that stay on one side of every split."""
        return np.array([f"{case.source}:{case.group}" for case in self.cases])

    def folds(self) -> NDArray[np.int64]:
        """(N,) fold 0..9 of each picture's group."""
        return np.array([fold(case.group) for case in self.cases], dtype=np.int64)

    def views(self) -> NDArray[np.str_]:
        """(N,) the way in which each case is shown, empty where there is one only."""
        return np.array([case.details.get("view", "") for case in self.cases])

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Pictures:
        """The chosen pictures, in that order."""
        index = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Pictures(self.rgb[index], tuple(self.cases[i] for i in index))


def joined(parts: Sequence[Pictures]) -> Pictures:
    """Several collections of one size as one."""
    return Pictures(np.concatenate([part.rgb for part in parts]), tuple(case for part in parts for case in part.cases))


def decoded(path: Path) -> NDArray[np.uint8]:
    """The picture as it is stored, (H, W, 3) RGB."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def read(cases: Iterable[Case], size: int, prepare: Callable[[Case], Prepare | None]) -> Pictures:
    """Decode every case to a square of `size` pixels; what `prepare` gives changes the full picture before that."""
    kept = tuple(cases)

    def one(case: Case) -> NDArray[np.uint8]:
        rgb, change = decoded(case.path), prepare(case)
        return squared(rgb if change is None else change(rgb), size)

    with ThreadPoolExecutor(2) as pool:
        rgb = np.stack(list(pool.map(one, kept)))
    return Pictures(rgb, kept)
