"""CT slices out of DICOM files, shown in the lung window: single images, multi-frame files, and series of files.

The grey levels follow the standard's order (DICOM PS3.3 C.7.6.16, C.11): stored values, rescale to Hounsfield units,
window, and last the inversion of MONOCHROME1. Nothing else of the file is kept: names and dates stay in it.
"""

from __future__ import annotations

import io
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.media.files import first_bytes, shown
from vitascope.media.limits import SeriesLimits

ENDINGS = frozenset({".dcm", ".dicom", ".ima"})
# Centre and width in Hounsfield units of the window in which lungs are read.
LUNG_WINDOW = (-600.0, 1500.0)
# Not CT by name, but programs store pictures of CT slices under it.
CAPTURES = frozenset({"", "OT", "SC"})
DEFLATED = b"1.2.840.10008.1.2.1.99"
DAMAGED = "The DICOM file is damaged or cut short."


def is_dicom(start: bytes) -> bool:
    """Whether a file that begins with `start` (132 bytes or more) is DICOM."""
    return start[128:132] == b"DICM"


@dataclass(frozen=True, slots=True)
class CtFile:
    """One file of a series: where it is, the series it belongs to, its place in it, and how many pictures it holds."""

    source: Path | bytes
    name: str
    series: str
    place: float
    frames: int


@dataclass(frozen=True, slots=True)
class CtSeries:
    """The files of one series in their order. Iterating decodes one slice after another."""

    files: tuple[CtFile, ...]
    limits: SeriesLimits = field(default_factory=SeriesLimits)

    def __len__(self) -> int:
        return sum(file.frames for file in self.files)

    def __iter__(self) -> Iterator[tuple[str, NDArray[np.uint8]]]:
        """Name and picture (H, W, 3) uint8 of each slice. Raises InputError at a slice that cannot be decoded."""
        for file in self.files:
            try:
                for i, rgb in enumerate(_slices(file, self.limits)):
                    yield (file.name if file.frames == 1 else f"{file.name}, frame {i + 1}"), rgb
            except InputError as error:
                raise _named(error, file.name, len(self.files)) from None


def read_ct(
    sources: Sequence[Path | bytes], names: Sequence[str] | None = None, limits: SeriesLimits | None = None
) -> list[CtSeries]:
    """The CT series in DICOM files or their bytes, each ordered along the body; overview pictures are left out.

    names: what to call the files; by default their own names.

    Raises InputError when a file cannot be read, is no CT, or is outside `limits`.
    """
    limits = limits or SeriesLimits()
    found: dict[str, list[CtFile]] = {}
    for i, source in enumerate(sources):
        own = f"file {i + 1}" if isinstance(source, bytes) else shown(source)
        name = names[i] if names else own
        try:
            file = _header(source, name, limits)
        except InputError as error:
            raise _named(error, name, len(sources)) from None
        if file is not None:
            found.setdefault(file.series, []).append(file)
    if not found:
        raise InputError("The DICOM file is an overview picture (localizer), not a slice; use the axial series.")
    series = [CtSeries(tuple(sorted(files, key=lambda f: f.place)), limits) for files in found.values()]
    if any(len(one) > limits.max_slices for one in series):
        raise InputError(f"The series has more than the {limits.max_slices} slices accepted.")
    return series


def _named(error: InputError, name: str, files: int) -> InputError:
    """The error, with the file's name before it where there are several."""
    return InputError(f"{name}: {error}") if files > 1 else error


def series_of(source: Path, limits: SeriesLimits | None = None) -> str | None:
    """The identifier of the series that a DICOM file belongs to; None where it cannot be read."""
    try:
        dataset = _read(source, limits or SeriesLimits(), pixels=False)
        with _quiet():
            return str(dataset.get("SeriesInstanceUID") or "") or None
    except Exception:  # also what a crafted value makes the parser stumble over
        return None


def _header(source: Path | bytes, name: str, limits: SeriesLimits) -> CtFile | None:
    """What is needed to sort the file in; None for an overview picture."""
    dataset = _read(source, limits, pixels=False)
    try:
        with _quiet():
            image_type = [str(part).upper() for part in dataset.get("ImageType") or ()]
            frames = int(dataset.get("NumberOfFrames") or 1)
            rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
            series = str(dataset.get("SeriesInstanceUID") or "")
            place = _place(dataset)
            modality = str(dataset.get("Modality") or "").strip().upper()[:16]
    except Exception:
        raise InputError(DAMAGED) from None
    if modality != "CT" and modality not in CAPTURES:
        raise InputError(f"The DICOM file holds a picture of another kind ({modality}), not CT.")
    if rows < 1 or columns < 1:
        raise InputError("The DICOM file holds no picture.")
    if rows * columns > limits.max_pixels:
        raise InputError(
            f"The DICOM picture is {columns} x {rows}, "
            f"larger than the {limits.max_pixels / 1e6:.1f} million pixels accepted."
        )
    if not 1 <= frames <= limits.max_slices:
        raise InputError(f"The DICOM file says that it holds {frames} pictures; 1 to {limits.max_slices} are accepted.")
    return None if "LOCALIZER" in image_type else CtFile(source, name, series, place, frames)


def _place(dataset: Any) -> float:
    """Where along the body the slice lies: millimetres along its normal, else its number in the series."""
    position, across = dataset.get("ImagePositionPatient"), dataset.get("ImageOrientationPatient")
    if position and across and len(position) == 3 and len(across) == 6:
        directions = np.array([float(v) for v in across]).reshape(2, 3)
        place = float(np.cross(directions[0], directions[1]) @ np.array([float(v) for v in position]))
        if math.isfinite(place):
            return place
    return float(dataset.get("InstanceNumber") or 0)


def _read(source: Path | bytes, limits: SeriesLimits, *, pixels: bool) -> Any:
    try:
        import pydicom

        # It logs what it stumbles over at length; the caller gets one sentence.
        logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    except ModuleNotFoundError:
        raise InputError("Reading DICOM needs the Python package pydicom; install vitascope[dicom].") from None
    data = source
    if isinstance(data, Path):
        first_bytes(data, limits.max_bytes, "DICOM")
        try:
            data = data.read_bytes()
        except OSError:
            raise InputError("The file cannot be read.") from None
    if not is_dicom(data[:132]):
        raise InputError("This is not a DICOM file.")
    # A few kilobytes can inflate to any size, and the reader sets no bound.
    if DEFLATED in data[: 1 << 20]:
        raise InputError("The DICOM file is compressed as a whole (deflated), which is not read; store it without.")
    try:
        with _quiet():
            return pydicom.dcmread(io.BytesIO(data), stop_before_pixels=not pixels)
    except Exception:  # the parser raises whatever a crafted file makes it stumble over
        raise InputError(DAMAGED) from None


def _slices(file: CtFile, limits: SeriesLimits) -> Iterator[NDArray[np.uint8]]:
    from pydicom.pixels.utils import iter_pixels

    dataset = _read(file.source, limits, pixels=True)
    if "PixelData" not in dataset:
        raise InputError("The DICOM file holds no picture.")
    try:
        with _quiet():
            decodable = _decodable(dataset)
    except Exception:  # a crafted name of how the pixels are stored
        raise InputError(DAMAGED) from None
    if not decodable:
        raise InputError("The DICOM picture is compressed in a way that is not read here; store it uncompressed.")
    frames = iter_pixels(dataset)
    for i in range(file.frames):
        try:
            with _quiet():
                rgb = _shown(dataset, i, next(frames))
        except InputError:
            raise
        except Exception:  # StopIteration among them: fewer frames than the file says
            raise InputError(DAMAGED) from None
        yield rgb


@contextmanager
def _quiet() -> Iterator[None]:
    """The library warns of every value that is not as the standard has it; also when it is looked at only later."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _decodable(dataset: Any) -> bool:
    """Whether there is a decoder for the way the pixels are stored."""
    from pydicom.pixels.decoders.base import get_decoder

    try:
        return bool(get_decoder(dataset.file_meta.TransferSyntaxUID).is_available)
    except (AttributeError, NotImplementedError, ValueError):
        return False


def _shown(dataset: Any, frame: int, stored: NDArray[Any]) -> NDArray[np.uint8]:
    """One stored frame as a grey RGB picture in the lung window."""
    if stored.ndim == 3:
        # A coloured capture of a screen has no Hounsfield units: it is taken as it looks.
        return np.ascontiguousarray(stored[..., :3], dtype=np.uint8)
    rescale = _rescale(dataset, frame)
    if rescale is not None:
        slope, intercept = rescale
        grey = window(stored.astype(np.float32) * slope + intercept, *LUNG_WINDOW)
    elif (own := _own_window(dataset)) is not None:
        grey = window(stored.astype(np.float32), *own)
    elif stored.dtype == np.uint8:
        grey = stored
    else:
        raise InputError("The DICOM file does not say how its values become Hounsfield units, so it cannot be shown.")
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        grey = 255 - grey
    return np.repeat(grey[..., None], 3, axis=2)


def window(values: NDArray[np.float32], centre: float, width: float) -> NDArray[np.uint8]:
    """Values (H, W) as grey levels: black at centre - width / 2 and below, white at centre + width / 2 and above."""
    share = np.clip((np.nan_to_num(values) - (centre - width / 2)) / width, 0.0, 1.0)
    grey: NDArray[np.uint8] = np.rint(255 * share).astype(np.uint8)
    return grey


def _rescale(dataset: Any, frame: int) -> tuple[float, float] | None:
    """Slope and intercept to Hounsfield units: of the frame, of all frames, or of the file."""
    for home in (*_functional_groups(dataset, frame), dataset):
        if "RescaleSlope" in home or "RescaleIntercept" in home:
            slope, intercept = float(home.get("RescaleSlope", 1)), float(home.get("RescaleIntercept", 0))
            if math.isfinite(slope) and math.isfinite(intercept) and slope != 0:
                return slope, intercept
    return None


def _functional_groups(dataset: Any, frame: int) -> Iterator[Any]:
    own, shared = dataset.get("PerFrameFunctionalGroupsSequence"), dataset.get("SharedFunctionalGroupsSequence")
    for group in ([own[frame]] if own and frame < len(own) else []) + list(shared or []):
        yield from group.get("PixelValueTransformationSequence") or ()


def _own_window(dataset: Any) -> tuple[float, float] | None:
    def first(value: Any) -> float:
        return float(value[0] if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue" else value)

    if dataset.get("WindowCenter") in (None, "") or dataset.get("WindowWidth") in (None, ""):
        return None
    centre, width = first(dataset.WindowCenter), first(dataset.WindowWidth)
    return (centre, width) if math.isfinite(centre) and math.isfinite(width) and width >= 1 else None
