"""Drawn pictures of what the checks judge: enough of a skin spot, an eye, a retina and a chest slice to work with."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Rgb = NDArray[np.uint8]


def grain(shape: tuple[int, int], seed: int, coarse: int = 12) -> NDArray[np.float32]:
    """Smooth noise (H, W) of about unit size, as skin and tissue have it."""
    rng = np.random.default_rng(seed)
    small = rng.normal(size=(max(2, shape[0] // coarse), max(2, shape[1] // coarse))).astype(np.float32)
    smooth = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.normal(size=shape).astype(np.float32), (0, 0), 1.2)
    return (smooth + 1.5 * fine).astype(np.float32)


def lesion(size: tuple[int, int] = (300, 400), seed: int = 1, spot: tuple[int, int, int] = (105, 65, 50)) -> Rgb:
    """A pigmented spot on light skin, as through a dermatoscope."""
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = np.arctan2(y - height / 2, x - width / 2)
    radius = np.hypot((x - width / 2) / 1.2, y - height / 2)
    edge = 0.28 * min(size) * (1 + 0.08 * np.sin(3 * angle + seed) + 0.05 * np.sin(7 * angle))
    inside = 1 / (1 + np.exp((radius - edge) / 4))
    skin = np.array([222, 170, 155], np.float32) + 5 * grain(size, seed)[..., None]
    dark = np.array(spot, np.float32) + 12 * grain(size, seed + 1, 20)[..., None]
    return _finished(inside[..., None] * dark + (1 - inside[..., None]) * skin)


def fundus(size: int = 400, seed: int = 1) -> Rgb:
    """The back of an eye: a round orange field with a bright disc and vessels, black around."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    radius = np.hypot(x - size / 2, y - size / 2) / (0.48 * size)
    field = np.array([190, 90, 40], np.float32) * (1.05 - 0.35 * radius[..., None] ** 2)
    picture = field + 4 * grain((size, size), seed, 30)[..., None]
    canvas = np.ascontiguousarray(picture, np.float32)
    disc = (round(0.68 * size), round(0.48 * size))
    cv2.circle(canvas, disc, round(0.07 * size), (245, 200, 130), -1, cv2.LINE_AA)
    rng = np.random.default_rng(seed)
    for _ in range(9):
        heading, place, line = rng.uniform(0, 2 * np.pi), np.array(disc, float), []
        for _ in range(60):
            heading += rng.normal(0, 0.12)
            place = place + 0.012 * size * np.array([np.cos(heading), np.sin(heading)])
            line.append(place.copy())
        cv2.polylines(canvas, [np.rint(line).astype(np.int32)], False, (120, 30, 20), max(1, size // 150), cv2.LINE_AA)
    return _finished(np.where(radius[..., None] < 1, cv2.GaussianBlur(canvas, (0, 0), 1.0), 4))


def eye(size: tuple[int, int] = (300, 420), *, pupil: tuple[int, int, int] = (18, 16, 18)) -> Rgb:
    """An eye from outside: lids, white, iris and pupil."""
    height, width = size
    canvas = np.full((height, width, 3), (205, 160, 140), np.float32)
    middle = (width // 2, height // 2)
    cv2.ellipse(canvas, middle, (round(0.42 * width), round(0.3 * height)), 0, 0, 360, (232, 226, 222), -1, cv2.LINE_AA)
    cv2.circle(canvas, middle, round(0.26 * height), (105, 75, 45), -1, cv2.LINE_AA)
    cv2.circle(canvas, middle, round(0.11 * height), pupil, -1, cv2.LINE_AA)
    cv2.circle(
        canvas, (middle[0] + height // 20, middle[1] - height // 20), height // 50, (250, 250, 250), -1, cv2.LINE_AA
    )
    return _finished(cv2.GaussianBlur(canvas, (0, 0), 1.5) + 4 * grain(size, 3)[..., None])


def chest_hu(size: int = 256, seed: int = 1, patches: int = 0) -> NDArray[np.int16]:
    """A slice through a chest in Hounsfield units (size, size): body, two lungs, spine, and hazy patches if wanted."""
    canvas = np.full((size, size), -1000, np.float32)
    at = lambda x, y: (round(x * size), round(y * size))  # noqa: E731
    cv2.ellipse(canvas, at(0.5, 0.5), at(0.44, 0.34), 0, 0, 360, 40, -1)
    for side in (0.32, 0.68):
        cv2.ellipse(canvas, at(side, 0.47), at(0.13, 0.22), 0, 0, 360, -850, -1)
    cv2.circle(canvas, at(0.5, 0.7), round(0.06 * size), 500, -1)
    rng = np.random.default_rng(seed)
    for _ in range(60):
        place = at(rng.choice([0.32, 0.68]) + rng.uniform(-0.08, 0.08), 0.47 + rng.uniform(-0.15, 0.15))
        cv2.circle(canvas, place, int(rng.integers(1, 3)), -300, -1)
    for _ in range(patches):
        place = at(rng.choice([0.3, 0.7]) + rng.uniform(-0.06, 0.06), 0.5 + rng.uniform(-0.12, 0.12))
        cv2.circle(canvas, place, round(0.05 * size), -450, -1)
    return np.rint(cv2.GaussianBlur(canvas, (0, 0), 1.0) + 20 * grain((size, size), seed)).astype(np.int16)


def _finished(picture: NDArray[Any]) -> Rgb:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def encoded(picture: Image.Image | Rgb, kind: str = "PNG", **how: Any) -> bytes:
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(buffer, kind, **how)
    return buffer.getvalue()


def dicom(hu: NDArray[np.int16], *, series: str = "1.2.3", number: int = 1, **tags: Any) -> bytes:
    """A CT slice, or several frames (N, H, W), as a DICOM file; `tags` replace or add elements, None removes one."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.SOPClassUID = CTImageStorage
    dataset.PatientName, dataset.PatientID, dataset.Modality = "Nobody^Anna", "0815", "CT"
    dataset.SeriesInstanceUID, dataset.InstanceNumber = series, number
    dataset.ImageOrientationPatient, dataset.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 5 * number]
    dataset.Rows, dataset.Columns = hu.shape[-2:]
    if hu.ndim == 3:
        dataset.NumberOfFrames = len(hu)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
    dataset.PixelData = (np.maximum(hu, -1024) + 1024).astype(np.uint16).tobytes()
    for name, value in tags.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def write(path: Path, data: bytes) -> Path:
    """The bytes as a file."""
    path.write_bytes(data)
    return path
