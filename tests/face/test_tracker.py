"""Following: steady on a still face, along with a moving one, and telling who came, left and was exchanged."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.face.mesh import crop_of_landmarks
from vitascope.face.tracker import LEFT_AFTER_S, FaceTracker
from vitascope.media.frames import Limits, open_clip

Picture = NDArray[np.uint8]
FPS = 30.0


def grainy(picture: Picture, rng: np.random.Generator, sigma: float = 3.0) -> Picture:
    return np.clip(picture + rng.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def test_a_still_face_is_steady(close_up: Picture) -> None:
    tracker, rng = FaceTracker(), np.random.default_rng(0)
    tracks = [tracker.follow(grainy(close_up, rng), i / FPS) for i in range(90)]
    places = np.array([track.landmarks[:, :2] for track in tracks if track is not None])
    assert len(places) == 90
    eyes = np.linalg.norm(places[0, 33] - places[0, 263])
    jitter = np.sqrt(((places - places.mean(axis=0)) ** 2).sum(axis=2).mean())
    assert jitter < 0.003 * eyes


def test_a_face_that_was_just_found_lies_where_the_next_mesh_puts_it(close_up: Picture) -> None:
    apart = []
    for degrees in (-35, -20, 0, 20, 35):
        turn = cv2.getRotationMatrix2D((320, 240), degrees, 0.8)
        turned = np.asarray(cv2.warpAffine(close_up, turn, (640, 480), borderMode=cv2.BORDER_REPLICATE), np.uint8)
        tracker = FaceTracker()
        first, later = tracker.follow(turned, 0.0), tracker.follow(turned, 1.2)
        assert first is not None
        assert later is not None
        eyes = np.linalg.norm(first.landmarks[33, :2] - first.landmarks[263, :2])
        apart.append(np.linalg.norm((later.landmarks - first.landmarks)[:, :2], axis=1).mean() / eyes)
    assert np.mean(apart) < 0.0025


def test_landmarks_follow_a_slow_head_in_every_frame(close_up: Picture) -> None:
    tracker, rng = FaceTracker(), np.random.default_rng(0)
    ways = 25 * np.sin(2 * np.pi * 0.3 * np.arange(75) / FPS)
    seen = []
    for i, way in enumerate(ways):
        matrix = np.array([[1, 0, way], [0, 1, way / 3]])
        picture = cv2.warpAffine(close_up, matrix, (640, 480), borderMode=cv2.BORDER_REPLICATE)
        track = tracker.follow(grainy(np.asarray(picture, np.uint8), rng), i / FPS)
        assert track is not None
        seen.append(track.landmarks[:, :2].mean(axis=0))
    off = np.array(seen) - np.column_stack([ways, ways / 3])
    off -= off.mean(axis=0)
    assert np.abs(off).max() < 1.0  # pixels, of a face 190 wide
    assert np.sqrt((off**2).mean()) < 0.4


def test_coming_and_leaving_are_told(close_up: Picture) -> None:
    tracker, empty = FaceTracker(), np.full_like(close_up, 90)
    events = []
    for i, picture in enumerate([empty] * 10 + [close_up] * 20 + [empty] * 30):
        tracker.follow(picture, i / FPS)
        events += [(i / FPS, tracker.event)] if tracker.event else []
    assert [event for _, event in events] == ["entered", "left"]
    assert events[0][0] < 20 / FPS
    assert events[1][0] - 29 / FPS == pytest.approx(LEFT_AFTER_S, abs=0.1)


def test_a_blink_of_the_camera_is_nobody_leaving(close_up: Picture) -> None:
    tracker, empty = FaceTracker(), np.full_like(close_up, 90)
    events = []
    for i, picture in enumerate([close_up] * 10 + [empty] * 6 + [close_up] * 20):
        tracker.follow(picture, i / FPS)
        events += [tracker.event] if tracker.event else []
    assert events == ["entered"]


@pytest.mark.parametrize("change", ["dark", "bright", "gamma", "jump"])
def test_a_jump_of_light_or_place_is_the_same_person(close_up: Picture, change: str) -> None:
    changed = {
        "dark": np.clip(close_up * 0.5, 0, 255),
        "bright": np.clip(close_up * 1.5, 0, 255),
        "gamma": 255 * (close_up / 255) ** 0.5,
        "jump": np.roll(close_up, (12, 50), (0, 1)),
    }[change].astype(np.uint8)
    tracker, rng = FaceTracker(), np.random.default_rng(0)
    events = []
    for i in range(30):
        track = tracker.follow(grainy(changed if i >= 15 else close_up, rng), i / FPS)
        assert track is not None
        events += [tracker.event] if tracker.event else []
    assert events == ["entered"]


@pytest.mark.recording
def test_a_face_on_its_side_is_not_taken_for_part_of_an_upright_one(recordings: Path) -> None:
    tracker, angles = FaceTracker(), []
    with open_clip(recordings / "video" / "obstructions_face_lost.mov", Limits()) as clip:
        for frame in clip:
            if frame.time_s > 25:
                break
            if frame.time_s < 20:
                continue
            track = tracker.follow(frame.rgb, frame.time_s)
            if track is not None:
                angles.append(crop_of_landmarks(track.landmarks).angle)
    assert len(angles) > 130  # of 150; blurred by a movement in between
    # The head lies on its right or its left; upright would be 0.
    assert all(abs(abs(angle) - np.pi / 2) < np.pi / 4 for angle in angles)


def test_a_cut_between_two_people_is_told(recordings: Path) -> None:
    people = []
    for name in ("evm_face_53bpm.mp4", "remophysio_face_no_reference.mp4", "webcam_variable_rate.webm"):
        frames = []
        with open_clip(recordings / "video" / name, Limits()) as clip:
            for frame in clip:
                if len(frames) == 24:
                    break
                height, width = frame.rgb.shape[:2]
                wide = max(0, round(height * 4 / 3) - width)
                padded = cv2.copyMakeBorder(frame.rgb, 0, 0, wide // 2, wide - wide // 2, cv2.BORDER_REPLICATE)
                frames.append(np.asarray(cv2.resize(padded, (640, 480)), np.uint8))
        people.append(frames)
    for one, two in [(0, 1), (1, 0), (1, 2), (2, 0)]:
        tracker = FaceTracker()
        events = []
        for i, picture in enumerate(people[one] + people[two]):
            tracker.follow(picture, i / FPS)
            events += [(i, tracker.event)] if tracker.event else []
        assert [event for _, event in events] == ["entered", "changed"]
        assert 24 <= events[1][0] <= 26
