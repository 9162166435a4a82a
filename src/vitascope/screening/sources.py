"""What a caller hands over, as pictures: a file or its bytes, an array, DICOM, a folder or a list of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.media.dicom import CtSeries, is_dicom, read_ct, series_of
from vitascope.media.files import shown
from vitascope.media.limits import PictureLimits, SeriesLimits
from vitascope.media.picture import ENDINGS, read_picture

# One picture, or several that belong together.
Source = str | Path | bytes | NDArray[np.uint8] | Sequence[str | Path | bytes]
MIN_EDGE = 32


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of one input, decoded one by one as they are asked for."""

    count: int
    decoded: Iterator[tuple[str, NDArray[np.uint8]]]
    dicom: bool = False


def open_source(
    source: Source,
    names: Sequence[str] | None = None,
    limits: PictureLimits | None = None,
    series: SeriesLimits | None = None,
) -> Pictures:
    """The pictures in `source`, each upright (H, W, 3) uint8 RGB with a name: of `names`, else its file's.

    Raises InputError, also while the pictures are being decoded.
    """
    limits, series = limits or PictureLimits(), series or SeriesLimits()
    if isinstance(source, np.ndarray):
        return Pictures(1, iter([("array", _array(source))]))
    parts: list[Path | bytes] = []
    for part in [source] if isinstance(source, str | Path | bytes) else source:
        path = part if isinstance(part, bytes) else Path(part)
        parts += _files_in(path) if isinstance(path, Path) and path.is_dir() else [path]
    if not parts:
        raise InputError("There is no picture here.")
    if len(parts) > series.max_slices:
        raise InputError(f"There are more than the {series.max_slices} pictures accepted at once.")
    dicom = [holds_dicom(part) for part in parts]
    if any(dicom):
        if not all(dicom):
            raise InputError("DICOM files and other pictures cannot be one series; give them apart.")
        return _ct(read_ct(parts, names, series))
    names = names or [_name(part, i) for i, part in enumerate(parts)]
    if len(parts) == 1:
        return Pictures(1, iter([(names[0], _large_enough(read_picture(parts[0], limits)))]))
    return Pictures(len(parts), _decoded(parts, names, limits))


def holds_dicom(source: Path | bytes) -> bool:
    """Whether a file, or its bytes, is DICOM."""
    if isinstance(source, bytes):
        return is_dicom(source[:132])
    try:
        with source.open("rb") as file:
            return is_dicom(file.read(132))
    except (OSError, ValueError):
        return False


def pictures_in(folder: Path) -> list[Path]:
    """The pictures and DICOM files in a folder and the folders below it, by name; other files are left out."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return [path for path in files if path.suffix.lower() in ENDINGS or holds_dicom(path)]


def inputs(paths: Sequence[Path], *, as_series: bool = False) -> list[tuple[Path, Source]]:
    """What a person named, sorted into inputs of one report each: the path to call it by, and what to open.

    Folders stand for the pictures in them. DICOM files of one series are one input, and so is everything when
    `as_series`. What cannot be read is an input too, so that its reason is told.
    """
    if as_series:
        return [(paths[0], [file for path in paths for file in (pictures_in(path) if path.is_dir() else [path])])]
    found: list[tuple[Path, Source]] = []
    for path in paths:
        files = pictures_in(path) if path.is_dir() else [path]
        found += [(file, file) for file in files or [path] if not holds_dicom(file)]
    slices = [(path, f) for path in paths for f in (pictures_in(path) if path.is_dir() else [path]) if holds_dicom(f)]
    together: dict[str, list[tuple[Path, Path]]] = {}
    for path, file in slices:
        together.setdefault(series_of(file) or f"alone: {file}", []).append((path, file))
    for members in together.values():
        path, first = members[0]
        found.append((path, [file for _, file in members]) if len(members) > 1 else (first, first))
    return found


def _files_in(folder: Path) -> list[Path]:
    files = pictures_in(folder)
    if not files:
        raise InputError("There is no picture in this folder.")
    return files


def _ct(found: list[CtSeries]) -> Pictures:
    if len(found) > 1:
        raise InputError(f"The DICOM files belong to {len(found)} different series; give one series at a time.")
    return Pictures(len(found[0]), iter(found[0]), dicom=True)


def _decoded(
    parts: Sequence[Path | bytes], names: Sequence[str], limits: PictureLimits
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for part, name in zip(parts, names, strict=True):
        try:
            yield name, _large_enough(read_picture(part, limits))
        except InputError as error:
            raise InputError(f"{name}: {error}") from None


def _name(part: Path | bytes, i: int) -> str:
    return f"picture {i + 1}" if isinstance(part, bytes) else shown(part)


def _array(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or 0 in picture.shape:
        raise InputError("A picture as an array must be (H, W, 3) uint8 RGB.")
    return _large_enough(np.ascontiguousarray(picture))


def _large_enough(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    if min(height, width) < MIN_EDGE:
        raise InputError(f"The picture is {width} x {height}; at least {MIN_EDGE} x {MIN_EDGE} pixels are needed.")
    return rgb
