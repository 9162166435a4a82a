"""Clips come out as they went in: pictures, true times, orientation, and memory that does not grow."""

from __future__ import annotations

import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.media.frames import Frame, Limits, from_array, open_clip

ClipMaker = Callable[..., Path]


def read(path: Path, limits: Limits | None = None) -> list[Frame]:
    with open_clip(path, limits) as clip:
        return list(clip)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mov", "libx264"),
        ("a.webm", "libvpx"),
        ("a.mkv", "libx264"),
        ("a.avi", "mpeg4"),
    ],
)
def test_every_container_gives_its_frames_and_times(make_clip: ClipMaker, name: str, codec: str) -> None:
    if name.endswith("avi"):  # has a frame rate instead of time stamps
        path = make_clip(name).with_name("b.avi")
        with av.open(str(path), "w") as container:
            stream = container.add_stream("mpeg4", rate=30)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for _ in range(180):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), "rgb24")))
            container.mux(stream.encode(None))
    else:
        path = make_clip(name, codec=codec)
    with open_clip(path) as clip:
        frames = list(clip)
    assert (clip.width, clip.height) == (64, 48)
    assert clip.duration_s is None or clip.duration_s == pytest.approx(6.0, abs=0.1)
    assert [f.rgb.shape for f in frames] == [(48, 64, 3)] * 180
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(180) / 30, atol=1.1e-3)


def test_colours_are_red_green_blue(make_clip: ClipMaker) -> None:
    picture = read(make_clip())[0].rgb.astype(float)
    left, right = picture[10:, 4:28].mean(axis=(0, 1)), picture[10:, 36:60].mean(axis=(0, 1))
    assert left == pytest.approx([200, 40, 40], abs=12)
    assert right == pytest.approx([40, 40, 200], abs=12)


def test_uneven_times_are_kept(make_clip: ClipMaker) -> None:
    rng = np.random.default_rng(3)
    time_s = np.cumsum(rng.choice([0.02, 0.04, 0.05, 0.11], 150))
    time_s[100:] += 0.7
    read_s = [f.time_s for f in read(make_clip(time_s=time_s))]
    np.testing.assert_allclose(read_s, time_s - time_s[0], atol=1e-4)


def set_rotation(path: Path, degrees: int) -> None:
    """Write the display matrix a phone writes when it was held turned by `degrees` clockwise."""
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44
    one = 1 << 16
    data[matrix : matrix + 36] = struct.pack(">9i", cos * one, sin * one, 0, -sin * one, cos * one, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_rotation_flag_is_applied(make_clip: ClipMaker, degrees: int) -> None:
    path = make_clip()
    plain = read(path)[0].rgb
    set_rotation(path, degrees)
    with open_clip(path) as clip:
        turned = next(iter(clip)).rgb
        assert turned.shape == (clip.height, clip.width, 3)
    np.testing.assert_array_equal(turned, np.rot90(plain, -degrees // 90))


@pytest.mark.parametrize(
    ("pixels", "codec", "name", "size"),
    [
        ("gray", "ffv1", "a.mkv", (64, 48)),
        ("bgra", "ffv1", "a.mkv", (64, 48)),
        ("yuv420p10le", "libx264", "a.mp4", (64, 48)),
        ("yuv444p", "libx264", "a.mp4", (63, 47)),
        ("yuvj420p", "mjpeg", "a.avi", (62, 46)),
    ],
)
def test_grey_alpha_ten_bit_and_odd_sizes(
    tmp_path: Path, pixels: str, codec: str, name: str, size: tuple[int, int]
) -> None:
    path = tmp_path / name
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        for _ in range(150):
            picture = np.full((size[1], size[0], 3), 120, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    frames = read(path)
    assert len(frames) == 150
    assert frames[-1].rgb.shape == (size[1], size[0], 3)
    assert np.abs(frames[-1].rgb.astype(int) - 120).max() <= 3


def test_large_pictures_are_scaled_down_and_square(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1440, 1080, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        frame = av.VideoFrame.from_ndarray(np.full((1080, 1440, 3), 90, np.uint8), format="rgb24")
        for i in range(60):
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    frames = read(path)
    assert frames[0].rgb.shape == (540, 960, 3)
    assert abs(frames[30].rgb.mean() - 90) < 4


def test_a_clip_cut_short_is_measured_as_far_as_it_goes(make_clip: ClipMaker) -> None:
    whole = make_clip("a.webm", codec="libvpx", seconds=12.0).read_bytes()
    cut = make_clip("b.webm", codec="libvpx", seconds=1.0)
    cut.write_bytes(whole[: int(len(whole) * 0.7)])
    times = [f.time_s for f in read(cut)]
    assert 5.0 < times[-1] < 11.0


def test_repeated_and_backward_frames_are_dropped() -> None:
    time_s = np.arange(200) / 30.0
    time_s[50], time_s[80], time_s[120] = time_s[49], 0.5, np.nan
    with from_array(np.zeros((200, 8, 8, 3), np.uint8), time_s) as clip:
        read_s = np.array([f.time_s for f in clip])
    np.testing.assert_allclose(read_s, np.delete(np.arange(200) / 30.0, [50, 80, 120]))


def test_arrays_come_out_as_views_with_their_times() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (100, 8, 6, 3), dtype=np.uint8)
    with from_array(frames, 1000.0 + np.arange(100) / 15) as clip:
        out = list(clip)
    assert (clip.width, clip.height) == (6, 8)
    assert clip.duration_s == pytest.approx(99 / 15)
    assert all(np.shares_memory(f.rgb, frames) for f in out)
    np.testing.assert_allclose([f.time_s for f in out], np.arange(100) / 15)


READ_AND_TELL_MEMORY = """
import resource, sys
from vitascope.media.frames import open_clip
with open_clip(sys.argv[1]) as clip:
    frames = sum(1 for _ in clip)
print(frames, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_length(make_clip: ClipMaker) -> None:
    def peak_kilobytes(seconds: float) -> int:
        path = make_clip(f"{seconds:.0f}.mp4", seconds=seconds, fps=10, width=640, height=480)
        told = subprocess.run(
            [sys.executable, "-c", READ_AND_TELL_MEMORY, str(path)], check=True, capture_output=True, text=True
        )
        frames, kilobytes = map(int, told.stdout.split())
        assert frames == seconds * 10
        return kilobytes

    # 80 s more would be 737 MB if the frames were kept.
    assert peak_kilobytes(100.0) - peak_kilobytes(20.0) < 20_000


def test_leaving_early_stops_the_decoder(make_clip: ClipMaker) -> None:
    before = threading.active_count()
    with open_clip(make_clip(seconds=20.0)) as clip:
        next(iter(clip))
    assert threading.active_count() == before


def test_a_clip_is_gone_through_once(make_clip: ClipMaker) -> None:
    with open_clip(make_clip()) as clip:
        list(clip)
        with pytest.raises(RuntimeError, match="open it again"):
            next(iter(clip))


def test_an_error_while_the_caller_works_closes_the_clip(make_clip: ClipMaker) -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), open_clip(make_clip()) as clip:
        assert next(iter(clip)).time_s / 0
    assert threading.active_count() == before


@pytest.mark.recording
def test_recordings_keep_their_own_times(recordings: Path) -> None:
    times = np.array([f.time_s for f in read(recordings / "video" / "webcam_variable_rate.webm")])
    steps = np.diff(times)
    assert len(times) == 1316
    assert times[-1] == pytest.approx(53.44)
    assert (steps.min(), steps.max()) == pytest.approx((0.04, 0.08))


def test_times_of_an_array_that_are_too_few(make_clip: ClipMaker) -> None:
    frames: NDArray[np.uint8] = np.zeros((4, 8, 8, 3), np.uint8)
    with pytest.raises(InputError, match="at least 5 seconds are needed"), from_array(frames, range(4)) as clip:
        list(clip)
