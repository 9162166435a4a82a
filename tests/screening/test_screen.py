"""From whatever a person hands over to a report: the same answer for the same picture, one sentence for the rest."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from PIL import Image

import vitascope as vs
from tests.photos import chest_hu, dicom, encoded, eye, fundus, lesion, write
from vitascope.errors import InputError
from vitascope.report import report_schema
from vitascope.screening import examine, screen
from vitascope.screening.checks import REGISTRY
from vitascope.screening.drawing import side_by_side
from vitascope.screening.sources import inputs

LESION = lesion()
PLAIN = encoded(LESION)


def answer(source: Any, kind: str = "skin") -> list[float]:
    """Everything that a report says in figures, to compare two pictures by."""
    report = screen(source, kind)
    view = report.picture
    assert view is not None
    figures = [p for finding in report.findings.values() for p in finding.probabilities.values()]
    return [*figures, *view.probabilities.values()]


def tagged(turn: Image.Transpose, tag: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = tag
    return encoded(Image.fromarray(LESION).transpose(turn), "PNG", exif=exif)


def few_colours() -> Image.Image:
    return Image.fromarray(LESION).quantize(32)


def sixteen_bits(grey: np.ndarray) -> bytes:
    return encoded(Image.fromarray(grey.astype(np.uint16) * 257))


GREY = np.array(Image.fromarray(LESION).convert("L"))
COPIES: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "array": (lambda: LESION, lambda: PLAIN),
    "opaque alpha": (lambda: encoded(Image.fromarray(LESION).convert("RGBA")), lambda: PLAIN),
    "palette": (lambda: encoded(few_colours()), lambda: encoded(few_colours().convert("RGB"))),
    "grey": (lambda: encoded(GREY), lambda: encoded(np.repeat(GREY[..., None], 3, axis=2))),
    "grey with alpha": (lambda: encoded(Image.fromarray(GREY).convert("LA")), lambda: encoded(GREY)),
    "16 bits": (lambda: sixteen_bits(GREY), lambda: encoded(GREY)),
    "turned by its tag": (lambda: tagged(Image.Transpose.ROTATE_90, 6), lambda: PLAIN),
    "on its head by its tag": (lambda: tagged(Image.Transpose.ROTATE_180, 3), lambda: PLAIN),
    "mirrored by its tag": (lambda: tagged(Image.Transpose.FLIP_LEFT_RIGHT, 2), lambda: PLAIN),
    "webp": (lambda: encoded(LESION, "WEBP", lossless=True), lambda: PLAIN),
    "bmp": (lambda: encoded(LESION, "BMP"), lambda: PLAIN),
    "moving": (
        lambda: encoded(LESION, "WEBP", lossless=True, save_all=True, append_images=[Image.fromarray(LESION[::-1])]),
        lambda: PLAIN,
    ),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_gives_the_answer_of_the_plain_picture(name: str) -> None:
    copy, plain = COPIES[name]
    assert answer(copy()) == answer(plain())


def test_other_colour_spaces_and_compression_hardly_change_the_answer() -> None:
    plain = np.array(answer(PLAIN))
    near = [
        encoded(LESION, "JPEG", quality=95, subsampling=0),
        encoded(Image.fromarray(LESION).convert("CMYK"), "JPEG", quality=97, subsampling=0),
    ]
    for data in near:
        np.testing.assert_allclose(answer(data), plain, atol=0.1)


def test_heic_where_it_can_be_read() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    np.testing.assert_allclose(answer(encoded(LESION, "HEIF", quality=95)), answer(PLAIN), atol=0.1)


def test_real_pictures_give_the_same_answer_in_every_form(recordings: Path) -> None:
    for name, kind in (("skin_ham10000", "skin"), ("fundus_colour", "fundus"), ("ct_sars_cov2", "lung_ct")):
        path = sorted((recordings / name / "images").glob("*.webp"))[7]
        with Image.open(path) as picture:
            rgb = picture.convert("RGB")
        plain = answer(path, kind)
        exif = Image.Exif()
        exif[0x0112] = 6
        assert answer(encoded(rgb.convert("RGBA")), kind) == plain
        assert answer(encoded(rgb.transpose(Image.Transpose.ROTATE_90), exif=exif), kind) == plain
        assert screen(path, kind).findings.keys() == screen(path, "auto").findings.keys()


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(width * 3 + 1) * min(height, 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


UNUSABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "text": (b"Dear diary, today I took a picture." * 20, "not a picture"),
    "html": (b"<!doctype html><title>no</title>" * 20, "not a picture"),
    "random bytes": (np.random.default_rng(1).bytes(5000), "not a picture"),
    "pdf": (b"%PDF-1.7\n" + bytes(500), "not a picture"),
    "gif": (encoded(LESION, "GIF"), "not a picture"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not a picture"),
    "half a JPEG": (encoded(LESION, "JPEG")[:4000], "damaged"),
    "half a PNG": (PLAIN[: len(PLAIN) // 2], "damaged"),
    "bomb": (_png(60_000, 60_000), "million pixels"),
    "tall bomb": (_png(2, 2_000_000_000), "million pixels"),
    "one pixel": (encoded(LESION[:1, :1]), "at least 32 x 32"),
    "a strip": (encoded(LESION[:20]), "at least 32 x 32"),
    "DICOM cut short": (dicom(chest_hu(64))[:700], "damaged"),
    "DICOM of an MR": (dicom(chest_hu(64), Modality="MR"), "not CT"),
}
ODD: dict[str, np.ndarray] = {
    "black": np.zeros((200, 200, 3), np.uint8),
    "white": np.full((200, 200, 3), 255, np.uint8),
    "one colour": np.full((200, 200, 3), (222, 170, 155), np.uint8),
    "noise": np.random.default_rng(2).integers(0, 256, (200, 200, 3), dtype=np.uint8),
    "stripes": np.tile(np.repeat(np.array([[0], [255]], np.uint8), 10, axis=0), (10, 200))[..., None].repeat(3, axis=2),
}


@pytest.mark.parametrize("kind", ["skin", "lung_ct", "auto"])
@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_told_in_one_sentence(name: str, kind: str) -> None:
    data, words = UNUSABLE[name]
    if kind == "skin" and name.startswith("DICOM"):
        words = "Only Lung CT takes DICOM|damaged|not CT"
    with pytest.raises(InputError, match=words) as caught:
        screen(data, kind)
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("kind", [*REGISTRY, "auto"])
@pytest.mark.parametrize("name", ODD)
def test_pictures_of_nothing_are_never_answered(name: str, kind: str) -> None:
    report = screen(ODD[name], kind)
    assert report.findings or report.readings
    for finding in report.findings.values():
        assert finding.status == "rejected"
        assert finding.reason
        assert finding.reason.endswith(".")


def test_arrays_that_are_no_picture_are_refused() -> None:
    for array in (LESION[..., 0], LESION.astype(float), LESION[None], np.zeros((0, 5, 3), np.uint8)):
        with pytest.raises(InputError, match="uint8 RGB"):
            screen(array, "skin")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.jpg", "no file called"), (tmp_path, "no picture in this folder")):
        with pytest.raises(InputError, match=words):
            screen(path, "skin")


def test_another_kind_of_picture_is_sent_where_it_belongs() -> None:
    report = screen(fundus(), "skin")
    assert report.kind == "skin"
    finding = report.findings["skin"]
    assert finding.status == "rejected"
    assert "Back of the eye" in str(finding.reason)
    assert report.picture is not None
    assert report.picture.kind == "fundus"


@pytest.mark.parametrize("source", [LESION, eye(), fundus(), ODD["noise"]], ids=["lesion", "eye", "fundus", "noise"])
@pytest.mark.parametrize("kind", ["skin", "auto"])
def test_every_report_satisfies_the_schema(source: np.ndarray, kind: str) -> None:
    data = json.loads(screen(source, kind).to_json())
    jsonschema.validate(data, report_schema())
    assert "not a medical device" in data["disclaimer"]
    assert data["models"]


def test_the_short_name_is_the_same_function() -> None:
    assert vs.screen is screen


def series(count: int = 6, patches: int = 0) -> list[bytes]:
    return [dicom(chest_hu(128, seed, patches), number=seed) for seed in range(count)]


def test_a_series_gives_every_slice_and_one_answer(tmp_path: Path) -> None:
    for i, data in enumerate(series()):
        write(tmp_path / f"slice{i}.dcm", data)
    shares: list[float] = []
    examined = examine(tmp_path, "lung_ct", progress=shares.append)
    report = examined.report
    jsonschema.validate(json.loads(report.to_json()), report_schema())
    assert [part.number for part in report.slices] == [1, 2, 3, 4, 5, 6]
    assert [part.source for part in report.slices] == [f"slice{i}.dcm" for i in range(6)]
    assert shares[-1] == 1
    finding = report.findings["covid"]
    judged = [part for part in report.slices if part.status != "rejected"]
    if len(judged) >= 3:
        log = np.log([[part.probabilities["no"], part.probabilities["yes"]] for part in judged]).mean(axis=0)
        assert finding.probabilities["yes"] == pytest.approx(1 / (1 + np.exp(log[0] - log[1])), rel=1e-3)
    else:
        assert finding.status == "rejected"
    assert examined.rgb.shape == (128, 128, 3)


def test_frames_and_files_of_one_series_are_the_same_volume() -> None:
    frames = dicom(np.stack([chest_hu(128, seed) for seed in range(4)]))
    together = examine(frames, "lung_ct").report
    apart = examine([dicom(chest_hu(128, seed), number=seed) for seed in range(4)], "lung_ct").report
    assert [s.probabilities for s in together.slices] == [s.probabilities for s in apart.slices]
    assert together.findings["covid"].probabilities == apart.findings["covid"].probabilities


def test_only_one_series_and_only_ct_at_a_time() -> None:
    one, other = dicom(chest_hu(64), series="1.1"), dicom(chest_hu(64), series="1.2")
    for source, kind, words in (
        ([one, other], "lung_ct", "2 different series"),
        ([one, PLAIN], "lung_ct", "cannot be one series"),
        ([PLAIN, PLAIN], "skin", "one picture at a time"),
        (one, "skin", "Only Lung CT"),
        ([], "lung_ct", "no picture"),
    ):
        with pytest.raises(InputError, match=words):
            screen(source, kind)


def test_what_a_person_names_is_sorted_into_inputs(tmp_path: Path) -> None:
    folder = tmp_path / "patient"
    folder.mkdir()
    for i, data in enumerate(series(3)):
        write(folder / f"s{i}", data)
    write(folder / "mole.png", PLAIN)
    write(folder / "notes.txt", b"notes")
    other = write(tmp_path / "other.dcm", dicom(chest_hu(32), series="9.9"))
    named = inputs([folder, other, tmp_path / "none.jpg"])
    assert named == [
        (folder / "mole.png", folder / "mole.png"),
        (tmp_path / "none.jpg", tmp_path / "none.jpg"),
        (folder, [folder / f"s{i}" for i in range(3)]),
        (other, other),
    ]
    pictures = [write(tmp_path / f"{i}.png", PLAIN) for i in range(3)]
    assert inputs(pictures, as_series=True) == [(pictures[0], pictures)]


def test_a_drawing_shows_the_picture_beside_each_heat_map() -> None:
    examined = examine(LESION, "skin")
    drawn = side_by_side(examined)
    assert drawn.shape[1] == (1 + len(examined.maps)) * LESION.shape[1]
    assert (drawn[: LESION.shape[0], : LESION.shape[1]] == LESION).all()


def test_nothing_of_the_metadata_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Anna Nobody, 12 Nowhere Street"
    with_place = encoded(LESION, "JPEG", quality=95, exif=exif, comment=b"Anna Nobody")
    assert b"Anna" in with_place
    told = screen(with_place, "skin").to_json() + screen(dicom(chest_hu(64)), "lung_ct").to_json()
    assert "Anna" not in told
    assert "0815" not in told
