"""The gate: pictures that no check takes are something else, a face is a face, poor pictures say what to change."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vitascope.demo.clip import PORTRAIT
from vitascope.media.picture import read_picture
from vitascope.models import cards
from vitascope.screening import gate

Picture = NDArray[np.uint8]


def written() -> Picture:
    page = Image.new("RGB", (600, 800), "white")
    for y in range(20, 780, 22):
        ImageDraw.Draw(page).text(
            (20, y), "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 2, fill="black"
        )
    return np.asarray(page)


def logo() -> Picture:
    page = Image.new("RGB", (400, 400), (20, 60, 160))
    pen = ImageDraw.Draw(page)
    pen.polygon([(200, 40), (360, 340), (40, 340)], fill=(250, 200, 30))
    pen.rectangle((170, 200, 230, 330), fill=(200, 30, 40))
    return np.asarray(page)


def noise() -> Picture:
    return np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)


def stripes() -> Picture:
    wave = (np.sin(np.arange(500) / 6) > 0) * np.uint8(255)
    return np.repeat(np.repeat(wave[None, :, None], 300, 0), 3, 2).astype(np.uint8)


@pytest.mark.parametrize("make", [written, logo, noise, stripes], ids=lambda make: make.__name__)
def test_what_no_check_takes_is_something_else(make: object) -> None:
    assert callable(make)
    assert gate.look(make()).kind == "other"


@pytest.mark.parametrize("level", [0, 255])
def test_an_empty_picture_is_never_judged(level: int) -> None:
    seen = gate.look(np.full((300, 400, 3), level, np.uint8))
    assert seen.kind == "other" or seen.refusal is not None


def test_a_portrait_is_a_face_however_large() -> None:
    face = read_picture(PORTRAIT)[0:240, 65:385]
    for scale in (0.5, 1.0, 3.0):
        assert gate.look(cv2.resize(face, None, fx=scale, fy=scale).astype(np.uint8)).kind == "face"


def test_poor_light_and_blur_say_what_to_change() -> None:
    limits = cards.load("gate").details["limits_of_quality"]
    fine = {"sharpness": 0.5, "brightness": 130.0, "contrast": 50.0, "dark_share": 0.0, "bright_share": 0.0}
    for kind in ("skin", "outer_eye"):
        assert gate._poor(fine, limits[kind]) is None
        assert gate._poor(fine | {"brightness": 5.0}, limits[kind]) == gate.TOO_LOW["brightness"]
        assert gate._poor(fine | {"brightness": 252.0}, limits[kind]) == gate.TOO_HIGH["brightness"]
        assert gate._poor(fine | {"sharpness": 0.001}, limits[kind]) == gate.TOO_LOW["sharpness"]
