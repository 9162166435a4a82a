"""Known answers of the parts that the evaluation of the face stage is made of."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vitascope.demo.clip import PORTRAIT
from vitascope.evaluation.face.hiding import half_out
from vitascope.evaluation.face.occluders import lay_hand, part_outline, put_beard, put_glasses, put_mask
from vitascope.evaluation.face.painted import bare_skin, put_fringe
from vitascope.evaluation.face.pulse import BOX, PLAIN, SKIN, WAYS, PulseByRegion, Watched, measured
from vitascope.evaluation.face.scenes import HEIGHT, WIDTH, iou, made_ground, scene
from vitascope.evaluation.face.shares import by_group, ita, share, tone_groups
from vitascope.evaluation.face.stability import agreement, changed, eye_distance, mirror_pairs
from vitascope.evaluation.metrics import wilson
from vitascope.evaluation.split import HELD_OUT, fold, held_out
from vitascope.face.picture import look_at

Rgb = np.ndarray


@pytest.fixture(scope="module")
def close_up() -> tuple[Rgb, np.ndarray]:
    """A portrait (480, 640, 3) and its landmarks."""
    bgr = cv2.imread(str(PORTRAIT))
    assert bgr is not None
    rgb = np.ascontiguousarray(
        cv2.resize(bgr[0:240, 65:385], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)[..., ::-1]
    )
    landmarks = look_at(rgb).landmarks
    assert landmarks is not None
    return rgb, landmarks


def test_a_name_keeps_its_fold_and_a_fifth_is_held_out() -> None:
    # SHA-1 of the empty name is da39a3ee...afd80709, whose last decimal digit is 1... as a number: 9.
    assert fold("") == int("da39a3ee5e6b4b0d3255bfef95601890afd80709", 16) % 10
    names = [f"{k}.webp" for k in range(5000)]
    assert np.mean([held_out(name) for name in names]) == pytest.approx(0.2, abs=0.02)
    assert {fold(name) for name in names if held_out(name)} == HELD_OUT


def test_wilson_intervals_of_known_shares() -> None:
    # Newcombe 1998, table I: 81 of 263 and 15 of 148; none and all of n by the closed form z2 / (n + z2).
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(29, 29) == pytest.approx((0.8830, 1), abs=5e-5)
    assert np.isnan(wilson(0, 0)).all()


def test_iou_of_known_boxes() -> None:
    assert iou((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert iou((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert iou((0, 0, 10, 10), (20, 0, 10, 10)) == 0


def test_typology_angle_of_known_colours(close_up: tuple[Rgb, np.ndarray]) -> None:
    _, landmarks = close_up
    for lab, degrees in (((70.0, 10.0, 20.0), 45.0), ((30.0, 10.0, 20.0), -45.0), ((50.0, 12.0, 15.0), 0.0)):
        colour = cv2.cvtColor(np.array([[lab]], np.float32), cv2.COLOR_LAB2RGB)[0, 0]
        picture = np.tile(np.rint(255 * colour).astype(np.uint8), (HEIGHT, WIDTH, 1))
        assert ita(picture, landmarks) == pytest.approx(degrees, abs=1.5)
    assert np.isnan(ita(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), landmarks))


def test_groups_and_quartiles() -> None:
    angles = {f"{k:03d}": float(k) for k in range(100)} | {"grey": float("nan")}
    quarter = tone_groups(angles)
    assert [quarter[f"{k:03d}"] for k in (0, 24, 25, 60, 99)] == ["darkest", "darkest", "dark", "light", "lightest"]
    assert "grey" not in quarter
    groups = {name: {"tone": of} for name, of in quarter.items()}
    groups["000"]["rare"] = "one of few"
    rows = by_group({name: float(name < "050") for name in quarter}, groups, lambda part: share([v > 0 for v in part]))
    assert [(row["group"], row["n"], row["value"]) for row in rows] == [
        ("darkest", 25, 1), ("dark", 25, 1), ("light", 25, 0), ("lightest", 25, 0),
    ]  # fmt: skip


def test_landmarks_are_paired_with_their_mirror_images(close_up: tuple[Rgb, np.ndarray]) -> None:
    rgb, landmarks = close_up
    other = look_at(np.ascontiguousarray(rgb[:, ::-1])).landmarks
    assert other is not None
    pairs = mirror_pairs([landmarks, other])
    assert (pairs[pairs] == np.arange(468)).all()
    # Corners of eyes and mouth, ears, nostrils; nose tip, chin and forehead are their own mirror images.
    for right, left in ((33, 263), (133, 362), (61, 291), (234, 454), (1, 1), (152, 152), (10, 10), (70, 300)):
        assert pairs[right] == left


def test_agreement_is_measured_in_eye_distances(close_up: tuple[Rgb, np.ndarray]) -> None:
    _, landmarks = close_up
    moved = landmarks[:, :2] + np.array([0.02, 0]) * eye_distance(landmarks)
    assert agreement(moved, landmarks) == pytest.approx(0.02)
    assert np.isnan(agreement(None, landmarks))


def test_changes_are_brought_back_to_where_they_came_from(close_up: tuple[Rgb, np.ndarray]) -> None:
    rgb, landmarks = close_up
    pairs = mirror_pairs([landmarks])
    # A wrong way back would be off by many eye distances; the network itself stays within a few hundredths.
    assert all(agreement(seen, landmarks) < 0.08 for seen in changed(rgb, pairs))


def test_a_face_is_pasted_where_it_is_said_to_be() -> None:
    rng = np.random.default_rng(3)
    face = np.full((160, 160, 3), (255, 0, 0), np.uint8)
    made = scene(face, np.zeros((HEIGHT, WIDTH, 3), np.uint8), 93, rng)
    x, y, w, h = (round(v) for v in made.box)
    assert w == 93
    assert made.rgb[y : y + h, x : x + w, 0].mean() > 245
    left, top, side = made.crop
    assert side == 100
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[top : top + side, left : left + side] = False
    assert made.rgb[outside].mean() < 3


def test_grounds_are_made_again_the_same() -> None:
    for seed in range(6):
        first, second = (made_ground(np.random.default_rng(seed)) for _ in range(2))
        assert first.shape == (HEIGHT, WIDTH, 3)
        assert (first == second).all()


def test_what_is_put_on_a_face_lies_where_it_should(close_up: tuple[Rgb, np.ndarray]) -> None:
    rgb, landmarks = close_up

    def changes(covered: Rgb, place: int) -> float:
        x, y = np.rint(landmarks[place, :2]).astype(int)
        window = slice(y - 3, y + 4), slice(x - 3, x + 4)
        return float(np.abs(covered[window].astype(int) - rgb[window]).mean())

    rng = np.random.default_rng(1)
    mask, beard = put_mask(rgb, landmarks, rng), put_beard(rgb, landmarks, rng)
    dark, clear = (put_glasses(rgb, landmarks, rng, dark=d) for d in (True, False))
    nose, chin, forehead, right_eye = 4, 199, 151, 159
    assert changes(mask, nose) > 5
    assert changes(mask, forehead) == 0
    assert changes(beard, chin) > 20
    assert changes(beard, nose) < 1
    assert changes(dark, right_eye) > 40
    assert changes(clear, right_eye) < 30
    assert changes(dark, chin) == 0


@pytest.mark.parametrize("part", ["mouth", "right_cheek", "left_cheek", "forehead"])
def test_a_hand_covers_its_part(part: str, close_up: tuple[Rgb, np.ndarray]) -> None:
    rgb, landmarks = close_up
    hand = np.dstack([np.full((200, 300, 3), (0, 0, 255), np.uint8), np.full((200, 300), 255, np.uint8)])
    laid = lay_hand(rgb, landmarks, hand, part, np.random.default_rng(2))
    assert laid is not None
    inside = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(part_outline(landmarks, part)).astype(np.int32)], 1)
    assert (laid[inside > 0][:, 2] > laid[inside > 0][:, 0]).mean() >= 0.65


def test_half_of_a_face_leaves_the_picture() -> None:
    for seed in range(8):
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        picture[140:340, 220:420] = 255
        left = half_out(picture, (220, 140, 200, 200), np.random.default_rng(seed))
        assert 0.44 <= (left[..., 0] > 127).sum() / 200**2 <= 0.66


def test_bare_skin_leaves_eyes_lips_and_paint_out(close_up: tuple[Rgb, np.ndarray]) -> None:
    rgb, landmarks = close_up
    painted = put_beard(rgb, landmarks, np.random.default_rng(3))  # a dark one
    skin = bare_skin(painted, landmarks[:, :2])[..., 0]
    at = np.rint(landmarks[:, :2]).astype(int)
    assert all(skin[at[k, 1], at[k, 0]] > 0.8 for k in (50, 280, 5))  # cheeks and nose
    assert all(skin[at[k, 1], at[k, 0]] < 0.2 for k in (13, 159, 386, 199))  # lips, eyes, bearded chin
    assert skin[:60].max() == 0


def test_a_fringe_hides_the_forehead_and_nothing_below_the_brows(close_up: tuple[Rgb, np.ndarray]) -> None:
    rgb, landmarks = close_up
    with_hair = put_fringe(rgb, landmarks, np.random.default_rng(0))  # dark hair
    changed_by = np.abs(with_hair.astype(int) - rgb).max(axis=2)
    at = np.rint(landmarks[:, :2]).astype(int)
    assert all(changed_by[at[k, 1], at[k, 0]] > 20 for k in (109, 10, 338))  # along the hairline
    assert changed_by[at[159, 1] :].max() == 0  # from the eyelids down


def _watched(refused: float) -> Watched:
    """Ten seconds of five regions with a pulse of 72/min, of which a share is refused at the start."""
    time_s = np.arange(300) / 30
    beat = 0.01 * np.sin(2 * np.pi * 1.2 * time_s)[:, None, None] * np.array([0.33, 0.77, 0.53])
    noise = np.random.default_rng(2).normal(0, 0.02, (300, 5, 3))
    colours = np.array([150.0, 110.0, 90.0]) * (1 - beat) + noise
    unseen = time_s < 10 * refused
    colours[unseen] = np.nan
    ways = {SKIN: colours, PLAIN: colours.copy(), BOX: colours[:, :1].copy()}
    return Watched(time_s, ways, np.ones((300, 5)), unseen)


def test_a_window_that_is_mostly_refused_is_not_measured_in_any_way() -> None:
    seen, hidden = measured("s", "a", _watched(0.1), 72.0), measured("s", "b", _watched(0.6), 72.0)
    assert all(seen.error[way] < 0.5 for way in WAYS)
    assert all(np.isnan(hidden.error[way]) and np.isnan(hidden.snr_db[way]) for way in WAYS)
    # What one way could not measure says nothing of the others: only shared windows are averaged.
    hidden.error[PLAIN], hidden.snr_db[PLAIN] = 40.0, -9.0
    rows = PulseByRegion(rows=[seen, hidden]).to_dict()["sources"]
    assert [row["measured"] for row in rows] == [0.5, 1.0, 0.5]
    assert all(row["error"]["value"] < 0.5 for row in rows)
