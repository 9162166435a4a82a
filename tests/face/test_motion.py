"""A face's motion between two pictures, recovered from a portrait that was moved by known amounts."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.face.finder import BlazeFace
from vitascope.face.motion import Reference

Picture = NDArray[np.uint8]
MIDDLE = (320.0, 220.0)


def moved(
    picture: Picture, shift: tuple[float, float] = (0, 0), growth: float = 0.0, roll: float = 0.0, noise: float = 3.0
) -> tuple[Picture, NDArray[np.float64]]:
    """The picture after that motion about its middle, with sensor noise, and the matrix (2, 3) of the motion."""
    matrix = np.asarray(cv2.getRotationMatrix2D(MIDDLE, -math.degrees(roll), 1 + growth), np.float64)
    matrix[:, 2] += shift
    warped = cv2.warpAffine(
        picture, matrix, picture.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    grain = np.random.default_rng(0).normal(0, noise, warped.shape)
    return np.clip(warped + grain, 0, 255).astype(np.uint8), matrix


@pytest.fixture(scope="module")
def landmarks(close_up: Picture) -> NDArray[np.float64]:
    found = BlazeFace().find(close_up)[0].landmarks
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("change", "within_px"),
    [
        ((0, 0, 0, 0), 0.1),
        ((1, 0, 0, 0), 0.1),
        ((-0.4, 0.7, 0, 0), 0.2),
        ((5, 5, 0, 0), 0.1),
        ((0, 0, 0.01, 0), 0.4),
        ((0, 0, 0, 0.02), 0.4),
        ((2, 1, 0.02, -0.02), 0.7),
    ],
)
def test_a_known_motion_is_recovered(
    close_up: Picture,
    landmarks: NDArray[np.float64],
    change: tuple[float, float, float, float],
    within_px: float,
) -> None:
    reference = Reference(close_up, landmarks)
    x, y, growth, roll = change
    picture, matrix = moved(close_up, (x, y), growth, roll)
    motion = reference.motion(picture)
    expected = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    off = np.linalg.norm(reference.moved(landmarks, motion)[:, :2] - expected, axis=1)
    assert off.mean() < within_px
    assert motion.rest < 1.0


def test_a_face_that_wanders_far_is_followed_without_drift(close_up: Picture, landmarks: NDArray[np.float64]) -> None:
    reference = Reference(close_up, landmarks)
    for step in range(0, 60, 3):
        motion = reference.motion(moved(close_up, (step, step / 4))[0])
        assert math.hypot(motion.x - step, motion.y - step / 4) < 0.15


def test_a_change_of_exposure_is_no_movement(close_up: Picture, landmarks: NDArray[np.float64]) -> None:
    reference = Reference(close_up, landmarks)
    darker = np.clip(close_up * 0.8 + 5, 0, 255).astype(np.uint8)
    motion = reference.motion(darker)
    assert motion.length(float(np.ptp(landmarks[:, 0]))) < 0.2
    assert motion.rest < 1.0


def test_another_picture_is_not_explained(close_up: Picture, landmarks: NDArray[np.float64]) -> None:
    reference = Reference(close_up, landmarks)
    assert reference.motion(np.ascontiguousarray(close_up[::-1])).rest > 6
    assert not reference.motion(np.full_like(close_up, 90)).followed
    assert not Reference(close_up, landmarks * 0.01).motion(close_up).followed  # too small to tell
