"""`vitascope screen` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import jsonschema
import pytest

from tests.cli.test_cli import one_sentence, vitascope
from tests.photos import chest_hu, dicom, encoded, lesion, write
from vitascope.report import report_schema


@pytest.fixture
def mole(tmp_path: Path) -> Path:
    return write(tmp_path / "mole.png", encoded(lesion()))


def test_one_json_line_for_each_input_also_when_one_is_bad(mole: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.jpg", b"only words")
    done = vitascope("screen", "skin", bad, mole, tmp_path / "none.jpg", mole, "--json")
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"] for line in lines] == [str(bad), str(mole), str(tmp_path / "none.jpg"), str(mole)]
    assert ["error" in line for line in lines] == [True, False, True, False]
    jsonschema.validate(lines[1], report_schema())
    assert lines[1]["findings"] == lines[3]["findings"]
    assert all(one_sentence(line) for line in done.stderr.splitlines())
    assert len(done.stderr.splitlines()) == 2


def test_not_judged_is_an_answer(mole: Path) -> None:
    done = vitascope("screen", "lung_ct", mole)
    assert done.returncode == 0
    assert done.stderr == ""
    text = " ".join(done.stdout.split())
    assert "rejected" in text
    assert "not a medical device" in text


def test_a_table_says_what_is_seen_how_sure_and_what_to_do(mole: Path) -> None:
    done = vitascope("screen", "skin", mole)
    text = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "Skin lesion" in text
    assert "DDI" in text
    if "rejected" not in text:
        assert "Melanoma" in text
        assert "What cannot be ruled out" in text


def test_a_folder_of_slices_is_one_input(tmp_path: Path) -> None:
    folder = tmp_path / "ct"
    folder.mkdir()
    for i in range(4):
        write(folder / f"{i}.dcm", dicom(chest_hu(96, i), number=i))
    done = vitascope("screen", "lung_ct", folder, "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["source"] == str(folder)
    assert len(json.loads(line)["slices"]) == 4


def test_a_heat_map_is_written_where_the_picture_was_judged(mole: Path, tmp_path: Path) -> None:
    out = tmp_path / "heat.png"
    done = vitascope("screen", "skin", mole, "--heatmap", out, "--json")
    assert done.returncode == 0
    if json.loads(done.stdout)["findings"]["skin"]["status"] == "rejected":
        assert not out.exists()
        assert one_sentence(done.stderr)
    else:
        drawn = cv2.imread(str(out))
        assert drawn is not None
        assert drawn.shape[1] == 800


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["toe", "{mole}"], "toe"),
        (["skin", "nowhere.jpg"], "nowhere.jpg"),
        (["skin", "{folder}/empty"], "no picture in this folder"),
        (["skin", "{mole}", "--heatmap", "nowhere/x.png"], "no such folder"),
        (["skin", "{mole}", "--heatmap", "{folder}/x.what"], "x.what"),
        (["skin", "{mole}", "{mole}", "--heatmap", "{folder}/x.png"], "no folder"),
        (["skin", "{mole}", "{mole}", "--series"], "one picture at a time"),
        (["skin", "{mole}", "--about", "sex"], "NAME=VALUE"),
    ],
)
def test_wrong_input_gives_one_sentence_and_exit_code_2(
    words: list[str], said: str, mole: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = vitascope("screen", *[word.format(mole=mole, folder=tmp_path) for word in words])
    assert done.returncode == 2
    assert one_sentence(done.stderr), done.stderr
    assert said in done.stderr
