"""Whatever is handed over, the answer is one plain sentence: never a traceback of another kind, never a hang."""

from __future__ import annotations

import contextlib
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitascope.errors import InputError
from vitascope.media.frames import Limits, decode_jpeg, from_array, open_clip

ClipMaker = Callable[..., Path]


def refused(path: Path | str, sentence: str, limits: Limits | None = None) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)) as caught, open_clip(path, limits) as clip:
        for _ in clip:
            pass
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text


def test_missing_file(tmp_path: Path) -> None:
    refused(tmp_path / "absent.mp4", "There is no file called absent.mp4.")


def test_folder(tmp_path: Path) -> None:
    refused(tmp_path, "This is a folder, not a video file.")


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    refused(tmp_path / "empty.mp4", "The file is empty.")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(make_clip: ClipMaker) -> None:
    path = make_clip()
    path.chmod(0)
    refused(path, "permission was denied")


def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    refused(tmp_path / "pipe.mp4", "This is not a regular file")


def test_a_name_that_cannot_be_one() -> None:
    refused("a\0b.mp4", "There is no file called a?b.mp4.")
    refused("a\nb.mp4", "There is no file called a?b.mp4.")
    refused("x" * 5000 + ".mp4", "The file cannot be read.")


def test_text_named_mp4(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("This is not a video at all.\n" * 50)
    refused(path, "This is not a video file that can be read; use mp4, mov, webm, avi or mkv.")


def test_picture_named_mp4(tmp_path: Path) -> None:
    path = tmp_path / "picture.mp4"
    path.write_bytes(cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tobytes())
    refused(path, "This is not a video file that can be read")


def test_playlist_that_names_another_file(make_clip: ClipMaker) -> None:
    path = make_clip()
    playlist = path.with_suffix(".m3u8")
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{path}\n#EXT-X-ENDLIST\n")
    refused(playlist, "This is not a video file that can be read")
    playlist.write_text(f"ffconcat version 1.0\nfile {path}\n")
    refused(playlist, "This is not a video file that can be read")


def test_sound_without_picture(sound_only: Path) -> None:
    refused(sound_only, "The file holds sound but no video.")


def test_index_cut_off(make_clip: ClipMaker) -> None:
    path = make_clip()
    path.write_bytes(path.read_bytes()[:-2000])
    refused(path, "The video file is damaged or cut short.")


def test_cut_to_less_than_five_seconds(make_clip: ClipMaker) -> None:
    path = make_clip("a.webm", codec="libvpx", seconds=8.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    refused(path, "at least 5 seconds are needed.")


def test_one_frame(make_clip: ClipMaker) -> None:
    refused(make_clip(time_s=np.array([0.0])), "The clip is a single picture")


def test_under_five_seconds(make_clip: ClipMaker) -> None:
    refused(make_clip(seconds=4.5), "The clip holds 4.5 seconds of video; at least 5 seconds are needed.")


def test_just_five_seconds_are_accepted(make_clip: ClipMaker) -> None:
    with open_clip(make_clip(seconds=5.0)) as clip:
        assert sum(1 for _ in clip) == 150


def test_over_two_minutes(make_clip: ClipMaker) -> None:
    refused(make_clip(seconds=122.0, fps=5), "The clip is 122 seconds long; at most 120 seconds are accepted.")


def test_over_two_minutes_and_the_header_does_not_say_so(make_clip: ClipMaker) -> None:
    path = make_clip("a.webm", codec="libvpx", seconds=122.0, fps=5)
    data = path.read_bytes()
    duration = data.index(b"\x44\x89\x88")  # EBML: Duration, 8 bytes
    path.write_bytes(data[:duration] + b"\xec\x89\x88" + data[duration + 3 :])  # becomes a Void
    refused(path, "The clip is longer than 120 seconds")


def test_header_claims_three_hours(make_clip: ClipMaker) -> None:
    path = make_clip("a.webm", codec="libvpx")
    data = bytearray(path.read_bytes())
    duration = data.index(b"\x44\x89\x88") + 3  # EBML: Duration, 8 bytes, in milliseconds
    data[duration : duration + 8] = struct.pack(">d", 3 * 3600 * 1000)
    path.write_bytes(data)
    refused(path, "The clip is 3.0 hours long; at most 120 seconds are accepted.")


def test_an_mp4_whose_header_lies_is_measured_by_its_frames(make_clip: ClipMaker) -> None:
    path = make_clip()
    data = bytearray(path.read_bytes())
    for box in (b"mvhd", b"mdhd"):
        at = data.index(box) + 4
        data[at + 16 : at + 20] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with open_clip(path) as clip:
        assert [f.time_s for f in clip][-1] == pytest.approx(179 / 30)


def test_ten_thousand_pixels_square(make_clip: ClipMaker) -> None:
    path = make_clip("a.mkv", codec="libx264", width=5000, height=4000, seconds=0.2, fps=10)
    refused(path, "The picture is 5000 x 4000, larger than the 17 million pixels accepted.")


def test_no_width(make_clip: ClipMaker) -> None:
    # The header of a raw codec is all there is to say how large its pictures are.
    path = make_clip().with_name("raw.avi")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=30)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "yuv420p"
        for _ in range(160):
            container.mux(stream.encode(av.VideoFrame(32, 24, "yuv420p")))
        container.mux(stream.encode(None))
    data = bytearray(path.read_bytes())
    header = data.index(b"strf") + 8
    data[header + 4 : header + 12] = bytes(8)
    path.write_bytes(data)
    with pytest.raises(InputError), open_clip(path) as clip:
        list(clip)


def test_too_many_bytes(make_clip: ClipMaker) -> None:
    refused(make_clip(), "more than the 0 MB accepted", Limits(max_bytes=1000))


def test_time_stamps_that_stand_still() -> None:
    with (
        pytest.raises(InputError, match="time stamps of the frames are missing or do not increase"),
        from_array(np.zeros((300, 8, 8, 3), np.uint8), np.zeros(300)) as clip,
    ):
        list(clip)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_time_stamps_that_are_no_numbers(wrong: float) -> None:
    times = np.full(300, wrong)
    times[0], times[1] = 0, 1
    with (
        pytest.raises(InputError, match="time stamps of the frames are missing or do not increase"),
        from_array(np.zeros((300, 8, 8, 3), np.uint8), times) as clip,
    ):
        list(clip)


def test_time_stamps_that_run_backwards() -> None:
    with (
        pytest.raises(InputError, match="time stamps of the frames are missing or do not increase"),
        from_array(np.zeros((300, 8, 8, 3), np.uint8), -np.arange(300) / 30) as clip,
    ):
        list(clip)


def test_time_stamps_in_the_wrong_unit() -> None:
    with (
        pytest.raises(InputError, match="longer than 120 seconds"),
        from_array(np.zeros((300, 8, 8, 3), np.uint8), np.arange(300) * 33.3) as clip,
    ):
        list(clip)


@pytest.mark.parametrize(
    ("frames", "times", "sentence"),
    [
        (np.zeros((300, 8, 8)), np.arange(300) / 30, "must have the shape (T, H, W, 3)"),
        (np.zeros((300, 8, 8, 4), np.uint8), np.arange(300) / 30, "must have the shape (T, H, W, 3)"),
        (np.zeros((300, 3, 8, 8), np.uint8), np.arange(300) / 30, "must have the shape (T, H, W, 3)"),
        (np.zeros((300, 8, 8, 3), np.float32), np.arange(300) / 30, "whole numbers from 0 to 255 (uint8)"),
        (np.zeros((300, 8, 8, 3), np.uint8), np.arange(299) / 30, "Each frame needs one capture time"),
        (np.zeros((300, 8, 8, 3), np.uint8), 30.0, "Each frame needs one capture time"),
        (np.zeros((300, 8, 8, 3), np.uint8), ["a"] * 300, "The capture times must be numbers"),
        (np.zeros((300, 0, 0, 3), np.uint8), np.arange(300) / 30, "no width or no height"),
        (np.zeros((0, 8, 8, 3), np.uint8), [], "The clip holds no frames."),
        (np.zeros((1, 8, 8, 3), np.uint8), [0.0], "The clip is a single picture"),
        (np.zeros((1, 5000, 5000, 3), np.uint8), [0.0], "larger than the 17 million pixels"),
    ],
)
def test_arrays_that_do_not_fit(frames: np.ndarray, times: object, sentence: str) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        list(from_array(frames, times))  # type: ignore[arg-type]


def test_ffmpeg_says_nothing_on_the_terminal(make_clip: ClipMaker, capfd: pytest.CaptureFixture[str]) -> None:
    path = make_clip("a.webm", codec="libvpx", seconds=8.0)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for i in rng.integers(1000, len(data), 400):
        data[i] = rng.integers(256)
    path.write_bytes(data)
    capfd.readouterr()
    with contextlib.suppress(InputError), open_clip(path) as clip:
        list(clip)
    assert capfd.readouterr() == ("", "")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=4000), head=st.sampled_from([b"", b"\0\0\0\x18ftypmp42", b"\x1a\x45\xdf\xa3", b"RIFF"]))
def test_random_bytes(tmp_path: Path, data: bytes, head: bytes) -> None:
    path = tmp_path / "random.mp4"
    path.write_bytes(head + data)
    with pytest.raises(InputError), open_clip(path) as clip:
        list(clip)


CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=12)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.webm", "libvpx")])
def test_damaged_clips(make_clip: ClipMaker, name: str, codec: str) -> None:
    path = make_clip(name, codec=codec, seconds=5.5, fps=10)
    whole = path.read_bytes()

    @settings(max_examples=60, deadline=None)
    @given(changes=CHANGES, keep=st.just(1.0) | st.floats(0.3, 1))
    def check(changes: list[tuple[float, bytes]], keep: float) -> None:
        data = bytearray(whole[: int(len(whole) * keep)])
        for place, new in changes:
            at = int(place * len(data))
            data[at : at + len(new)] = new
        path.write_bytes(data)
        last = -1.0
        with contextlib.suppress(InputError), open_clip(path) as clip:
            for frame in clip:
                assert frame.time_s > last
                assert frame.rgb.dtype == np.uint8
                last = frame.time_s

    check()


def test_jpeg_comes_out_as_rgb() -> None:
    bgr = np.zeros((48, 64, 3), np.uint8)
    bgr[:, :, 2] = 200
    rgb = decode_jpeg(cv2.imencode(".jpg", bgr)[1].tobytes())
    assert rgb.shape == (48, 64, 3)
    assert rgb.mean(axis=(0, 1)) == pytest.approx([200, 0, 0], abs=3)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The picture is empty."),
        (b"hello", "The picture is not a JPEG."),
        (cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes(), "The picture is not a JPEG."),
        (b"\xff\xd8\xff", "damaged or cut short"),
        (cv2.imencode(".jpg", np.zeros((400, 400, 3), np.uint8))[1].tobytes()[:300], "damaged or cut short"),
        (cv2.imencode(".jpg", np.zeros((1000, 1000, 3), np.uint8))[1].tobytes(), "larger than the 0.5 million"),
    ],
)
def test_bad_jpegs(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        decode_jpeg(data, max_pixels=500_000)


@given(data=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_random_jpegs(data: bytes) -> None:
    with pytest.raises(InputError):
        decode_jpeg(b"\xff\xd8\xff" + data)
