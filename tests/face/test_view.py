"""The view of the face: what is reported of it, and when a frame is refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.face import guidance
from vitascope.face.mesh import Crop
from vitascope.face.regions import CLEAR_SKIN, NO_SKIN, REGIONS, SkinMap, outlines, pixels
from vitascope.face.tracker import FaceTracker
from vitascope.face.watcher import FaceWatcher, Sight
from vitascope.media.frames import Frame

Picture = NDArray[np.uint8]
LOWER_FACE = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454]
BRIDGE = [350, 6, 121]


def glance(picture: Picture) -> Sight:
    return FaceWatcher().see(Frame(picture, 0.0))


def landmarks_of(picture: Picture) -> NDArray[np.float64]:
    track = FaceTracker().follow(picture, 0.0)
    assert track is not None
    return track.landmarks


def masked(picture: Picture) -> Picture:
    """With a light blue face mask from the bridge of the nose to below the chin."""
    worn = picture.copy()
    outline = landmarks_of(picture)[LOWER_FACE + BRIDGE, :2]
    cv2.fillPoly(worn, [outline.astype(np.int32)], (150, 190, 210))
    return worn


def with_dark_glasses(picture: Picture) -> Picture:
    worn = picture.copy()
    places = landmarks_of(picture)[:, :2]
    for outer, inner in ((33, 133), (263, 362)):
        middle = (places[outer] + places[inner]) / 2
        width = np.linalg.norm(places[outer] - places[inner])
        centre = (round(float(middle[0])), round(float(middle[1])))
        cv2.ellipse(worn, centre, (round(0.9 * width), round(0.65 * width)), 0, 0, 360, (15, 15, 20), -1, cv2.LINE_AA)
    bridge = [tuple(int(v) for v in places[i]) for i in (173, 398)]
    cv2.line(worn, bridge[0], bridge[1], (15, 15, 20), 4, cv2.LINE_AA)
    return worn


def test_a_plain_face_is_measured(close_up: Picture) -> None:
    sight = glance(close_up)
    assert sight.refusal is None
    assert sight.event == "entered"
    assert np.isfinite(sight.means[1:3]).all()
    assert sight.report is not None
    assert sight.report.confidence > 0.95
    assert max(sight.report.hidden.values()) < 0.5
    assert abs(sight.report.turn) < 15
    assert max(map(abs, sight.report.offset)) < 0.15


def test_a_mask_is_refused_by_name(close_up: Picture) -> None:
    sight = glance(masked(close_up))
    assert sight.refusal == guidance.MASK
    assert np.isnan(sight.means).all()


def test_dark_glasses_are_refused_by_name(close_up: Picture) -> None:
    assert glance(with_dark_glasses(close_up)).refusal == guidance.DARK_GLASSES


@pytest.mark.parametrize("side", ["left", "top"])
def test_a_face_half_out_of_the_picture_is_refused(close_up: Picture, side: str) -> None:
    places = landmarks_of(close_up)
    x, y = places[4, :2].astype(int)
    cut = close_up[:, x - 20 :] if side == "left" else close_up[y - 80 :]
    sight = glance(np.ascontiguousarray(cut))
    assert not sight.found or sight.refusal == guidance.OUT_OF_FRAME


def test_only_skin_counts() -> None:
    """Half of a region is painted over; with a map that knows it, the mean is that of the other half."""
    square = np.array([[20.0, 20.0], [79.0, 20.0], [79.0, 79.0], [20.0, 79.0]])
    regions = dict.fromkeys(REGIONS, square)
    share = np.ones((10, 10), np.float32)
    share[:, 5:] = 0  # the right half of the crop is no skin
    skin = SkinMap(share, Crop(49.5, 49.5, 100.0, 0.0))
    area = pixels(regions, 100, 100, skin)[0]
    assert area.weights is not None
    assert area.inside == pytest.approx(1.0, abs=0.05)
    assert area.valid == pytest.approx(0.5, abs=0.05)
    columns = area.weights.reshape(area.window[0].stop - area.window[0].start, -1).sum(axis=0)
    x = np.arange(area.window[1].start, area.window[1].stop)
    assert columns[x < 44].sum() == pytest.approx(0.8, abs=0.1)
    assert columns[x > 56].sum() == pytest.approx(0.0, abs=1e-6)


def test_clear_skin_counts_whole_and_what_is_hardly_skin_not_at_all() -> None:
    sure = np.array([[0.0, NO_SKIN], [0.5, 0.95]], np.float32)
    share = SkinMap.of(sure, Crop(0.0, 0.0, 1.0, 0.0)).share
    np.testing.assert_allclose(share, [[0, 0], [(0.5 - NO_SKIN) / (CLEAR_SKIN - NO_SKIN), 1]], atol=1e-6)
    # The network's mood on clear skin does not reach the colour.
    lower = SkinMap.of(np.full((4, 4), 0.8, np.float32), Crop(0.0, 0.0, 1.0, 0.0)).share
    np.testing.assert_array_equal(lower, SkinMap.of(np.ones((4, 4), np.float32), Crop(0.0, 0.0, 1.0, 0.0)).share)


@pytest.mark.parametrize("angle", [0.0, 0.6, -2.0])
def test_the_skin_map_turns_with_the_crop(angle: float) -> None:
    """A single bright cell lies where the crop's geometry says."""
    share = np.zeros((20, 20), np.float32)
    share[4, 15] = 1
    skin = SkinMap(share, Crop(60.0, 50.0, 80.0, angle))
    over = skin.over(0, 0, 120, 100)
    across, down = (15 - 9.5) * 4, (4 - 9.5) * 4
    x = 60 + across * np.cos(angle) - down * np.sin(angle)
    y = 50 + across * np.sin(angle) + down * np.cos(angle)
    found = np.array(np.unravel_index(over.argmax(), over.shape))[::-1]
    np.testing.assert_allclose(found, [x, y], atol=1.5)


def test_outlines_lie_within_the_face(close_up: Picture) -> None:
    places = landmarks_of(close_up)
    hull = cv2.convexHull(places[:, :2].astype(np.float32))
    for outline in outlines(places).values():
        assert all(cv2.pointPolygonTest(hull, (float(x), float(y)), True) > -1 for x, y in outline)
