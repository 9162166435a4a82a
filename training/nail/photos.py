"""The photographed hands of Yakimov et al. (2024) with their boxes, and pictures in which there is no nail."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.split import fold
from vitascope.media.picture import read_picture

SET = "nail_yakimov"
# Hands turn up in pictures of faces and of screens held to a camera; in these there are next to none.
WITHOUT_NAILS = (
    *("face_utk", "skin_ham10000", "skin_pad_ufes", "fundus_colour", "fundus_aptos_filtered"),
    *("ct_covid_ucsd", "ct_sars_cov2", "eye_cataract", "eye_redness"),
)
COLOUR_DISTANCE = 12.0
TABLE = (slice(60, 400), slice(60, 300))  # the rig's pale table, where no hand ever lies


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """One photo. nails, skins: (3, 4) left, top, right, bottom in pixels, the n-th skin box beside the n-th nail."""

    person: str
    session: str
    hb: float  # g/dL
    rgb: NDArray[np.uint8]
    nails: NDArray[np.float64]
    skins: NDArray[np.float64]

    @property
    def fold(self) -> int:
        """Of its session."""
        return fold(self.session)


def hands(data: Path) -> list[Hand]:
    """All photos, in the order of the table."""
    home = data / SET
    found = []
    with (home / "metadata.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            boxes = [
                np.array(json.loads(row[f"{part}_BOUNDING_BOXES"]), np.float64)[:, [1, 0, 3, 2]]
                for part in ("NAIL", "SKIN")
            ]
            rgb = read_picture(home / "photo" / f"{row['PATIENT_ID']}.jpg")
            found.append(
                Hand(row["PATIENT_ID"], row["MEASUREMENT_DATE"], float(row["HB_LEVEL_GperL"]) / 10, rgb, *boxes)
            )
    return found


def outline(hand: Hand) -> NDArray[np.uint8]:
    """(H, W) 255 on the fingers, 0 on the table: what differs from the table in colour and reaches the nails."""
    lab = cv2.cvtColor(hand.rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    table = np.median(lab[TABLE].reshape(-1, 3), axis=0)
    mask = (np.hypot(lab[..., 1] - table[1], lab[..., 2] - table[2]) > COLOUR_DISTANCE).astype(np.uint8)
    for left, top, right, bottom in hand.nails.astype(int):
        # Pale nails can be as grey as the table.
        middle, axes = ((left + right) // 2, (top + bottom) // 2), ((right - left) * 2 // 5, (bottom - top) * 2 // 5)
        cv2.ellipse(mask, middle, axes, 0, 0, 360, 1, -1)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    _, names = cv2.connectedComponents(mask)
    at = [names[int(y), int(x)] for x, y in (hand.nails[:, :2] + hand.nails[:, 2:]) / 2]
    return np.where(np.isin(names, [name for name in at if name]), 255, 0).astype(np.uint8)


def without_nails(data: Path, each: int, held: bool) -> dict[str, list[NDArray[np.uint8]]]:
    """Up to `each` pictures of every set of WITHOUT_NAILS: those kept apart from training, or the others."""
    found: dict[str, list[NDArray[np.uint8]]] = {}
    for name in WITHOUT_NAILS:
        files = [path for path in (data / name / "images").glob("*.*") if (fold(path.name) in (8, 9)) == held]
        files.sort(key=lambda path: hashlib.sha1(path.name.encode(), usedforsecurity=False).digest())
        found[name] = [_small(read_picture(path)) for path in files[:each]]
    return found


def frames_of(films: Sequence[Path], each: int) -> list[NDArray[np.uint8]]:
    """Up to `each` frames of every film, evenly spread."""
    found: list[NDArray[np.uint8]] = []
    for path in films:
        film = cv2.VideoCapture(str(path))
        count = int(film.get(cv2.CAP_PROP_FRAME_COUNT))
        for k in np.linspace(0, max(count - 1, 0), each).astype(int):
            film.set(cv2.CAP_PROP_POS_FRAMES, int(k))
            seen, bgr = film.read()
            if seen:
                found.append(_small(np.asarray(bgr[..., ::-1], np.uint8)))
    return found


def _small(rgb: NDArray[np.uint8], edge: int = 400) -> NDArray[np.uint8]:
    scale = min(1.0, edge / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
