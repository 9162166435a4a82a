"""Single JPEG pictures, as the live page sends them."""

from __future__ import annotations

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError

MAX_PIXELS = 4096 * 4096


def decode_jpeg(data: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """The picture of one JPEG file, (H, W, 3) uint8 RGB, turned upright by its orientation tag.

    Raises InputError when it is not a whole JPEG picture or has more than `max_pixels` pixels.
    """
    if not data:
        raise InputError("The picture is empty.")
    if not data.startswith(b"\xff\xd8\xff"):
        raise InputError("The picture is not a JPEG.")
    width, height = _size(data)
    if width <= 0 or height <= 0:
        raise InputError("The JPEG picture is damaged or cut short.")
    if width * height > max_pixels:
        raise InputError(
            f"The picture is {width} x {height}, larger than the {max_pixels / 1e6:.1f} million pixels accepted."
        )
    try:
        rgb = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        rgb = None
    if rgb is None:
        raise InputError("The JPEG picture is damaged or cut short.")
    return np.asarray(rgb, dtype=np.uint8)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height from the header alone, so that a huge picture is refused before it takes memory."""
    reader = av.CodecContext.create("mjpeg", "r")
    assert isinstance(reader, av.VideoCodecContext)
    reader.options = {"skip_frame": "all"}
    try:
        reader.decode(av.Packet(data))
    except av.FFmpegError:
        return 0, 0
    return reader.width, reader.height
