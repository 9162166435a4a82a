"""Samples made ahead of training, in numbered chunks that depend on their number and the seed alone."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility import faces, hands, scene
from visibility.parts import filled, hull
from visibility.teacher import SIZE, SKIN, teach

CHUNK = 1000
SEED = 20
SETS = ("face_utk", "face_bmi", "face_masks")
PASSES = (0, 1)  # half of the crops come from jitter, half from the mesh placed on the covered face
MASK_WEIGHT, BEARD_WEIGHT = 2.0, 2.5
_CHIN, _UPPER_LIP = [194, 418, 32, 262, 148, 377, 152], [98, 327, 40, 270]
_RIGHT, _LEFT = [118, 101, 205, 50], [347, 330, 425, 280]


@dataclass(frozen=True, slots=True, eq=False)
class _Stock:
    """What a process draws from."""

    cache: Path
    faces: list[faces.Face]
    hands: list[NDArray[np.uint8]]
    known: list[tuple[NDArray[np.uint8], NDArray[np.float64]]]
    weights: NDArray[np.float64]


_stock: list[_Stock] = []


def training_faces(cache: Path) -> list[faces.Face]:
    """Every face that may be trained on, in a fixed order."""
    return [face for name in SETS for face in faces.load(cache / f"{name}.npz")[0] if face.split == "train"]


def _start(cache: Path, data: Path) -> None:
    cv2.setNumThreads(1)
    bases = training_faces(cache)
    kept = np.load(cache / "taught.npz")
    known = list(zip(kept["skin"], kept["colour"], strict=True))
    _stock[:] = [_Stock(cache, bases, hands.gather(data)["train"], known, weights(bases, known))]


def teach_all(cache: Path) -> None:
    """Tell the skin of every training face once."""
    path = cache / "taught.npz"
    if not path.exists():
        known = [teach(face.canvas, face.landmarks) for face in training_faces(cache)]
        np.savez(path, skin=np.stack([skin for skin, _ in known]), colour=np.stack([colour for _, colour in known]))


def weights(bases: list[faces.Face], known: list[tuple[NDArray[np.uint8], NDArray[np.float64]]]) -> NDArray[np.float64]:
    """How often each face is drawn: beards, which hide nothing, and real masks more often."""
    weight = np.array(
        [
            MASK_WEIGHT if scene.masked(face) else BEARD_WEIGHT if _bearded(face, skin) else 1.0
            for face, (skin, _) in zip(bases, known, strict=True)
        ]
    )
    return np.asarray(weight / weight.sum())


def _bearded(face: faces.Face, skin: NDArray[np.uint8]) -> bool:
    """Whether chin and upper lip are no skin by their colour, but the cheeks are."""
    points = face.landmarks[:, :2].astype(np.float64) * 0.5 - 0.25
    beard = filled([hull(points[_CHIN]), hull(points[_UPPER_LIP])], SIZE) > 127
    cheeks = filled([hull(points[_RIGHT]), hull(points[_LEFT])], SIZE) > 127
    return bool((skin[beard] == SKIN).mean() < 0.3 and (skin[cheeks] == SKIN).mean() > 0.6)


def _make(number: int) -> int:
    (stock,) = _stock
    path = chunk_path(stock.cache, number)
    bases = stock.faces
    rng = np.random.default_rng([SEED, number])
    picks = rng.choice(len(bases), CHUNK, p=stock.weights)
    samples = []
    for pick in picks:
        taught = scene.learn(bases[pick], stock.known[pick])
        given = scene.setting(rng, taught, bases, stock.hands)
        layers = scene.draw_layers(rng, given, scene.masked(bases[pick]))
        shot = scene.shoot(rng, taught, scene.compose(rng, taught, given, layers), int(rng.choice(PASSES)))
        samples.append(shot)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez(
            file,
            base=picks.astype(np.int32),
            picture=np.stack([s.picture for s in samples]),
            hidden=np.stack([s.hidden for s in samples]),
            by=np.stack([s.by for s in samples]),
            skin=np.stack([s.skin for s in samples]),
        )
    part.rename(path)
    return number


def chunk_path(cache: Path, number: int) -> Path:
    """Where a chunk is kept."""
    return cache / f"chunk-{number:03d}.npz"


def make(cache: Path, data: Path, numbers: range, processes: int) -> None:
    """Make those chunks that are not there yet."""
    teach_all(cache)
    todo = [number for number in numbers if not chunk_path(cache, number).exists()]
    if todo:
        # Spawned: a fork of a process whose libraries already run threads can wait for a lock for ever.
        with multiprocessing.get_context("spawn").Pool(processes, _start, (cache, data)) as workers:
            for number in workers.imap_unordered(_make, todo):
                print(f"chunk {number} of {numbers.stop}", flush=True)
