"""Pictures in every form that cameras and programs write, and in forms that nobody should."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from vitascope.errors import InputError
from vitascope.media.limits import PictureLimits
from vitascope.media.picture import is_picture, read_picture

# Four quarters of different colour, so that a turn or a swapped channel shows.
QUARTERS = np.zeros((32, 48, 3), np.uint8)
QUARTERS[:16, :24], QUARTERS[:16, 24:], QUARTERS[16:, :24], QUARTERS[16:, 24:] = (
    (200, 40, 30), (30, 180, 60), (20, 60, 190), (210, 200, 90),
)  # fmt: skip
CENTRES = ((8, 12), (8, 36), (24, 12), (24, 36))


def encoded(picture: Image.Image | np.ndarray, kind: str = "PNG", **how: Any) -> bytes:
    buffer = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(buffer, kind, **how)
    return buffer.getvalue()


def assert_quarters(rgb: np.ndarray, tolerance: int) -> None:
    assert rgb.shape == QUARTERS.shape
    assert rgb.dtype == np.uint8
    for row, column in CENTRES:
        assert np.abs(rgb[row, column].astype(int) - QUARTERS[row, column]).max() <= tolerance


@pytest.mark.parametrize(
    ("kind", "how", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 8),
        ("JPEG", {"quality": 95, "subsampling": 0}, 4),
        ("JPEG", {"quality": 95, "progressive": True}, 8),
    ],
)
def test_each_format_gives_the_colours_that_were_saved(kind: str, how: dict[str, Any], tolerance: int) -> None:
    assert_quarters(read_picture(encoded(QUARTERS, kind, **how)), tolerance)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_tag_turns_the_picture_upright(orientation: int, kind: str) -> None:
    upright = Image.fromarray(QUARTERS)
    # What a camera held that way would store: the inverse of the turn that the tag asks for.
    stored = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(upright if stored is None else upright.transpose(stored), kind, quality=95, exif=exif)
    assert_quarters(read_picture(data), 8)


def test_a_damaged_orientation_tag_is_ignored() -> None:
    data = encoded(QUARTERS, "JPEG", quality=95, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")
    assert read_picture(data).shape == QUARTERS.shape


def test_grey_palette_and_black_and_white() -> None:
    grey = np.tile(np.arange(48, dtype=np.uint8) * 5, (32, 1))
    assert (read_picture(encoded(grey)) == grey[..., None]).all()
    assert_quarters(read_picture(encoded(Image.fromarray(QUARTERS).quantize(8))), 6)
    assert set(np.unique(read_picture(encoded(Image.fromarray(grey > 100))))) == {0, 255}


def test_sixteen_bits_are_rounded_not_clipped() -> None:
    deep = np.tile(np.linspace(0, 65535, 48).astype(np.uint16), (8, 1))
    rgb = read_picture(encoded(deep))
    assert np.abs(rgb[..., 1] - deep / 257).max() <= 0.51


def test_sixteen_bit_colour() -> None:
    # Pillow writes none, so the file is put together here.
    deep = (QUARTERS.astype(np.uint16) * 257).astype(">u2")
    rows = b"".join(b"\x00" + row.tobytes() for row in deep)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 48, 32, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert_quarters(read_picture(data), 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_see_through_parts_are_shown_on_white(mode: str) -> None:
    picture = Image.fromarray(np.full((8, 8, 3), 100, np.uint8)).convert("RGBA")
    alpha = np.zeros((8, 8), np.uint8)
    alpha[:, 4:] = 255
    picture.putalpha(Image.fromarray(alpha))
    if mode == "LA":
        picture = picture.convert("LA")
    data = encoded(picture.quantize(4) if mode == "PA" else picture)
    rgb = read_picture(data)
    assert (rgb[:, :4] == 255).all()
    assert np.abs(rgb[:, 4:].astype(int) - 100).max() <= 2


def test_cmyk_looks_as_it_was() -> None:
    rgb = read_picture(encoded(Image.fromarray(QUARTERS).convert("CMYK"), "JPEG", quality=98))
    assert_quarters(rgb, 6)


def test_colours_of_another_profile_are_brought_to_srgb() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_quarters(read_picture(encoded(QUARTERS, icc_profile=srgb)), 0)
    # A profile whose first channel is blue and whose third is red, under another name.
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "made".encode("utf-16-be"))
    assert_quarters(read_picture(encoded(QUARTERS[..., ::-1].copy(), icc_profile=swapped)), 2)
    torn = encoded(QUARTERS, icc_profile=b"no profile at all")
    assert_quarters(read_picture(torn), 0)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_the_first_picture_of_an_animation(kind: str) -> None:
    frames = [Image.fromarray(np.roll(QUARTERS, k, axis=2)) for k in range(3)]
    how = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, **how)
    assert_quarters(read_picture(data), 0)


def test_a_picture_with_more_pixels_than_accepted_is_refused_by_its_header() -> None:
    bomb = encoded(Image.new("1", (30_000, 30_000)))
    assert len(bomb) < 1_000_000
    with pytest.raises(InputError, match="million pixels accepted"):
        read_picture(bomb)
    with pytest.raises(InputError, match="48 x 32"):
        read_picture(encoded(QUARTERS), PictureLimits(max_pixels=1000))


def test_a_file_with_more_bytes_than_accepted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(encoded(QUARTERS) + bytes(3_000_000))
    for source in (path, path.read_bytes()):
        with pytest.raises(InputError, match="3 MB, more than the 1 MB accepted"):
            read_picture(source, PictureLimits(max_bytes=1_000_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_cut_short_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    data = encoded(noise, kind)
    with pytest.raises(InputError, match="damaged or cut short"):
        read_picture(data[: int(share * len(data))])


def test_what_is_no_picture_file_is_refused_with_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("this is no picture, though it says so")
    (tmp_path / "moving.gif").write_bytes(encoded(QUARTERS, "GIF"))
    said = {
        "empty.png": "is empty",
        "text.jpg": "use JPEG",
        "moving.gif": "use JPEG",
        "none.png": "no file",
        ".": "folder",
    }
    for name, words in said.items():
        with pytest.raises(InputError, match=words):
            read_picture(tmp_path / name)
    with pytest.raises(InputError, match="empty"):
        read_picture(b"")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "BMP"]), st.data())
def test_damaged_files_give_a_picture_or_a_sentence(kind: str, data: st.DataObject) -> None:
    whole = bytearray(encoded(QUARTERS, kind))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        rgb = read_picture(bytes(whole), PictureLimits(max_pixels=1_000_000))
    except InputError:
        return
    assert rgb.ndim == 3
    assert rgb.shape[2] == 3
    assert rgb.dtype == np.uint8


def test_pictures_are_told_from_videos_by_content_before_name(tmp_path: Path) -> None:
    for name, data, picture in (
        ("a.mp4", encoded(QUARTERS, "JPEG"), True),
        ("b.webp", encoded(QUARTERS, "WEBP"), True),
        ("c.avi", b"RIFF\x00\x00\x00\x00AVI LIST", False),
        ("d.png", b"\x00\x00\x00\x18ftypmp42", False),
        ("e.png", b"", True),
        ("f", b"nothing known at all", False),
    ):
        (tmp_path / name).write_bytes(data)
        assert is_picture(tmp_path / name) is picture, name
    assert is_picture(tmp_path / "missing.jpg")
    assert not is_picture(tmp_path / "missing.mov")
