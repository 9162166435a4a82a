from __future__ import annotations

import struct

import cv2
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

import vitascope as vs
from vitascope.media.live_picture import decode_picture, decode_png

PICTURE = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
PNG = cv2.imencode(".png", PICTURE[..., ::-1])[1].tobytes()


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12).map(lambda shape: (*shape, 3))))
def test_a_png_comes_back_as_it_was(picture: np.ndarray) -> None:
    data = cv2.imencode(".png", picture[..., ::-1])[1].tobytes()
    assert np.array_equal(decode_picture(data), picture)


def test_grey_deep_and_transparent_pngs_come_as_rgb() -> None:
    grey = cv2.imencode(".png", PICTURE[..., 0])[1].tobytes()
    assert np.array_equal(decode_png(grey), np.repeat(PICTURE[..., :1], 3, axis=2))
    deep = cv2.imencode(".png", PICTURE[..., ::-1].astype(np.uint16) * 257)[1].tobytes()
    assert np.array_equal(decode_png(deep), PICTURE)
    clear = cv2.imencode(".png", np.dstack([PICTURE[..., ::-1], PICTURE[..., 0]]))[1].tobytes()
    assert np.array_equal(decode_png(clear), PICTURE)


@given(st.integers(0, len(PNG) - 13))
def test_a_png_that_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(vs.InputError):
        decode_picture(PNG[:length])


@given(st.integers(0, len(PNG) - 13), st.integers(1, 255))
def test_a_png_with_a_wrong_byte_is_refused_or_read_whole(place: int, flip: int) -> None:
    data = bytearray(PNG)
    data[place] ^= flip
    try:
        picture = decode_picture(bytes(data), max_pixels=10_000)
    except vs.InputError:
        return
    assert picture.dtype == np.uint8
    assert picture.ndim == 3


def test_a_huge_png_is_refused_by_its_header() -> None:
    header = struct.pack(">8sI4sII", PNG[:8], 13, b"IHDR", 60_000, 60_000)
    with pytest.raises(vs.InputError, match="60000 x 60000"):
        decode_picture(header + PNG[24:], max_pixels=2_000_000)


def test_what_is_neither_jpeg_nor_png_is_refused() -> None:
    with pytest.raises(vs.InputError, match="JPEG or PNG"):
        decode_picture(b"GIF89a" + bytes(50))
    with pytest.raises(vs.InputError):
        decode_picture(b"")
