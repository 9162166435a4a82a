"""The face on a public-domain portrait: found where it is, however the picture is turned; nothing found elsewhere."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.face import guidance
from vitascope.face.finder import BlazeFace, find_turned
from vitascope.face.mesh import crop_of_detection, crop_of_landmarks, place
from vitascope.face.pose import pose
from vitascope.face.regions import MIN_SKIN, REGIONS, mean_colours, outlines, pixels
from vitascope.face.tracker import FaceTracker
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame

Picture = NDArray[np.uint8]
# Right eye, left eye and nose tip read off the enlarged picture by eye.
EYES_AND_NOSE = np.array([[202.5, 101.0], [246.0, 103.5], [223.0, 126.0]])
EYE_RIGHT, EYE_LEFT, NOSE = [33, 133, 159, 145], [263, 362, 386, 374], [4]


def eyes_and_nose(landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([landmarks[ids, :2].mean(axis=0) for ids in (EYE_RIGHT, EYE_LEFT, NOSE)])


def turn(picture: Picture, degrees: float) -> tuple[Picture, NDArray[np.float64]]:
    """The picture turned counter-clockwise about its middle, and the matrix (2, 3) that takes points along."""
    matrix = cv2.getRotationMatrix2D((256, 256), degrees, 0.9)
    return np.asarray(cv2.warpAffine(picture, matrix, (512, 512)), np.uint8), np.asarray(matrix)


def test_the_finder_finds_the_face(portrait: Picture) -> None:
    (face,) = BlazeFace().find(portrait)
    assert face.score > 0.8
    np.testing.assert_allclose(face.points[:3], EYES_AND_NOSE, atol=6)


def test_two_faces_are_two(portrait: Picture) -> None:
    faces = BlazeFace().find(np.hstack([portrait, portrait]))
    assert len(faces) == 2
    assert abs(abs(faces[0].points[2, 0] - faces[1].points[2, 0]) - 512) < 10


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_turning_the_picture_moves_the_places_back(portrait: Picture, quarter_turns: int) -> None:
    lying = np.ascontiguousarray(np.rot90(portrait[:, :400], -quarter_turns))
    faces = find_turned(BlazeFace(), lying, quarter_turns)
    upright = find_turned(BlazeFace(), np.ascontiguousarray(portrait[:, :400]), 0)
    matrix = {0: [[1, 0], [0, 1]], 1: [[0, -1], [1, 0]], 2: [[-1, 0], [0, -1]], 3: [[0, 1], [-1, 0]]}[quarter_turns]
    shift = {0: (0, 0), 1: (512, 0), 2: (400, 512), 3: (0, 400)}[quarter_turns]
    np.testing.assert_allclose(faces[0].points, upright[0].points @ np.array(matrix).T + shift, atol=1e-3)


@pytest.mark.parametrize("degrees", [0, 20, 45, -45, 90, -90, 180])
def test_the_face_is_tracked_at_every_angle(portrait: Picture, degrees: float) -> None:
    picture, matrix = turn(portrait, degrees)
    track = FaceTracker().follow(picture, 0.0)
    assert track is not None
    expected = EYES_AND_NOSE @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(eyes_and_nose(track.landmarks), expected, atol=5)
    _, _, roll = pose(track.landmarks)
    assert (roll + degrees + 180) % 360 - 180 == pytest.approx(3.3, abs=5)  # she tilts her head a little


def test_small_and_off_centre(portrait: Picture) -> None:
    picture = np.full((480, 640, 3), 90, np.uint8)
    picture[130:450, 300:620] = cv2.resize(portrait, (320, 320), interpolation=cv2.INTER_AREA)
    track = FaceTracker().follow(picture, 0.0)
    assert track is not None
    np.testing.assert_allclose(eyes_and_nose(track.landmarks), EYES_AND_NOSE * 320 / 512 + (300, 130), atol=4)


def test_the_mesh_does_not_depend_on_the_crop(portrait: Picture) -> None:
    (face,) = BlazeFace().find(portrait)
    once, sure = place(portrait, crop_of_detection(face))
    twice, _ = place(portrait, crop_of_landmarks(once))
    assert sure > 0.95
    assert np.abs(twice - once)[:, :2].mean() < 0.02 * np.ptp(once[:, 0])


@pytest.mark.parametrize("kind", ["black", "white", "noise", "ramp", "checks"])
def test_no_face_is_found_where_there_is_none(kind: str) -> None:
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(0, 255, 640, dtype=np.uint8)[None, :, None], (480, 1, 3))
    picture = {
        "black": np.zeros((480, 640, 3), np.uint8),
        "white": np.full((480, 640, 3), 255, np.uint8),
        "noise": rng.integers(0, 256, (480, 640, 3), dtype=np.uint8),
        "ramp": ramp,
        "checks": np.kron(np.indices((6, 8)).sum(axis=0) % 2, np.ones((80, 80)))[..., None].repeat(3, 2).astype("u1"),
    }[kind]
    watcher = FaceWatcher()
    for i in range(6):
        sight = watcher.see(Frame(picture, i / 5))
        assert not sight.found
        assert sight.box is None
        assert np.isnan(sight.means).all()
    assert sight.messages == (guidance.NO_FACE,)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 500, 3), (500, 2, 3)])
def test_tiny_pictures_hold_no_face(shape: tuple[int, int, int]) -> None:
    assert not FaceWatcher().see(Frame(np.full(shape, 128, np.uint8), 0.0)).found


def test_means_are_those_of_the_skin(close_up: Picture) -> None:
    sight = FaceWatcher().see(Frame(close_up, 0.0))
    assert tuple(sight.regions) == REGIONS
    # A fringe covers three quarters of this forehead, so it may have no colour of its own.
    bare = sight.valid >= MIN_SKIN
    assert bare.sum() >= len(REGIONS) - 1
    assert np.isnan(sight.means[~bare]).all()
    red, green, blue = sight.means[bare].T
    assert (red > green).all()
    assert (green > blue).all()
    assert sight.report is not None
    assert sight.report.brightness == pytest.approx(sight.means[bare].mean())
    assert sight.report.n_faces == 1


def _means(rgb: Picture, regions: dict[str, np.ndarray]) -> np.ndarray:
    height, width = rgb.shape[:2]
    return mean_colours(rgb, pixels(regions, width, height))


def test_a_region_of_known_colour_has_that_mean() -> None:
    square = np.array([[10.5, 10.5], [50.5, 10.5], [50.5, 40.5], [10.5, 40.5]])
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[8:44, 8:54] = (10, 20, 30)
    picture[8:44, 31:54] = (110, 120, 130)  # the right half
    means = _means(picture, dict.fromkeys(REGIONS, square))
    np.testing.assert_allclose(means, [[60, 70, 80]] * len(REGIONS), atol=0.3)


def test_the_mean_moves_smoothly_with_the_outline() -> None:
    ramp = np.tile(np.arange(100, dtype=np.uint8)[None, :, None], (60, 1, 3))
    square = np.array([[20.0, 10.0], [60.0, 10.0], [60.0, 40.0], [20.0, 40.0]])
    shifts = np.linspace(0, 2, 21)
    means = [_means(ramp, dict.fromkeys(REGIONS, square + np.array([dx, 0.0])))[0, 0] for dx in shifts]
    np.testing.assert_allclose(means, 40 + shifts, atol=0.1)


def test_a_region_outside_the_picture_is_not_seen(close_up: Picture) -> None:
    landmarks = FaceTracker().follow(close_up, 0.0)
    assert landmarks is not None
    shifted = landmarks.landmarks.copy()
    shifted[:, 1] -= shifted[10, 1] + 40  # the forehead is above the upper edge now
    means = _means(close_up, outlines(shifted))
    assert np.isnan(means[0]).all()
    assert np.isfinite(means[1:]).all()


def test_the_face_is_lost_when_it_leaves_and_found_when_it_returns(close_up: Picture) -> None:
    watcher = FaceWatcher()
    empty = np.full_like(close_up, 60)
    found = [watcher.see(Frame(empty if 1.0 <= i / 30 < 3.0 else close_up, i / 30)).found for i in range(150)]
    assert all(found[:30])
    assert not any(found[30:90])  # not even one frame of what is behind it
    assert all(found[93:])


def test_the_largest_face_in_the_middle_wins(portrait: Picture) -> None:
    picture = np.full((512, 1024, 3), 90, np.uint8)
    picture[:, 256:768] = portrait
    picture[200:456, 0:256] = cv2.resize(portrait, (256, 256), interpolation=cv2.INTER_AREA)
    track = FaceTracker().follow(picture, 0.0)
    assert track is not None
    np.testing.assert_allclose(eyes_and_nose(track.landmarks), EYES_AND_NOSE + np.array([256, 0]), atol=5)


def test_several_faces_are_told(portrait: Picture) -> None:
    watcher = FaceWatcher()
    both = np.hstack([portrait, portrait])
    for i in range(5):
        sight = watcher.see(Frame(both, i / 30))
        assert (guidance.SEVERAL in sight.messages) == (i == 4)
    assert sight.report is not None
    assert sight.report.n_faces == 2


def test_a_second_face_is_noticed_while_tracking(portrait: Picture) -> None:
    watcher = FaceWatcher()
    alone, both = np.hstack([portrait, np.full_like(portrait, 80)]), np.hstack([portrait, portrait])
    sights = [watcher.see(Frame(alone if i < 20 else both, i / 20)) for i in range(50)]
    counts = [sight.report.n_faces for sight in sights if sight.report is not None]
    assert len(counts) == 50
    assert counts[:20] == [1] * 20
    assert counts[-1] == 2


def test_reset_makes_it_as_new(close_up: Picture) -> None:
    watcher = FaceWatcher()
    first = watcher.see(Frame(close_up, 0.0))
    for i in range(1, 200):
        watcher.see(Frame(close_up, i / 30))
    assert watcher.still_picture
    watcher.reset()
    assert not watcher.still_picture
    np.testing.assert_array_equal(watcher.see(Frame(close_up, 0.0)).means, first.means)


def moved(picture: Picture, dx: float, dy: float, scale: float = 1.0) -> Picture:
    height, width = picture.shape[:2]
    matrix = np.array([[scale, 0, dx + width * (1 - scale) / 2], [0, scale, dy + height * (1 - scale) / 2]])
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def guided(pictures: list[Picture]) -> tuple[str, ...]:
    watcher = FaceWatcher()
    return [watcher.see(Frame(p, i / 30)) for i, p in enumerate(pictures)][-1].messages


def test_guidance_names_what_is_wrong(portrait: Picture, close_up: Picture) -> None:
    assert guided([close_up] * 6) == ()
    assert guided([close_up] * 4 + [np.zeros_like(close_up)] * 4) == ()  # not for a moment's loss
    assert guided([moved(close_up, 0, 0, 0.3)] * 6) == (guidance.COME_CLOSER,)
    assert guided([turn(portrait, 35)[0]] * 6) == (guidance.HOLD_UPRIGHT,)
    assert guided([moved(close_up, 0, 0, 0.5)] * 6) == ()
    assert guided([moved(close_up, 220, 0, 0.6)] * 6) == (guidance.MIDDLE,)
    assert guided([(close_up * 0.15).astype(np.uint8)] * 6) == (guidance.MORE_LIGHT,)
    assert guided([moved(close_up, 60 * np.sin(i / 3), 0) for i in range(40)]) == (guidance.HOLD_STILL,)


def test_messages_come_in_order_of_weight(portrait: Picture) -> None:
    small = turn(np.asarray(moved(portrait, 0, 0, 0.65)), 30)[0]
    dark = (small * 0.2).astype(np.uint8)
    messages = guided([dark] * 6)
    assert messages == (guidance.COME_CLOSER, guidance.HOLD_UPRIGHT, guidance.MORE_LIGHT)
