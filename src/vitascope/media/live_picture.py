"""Single pictures as the live page sends them: JPEG of a face, PNG of a fingertip.

A covered lens is a smooth field whose colour moves by less than the step that JPEG's colour difference is rounded to,
so JPEG bends the ratios between the channels at any quality; a PNG keeps them (figures in docs/page.md).
"""

from __future__ import annotations

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.media.jpeg import MAX_PIXELS, decode_jpeg

JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG\r\n\x1a\n"
# Every PNG begins with its signature and a header of known place: length, name, width, height.
HEADER = struct.Struct(">8sI4sII")


def decode_picture(data: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """The picture of one JPEG or PNG file, (H, W, 3) uint8 RGB.

    Raises InputError when it is neither, is damaged or has more than `max_pixels` pixels.
    """
    if data.startswith(PNG):
        return decode_png(data, max_pixels)
    if data and not data.startswith(JPEG):
        raise InputError("The picture is not a JPEG or PNG.")
    return decode_jpeg(data, max_pixels)


def decode_png(data: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """The picture of one PNG file, (H, W, 3) uint8 RGB; an alpha channel is left out.

    Raises InputError when it is not a whole PNG picture or has more than `max_pixels` pixels.
    """
    damaged = InputError("The PNG picture is damaged or cut short.")
    if len(data) < HEADER.size or not data.startswith(PNG):
        raise damaged
    _, _, name, width, height = HEADER.unpack_from(data)
    if name != b"IHDR" or width == 0 or height == 0:
        raise damaged
    # From the header alone, so that a huge picture is refused before it takes memory.
    if width * height > max_pixels:
        raise InputError(
            f"The picture is {width} x {height}, larger than the {max_pixels / 1e6:.1f} million pixels accepted."
        )
    try:
        rgb = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        rgb = None
    if rgb is None:
        raise damaged
    return np.asarray(rgb, dtype=np.uint8)
