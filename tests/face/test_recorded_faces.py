"""Real recordings: the face is followed where there is one and not found where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vitascope.face import guidance
from vitascope.face.watcher import FaceWatcher, Sight
from vitascope.media.frames import Limits, open_clip

pytestmark = pytest.mark.recording


def watch(path: Path, until_s: float = 8.0) -> list[Sight]:
    watcher = FaceWatcher()
    sights = []
    with open_clip(path, Limits()) as clip:
        for frame in clip:
            if frame.time_s > until_s:
                break
            sights.append(watcher.see(frame))
    return sights


@pytest.mark.parametrize(
    "name", ["evm_face_53bpm.mp4", "remophysio_face_no_reference.mp4", "webcam_variable_rate.webm", "light_050.mp4"]
)
def test_the_face_is_followed_throughout(recordings: Path, name: str) -> None:
    sights = watch(recordings / "video" / name)
    assert all(sight.found for sight in sights)
    assert {sight.report.n_faces for sight in sights if sight.report is not None} == {1}
    means = np.array([sight.means for sight in sights])[:, :4]  # a beard may leave no skin on the chin
    assert np.isfinite(means).all()
    # Skin is redder than green and greener than blue, and does not jump from one frame to the next.
    assert (np.diff(np.median(means, axis=0), axis=1) < 0).all()
    assert np.abs(np.diff(means, axis=0)).max() < 25


def test_no_face_in_an_empty_room(recordings: Path) -> None:
    sights = watch(recordings / "video" / "no_face_empty_room.mp4")
    assert not any(sight.found for sight in sights)
    assert sights[-1].messages == (guidance.NO_FACE,)


def test_bare_skin_is_not_a_face(recordings: Path) -> None:
    sights = watch(recordings / "video" / "must_withhold" / "India_video37_forehead.avi", 4.0)
    assert not any(sight.found for sight in sights)


def test_a_lying_face_is_followed_and_lost_while_it_is_a_blur(recordings: Path) -> None:
    sights = watch(recordings / "video" / "obstructions_face_lost.mov", 31.0)
    found = np.array([sight.found for sight in sights])
    times = np.array([sight.time_s for sight in sights])
    assert found[times < 22].all()
    assert not found[(times > 22.8) & (times < 23.2)].all()
    assert 0.95 < found.mean() < 1
    eyes = [
        sight.regions["left_cheek"].mean(axis=0) - sight.regions["right_cheek"].mean(axis=0) for sight in sights[:600]
    ]
    angles = np.degrees([np.arctan2(dy, dx) for dx, dy in eyes])
    assert np.abs(angles - np.median(angles)).max() < 40  # one orientation all the way
    assert abs(np.median(angles)) == pytest.approx(90, abs=25)


def test_darkness_is_told(recordings: Path) -> None:
    assert guidance.MORE_LIGHT in watch(recordings / "video" / "light_000.mp4", 2.0)[-1].messages
