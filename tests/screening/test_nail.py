"""The nail check from picture to reading, on real hands where they are, and on what is no hand."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope import screen
from vitascope.errors import InputError
from vitascope.media.picture import read_picture
from vitascope.models import cards
from vitascope.screening.alike import Alike
from vitascope.screening.checks.nail import NAIL
from vitascope.screening.nails import find

Rgb = NDArray[np.uint8]
WOMAN = {"sex": "female", "age": "33"}


@pytest.fixture(scope="module")
def hands(recordings: Path) -> list[tuple[Path, float]]:
    home = recordings / "nail_yakimov"
    if not home.is_dir():
        pytest.skip("the photos of hands are not there")
    with (home / "metadata.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    return [(home / "photo" / f"{row['PATIENT_ID']}.jpg", float(row["HB_LEVEL_GperL"]) / 10) for row in rows[::20]]


def test_every_nail_has_its_box_and_value_and_the_reading_is_their_median(hands: list[tuple[Path, float]]) -> None:
    held = 0
    for path, hb in hands:
        report = screen(path, "nail", person=WOMAN)
        reading = report.readings["haemoglobin"]
        assert reading.value is not None
        assert reading.interval is not None
        values = [box.value for box in report.boxes if box.value is not None]
        assert len(values) >= 2
        assert len(report.boxes) >= 3
        assert reading.value == pytest.approx(float(np.median(values)), abs=0.02)
        assert reading.band in ("severely low", "moderately low", "mildly low", "not low")
        held += reading.interval[0] <= hb <= reading.interval[1]
    assert held >= 0.7 * len(hands)


def test_a_hand_is_recognised_and_without_age_and_sex_there_is_no_band(hands: list[tuple[Path, float]]) -> None:
    report = screen(hands[0][0], "auto")
    assert report.kind == "nail"
    reading = report.readings["haemoglobin"]
    assert reading.band is None
    assert reading.status == "tentative"


def test_flipped_turned_and_half_size_hands_say_nearly_the_same(hands: list[tuple[Path, float]]) -> None:
    rgb = read_picture(hands[0][0])
    plain = NAIL.look(rgb).value
    assert plain is not None
    for other in (
        rgb[:, ::-1],
        rgb[::-1],
        np.rot90(rgb),
        cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    ):
        value = NAIL.look(np.ascontiguousarray(other).astype(np.uint8)).value
        assert value is not None
        assert abs(value - plain) < 1.5


def test_frames_of_one_hand_are_one_capture(hands: list[tuple[Path, float]], tmp_path: Path) -> None:
    frames = []
    for k in range(12):
        rgb = np.roll(read_picture(hands[0][0]), k, axis=0)
        frames.append(tmp_path / f"{k:02}.png")
        cv2.imwrite(str(frames[-1]), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    report = screen(frames, "nail", person=WOMAN)
    reading = report.readings["haemoglobin"]
    assert reading.inputs["frames"] == 12
    assert any("how steady" in message for message in report.quality.messages)


def test_a_hand_in_shadow_is_refused_or_less_certain(hands: list[tuple[Path, float]]) -> None:
    rgb = read_picture(hands[0][0])
    plain, dark = (NAIL.judge(picture).readings[0] for picture in (rgb, (rgb * 0.12).astype(np.uint8)))
    assert plain.interval is not None
    if dark.value is None:
        assert dark.reason
    else:
        assert dark.interval is not None
        assert dark.interval[1] - dark.interval[0] > plain.interval[1] - plain.interval[0]


@pytest.mark.parametrize("colour", [(235, 120, 160), (170, 20, 35), (240, 238, 235), (25, 22, 25)])
def test_polish_is_no_nail_to_read(hands: list[tuple[Path, float]], colour: tuple[int, int, int]) -> None:
    rgb = read_picture(hands[1][0])
    painted = rgb.copy()
    for nail in find(rgb):
        x, y, w, h = (np.array(nail.place) * np.array([rgb.shape[1], rgb.shape[0]] * 2)).astype(int)
        cv2.ellipse(painted, (x + w // 2, y + h // 2), (int(w * 0.45), int(h * 0.42)), 0, 0, 360, colour, -1)
    reading = NAIL.judge(painted).readings[0]
    assert reading.value is None
    assert "take off polish" in str(reading.reason)


def test_a_low_estimate_reaches_lower_and_is_less_sure_than_one_in_the_middle() -> None:
    card = cards.load("nail_hb").details
    low, middle = Alike.to(9.5, card), Alike.to(13.5, card)
    assert low.low < middle.low
    assert low.within(1.5) < middle.within(1.5)
    assert low.below_8 > middle.below_8
    assert low.below_11 > middle.below_11
    assert Alike.to(2.0, card) == Alike.to(card["alike"]["estimate"][0], card)


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_an_empty_table_has_no_nails(shade: int) -> None:
    empty = np.full((480, 640, 3), shade, np.uint8)
    assert find(empty) == []
    reading = NAIL.judge(empty).readings[0]
    assert reading.value is None
    assert "No fingernail was found" in str(reading.reason)


def test_what_cannot_be_of_a_person_is_one_sentence() -> None:
    with pytest.raises(InputError, match="male and pregnant"):
        NAIL.judge(np.zeros((64, 64, 3), np.uint8), person={"sex": "male", "trimester": "2"})
