"""Single pictures from files: JPEG, PNG, WebP, BMP, and HEIC where pillow-heif is installed, as upright sRGB of 8 bits,
whatever they are stored as."""

from __future__ import annotations

import io
import warnings
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from vitascope.errors import InputError
from vitascope.media.files import first_bytes
from vitascope.media.limits import PictureLimits

FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
ACCEPTED = "JPEG, PNG, WebP or BMP"
ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".heic", ".heif"})
# What telephones write: brands of the ISO base media container that hold pictures coded with HEVC.
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
# What a see-through part is shown on, as in a browser's page.
PAPER = (255, 255, 255)
DAMAGED = "The picture is damaged or cut short."
NOT_A_PICTURE = f"This is not a picture that can be read; use {ACCEPTED}."
NO_HEIC = f"HEIC pictures need the Python package pillow-heif, which is not installed here; use {ACCEPTED}."


@cache
def _heic_is_readable() -> bool:
    try:
        import pillow_heif
    except ModuleNotFoundError:
        return False
    pillow_heif.register_heif_opener()
    return True


def _is_heic(start: bytes) -> bool:
    return start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS


def is_picture(path: Path) -> bool:
    """Whether a file is a picture rather than a video: by its first bytes, by its name where those tell nothing."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except (OSError, ValueError):
        start = b""
    known = (
        start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM"))
        or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
        or _is_heic(start)
    )
    video = start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free") or start.startswith(
        (b"\x1a\x45\xdf\xa3", b"RIFF")
    )
    return known or (not video and path.suffix.lower() in ENDINGS)


def read_picture(source: str | Path | bytes, limits: PictureLimits | None = None) -> NDArray[np.uint8]:
    """The picture in a file, or in its bytes, (H, W, 3) uint8 RGB, turned upright by its orientation tag.

    Colours are brought to sRGB where a profile is embedded; see-through parts are shown on white; 16 bits are rounded
    to 8; of an animation the first picture is taken.

    Raises InputError when it cannot be read, is cut short, or is outside `limits`.
    """
    limits = limits or PictureLimits()
    if not isinstance(source, bytes):
        path = Path(source)
        first_bytes(path, limits.max_bytes, "picture")
        try:
            source = path.read_bytes()
        except OSError:
            raise InputError("The file cannot be read.") from None
    if not source:
        raise InputError("The picture is empty.")
    if len(source) > limits.max_bytes:
        raise InputError(
            f"The picture has {len(source) / 1e6:.0f} MB, more than the {limits.max_bytes / 1e6:.0f} MB accepted."
        )
    if _is_heic(source) and not _heic_is_readable():
        raise InputError(NO_HEIC)
    try:
        with warnings.catch_warnings():
            # The library warns of bombs and of odd metadata; the size is judged here, and by the caller's limits.
            warnings.simplefilter("ignore")
            return _decode(source, limits)
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(
            f"The picture has more than the {limits.max_pixels / 1e6:.0f} million pixels accepted."
        ) from None
    except UnidentifiedImageError:
        known = source.startswith((b"\xff\xd8\xff", b"\x89PNG", b"BM")) or source[8:12] == b"WEBP" or _is_heic(source)
        raise InputError(DAMAGED if known else NOT_A_PICTURE) from None
    except Exception:  # the parsers raise whatever a crafted file makes them stumble over
        raise InputError(DAMAGED) from None


def _decode(data: bytes, limits: PictureLimits) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=("HEIF",) if _is_heic(data) else FORMATS) as picture:
        width, height = picture.size
        if width <= 0 or height <= 0:
            raise InputError("The picture has no width or no height.")
        if width * height > limits.max_pixels:
            raise InputError(
                f"The picture is {width} x {height}, "
                f"larger than the {limits.max_pixels / 1e6:.0f} million pixels accepted."
            )
        profile = picture.info.get("icc_profile")
        orientation = _orientation(picture)
        picture.load()
        rgb = _rgb(picture, profile if isinstance(profile, bytes) else None)
    if orientation is not None:
        rgb = rgb.transpose(orientation)
    return np.array(rgb, dtype=np.uint8)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(picture.getexif().get(0x0112, 1))
    except Exception:  # a damaged tag says nothing; the picture is taken as it is stored
        return None


def _rgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as 8-bit sRGB without transparency."""
    if picture.mode.startswith(("I", "F")):
        deep = np.asarray(picture).astype(np.int64).clip(0, 65535)
        picture = Image.fromarray(((deep * 255 + 32767) // 65535).astype(np.uint8))
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (*PAPER, 255)), picture)
        picture = picture.convert("RGB")
    elif picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("RGB")
    if profile:
        picture = _to_srgb(picture, profile)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return picture
        converted = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a profile that does not fit its picture is ignored, as browsers do
    return picture if converted is None else converted
