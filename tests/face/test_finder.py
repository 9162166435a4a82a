"""The finder and mesh graphs: pictures of any size, shape and number of channels, wherever the face is."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.evaluation.face.occluders import put_mask
from vitascope.face import guidance
from vitascope.face.finder import FULL_RANGE, SHORT_RANGE, BlazeFace, Network, confirmed, detect, with_margin
from vitascope.face.mesh import Crop, crop_of_detection, crop_of_landmarks, place
from vitascope.face.picture import look_at
from vitascope.face.verifier import MIN_BELIEF_LARGE, VOUCHED, belief, vouched
from vitascope.models import runtime

Picture = NDArray[np.uint8]
EYES = np.array([[202.5, 101.0], [246.0, 103.5]])  # read off the enlarged portrait by eye


def reduced(portrait: Picture, scale: float, size: tuple[int, int], at: tuple[int, int]) -> Picture:
    """The portrait's upper part at another scale, on grey (height, width) with its corner `at` (x, y)."""
    small = cv2.resize(portrait[0:260, 60:400], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.full((*size, 3), 90, np.uint8)
    picture[at[1] : at[1] + small.shape[0], at[0] : at[0] + small.shape[1]] = small
    return picture


@pytest.mark.parametrize("network", [SHORT_RANGE, FULL_RANGE], ids=lambda network: network.name)
@pytest.mark.parametrize("size", [(480, 640), (640, 480), (300, 303), (720, 1280), (1081, 999)])
def test_places_come_out_in_pixels_of_the_picture(portrait: Picture, network: Network, size: tuple[int, int]) -> None:
    scale = 0.6 * min(size) / 260
    scale = min(scale, (size[1] - 20) / 340)
    picture = reduced(portrait, scale, size, (7, 11))
    face = detect(network, picture)[0]
    expected = (EYES - (60, 0)) * scale + (7, 11)
    assert np.abs(face.points[:2] - expected).max() < 0.25 * np.linalg.norm(expected[1] - expected[0])


def test_a_fourth_channel_changes_nothing(close_up: Picture) -> None:
    rgba = np.dstack([close_up, np.full(close_up.shape[:2], 255, np.uint8)])
    crop = np.array([320, 240, 300, 0.1], np.float32)
    for name, inputs in {SHORT_RANGE.name: {}, FULL_RANGE.name: {}, "face_mesh": {"crop": crop}}.items():
        three = runtime.run(name, picture=close_up[None], **inputs)
        four = runtime.run(name, picture=rgba[None], **inputs)
        for one, other in zip(three, four, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_crop_is_the_one_opencv_would_cut(close_up: Picture) -> None:
    # A crop without scale or turn shows whole pixels: the same picture cut by hand must give the same landmarks.
    x, y = 330, 250
    cut = np.ascontiguousarray(close_up[y - 96 : y + 96, x - 96 : x + 96])
    inside, sure = place(close_up, Crop(x - 0.5, y - 0.5, 192, 0.0))
    alone, sure_alone = place(cut, Crop(95.5, 95.5, 192, 0.0))
    np.testing.assert_allclose(inside[:, :2], alone[:, :2] + (x - 96, y - 96), atol=2e-3)
    assert sure == pytest.approx(sure_alone, abs=1e-5)


@pytest.mark.parametrize("angle", [0.4, -0.7, 1.57])
def test_turning_the_crop_with_the_picture_turns_the_landmarks(close_up: Picture, angle: float) -> None:
    upright, _ = place(close_up, Crop(320, 240, 330, 0.0))
    matrix = np.asarray(cv2.getRotationMatrix2D((320, 240), -np.degrees(angle), 1.0))
    turned = np.asarray(cv2.warpAffine(close_up, matrix, (640, 480), flags=cv2.INTER_CUBIC), np.uint8)
    landmarks, _ = place(turned, Crop(320, 240, 330, angle))
    expected = upright[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    eyes = np.linalg.norm(upright[33, :2] - upright[263, :2])
    assert np.linalg.norm(landmarks[:, :2] - expected, axis=1).mean() < 0.02 * eyes


def test_a_crop_outside_the_picture_holds_no_face(close_up: Picture) -> None:
    for crop in (Crop(-500, 100, 200, 0.3), Crop(5000, 5000, 100, 0.0), Crop(320, 240, 0.5, 0.0)):
        landmarks, sure = place(close_up, crop)
        assert np.isfinite(landmarks).all()
        assert sure < 0.5


@pytest.mark.parametrize("width", [66, 80, 110])
def test_small_faces_are_found_in_a_second_look(portrait: Picture, width: int) -> None:
    picture = reduced(portrait, width / 80, (480, 640), (150, 60))  # the face is 80 pixels wide in the portrait
    (face,) = BlazeFace().find(picture)
    assert face.landmarks is not None
    expected = (EYES - (60, 0)) * width / 80 + (150, 60)
    np.testing.assert_allclose(face.landmarks[[33, 263], :2].mean(axis=0), expected.mean(axis=0), atol=0.08 * width)


def test_landmarks_hold_when_the_picture_is_mirrored_turned_halved_or_compressed(close_up: Picture) -> None:
    def settled(picture: Picture, crop: Crop) -> NDArray[np.float64]:
        first, _ = place(picture, crop)
        return place(picture, crop_of_landmarks(first))[0][:, :2]

    crop = Crop(320, 240, 330, 0.0)
    plain = settled(close_up, crop)
    eyes = float(np.linalg.norm(plain[33] - plain[263]))
    matrix = np.asarray(cv2.getRotationMatrix2D((320, 240), 45, 1.0))
    turned = np.asarray(cv2.warpAffine(close_up, matrix, (640, 480)), np.uint8)
    at = np.array([320, 240])
    back = (settled(turned, Crop(*at, 330, -np.pi / 4)) - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    half = np.asarray(cv2.resize(close_up, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)
    small = settled(half, Crop(159.75, 119.75, 165, 0.0)) * 2 + 0.5
    _, coded = cv2.imencode(".jpg", close_up, [cv2.IMWRITE_JPEG_QUALITY, 15])
    crude = settled(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8), crop)
    for other in (back, small, crude):
        assert np.linalg.norm(other - plain, axis=1).mean() < 0.03 * eyes
    # Mirrored, the right eye's corner is the left one's.
    mirrored = settled(np.ascontiguousarray(close_up[:, ::-1]), Crop(319, 240, 330, 0.0))
    mirrored[:, 0] = 639 - mirrored[:, 0]
    assert np.linalg.norm(mirrored[[263, 33]] - plain[[33, 263]], axis=1).mean() < 0.03 * eyes


@pytest.mark.parametrize("seed", range(3))
def test_a_masked_face_is_found_and_told_to_uncover(close_up: Picture, seed: int) -> None:
    landmarks = look_at(close_up).landmarks
    assert landmarks is not None
    masked = put_mask(close_up, landmarks, np.random.default_rng(seed))
    faces = BlazeFace().find(masked)
    assert faces
    sight = look_at(masked)
    assert sight.found
    assert sight.refusal == guidance.HIDDEN_BY["mask"]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("width", [64, 80])
def test_a_small_masked_face_is_found_where_it_is(close_up: Picture, seed: int, width: int) -> None:
    landmarks = look_at(close_up).landmarks
    assert landmarks is not None
    scale = width / float(np.ptp(landmarks[:, 0]))
    masked = put_mask(close_up, landmarks, np.random.default_rng(seed))
    picture = np.full((480, 640, 3), 90, np.uint8)
    small = cv2.resize(masked, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture[90 : 90 + small.shape[0], 200 : 200 + small.shape[1]] = small
    faces = BlazeFace().find(picture)
    expected = landmarks[[33, 263], :2].mean(axis=0) * scale + (200, 90)
    apart = [
        float(np.abs(face.landmarks[[33, 263], :2].mean(axis=0) - expected).max())
        for face in faces
        if face.landmarks is not None
    ]
    assert len(apart) == 1
    assert apart[0] < 0.12 * width


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale", [0.8, 12.0])
def test_a_masked_face_that_fills_the_picture_is_seen_inside_a_margin(
    close_up: Picture, seed: int, scale: float
) -> None:
    landmarks = look_at(close_up).landmarks
    assert landmarks is not None
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    (left, top), (right, bottom) = (low + 0.2 * (high - low)).astype(int), (high - 0.2 * (high - low)).astype(int)
    masked = put_mask(close_up, landmarks, np.random.default_rng(seed))[top:bottom, left:right]
    tight = np.asarray(cv2.resize(masked, None, fx=scale, fy=scale), np.uint8)
    (face,) = confirmed(tight, with_margin(tight), vouching=MIN_BELIEF_LARGE)
    assert face.landmarks is not None
    expected = (landmarks[[33, 263], :2].mean(axis=0) - (left, top)) * scale
    np.testing.assert_allclose(face.landmarks[[33, 263], :2].mean(axis=0), expected, atol=0.15 * tight.shape[1])


def test_the_verifier_believes_in_upright_faces_only(close_up: Picture) -> None:
    face = BlazeFace().find(close_up)[0]
    crop = crop_of_detection(face)
    assert belief(close_up, crop) > 0.97
    assert vouched(close_up, crop, crop) == VOUCHED
    beside = replace(crop, x=crop.x - crop.side, y=crop.y + crop.side)
    for wrong in (replace(crop, angle=crop.angle + np.pi), replace(crop, side=crop.side / 5), beside):
        assert vouched(close_up, wrong) == 0.0
    noise = np.random.default_rng(0).integers(0, 256, close_up.shape, dtype=np.uint8)
    assert vouched(noise, crop) == 0.0
