from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

import vitascope as vs
from vitascope.demo.clip import demo_frames, write_clip
from vitascope.demo.pulse import beat_times, pulse_wave
from vitascope.finger.lens import covered, look
from vitascope.finger.watcher import COVER, PRESS_LIGHTLY, TOO_BRIGHT, TOO_DARK
from vitascope.media.live_picture import decode_picture
from vitascope.vitals.oxygen import card, ratios

Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def fingertip_frames(
    time_s: np.ndarray,
    *,
    heart_rate: float = 66.0,
    respiration_rate: float = 14.0,
    level: tuple[float, float, float] = (190.0, 40.0, 25.0),
) -> Iterator[Picture]:
    """A glowing red field, brighter in one corner, with a pulse of 2 % in green and sensor noise."""
    random = np.random.default_rng(5)
    row, column = np.mgrid[0:1:96j, 0:1:128j]
    glow = (1 - 0.35 * np.hypot(row - 0.3, column - 0.2))[:, :, None]
    beats = beat_times(float(time_s[-1]), heart_rate, respiration_rate)
    wave = pulse_wave(time_s, beats, respiration_rate)
    for beat in wave:
        field = glow * np.array(level) * (1 - np.array([0.008, 0.02, 0.015]) * beat)
        yield np.clip(np.rint(field + random.normal(0, 2, field.shape)), 0, 255).astype(np.uint8)


def test_a_lit_finger_is_recognised_at_any_size() -> None:
    frame = next(fingertip_frames(np.arange(10) / 30))
    assert covered(frame)
    assert covered(np.ascontiguousarray(frame[:24, :32]))
    assert covered(np.repeat(np.repeat(frame, 8, axis=0), 8, axis=1))
    assert look(frame).mean == pytest.approx(frame.mean(axis=(0, 1)), abs=1e-6)


@pytest.mark.parametrize("level", [(0, 0, 0), (3, 0, 0), (120, 120, 120), (60, 70, 50), (200, 150, 130), (30, 40, 190)])
def test_a_smooth_field_that_is_not_red_is_no_finger(level: tuple[int, int, int]) -> None:
    assert not covered(np.full((48, 64, 3), level, dtype=np.uint8))


def test_red_with_edges_is_no_finger() -> None:
    frame = np.full((96, 128, 3), (200, 30, 20), dtype=np.uint8)
    frame[:, ::24] = frame[:, 1::24] = frame[:, 2::24] = (90, 10, 8)
    frame[30:60, 40:90] = (250, 90, 80)
    assert not look(frame).smooth


def test_the_demo_face_is_no_finger() -> None:
    _, frames = demo_frames(np.arange(3) / 30)
    assert not any(covered(frame) for frame in frames)


def test_a_fingertip_clip_is_measured_as_one(tmp_path: Path) -> None:
    time_s = np.arange(0, 20, 1 / 30)
    write_clip(tmp_path / "finger.mp4", fingertip_frames(time_s), time_s)
    report = vs.measure(tmp_path / "finger.mp4")
    assert report.kind == "finger"
    assert report.quality.face_found == 1
    assert report.readings["heart_rate"].status == "ok"
    assert report.readings["heart_rate"].value == pytest.approx(66, abs=1)
    assert report.readings["oxygen_saturation"].status == "withheld"
    assert not report.models


def test_a_face_after_a_moment_of_finger_is_a_face() -> None:
    time_s = np.arange(0, 6, 1 / 10)
    _, faces = demo_frames(time_s)
    frames = [np.repeat(np.repeat(f, 5, axis=0), 5, axis=1) for f in fingertip_frames(time_s[:3])]
    frames += [frame for frame, _ in zip(faces, time_s[3:], strict=False)]
    report = vs.measure(np.stack(frames), time_s)
    assert report.kind == "face"
    assert report.quality.face_found == pytest.approx(57 / 60, abs=0.04)


def test_a_finger_that_leaves_for_good_ends_a_live_session() -> None:
    session = vs.LiveSession(30, kind="finger")
    time_s = np.arange(0, 12, 1 / 15)
    for t, frame in zip(time_s, fingertip_frames(time_s), strict=True):
        session.add(frame, float(t))
    progress = session.progress()
    assert progress.readings["heart_rate"].value == pytest.approx(66, abs=1.5)
    assert progress.guidance is None
    _, scene = demo_frames(np.arange(100) / 15)
    for i, frame in enumerate(scene):
        session.add(frame, 12 + i / 15)
        if session.done:
            break
    assert session.face_lost
    assert "Cover the lens" in (session.progress().guidance or "")
    assert session.finish().kind == "finger"


def smooth(level: tuple[int, int, int]) -> Picture:
    return np.full((48, 64, 3), level, dtype=np.uint8)


@pytest.mark.parametrize(
    ("frame", "light", "covered_", "red", "message"),
    [
        (smooth((0, 0, 0)), "dark", False, False, TOO_DARK),
        (smooth((4, 2, 1)), "dark", False, False, TOO_DARK),
        (smooth((255, 255, 255)), "clipped", True, False, TOO_BRIGHT),
        (smooth((255, 0, 1)), "clipped", True, True, TOO_BRIGHT),
        (smooth((255, 60, 30)), "good", True, True, None),  # red is cut off, green carries the pulse
        (smooth((120, 110, 90)), "good", True, False, None),
        (np.tile(np.uint8([[[200, 30, 20]], [[20, 20, 20]]]).repeat(8, 0), (3, 64, 1)), "good", False, False, COVER),
    ],
)
def test_each_frame_says_how_the_lens_lies(
    frame: Picture, light: str, covered_: bool, red: bool, message: str | None
) -> None:
    session = vs.LiveSession(30, kind="finger")
    views = [session.add(frame, i / 30) for i in range(10)]
    assert views[-1].to_dict()["finger"] == {"covered": covered_, "red": red, "light": light}
    assert session.progress().guidance == message


def test_a_face_session_says_nothing_of_a_finger() -> None:
    assert vs.LiveSession(30).add(smooth((200, 30, 20)), 0.0).to_dict()["finger"] is None


def test_a_finger_without_a_pulse_is_asked_to_press_more_lightly() -> None:
    session = vs.LiveSession(30, kind="finger")
    random = np.random.default_rng(3)
    for i in range(10 * 15):
        noisy = smooth((190, 40, 25)) + random.integers(-3, 4, (48, 64, 3))
        session.add(noisy.astype(np.uint8), i / 15)
    assert session.progress().guidance == PRESS_LIGHTLY
    reading = session.finish().readings["heart_rate"]
    assert reading.status == "withheld"
    assert "face" not in (reading.reason or "")


def test_small_lossless_pictures_keep_the_ratios_that_oxygen_is_read_from() -> None:
    time_s = np.arange(0, 20, 1 / 30)
    course = np.full(len(time_s), 66 / 60)
    frames = fingertip_frames(time_s, level=(120.0, 110.0, 90.0))
    means = [decode_picture(cv2.imencode(".png", cv2.resize(f, (80, 60))[..., ::-1])[1].tobytes()) for f in frames]
    seen = ratios(np.stack([picture.mean(axis=(0, 1)) for picture in means]), 30.0, course)
    painted = {"ratio_red": 0.008 / 0.02, "ratio_blue": 0.015 / 0.02, "colour_red": 120 / 110}
    moved = sum(weight * np.log(seen[name] / painted[name]) for name, weight in card()["weights"].items())
    assert abs(moved) < 1.5  # points of saturation


@pytest.mark.parametrize("exposure", ["drifts", "holds the brightness"])
def test_the_cameras_own_exposure_does_not_move_the_rate(exposure: str) -> None:
    time_s = np.arange(0, 20, 1 / 30)
    gain, means = 1.0, []
    for t, frame in zip(time_s, fingertip_frames(time_s), strict=True):
        if exposure == "drifts":
            gain = 1 + 0.1 * np.sin(2 * np.pi * 0.05 * t)
        shown = np.clip(np.rint(frame * gain), 0, 255)
        gain *= (80 / shown.mean()) ** (1 / 30)
        means.append(shown.mean(axis=(0, 1)))
    reading = vs.measure_trace(np.stack(means), time_s, kind="finger").readings["heart_rate"]
    assert reading.status == "ok"
    assert reading.value == pytest.approx(66, abs=1)


def test_a_finger_can_be_asked_for_where_the_field_is_not_red() -> None:
    time_s = np.arange(0, 15, 1 / 30)
    frames = np.stack(list(fingertip_frames(time_s, level=(60.0, 70.0, 50.0))))
    assert vs.measure(frames, time_s).kind == "face"
    report = vs.measure(frames, time_s, kind="finger")
    assert report.kind == "finger"
    assert report.readings["heart_rate"].value == pytest.approx(66, abs=1.5)


def test_a_lens_that_was_never_covered_is_withheld() -> None:
    time_s = np.arange(0, 6, 1 / 10)
    _, frames = demo_frames(time_s)
    reading = vs.measure(np.stack(list(frames)), time_s, kind="finger").readings["heart_rate"]
    assert reading.status == "withheld"
    assert "lens" in (reading.reason or "")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(vs.InputError):
        vs.LiveSession(30, kind="toe")
    with pytest.raises(vs.InputError):
        vs.measure(np.zeros((9, 8, 8, 3), np.uint8), np.arange(9), kind="toe")  # type: ignore[arg-type]


@pytest.mark.recording
def test_recorded_faces_are_never_fingers(recordings: Path) -> None:
    import av

    seen = 0
    for path in sorted((recordings / "video").rglob("*.*")):
        if path.suffix not in {".mp4", ".webm", ".mov", ".avi"}:
            continue
        with av.open(str(path)) as container:
            for index, frame in enumerate(container.decode(video=0)):
                if index % 15 == 0:
                    assert not covered(frame.to_ndarray(format="rgb24")), path.name
                    seen += 1
                if index > 300:
                    break
    assert seen > 100
