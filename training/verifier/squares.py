"""Squares as the finder proposes them: around faces with and without masks, and around what is no face."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray
from visibility.faces import Picture, crop_matrix, cut, read, split

from vitascope.face.finder import FULL_RANGE, SHORT_RANGE, BlazeFace, Detection, Network, detect
from vitascope.face.mesh import Crop, crop_of_detection, crop_of_landmarks, place
from vitascope.training import gate_pictures

CANVAS, REACH = 144, 1.5  # pixels a side, and sides of the square that the canvas holds
# Lower than what the program looks at: what is nearly taken for a face teaches most.
LOOSE = 0.05
MOST = 1500  # pictures of a set without faces
SURE = 0.9  # of the mesh: its landmarks may carry a drawn mask
FACES = ("face_utk", "face_bmi", "face_masks")
OTHERS = (
    "skin_ham10000",
    "skin_pad_ufes",
    "ct_covid_ucsd",
    "ct_sars_cov2",
    "fundus_aptos_filtered",
    "fundus_colour",
    "nail_yakimov",
    "conjunctiva_cp_anemic",
)
ROOMS, MADE, SEED = ("spoof_nuaa", "spoof_replay"), 1500, 31
PLAIN, MASKED, PROPOSED, ROOM, OTHER = "face", "mask", "proposed", "room", "other"


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """N squares on canvases: canvas (N, 144, 144, 3), inside (N, 144, 144) where the picture reaches, kind (N,).

    landmarks: (N, 468, 2) on the canvas, nan where the mesh was not sure; name: the picture's file.
    """

    canvas: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    landmarks: NDArray[np.float32]
    kind: NDArray[np.str_]
    name: NDArray[np.str_]

    def of(self, part: str) -> Squares:
        """Those of one part: `train`, `tune` or `test`."""
        kept = np.array([split(str(name)) == part for name in self.name])
        return Squares(self.canvas[kept], self.inside[kept], self.landmarks[kept], self.kind[kept], self.name[kept])


Row = tuple[Picture, NDArray[np.bool_], NDArray[np.float32], str, str]


def pictures(data: Path, name: str) -> Iterator[tuple[Path, str]]:
    """File and label of every picture of a set, in a fixed order."""
    folder = data / name
    tables = [folder / table for table in ("labels.csv", "metadata.csv") if (folder / table).exists()]
    labels = {}
    if tables:
        with tables[0].open(newline="", encoding="utf-8-sig") as file:
            labels = {row.get("file", ""): row.get("label", "") for row in csv.DictReader(file)}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".webp", ".jpg", ".png"):
            yield path, labels.get(path.name, "")


def gather(data: Path) -> Squares:
    """The squares of every set."""
    rows: list[Row] = []
    for name in FACES:
        found = [row for path, label in pictures(data, name) if (row := _of_face(path, label))]
        print(f"{name}: {len(found)} squares", flush=True)
        rows += found
    for name in OTHERS:
        paths = [path for path, _ in pictures(data, name)]
        found = [row for path in paths[:: max(1, len(paths) // MOST)] for row in _of_other(path)]
        print(f"{name}: {len(found)} squares, {sum(row[3] == PROPOSED for row in found)} of them proposed", flush=True)
        rows += found
    found = [row for path in rooms_in(data) for row in _beside_face(path)]
    print(f"rooms beside faces: {len(found)} squares", flush=True)
    rows += found
    found = [row for number in range(MADE) for row in _of_made(number)]
    print(f"made pictures: {len(found)} squares", flush=True)
    return together([*rows, *found])


def together(rows: list[Row]) -> Squares:
    """Rows as one."""
    return Squares(
        np.stack([row[0] for row in rows]),
        np.stack([row[1] for row in rows]),
        np.stack([row[2] for row in rows]),
        np.array([row[3] for row in rows]),
        np.array([row[4] for row in rows]),
    )


def proposals(rgb: Picture) -> list[Detection]:
    """What either finder thinks worth a look, loosely."""
    loose = [Network(network.name, LOOSE) for network in (SHORT_RANGE, FULL_RANGE)]
    return [face for network in loose for face in detect(network, rgb)]


def canvas_of(rgb: Picture, crop: Crop) -> tuple[Picture, NDArray[np.bool_]]:
    """The surroundings of a square; beyond the picture they repeat it, mirrored."""
    wide = Crop(crop.x, crop.y, crop.side * REACH, crop.angle)
    factor = min(1.0, 1.25 * CANVAS / wide.side)
    if factor < 1:
        height, width = rgb.shape[:2]
        rgb = np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        fx, fy = rgb.shape[1] / width, rgb.shape[0] / height
        wide = Crop((wide.x + 0.5) * fx - 0.5, (wide.y + 0.5) * fy - 0.5, wide.side * fx, wide.angle)
    whole = np.full(rgb.shape[:2], 255, np.uint8)
    return cut(rgb, wide, CANVAS, cv2.BORDER_REFLECT_101), cut(whole, wide, CANVAS) > 127


def rooms_in(data: Path) -> list[Path]:
    """Every second frame of the webcam sets: a face, and a room beside it."""
    return [path for name in ROOMS for path, _ in pictures(data, name)][::2]


def _beside_face(path: Path) -> Iterable[Row]:
    """What the finders propose in a room away from the face, the picture being turned any way."""
    rgb = read(path)
    faces = BlazeFace().find(rgb)
    if len(faces) != 1:
        return
    x, y, w, h = faces[0].box
    # The face becomes part of the wall, so that no proposal holds any of it.
    left, right = int(max(x - 0.35 * w, 0)), int(x + 1.35 * w)
    top, low = int(max(y - 0.5 * h, 0)), int(y + 1.6 * h)
    room = rgb.copy()
    room[top:low, left:right] = cv2.GaussianBlur(rgb, (0, 0), 25)[top:low, left:right]
    yield from _proposed(room, path.name)


def _of_made(number: int) -> Iterable[Row]:
    """What they propose in drawn scenes, screens, texts and charts."""
    rng = np.random.default_rng([SEED, number])
    inner = gate_pictures.noise(rng, np.zeros((8, 8, 3), np.uint8))
    yield from _proposed(gate_pictures.other(rng, inner), f"made {number}")


def _proposed(rgb: Picture, name: str) -> Iterable[Row]:
    nothing = np.full((468, 2), np.nan, np.float32)
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(rgb, turns))
        for face in sorted(proposals(turned), key=lambda face: -face.score)[:2]:
            yield (*canvas_of(turned, crop_of_detection(face)), nothing, ROOM, name)


def _of_face(path: Path, label: str) -> Row | None:
    rgb = read(path)
    found = proposals(rgb)
    if not found:
        return None
    crop = crop_of_detection(max(found, key=lambda face: face.score))
    landmarks, sure = place(rgb, crop_of_landmarks(place(rgb, crop)[0]))
    points = np.full((468, 2), np.nan, np.float32)
    if sure >= SURE:
        matrix = crop_matrix(Crop(crop.x, crop.y, crop.side * REACH, crop.angle), CANVAS)
        points = ((landmarks[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T).astype(np.float32)
    return (*canvas_of(rgb, crop), points, MASKED if label == "mask" else PLAIN, path.name)


def _of_other(path: Path) -> Iterable[Row]:
    rgb = read(path)
    rng = np.random.default_rng(crc32(path.name.encode()))
    nothing = np.full((468, 2), np.nan, np.float32)
    turned = np.ascontiguousarray(np.rot90(rgb, int(rng.integers(1, 4))))
    for picture in (rgb, turned):
        for face in sorted(proposals(picture), key=lambda face: -face.score)[:2]:
            yield (*canvas_of(picture, crop_of_detection(face)), nothing, PROPOSED, path.name)
    height, width = rgb.shape[:2]
    side = float(min(height, width) * rng.uniform(0.3, 1.2))
    crop = Crop(rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height, side, rng.uniform(-np.pi, np.pi))
    yield (*canvas_of(rgb, crop), nothing, OTHER, path.name)


def save(squares: Squares, path: Path) -> None:
    """Keep them in one file."""
    np.savez(
        path,
        canvas=squares.canvas,
        inside=np.packbits(squares.inside, axis=-1),
        landmarks=squares.landmarks,
        kind=squares.kind,
        name=squares.name,
    )


def load(path: Path) -> Squares:
    """What `save` kept."""
    with np.load(path) as kept:
        inside = np.unpackbits(kept["inside"], axis=-1).astype(bool)
        return Squares(kept["canvas"], inside, kept["landmarks"], kept["kind"], kept["name"])
