"""`vitascope face` as a person runs it: pictures, clips, what it writes and what it refuses."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from vitascope.demo.clip import PORTRAIT, demo_frames
from vitascope.face.regions import REGIONS
from vitascope.face.table import COLUMNS
from vitascope.face.visibility import OCCLUDERS, PARTS
from vitascope.media.writer import ClipWriter

TIMES = (0.0, 0.03, 0.07, 0.1, 0.15, 0.21, 0.24, 0.4, 0.43, 0.5, 0.6, 0.63, 0.7, 0.75, 0.9, 1.0, 1.01, 1.2, 1.3, 1.5,
         1.7, 1.8, 2.0, 2.1, 2.3, 2.4, 2.5, 2.7, 2.9)  # fmt: skip
GONE_FROM = 16  # frame; from here on the picture is grey


def vitascope(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitascope", *map(str, words)], capture_output=True, text=True, timeout=600, check=False
    )


def one_sentence(text: str) -> bool:
    """One line, no traceback, ends as a sentence."""
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text and text.strip().endswith(".")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face at uneven times that is gone at the end."""
    path = tmp_path_factory.mktemp("face") / "clip.mp4"
    _, frames = demo_frames(np.array(TIMES))
    with ClipWriter(path) as writer:
        for k, (picture, time_s) in enumerate(zip(frames, TIMES, strict=True)):
            writer.write(picture if k < GONE_FROM else np.full_like(picture, 120), time_s)
    return path


def test_a_picture_is_told_and_drawn(tmp_path: Path) -> None:
    out = tmp_path / "drawn.png"
    done = vitascope("face", PORTRAIT, "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["kind"], told["width"], told["height"], told["found"]) == ("picture", 512, 512, True)
    x, y, w, h = told["box"]
    assert all(x < eye < x + w for eye in (203, 246))
    assert all(y < place < y + h for place in (101, 126))  # eyes and nose
    report = told["report"]
    assert report["confidence"] > 0.9
    assert report["distance"] == pytest.approx(w / 512, abs=1e-4)
    assert set(report["hidden"]) == set(PARTS)
    assert set(report["by"]) == set(OCCLUDERS)
    assert set(report["skin"]) == set(REGIONS)
    assert told["refusal"] is None
    before, after = cv2.imread(str(PORTRAIT)), cv2.imread(str(out))
    assert before is not None
    assert after is not None
    assert after.shape[1] == 512
    assert after.shape[0] > 512  # words beneath
    changed = np.any(before != after[:512], axis=2)
    face = np.zeros_like(changed)
    face[int(y) - 3 : int(y + h) + 4, int(x) - 3 : int(x + w) + 4] = True
    assert changed[face].mean() > 0.2
    assert not changed[~face].any()


def test_a_turned_picture_is_drawn_upright(tmp_path: Path) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    stored = tmp_path / "stored.jpg"
    Image.open(PORTRAIT).rotate(90, expand=True).save(stored, exif=exif, quality=95)
    told = json.loads(vitascope("face", stored, "--json").stdout)
    assert told["found"]
    assert abs(told["report"]["roll"]) < 10


def test_without_a_face_the_answer_is_no(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((200, 300, 3), 128, np.uint8))
    done = vitascope("face", path, "--out", tmp_path / "drawn.webp", "--csv", tmp_path / "rows.csv")
    assert done.returncode == 0, done.stderr
    assert "no face" in done.stdout.lower()
    (row,) = csv.DictReader((tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines())
    assert (row["found"], row["confidence"], row["distance"]) == ("0", "", "")
    assert (tmp_path / "drawn.webp").stat().st_size > 0


def test_a_clip_keeps_its_times_and_gives_a_row_a_frame(clip: Path, tmp_path: Path) -> None:
    out, rows = tmp_path / "drawn.mp4", tmp_path / "rows.csv"
    done = vitascope("face", clip, "--out", out, "--csv", rows, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["frames"] == len(TIMES)
    assert told["events"][0] == {"time_s": 0.0, "event": "entered"}
    assert [part["second"] for part in told["seconds"]] == [0, 1, 2]
    assert told["seconds"][0]["found_share"] == 1.0
    assert told["seconds"][2]["found_share"] < 0.5
    with av.open(str(out)) as container:
        frames = list(container.decode(video=0))
    assert np.allclose([frame.time for frame in frames], TIMES, atol=1e-3)
    assert (frames[0].width, frames[0].height > 480) == (640, True)
    with rows.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == COLUMNS
    assert np.allclose([float(row["time_s"]) for row in table], TIMES, atol=1e-3)
    assert table[0]["event"] == "entered"
    assert table[-1]["found"] == "0"
    assert 0.2 < float(table[0]["distance"]) < 0.5
    assert float(table[10]["fps"]) == pytest.approx(10 / TIMES[10], rel=0.02)


def test_a_bad_input_is_one_sentence_and_the_others_are_told(tmp_path: Path) -> None:
    bad = tmp_path / "torn.jpg"
    bad.write_bytes(PORTRAIT.read_bytes()[:3000])
    done = vitascope("face", bad, PORTRAIT, "--json")
    assert done.returncode == 2
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {"error": "The picture is damaged or cut short.", "source": str(bad)}
    assert second["found"]
    assert one_sentence(done.stderr)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.jpg"], "nowhere.jpg"),
        (["{folder}/empty.png"], "empty"),
        (["{folder}/text.webp"], "use JPEG, PNG, WebP or BMP"),
        (["{folder}/huge.png"], "million pixels"),
        (["{folder}/torn.mp4"], "damaged"),
        (["{folder}/single.mp4"], "single picture"),
        (["{portrait}", "{portrait}", "--out", "{folder}/x.png"], "one at a time"),
        (["{portrait}", "--out", "{folder}/x.mp4"], "must end in"),
        (["{clip}", "--out", "{folder}/x.png"], "must end in"),
        (["{portrait}", "--out", "{folder}/none/x.png"], "no such folder"),
        (["{portrait}", "--csv", "{folder}"], "it is a folder"),
        (["{folder}/copy.jpg", "--out", "{folder}/copy.jpg"], "the input itself"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    words: list[str], said: str, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.webp").write_text("this is no picture at all")
    (tmp_path / "torn.mp4").write_bytes(clip.read_bytes()[:2000])
    (tmp_path / "copy.jpg").write_bytes(PORTRAIT.read_bytes())
    if said == "million pixels":
        cv2.imwrite(str(tmp_path / "huge.png"), np.zeros((9000, 9000), np.uint8))
    with ClipWriter(tmp_path / "single.mp4") as writer:
        writer.write(np.zeros((64, 64, 3), np.uint8), 0.0)
    done = vitascope("face", *[word.format(clip=clip, folder=tmp_path, portrait=PORTRAIT) for word in words])
    assert done.returncode == 2, done.stdout
    assert one_sentence(done.stderr), done.stderr
    assert said in done.stderr


def test_a_clip_that_turns_out_unusable_leaves_nothing_behind(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "single.mp4") as writer:
        writer.write(np.zeros((64, 64, 3), np.uint8), 0.0)
    done = vitascope("face", tmp_path / "single.mp4", "--out", tmp_path / "x.mp4", "--csv", tmp_path / "x.csv")
    assert done.returncode == 2
    assert not (tmp_path / "x.mp4").exists()
    assert not (tmp_path / "x.csv").exists()
