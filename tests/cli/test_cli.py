"""The command line as a person runs it: real processes, exit codes, standard output and standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from vitascope.demo import make_clip
from vitascope.demo.pulse import beat_times, pulse_wave
from vitascope.report.schema import report_schema


def vitascope(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitascope", *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    make_clip(path, seconds=12, heart_rate=66)
    return path


def one_sentence(text: str) -> bool:
    """One line, no traceback, ends as a sentence."""
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text and text.strip().endswith(".")


def test_measure_prints_one_json_line_that_fits_the_schema(clip: Path) -> None:
    done = vitascope("measure", clip, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    report = json.loads(done.stdout)
    jsonschema.validate(report, report_schema())
    assert report["readings"]["heart_rate"]["status"] == "ok"
    assert report["readings"]["heart_rate"]["value"] == pytest.approx(66, abs=1)
    assert done.stderr == ""


def test_measure_prints_a_table_with_the_disclaimer(clip: Path) -> None:
    done = vitascope("measure", clip)
    assert done.returncode == 0
    assert "heart rate" in done.stdout
    assert "not a medical device" in " ".join(done.stdout.split())


def test_measure_goes_on_after_a_bad_clip_and_says_so_at_the_end(clip: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("this is no video")
    done = vitascope("measure", bad, clip, "--json")
    assert done.returncode == 2
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["source"] == str(bad)
    assert second["readings"]["heart_rate"]["status"] == "ok"
    assert one_sentence(done.stderr)


def test_plot_draws_a_picture(clip: Path, tmp_path: Path) -> None:
    import cv2

    picture = tmp_path / "plot.png"
    assert vitascope("measure", clip, "--plot", picture).returncode == 0
    image = cv2.imread(str(picture))
    assert image is not None
    assert image.std() > 5  # something is drawn on it


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["measure", "nowhere.mp4"], "nowhere.mp4"),
        (["pulse", "nowhere.npz"], "nowhere.npz"),
        (["measure", "{clip}", "--method", "magic"], "magic"),
        (["measure", "{clip}", "{clip}", "--plot", "x.png"], "one clip"),
        (["measure", "{clip}", "--plot", "nowhere/x.png"], "x.png"),
        (["measure", "{clip}", "--plot", "{folder}/x.what"], "x.what"),
    ],
)
def test_wrong_input_gives_one_sentence_and_exit_code_2(
    words: list[str], said: str, clip: Path, tmp_path: Path
) -> None:
    done = vitascope(*[word.format(clip=clip, folder=tmp_path) for word in words])
    assert done.returncode == 2
    assert one_sentence(done.stderr), done.stderr
    assert said in done.stderr


def test_wrong_options_give_exit_code_2() -> None:
    done = vitascope("demo", "--heart-rate", "900")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_pulse_reads_a_colour_trace_and_a_pulse_wave(tmp_path: Path) -> None:
    time_s = np.arange(0, 30, 1 / 30)
    wave = pulse_wave(time_s, beat_times(30, 80, 15), 15)
    rgb = np.array([150.0, 110.0, 95.0]) * (1 - 0.01 * wave[:, None] * np.array([0.33, 0.77, 0.53]))
    np.savez(tmp_path / "rgb.npz", rgb=rgb, time_ms=1000 * time_s)
    np.savez(tmp_path / "bvp.npz", bvp=wave, fps=30.0)
    for name in ("rgb.npz", "bvp.npz"):
        done = vitascope("pulse", tmp_path / name, "--json")
        assert done.returncode == 0, done.stderr
        reading = json.loads(done.stdout)["readings"]["heart_rate"]
        assert reading["status"] == "ok"
        assert reading["value"] == pytest.approx(80, abs=0.5)


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"rgb": np.ones((100, 3))},
        {"rgb": np.ones((100, 3)), "time_s": np.arange(50.0)},
        {"rgb": np.ones((100, 2)), "time_s": np.arange(100.0)},
        {"rgb": np.ones((100, 3)), "time_s": -np.arange(100.0)},
        {"rgb": np.ones((100, 3)), "fps": np.array([30.0, 30.0])},
        {"rgb": np.ones((300, 3)), "time_s": np.full(300, np.nan)},
        {"bvp": np.ones(300)},
        {"bvp": np.ones(300), "fps": 0.0},
        {"bvp": np.ones((300, 2, 2)), "fps": 30.0},
        {"bvp": np.ones(3), "fps": 30.0},
        {"bvp": np.array(["a", "b"]), "fps": 30.0},
    ],
    ids=lambda arrays: " ".join(f"{name}{np.shape(values)}" for name, values in arrays.items()) or "nothing",
)
def test_pulse_refuses_what_does_not_fit_together(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    np.savez(tmp_path / "trace.npz", **arrays)
    done = vitascope("pulse", tmp_path / "trace.npz")
    assert done.returncode == 2
    assert one_sentence(done.stderr), done.stderr


def test_demo_finds_the_painted_truth() -> None:
    done = vitascope("demo", "--heart-rate", "95", "--seconds", "15", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["truth"]["heart_rate"] == 95
    assert answer["report"]["readings"]["heart_rate"]["value"] == pytest.approx(95, abs=1)


def test_doctor_says_that_everything_is_there() -> None:
    done = vitascope("doctor", "--json")
    assert done.returncode == 0, done.stdout
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["model face_mesh"]["state"] == "ok"
    assert "https" in checks["camera"]["detail"]


def test_import_is_cheap() -> None:
    # Heavy libraries load on first use: a program that only imports the package must not pay for them.
    code = "import sys, vitascope; print(sorted({'scipy','cv2','av','onnxruntime','numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
