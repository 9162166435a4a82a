"""Faces of the data sets, turned upright on a canvas of one size, with the mesh's landmarks on them.

The canvas reaches half a crop further than the crop the network sees, so that the crop may drift and hands may come in
from outside. Which set, file and split a face belongs to comes from its name alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.split import HELD_OUT, fold
from vitascope.face.finder import BlazeFace, Detection
from vitascope.face.mesh import Crop, crop_of_detection, crop_of_landmarks, place

CANVAS = 192
REACH = 1.5  # sides of the crop that the canvas holds
MIN_SURE = 0.5
TUNE_FOLD = 7  # thresholds are chosen on these files; the held-out folds are never used, the rest is trained on

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face: `canvas` (192, 192, 3) RGB, `inside` (192, 192) 255 where the picture reaches, landmarks (468, 3)."""

    source: str
    name: str
    group: str
    canvas: Picture
    inside: Picture
    landmarks: NDArray[np.float32]

    @property
    def split(self) -> str:
        """`test`, `tune` or `train`."""
        return split(self.name)


def split(name: str) -> str:
    """Which part a file belongs to: `test` is what `vitascope evaluate` judges on, never trained or tuned on."""
    # The same folds as vitascope.evaluation.split, so that the evaluation's pictures are truly held out.
    where = fold(Path(name).name)
    return "test" if where in HELD_OUT else "tune" if where == TUNE_FOLD else "train"


def crop_matrix(crop: Crop, size: int) -> NDArray[np.float64]:
    """(2, 3) from pixels of the crop to those of the picture; pixel centres are at integers."""
    scale = crop.side / size
    cos, sin = np.cos(crop.angle) * scale, np.sin(crop.angle) * scale
    half = (size - 1) / 2
    return np.array([[cos, -sin, crop.x - half * (cos - sin)], [sin, cos, crop.y - half * (sin + cos)]])


def cut(rgb: Picture, crop: Crop, size: int, border: int = cv2.BORDER_CONSTANT) -> Picture:
    """The crop as a picture of `size` pixels a side; black outside the picture unless `border` says otherwise."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(rgb, crop_matrix(crop, size), (size, size), flags=flags, borderMode=border), np.uint8
    )


def read(path: Path) -> Picture:
    """An RGB picture (H, W, 3)."""
    bgr = cv2.imread(str(path))
    if bgr is None:
        raise SystemExit(f"{path} cannot be read as a picture")
    return np.ascontiguousarray(bgr[:, :, ::-1])


def largest(rgb: Picture, finder: BlazeFace) -> NDArray[np.float64] | None:
    """Landmarks (468, 3) of the largest face, placed the way a new face is placed on a video; None without one."""
    faces: list[Detection] = finder.find(rgb)
    if not faces:
        return None
    face = max(faces, key=lambda found: found.box[2] * found.box[3])
    landmarks, _ = place(rgb, crop_of_detection(face))
    landmarks, sure = place(rgb, crop_of_landmarks(landmarks))
    return landmarks if sure >= MIN_SURE and np.ptp(landmarks[:, 0]) >= 24 else None


def canonical(rgb: Picture, landmarks: NDArray[np.float64], source: str, name: str, group: str) -> Face:
    """The face on its canvas. Beyond the picture the canvas repeats it, mirrored; `inside` tells where that is."""
    crop = crop_of_landmarks(landmarks)
    wide = Crop(crop.x, crop.y, crop.side * REACH, crop.angle)
    matrix = crop_matrix(wide, CANVAS)
    turned = np.linalg.inv(matrix[:, :2])
    points = landmarks.copy()
    points[:, :2] = (landmarks[:, :2] - matrix[:, 2]) @ turned.T
    points[:, 2] *= CANVAS / wide.side
    whole = np.full(rgb.shape[:2], 255, np.uint8)
    # A crop much larger than the canvas is shrunk by area first: what a camera of fewer pixels would have seen.
    return Face(
        source,
        name,
        group,
        cut(_shrunk(rgb, wide.side), _scaled(wide, rgb), CANVAS, cv2.BORDER_REFLECT_101),
        cut(whole, wide, CANVAS),
        points.astype(np.float32),
    )


def _factor(side: float) -> float:
    return min(1.0, 1.25 * CANVAS / side)


def _shrunk(rgb: Picture, side: float) -> Picture:
    factor = _factor(side)
    if factor == 1.0:
        return rgb
    return np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _scaled(crop: Crop, rgb: Picture) -> Crop:
    height, width = rgb.shape[:2]
    small = _shrunk(rgb, crop.side) if _factor(crop.side) < 1 else rgb
    fx, fy = small.shape[1] / width, small.shape[0] / height
    return Crop((crop.x + 0.5) * fx - 0.5, (crop.y + 0.5) * fy - 0.5, crop.side * fx, crop.angle)


def listed(data: Path, source: str) -> Iterator[tuple[Path, str]]:
    """File and group of every picture of one set, in the order of its table."""
    if source == "spoof_nuaa":
        columns, wanted = ("subject",), {"label": "live"}
    elif source == "spoof_replay":
        columns, wanted = ("source",), {"label": "live"}
    else:
        columns, wanted = {"face_utk": ("race",), "face_bmi": ("source",), "face_masks": ("label",)}[source], {}
    with (data / source / "labels.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            if all(row[key] == value for key, value in wanted.items()):
                yield data / source / "images" / row["file"], row[columns[0]]


def gather(data: Path, source: str, every: int = 1) -> tuple[list[Face], int]:
    """The faces of one set, and how many of its pictures held none that was found."""
    finder = BlazeFace()
    faces, missed = [], 0
    for i, (path, group) in enumerate(listed(data, source)):
        if i % every:
            continue
        rgb = read(path)
        landmarks = largest(rgb, finder)
        if landmarks is None:
            missed += 1
        else:
            faces.append(canonical(rgb, landmarks, source, path.name, group))
    return faces, missed


def save(faces: list[Face], missed: int, path: Path) -> None:
    """Keep faces in one file, so that the mesh runs over the sets once."""
    np.savez(
        path,
        canvas=np.stack([face.canvas for face in faces]),
        inside=np.packbits(np.stack([face.inside > 127 for face in faces]), axis=-1),
        landmarks=np.stack([face.landmarks for face in faces]),
        name=np.array([face.name for face in faces]),
        group=np.array([face.group for face in faces]),
        source=np.array(faces[0].source),
        missed=np.array(missed),
    )


def load(path: Path) -> tuple[list[Face], int]:
    """What `save` kept."""
    kept = np.load(path)
    canvas, landmarks, source = kept["canvas"], kept["landmarks"], str(kept["source"])
    inside = np.unpackbits(kept["inside"], axis=-1) * np.uint8(255)
    faces = [
        Face(source, str(name), str(group), canvas[i], inside[i], landmarks[i])
        for i, (name, group) in enumerate(zip(kept["name"], kept["group"], strict=True))
    ]
    return faces, int(kept["missed"])
