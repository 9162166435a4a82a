"""A still picture is told from a living face, whatever an encoder makes of either."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.demo.clip import demo_frames, write_clip
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame, decode_jpeg, from_array, open_clip

Picture = NDArray[np.uint8]
SECONDS = 8.0
TIMES = np.arange(round(SECONDS * 30)) / 30


def watch(frames: Iterable[Frame], until_s: float = SECONDS) -> FaceWatcher:
    watcher = FaceWatcher()
    for frame in frames:
        if frame.time_s > until_s:
            break
        assert watcher.see(frame).found
    return watcher


def test_the_same_array_again_and_again(close_up: Picture) -> None:
    clip = from_array(np.broadcast_to(close_up, (len(TIMES), *close_up.shape)), TIMES)
    watcher = watch(clip)
    assert watcher.still_picture
    assert watcher.still_share == 1.0


def test_the_same_jpeg_again_and_again(close_up: Picture) -> None:
    data = cv2.imencode(".jpg", close_up[:, :, ::-1])[1].tobytes()
    assert watch(Frame(decode_jpeg(data), t) for t in TIMES).still_picture


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.webm", "libvpx")])
def test_the_same_picture_through_an_encoder(close_up: Picture, tmp_path: Path, name: str, codec: str) -> None:
    small = np.asarray(cv2.resize(close_up, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)
    write_clip(tmp_path / name, (small for _ in TIMES), TIMES, codec=codec)
    with open_clip(tmp_path / name) as clip:
        assert watch(clip).still_picture


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_face_with_a_pulse_is_alive_even_when_it_does_not_move(tmp_path: Path, noise: float) -> None:
    _, frames = demo_frames(TIMES, amplitude=0.008, noise=noise, movement_px=0.0)
    write_clip(tmp_path / "a.mp4", frames, TIMES)
    with open_clip(tmp_path / "a.mp4") as clip:
        watcher = watch(clip)
    assert not watcher.still_picture
    assert watcher.still_share < 0.3


def test_a_camera_that_hangs_is_seen_to(close_up: Picture) -> None:
    _, frames = demo_frames(TIMES[:60], noise=2.0)
    moving = list(frames)
    pictures = moving + [moving[-1]] * 180
    sights = []
    watcher = FaceWatcher()
    for picture, t in zip(pictures, TIMES, strict=True):
        sights.append(watcher.see(Frame(picture, t)))
    assert not any(sight.still for sight in sights[:60])
    assert all(sight.still for sight in sights[100:])
    assert watcher.still_picture


Change = Callable[[list[Frame]], tuple[list[Picture], NDArray[np.float64]]]


def at_rate(fps: float) -> Change:
    def change(frames: list[Frame]) -> tuple[list[Picture], NDArray[np.float64]]:
        times = np.arange(0, frames[-1].time_s, 1 / fps)
        own = np.array([frame.time_s for frame in frames])
        return [frames[int(np.searchsorted(own, t + 1e-6)) - 1].rgb for t in times], times

    return change


@pytest.mark.recording
@pytest.mark.parametrize(
    "name",
    [
        "evm_face_53bpm.mp4",
        "evm_face_322x360_53bpm.mp4",
        "remophysio_face_no_reference.mp4",
        "webcam_variable_rate.webm",
        "light_050.mp4",
        "light_000.mp4",
    ],
)
def test_living_faces_are_alive(recordings: Path, name: str) -> None:
    with open_clip(recordings / "video" / name) as clip:
        watcher = watch(clip)
    assert not watcher.still_picture
    assert watcher.still_share == 0.0


@pytest.mark.recording
@pytest.mark.parametrize("fps", [15, 60])
def test_living_faces_are_alive_at_another_rate(recordings: Path, tmp_path: Path, fps: float) -> None:
    with open_clip(recordings / "video" / "evm_face_322x360_53bpm.mp4") as clip:
        pictures, times = at_rate(fps)(list(clip))
    write_clip(tmp_path / "a.mp4", pictures, times)
    with open_clip(tmp_path / "a.mp4") as clip:
        watcher = watch(clip)
    assert not watcher.still_picture
    assert watcher.still_share == 0.0


@pytest.mark.recording
def test_a_still_of_a_real_face(recordings: Path, tmp_path: Path) -> None:
    with open_clip(recordings / "video" / "light_050.mp4") as clip:
        picture = next(iter(clip)).rgb
    write_clip(tmp_path / "a.mp4", (picture for _ in TIMES), TIMES)
    with open_clip(tmp_path / "a.mp4") as clip:
        assert watch(clip).still_picture
