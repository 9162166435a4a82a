"""Packaged sets of pictures, the part of each that no training saw: faces with their groups, masks, hands, no faces.

`images/` and `labels.csv` in a folder a set. Pictures come in the order of their names' SHA-1, so that the first of
them are a random sample and the same one each time.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.evaluation.recording import folder_of
from vitascope.evaluation.split import held_out
from vitascope.media.picture import read_picture

# Everything in these is not a face. Pictures of eyes are left out: parts of a face are in them.
NO_FACE = {
    "skin_ham10000": "skin lesions",
    "skin_pad_ufes": "skin lesions",
    "fundus_colour": "fundus",
    "fundus_aptos_filtered": "fundus",
    "ct_covid_ucsd": "lung CT",
    "ct_sars_cov2": "lung CT",
    "nail_yakimov": "hands and nails",
}
AGES = ((0, 2), (3, 12), (13, 29), (30, 49), (50, 69), (70, 200))


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture on disk; groups: what the set says about the person, as in {"sex": "female"}."""

    path: Path
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name, which also decides its fold."""
        return self.path.name

    def read(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB. Raises InputError when the file is damaged."""
        return read_picture(self.path)

    def seed(self) -> np.random.Generator:
        """Random numbers that belong to this picture: the same each time, whatever else is evaluated."""
        return np.random.default_rng(list(hashlib.sha1(self.name.encode(), usedforsecurity=False).digest()))


def faces(root: Path) -> list[Picture]:
    """Aligned face crops of `face_utk` with age, sex and race as the set names them."""
    found = []
    for row in _labels(folder_of(root, "face_utk"), "age", "sex", "race"):
        groups = {"race": row["race"], "sex": row["sex"], "age": _age(row["age"])}
        found.append(Picture(folder_of(root, "face_utk") / "images" / row["file"], groups))
    return _sample(found)


def masks(root: Path) -> tuple[list[Picture], list[Picture]]:
    """Pictures of people with a mask, and without one, from `face_masks`."""
    home = folder_of(root, "face_masks")
    rows = list(_labels(home, "label"))
    return (
        _sample(Picture(home / "images" / row["file"]) for row in rows if row["label"] == "mask"),
        _sample(Picture(home / "images" / row["file"]) for row in rows if row["label"] != "mask"),
    )


def hands(root: Path) -> list[Picture]:
    """Photos of a hand on a bright ground, from `nail_yakimov`."""
    return _sample(Picture(path) for path in _images(folder_of(root, "nail_yakimov")))


def no_faces(root: Path) -> dict[str, list[Picture]]:
    """Pictures without a face, by what they show."""
    found: dict[str, list[Picture]] = {}
    for name, shows in NO_FACE.items():
        found.setdefault(shows, []).extend(Picture(path) for path in _images(folder_of(root, name)))
    return {shows: sample for shows, pictures in found.items() if (sample := _sample(pictures))}


def _sample(pictures: Iterable[Picture]) -> list[Picture]:
    kept = [picture for picture in pictures if held_out(picture.name)]
    return sorted(kept, key=lambda p: hashlib.sha1(p.name.encode(), usedforsecurity=False).digest()[::-1])


def _images(home: Path) -> list[Path]:
    return [path for part in ("images", "photo") for path in sorted((home / part).glob("*.*"))]


def _labels(home: Path, *columns: str) -> Iterable[dict[str, str]]:
    path = home / "labels.csv"
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"file", *columns} - set(reader.fieldnames or ())
            if missing:
                raise InputError(f"{home.name}/labels.csv lacks the column {min(missing)}.")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{home.name}/labels.csv cannot be read.") from error


def _age(text: str) -> str:
    try:
        age = float(text)
    except ValueError:
        return "not given"
    for low, high in AGES:
        if age < high + 1:
            return f"{low}-{high}" if high < 200 else f"{low} and more"
    return "not given"
