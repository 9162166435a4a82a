"""What is hidden: a portrait as it is and with simple things laid over it, and the rule that refuses."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vitascope.face import visibility
from vitascope.face.finder import BlazeFace
from vitascope.face.mesh import Crop, crop_of_detection, crop_of_landmarks, place
from vitascope.face.regions import outlines
from vitascope.face.visibility import OCCLUDERS, PARTS, Visibility, look, refused_for, thresholds, why_refused
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Limits, open_clip

Picture = NDArray[np.uint8]
Points = NDArray[np.float64]


def landmarks_of(rgb: Picture) -> Points:
    found, _ = place(rgb, crop_of_detection(BlazeFace().find(rgb)[0]))
    return place(rgb, crop_of_landmarks(found))[0]


@pytest.fixture(scope="module")
def face(close_up: Picture) -> Points:
    return landmarks_of(close_up)


def seen(rgb: Picture, near: Points) -> Visibility:
    """The mesh follows what can be seen, so it is placed anew on the changed picture."""
    landmarks, _ = place(rgb, crop_of_landmarks(near))
    return look(rgb, crop_of_landmarks(landmarks))


def painted(rgb: Picture, shape: Points, colour: tuple[int, int, int]) -> Picture:
    copy = rgb.copy()
    cv2.fillPoly(copy, [shape.astype(np.int32)], colour, cv2.LINE_AA)
    return copy


def test_an_open_face_is_not_refused(close_up: Picture, face: Points) -> None:
    view = seen(close_up, face)
    assert tuple(view.hidden) == PARTS
    assert tuple(view.by) == OCCLUDERS
    assert why_refused(view) is None


def test_the_channel_order_of_a_browser_canvas_is_the_same(close_up: Picture, face: Points) -> None:
    crop = crop_of_landmarks(face)
    with_alpha = np.dstack([close_up, np.full(close_up.shape[:2], 255, np.uint8)])
    plain, rgba = look(close_up, crop), look(with_alpha, crop)
    assert plain.hidden == rgba.hidden
    np.testing.assert_array_equal(plain.skin, rgba.skin)


def test_a_mask_is_named(close_up: Picture, face: Points) -> None:
    ring = [197, 118, 234, 93, 132, 58, 172, 136, 150, 152, 379, 365, 397, 288, 361, 323, 454, 347]
    view = seen(painted(close_up, face[ring, :2], (180, 205, 225)), face)
    refused = why_refused(view)
    assert refused is not None
    assert refused[0] in {"mouth", "nose", "right_cheek", "left_cheek"}
    assert refused[1] == "mask"


def test_dark_glasses_are_refused_and_a_clear_frame_is_not(close_up: Picture, face: Points) -> None:
    apart = float(np.linalg.norm(face[263, :2] - face[33, :2]))
    dark, frame = close_up.copy(), close_up.copy()
    for ids in ((33, 133), (263, 362)):
        centre = tuple(int(v) for v in face[list(ids), :2].mean(axis=0))
        size = (round(0.27 * apart), round(0.2 * apart))
        cv2.ellipse(dark, centre, size, 0, 0, 360, (15, 15, 18), -1, cv2.LINE_AA)
        cv2.ellipse(frame, centre, size, 0, 0, 360, (40, 30, 25), 3, cv2.LINE_AA)
    for picture in (dark, frame):
        cv2.line(picture, *(tuple(int(v) for v in face[i, :2]) for i in (133, 362)), (30, 25, 20), 3, cv2.LINE_AA)
    assert why_refused(seen(dark, face)) == ("eyes", "glasses")
    clear = seen(frame, face)
    assert why_refused(clear) is None
    assert clear.hidden["eyes"] < 0.2


@pytest.mark.parametrize("part", ["right_cheek", "left_cheek"])
def test_a_sheet_over_a_cheek_is_refused(close_up: Picture, face: Points, part: str) -> None:
    corners = cv2.boxPoints(cv2.minAreaRect(outlines(face)[part].astype(np.float32)))
    middle = corners.mean(axis=0)
    view = seen(painted(close_up, middle + 1.15 * (corners - middle), (60, 90, 70)), face)
    refused = why_refused(view)
    assert refused is not None
    assert view.hidden[part] > 0.5


@pytest.mark.parametrize("side", ["left", "right"])
def test_half_out_of_the_picture_is_refused(close_up: Picture, face: Points, side: str) -> None:
    nose = int(face[1, 0])
    rgb = np.ascontiguousarray(close_up[:, nose:] if side == "left" else close_up[:, :nose])
    shifted = face - (nose if side == "left" else 0, 0, 0)
    crop = crop_of_landmarks(shifted)
    view = look(rgb, crop)
    refused = why_refused(view)
    assert refused is not None
    assert view.by["out_of_frame"] > 0.5


def test_skin_is_where_the_cheeks_are_and_not_on_eyes_lips_or_wall(close_up: Picture, face: Points) -> None:
    crop = crop_of_landmarks(face)
    skin = look(close_up, crop).skin
    size = skin.shape[0]
    turn = np.array([[np.cos(crop.angle), -np.sin(crop.angle)], [np.sin(crop.angle), np.cos(crop.angle)]])

    def share(points: Points) -> float:
        cells = (points[:, :2] - (crop.x, crop.y)) @ turn * size / crop.side + (size - 1) / 2
        mask = np.zeros((size, size), np.uint8)
        cv2.fillPoly(mask, [np.rint(cells).astype(np.int32)], 1)
        return float((skin[mask > 0] > 0.5).mean())

    regions = outlines(face)
    assert share(regions["right_cheek"]) > 0.85
    assert share(regions["left_cheek"]) > 0.85
    assert share(regions["forehead"]) < 0.5  # a fringe lies over it
    assert share(face[[33, 160, 158, 133, 153, 144]]) < 0.3
    assert share(face[[61, 37, 267, 291, 314, 84]]) < 0.3
    assert (skin[[0, -1]] > 0.5).mean() < 0.05


def probabilities(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries({name: st.floats(0, 1) for name in names})


@given(hidden=probabilities(PARTS), by=probabilities(OCCLUDERS))
def test_a_refusal_names_a_hidden_part_and_something_that_is_there(
    hidden: dict[str, float], by: dict[str, float]
) -> None:
    limits = visibility.thresholds()
    over = [part for part in PARTS if hidden[part] >= limits[part]]
    refused = refused_for(hidden, by, limits)
    if refused is None:
        assert over in ([], ["forehead"])
        assert not over or by["hair"] >= 0.5
    else:
        part, cause = refused
        assert part in over
        assert cause is None or by[cause] >= 0.5


def test_a_fringe_alone_is_no_reason_but_a_hand_on_the_forehead_is() -> None:
    limits = dict.fromkeys(PARTS, 0.5)
    hidden = {**dict.fromkeys(PARTS, 0.0), "forehead": 0.99}
    nothing = dict.fromkeys(OCCLUDERS, 0.0)
    assert refused_for(hidden, {**nothing, "hair": 0.9}, limits) is None
    assert refused_for(hidden, {**nothing, "hair": 0.9, "hand": 0.95}, limits) == ("forehead", "hand")
    assert refused_for(hidden, nothing, limits) == ("forehead", None)
    assert refused_for({**hidden, "eyes": 0.8}, {**nothing, "hair": 0.9}, limits) == ("forehead", "hair")


def test_thresholds_are_those_of_the_card() -> None:
    limits = visibility.thresholds()
    assert set(limits) == set(PARTS)
    assert all(0.2 < limit < 1 for limit in limits.values())


def test_a_crop_outside_of_the_picture_is_all_hidden(close_up: Picture) -> None:
    view = look(close_up, Crop(-2000.0, -2000.0, 300.0, 0.1))
    assert min(view.hidden.values()) > 0.5
    assert view.skin.max() < 0.5


@pytest.mark.recording
def test_open_faces_on_recordings_are_measured(recordings: Path) -> None:
    for name in ("evm_face_53bpm.mp4", "remophysio_face_no_reference.mp4", "webcam_variable_rate.webm"):
        watcher = FaceWatcher()
        refusals = []
        with open_clip(recordings / "video" / name, Limits()) as clip:
            for frame in clip:
                if frame.time_s > 5:
                    break
                if watcher.see(frame).found and len(refusals) < frame.time_s * 4:
                    landmarks = landmarks_of(frame.rgb)
                    refusals.append(why_refused(look(frame.rgb, crop_of_landmarks(landmarks))))
        assert len(refusals) > 10
        assert refusals.count(None) >= 0.95 * len(refusals), name


@pytest.mark.recording
def test_glasses_and_a_beard_are_measured_and_a_face_that_leaves_is_not(recordings: Path) -> None:
    watcher, early, late = FaceWatcher(), [], []
    with open_clip(recordings / "video" / "obstructions_face_lost.mov", Limits()) as clip:
        for frame in clip:
            sight = watcher.see(frame)
            if frame.time_s < 20:
                early.append(sight.refusal is None and sight.found)
            elif frame.time_s >= 29:
                late.append(sight.refusal is None and sight.found)
    assert np.mean(early) > 0.97
    assert np.mean(late) < 0.3


def test_glasses_that_are_there_are_not_said_to_hide_a_cheek() -> None:
    hidden = dict.fromkeys(PARTS, 0.01) | {"left_cheek": 0.99}
    by = dict.fromkeys(OCCLUDERS, 0.01) | {"glasses": 0.95, "hand": 0.6}
    assert refused_for(hidden, by, thresholds()) == ("left_cheek", "hand")


def test_hair_must_be_far_likelier_than_a_hand_to_excuse_a_hidden_forehead() -> None:
    hidden = dict.fromkeys(PARTS, 0.01) | {"forehead": 0.99}
    by = dict.fromkeys(OCCLUDERS, 0.01) | {"hair": 0.5, "hand": 0.3}
    assert refused_for(hidden, by, thresholds()) == ("forehead", "hair")
    assert refused_for(hidden, by | {"hand": 0.1}, thresholds()) is None
