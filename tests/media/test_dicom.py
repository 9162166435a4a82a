"""CT slices out of DICOM: grey levels as the standard has them, order along the body, and files nobody should write."""

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

pydicom = pytest.importorskip("pydicom")

from tests.photos import chest_hu, dicom  # noqa: E402
from vitascope.errors import InputError  # noqa: E402
from vitascope.media.dicom import read_ct, series_of, window  # noqa: E402
from vitascope.media.limits import SeriesLimits  # noqa: E402

# Below the window, its lower end, its middle, its upper end, above it.
STEPS = np.repeat(np.array([[-1024, -975, -600, -225, 150, 3000]], np.int16), 4, axis=0)
GREY = [255 * (hu + 1350) / 1500 for hu in (-1024, -975, -600, -225)] + [255, 255]


def pictures(*files: bytes, **options: Any) -> list[np.ndarray]:
    (series,) = read_ct(files, **options)
    return [rgb for _, rgb in series]


def test_values_become_hounsfield_units_in_the_lung_window() -> None:
    (rgb,) = pictures(dicom(STEPS))
    assert rgb.shape == (4, 6, 3)
    np.testing.assert_allclose(rgb[0, :, 0], GREY, atol=0.5)
    assert (rgb == rgb[..., :1]).all()


def test_slope_and_intercept_are_the_files_own() -> None:
    stored = ((STEPS + 1024) * 2).astype(np.uint16).tobytes()
    (rgb,) = pictures(dicom(STEPS, RescaleSlope="0.5", RescaleIntercept=-1024, PixelData=stored))
    np.testing.assert_allclose(rgb[0, :, 0], GREY, atol=0.5)


def test_signed_values() -> None:
    data = dicom(STEPS, PixelRepresentation=1, RescaleIntercept=0, PixelData=STEPS.tobytes())
    np.testing.assert_allclose(pictures(data)[0][0, :, 0], GREY, atol=0.5)


def test_monochrome1_is_shown_the_other_way_round() -> None:
    (rgb,) = pictures(dicom(STEPS, PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_allclose(rgb[0, :, 0], 255 - np.array(GREY), atol=0.5)


def test_the_window_is_black_below_and_white_above() -> None:
    values = np.array([[-5000, -1350, -600, 150, 5000, np.nan]], np.float32)
    assert window(values, -600, 1500)[0].tolist() == [0, 0, 128, 255, 255, 230]


def test_frames_of_one_file_come_in_their_order() -> None:
    frames = np.stack([np.full((8, 8), hu, np.int16) for hu in (-900, -600, -300)])
    (series,) = read_ct([dicom(frames)], ["chest.dcm"])
    assert len(series) == 3
    assert [name for name, _ in series] == [f"chest.dcm, frame {i}" for i in (1, 2, 3)]
    levels = [int(rgb[0, 0, 0]) for _, rgb in series]
    assert levels == sorted(levels)


def test_rescaling_that_an_enhanced_file_gives_for_each_frame() -> None:
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    def group(intercept: float) -> Dataset:
        value, outer = Dataset(), Dataset()
        value.RescaleSlope, value.RescaleIntercept = 1, intercept
        outer.PixelValueTransformationSequence = Sequence([value])
        return outer

    frames = np.zeros((2, 8, 8), np.int16)
    data = dicom(
        frames, RescaleSlope=None, RescaleIntercept=None,
        PerFrameFunctionalGroupsSequence=Sequence([group(-1624), group(-1999)]),
    )  # fmt: skip
    first, second = pictures(data)
    assert (int(first[0, 0, 0]), int(second[0, 0, 0])) == (128, 64)


def test_a_series_is_ordered_along_the_body() -> None:
    files = [dicom(np.full((8, 8), -1000 + 100 * z, np.int16), number=z) for z in (3, 1, 4, 2)]
    levels = [int(rgb[0, 0, 0]) for rgb in pictures(*files)]
    assert levels == sorted(levels)
    # Without positions the number in the series decides.
    files = [
        dicom(np.full((8, 8), -1000 + 100 * z, np.int16), number=z, ImagePositionPatient=None) for z in (3, 1, 4, 2)
    ]
    assert [int(rgb[0, 0, 0]) for rgb in pictures(*files)] == levels


def test_files_are_sorted_into_their_series_and_overviews_left_out(tmp_path: Path) -> None:
    chest = chest_hu(64)
    one, other = dicom(chest, series="1.1"), dicom(chest, series="1.2")
    overview = dicom(chest, series="1.1", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    assert [len(series) for series in read_ct([one, other, one, overview])] == [2, 1]
    with pytest.raises(InputError, match="overview"):
        read_ct([overview])
    (tmp_path / "a.dcm").write_bytes(one)
    assert series_of(tmp_path / "a.dcm") == "1.1"
    assert series_of(tmp_path / "none.dcm") is None


def test_a_coloured_capture_is_taken_as_it_looks() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    data = dicom(
        STEPS, Modality="OT", Rows=8, Columns=8, SamplesPerPixel=3, PhotometricInterpretation="RGB", BitsAllocated=8,
        BitsStored=8, HighBit=7, PlanarConfiguration=0, RescaleSlope=None, RescaleIntercept=None,
        PixelData=rgb.tobytes(),
    )  # fmt: skip
    assert (pictures(data)[0] == rgb).all()


def _rle_of_nothing() -> bytes:
    from pydicom.encaps import encapsulate
    from pydicom.uid import RLELossless

    dataset = pydicom.dcmread(io.BytesIO(dicom(chest_hu(32))))
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.PixelData = encapsulate([b"\x02\0\0\0" + bytes(60) + b"\xff\xff"])
    dataset["PixelData"].is_undefined_length = True
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


def _deflated_bomb() -> bytes:
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    dataset = pydicom.dcmread(io.BytesIO(dicom(chest_hu(32))))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    head = buffer.getvalue()[:400]
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return head + deflate.compress(bytes(50_000_000)) + deflate.flush()


def _nested(depth: int = 3000) -> bytes:
    """A sequence in a sequence in a sequence, as deep as it goes."""
    start = struct.pack("<HH2sHI", 0x0008, 0x1115, b"SQ", 0, 0xFFFFFFFF)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    head = dicom(chest_hu(32))[:360]
    return head[: head.index(b"\x08\x00\x16\x00")] + (start + item) * depth


GOOD = chest_hu(32)
HOSTILE: dict[str, tuple[bytes, str]] = {
    "cut short": (dicom(GOOD)[:900], "damaged"),
    "pixels missing": (dicom(GOOD, PixelData=None), "no picture"),
    "too few pixels": (dicom(GOOD, PixelData=bytes(100)), "damaged"),
    "no rows": (dicom(GOOD, Rows=0), "no picture"),
    "huge": (dicom(GOOD, Rows=60000, Columns=60000), "larger than"),
    "a million frames": (dicom(GOOD, NumberOfFrames=1_000_000), "1000000 pictures"),
    "minus one frame": (dicom(GOOD, NumberOfFrames=-1), "pictures"),
    "an MR": (dicom(GOOD, Modality="MR"), r"another kind \(MR\)"),
    "no Hounsfield units": (dicom(GOOD, RescaleSlope=None, RescaleIntercept=None), "Hounsfield"),
    "slope zero": (dicom(GOOD, RescaleSlope=0), "Hounsfield"),
    "7 bits": (dicom(GOOD, BitsAllocated=7), "damaged"),
    "broken RLE": (_rle_of_nothing(), "damaged"),
    "two ways to store": (dicom(GOOD).replace(b"1.2.840.10008.1.2.1", b"\\.2.840.10008.1.2.1"), "damaged"),
    "deflated bomb": (_deflated_bomb(), "deflated"),
    "nested": (_nested(), "damaged|no picture"),
    "only the mark": (bytes(128) + b"DICM", "damaged|no picture|another kind"),
    "not DICOM": (b"no" * 100, "not a DICOM"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_nobody_should_write_give_one_sentence(name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(InputError, match=words) as caught:
        pictures(data)
    assert str(caught.value).endswith(".")


def test_one_bad_file_among_many_is_named() -> None:
    good = dicom(GOOD)
    with pytest.raises(InputError, match=r"^b\.dcm: "):
        pictures(good, good[:900], names=["a.dcm", "b.dcm"])


def test_limits_hold() -> None:
    many = dicom(np.zeros((5, 8, 8), np.int16))
    with pytest.raises(InputError, match="5 pictures"):
        read_ct([many], limits=SeriesLimits(max_slices=4))
    with pytest.raises(InputError, match="more than the 4 slices"):
        read_ct([dicom(np.zeros((3, 8, 8), np.int16))] * 2, limits=SeriesLimits(max_slices=4))


WHOLE = dicom(chest_hu(32))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(132, len(WHOLE) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 400))
def test_damaged_files_give_pictures_or_a_sentence(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place if place > 900 else 132 + place % 700] = value
    found: list[np.ndarray] = []
    try:
        found = pictures(bytes(data[: len(data) - cut]))
    except InputError as error:
        said = str(error)
    else:
        said = "."
    assert said.endswith(".")
    assert all(rgb.dtype == np.uint8 and rgb.shape[2] == 3 for rgb in found)
