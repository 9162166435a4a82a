"""`vitascope evaluate face` on a made folder: one public-domain portrait in several tints, laid out as the sets are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from vitascope.demo import make_clip
from vitascope.demo.clip import PORTRAIT
from vitascope.evaluation.split import held_out

FACES = 1


def names(ending: str) -> list[str]:
    return [name for k in range(200) if held_out(name := f"{k:04d}{ending}")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    portrait = cv2.imread(str(PORTRAIT))
    assert portrait is not None
    # The crop that the set's alignment would take: eyes at 0.30 and 0.69 of the width, 0.30 of the height.
    crop = cv2.resize(portrait[68:178, 170:280], (160, 160), interpolation=cv2.INTER_CUBIC)
    home = root / "face_utk"
    (home / "images").mkdir(parents=True)
    rows = ["file,age,sex,race"]
    for k, name in enumerate(names(".png")[5 : 5 + FACES]):
        tinted = np.clip(255 * (crop / 255.0) ** (0.8 + 0.2 * k), 0, 255).astype(np.uint8)
        cv2.imwrite(str(home / "images" / name), tinted)
        rows.append(f"{name},{20 + 10 * k},female,white")
    taught = next(f"{k}.png" for k in range(100) if not held_out(f"{k}.png"))
    rows.append(f"{taught},30,male,white")  # not held out: must not even be opened, and is not there
    (home / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    rng = np.random.default_rng(0)
    (root / "skin_ham10000/images").mkdir(parents=True)
    for name in names(".png")[:3]:
        lesion = np.full((150, 200, 3), (130, 150, 210), np.uint8)
        cv2.circle(lesion, (100, 75), 30, (60, 70, 110), -1)
        noise = rng.normal(0, 6, lesion.shape)
        cv2.imwrite(str(root / "skin_ham10000/images" / name), np.clip(lesion + noise, 0, 255).astype(np.uint8))
    torn = names(".png")[3]
    (root / "skin_ham10000/images" / torn).write_bytes(b"\x89PNG torn")
    (root / "video").mkdir()
    make_clip(root / "video/made_72bpm.mp4", seconds=6, heart_rate=72)
    return root


def vitascope(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitascope", *map(str, words)], capture_output=True, text=True, timeout=900, check=False
    )


def test_figures_plots_and_page_of_a_made_folder(made: Path, tmp_path: Path) -> None:
    page = tmp_path / "face_accuracy.md"
    page.write_text("# The face stage\n", encoding="utf-8")
    out = tmp_path / "out"
    done = vitascope("evaluate", "face", made, "--limit", "5", "--windows", "5", "--out", out, "--page", page)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1  # the torn picture is named
    assert "damaged or cut short" in done.stderr
    result = json.loads((out / "face.json").read_text(encoding="utf-8"))
    finder = result["finder"]
    assert finder["recall"]["n"] == FACES
    alarms = {row["shows"]: row for row in finder["false_alarms"]}
    assert alarms["skin lesions"]["finder"]["n"] == 3
    assert alarms["made grounds"]["stage"]["value"] == 0
    mesh = result["mesh"]
    assert mesh["jitter"]["n"] == FACES
    assert mesh["jitter"]["median"]["value"] < 0.003
    assert all(row["median"]["value"] < 0.03 for row in mesh["changes"])
    seen = {row["condition"]: row for row in result["obstruction"]["conditions"]}
    assert seen["nothing in front"]["refused"]["value"] == 0
    assert all(row["refused"]["n"] == FACES for row in seen.values())
    assert "real masks" not in seen  # there are none in this folder
    pulse = {(row["source"], row["way"]): row for row in result["pulse"]["sources"]}
    assert pulse["clip made_72bpm.mp4", "skin of the regions"]["error"]["value"] < 1.5
    painted = {key: row for key, row in pulse.items() if key[0].startswith("painted")}
    assert len({source for source, _ in painted}) == 3  # a clear pulse, a weak one, and that on a dressed face
    assert all(row["n"] == FACES and row["measured"] == 1 for row in painted.values())
    assert all(row["error"]["value"] < 3 for (_, way), row in painted.items() if way != "box of the face")
    assert result["speed"]["frame_ms"] > 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# The face stage\n\n<!-- written by vitascope evaluate face -->\n")
    assert "## Obstruction" in text
    assert "![face refused](out/face_refused.png)" in text
    assert (out / "face_refused.png").stat().st_size > 5000


def test_the_same_pictures_give_the_same_figures(made: Path) -> None:
    from vitascope.evaluation import evaluate

    home = made / "face_utk"
    first, second = (evaluate("face", home, limit=1).to_dict() for _ in range(2))
    assert first == second
    assert first["speed"] is None  # no clips in this folder


def test_what_cannot_be_evaluated_is_one_sentence(tmp_path: Path) -> None:
    torn = tmp_path / "face_utk"
    torn.mkdir()
    (torn / "labels.csv").write_text("file,age\na.png,3\n", encoding="utf-8")
    (tmp_path / "none").mkdir()
    for words in ((tmp_path / "none",), (torn,), (torn, "--windows", "10", "20"), (torn, "--windows", "2")):
        done = vitascope("evaluate", "face", *words)
        assert done.returncode == 2, words
        assert done.stderr.strip().count("\n") == 0, done.stderr
        assert done.stderr.strip().endswith("."), done.stderr
