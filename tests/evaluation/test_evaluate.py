"""`vitascope evaluate` as a person runs it, on a made folder, on bad folders and on the development recordings."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation.made import development_folder
from vitascope.errors import InputError
from vitascope.evaluation import SETS, evaluate
from vitascope.evaluation.page import put_between


def vitascope(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitascope", *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return development_folder(tmp_path_factory.mktemp("pulse"))


def test_figures_plots_and_page_of_a_made_folder(made: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "accuracy.md"
    page.write_text("# Accuracy\n\nBy people.\n", encoding="utf-8")
    done = vitascope(
        "evaluate", "pulse", made, "--json", tmp_path / "all.json", "--out", out, "--page", page, "--windows", 10, 30
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert json.loads((out / "pulse.json").read_text(encoding="utf-8")) == result
    assert result["windows_s"] == [10, 30]
    clean = {row["source"]: row for row in result["rates"] if row["vital"] == "heart_rate" and row["window_s"] == 30}
    ubfc = clean["face_waveforms ubfc"]
    assert (ubfc["n"], ubfc["people"]) == (5, 5)
    assert ubfc["ok_mae"]["value"] < 0.3
    assert ubfc["ok_yield"] == {"value": 1, "low": 1, "high": 1}
    assert clean["face_waveforms pure"]["ok_mae"]["low"] is None  # one person says nothing about people
    assert result["beats"][0]["f1"]["value"] > 0.97
    assert result["readable"]["auc"]["value"] == 1
    breaths = [row for row in result["rates"] if row["vital"] == "respiration_rate" and row["window_s"] == 30]
    assert {row["source"] for row in breaths} == {"respiration", "respiration_stress ear", "respiration_stress finger"}
    assert all((out / f"{name}.png").stat().st_size > 5000 for name in ("bland_altman_heart_rate", "reliability"))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Accuracy\n\nBy people.\n\n<!-- written by vitascope evaluate pulse -->\n")
    assert "![risk coverage](out/risk_coverage.png)" in text
    assert "| face_waveforms ubfc | 30 s | 5 (5) |" in text


def test_the_same_recordings_give_the_same_figures(made: Path) -> None:
    folder = made / "face_waveforms"
    first, second = (evaluate("pulse", folder, [10]) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert first.markdown() == second.markdown()


def test_a_damaged_recording_is_named_and_the_others_are_measured(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "finger_rr", tmp_path / "finger_rr")
    (tmp_path / "finger_rr/torn.npz").write_bytes(b"PK\x03\x04")
    done = vitascope("evaluate", "pulse", tmp_path, "--json", "-", "--windows", "30")
    assert done.returncode == 0
    assert done.stderr == "vitascope: finger_rr/torn: torn.npz is not an .npz file of numbers.\n"
    assert json.loads(done.stdout)["recordings"] == 1


def test_what_cannot_be_evaluated_is_one_sentence_and_exit_code_2(made: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/notes.txt").write_text("nothing here")
    (tmp_path / "torn/finger_rr").mkdir(parents=True)
    (tmp_path / "torn/finger_rr/a.npz").write_text("no arrays")
    for words in (
        ("pulse", tmp_path / "missing"),
        ("pulse", tmp_path / "foreign"),
        ("pulse", tmp_path / "torn"),
        ("faces", made),
        ("pulse", made, "--windows", "ten"),
        ("pulse", made, "--windows", "10", "twenty"),
        ("pulse", made, "--windows", "2"),
        ("pulse", made, "--json", tmp_path / "none" / "out.json"),
    ):
        done = vitascope("evaluate", *words)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
        if "ten" not in words:  # typer frames its own complaint about an option
            assert done.stderr.strip().count("\n") == 0, done.stderr
            assert done.stderr.strip().endswith("."), done.stderr


def test_a_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    put_between(page, "a", "one")
    put_between(page, "b", "two")
    page.write_text(page.read_text(encoding="utf-8") + "\nBy hand.\n", encoding="utf-8")
    put_between(page, "a", "three")
    put_between(page, "a", "three")
    assert page.read_text(encoding="utf-8") == (
        "<!-- written by a -->\nthree\n<!-- end of a -->\n\n<!-- written by b -->\ntwo\n<!-- end of b -->\n\nBy hand.\n"
    )
    page.write_text("<!-- written by a -->\nno end", encoding="utf-8")
    with pytest.raises(InputError, match=r"without <!-- end of a -->"):
        put_between(page, "a", "four")


def test_every_set_has_its_page() -> None:
    page = (Path(__file__).parents[2] / "docs/accuracy.md").read_text(encoding="utf-8")
    assert all(f"evaluate {name}" in page for name in SETS)


@pytest.mark.recording
def test_development_recordings(recordings: Path) -> None:
    """A floor under what was measured, on sets that the confidence model was not fitted on."""
    result = evaluate("pulse", recordings / "pulse/contact_ppg_peaks", [60])
    (rate,) = result.to_dict()["rates"]
    assert rate["n"] >= 88
    assert rate["all_mae"]["value"] < 0.5
    assert result.to_dict()["beats"][0]["f1"]["value"] > 0.98
