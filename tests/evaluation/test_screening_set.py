"""`vitascope evaluate screening` on drawn pictures of eyes in the packaged layout."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.photos import encoded, eye, write
from vitascope.cli.app import app
from vitascope.errors import InputError
from vitascope.evaluation import evaluate
from vitascope.evaluation.datasets.photos import Case
from vitascope.evaluation.screening.answers import Answers, measure
from vitascope.evaluation.split import held_out


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight eyes of groups that are held out, one that is not, and a damaged file."""
    root = tmp_path_factory.mktemp("data")
    images = root / "eye_cataract" / "images"
    images.mkdir(parents=True)
    rows, kept = [], 0
    for number in range(200):
        group = f"eye {number}"
        if held_out(group) != (len(rows) != 9):
            continue
        cataract = kept % 2 == 1
        picture = encoded(eye((280 + 4 * kept, 400), pupil=(190, 190, 185) if cataract else (18, 16, 18)))
        write(images / f"{number}.png", picture[:200] if kept == 8 else picture)
        rows.append({"file": f"{number}.png", "label": "cataract" if cataract else "normal", "group": group})
        kept += 1
        if kept == 10:
            break
    with (root / "eye_cataract" / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "label", "group"])
        writer.writeheader()
        writer.writerows(rows)
    return root


def test_only_held_out_groups_are_judged_and_damaged_files_are_named(eyes: Path) -> None:
    seen: list[float] = []
    result = evaluate("screening", eyes, progress=seen.append)
    figures = result.to_dict()
    assert figures["checks"]["outer_eye"]["cataract"]["held_out"]["n"] == 8
    assert "redness" not in figures["checks"]["outer_eye"]  # no picture says whether its eye is red
    gate = figures["gate"]["outer_eye"]["eye_cataract"]
    assert gate["n"] == 8 == sum(count for name, count in gate.items() if name != "n")
    assert len(figures["skipped"]) == 1
    assert seen[-1] == 1.0
    assert seen == sorted(seen)


def test_the_command_writes_its_page_and_its_plot(eyes: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    arguments = ["evaluate", "screening", str(eyes), "--page", str(page), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "## outer_eye: cataract" in page.read_text()
    assert "screening_risk.png" in page.read_text()
    assert (tmp_path / "out" / "screening_risk.png").stat().st_size > 5000
    kept = json.loads((tmp_path / "out" / "screening.json").read_text())
    assert kept["set"] == "screening"


def test_a_folder_without_sets_and_window_lengths_are_refused(tmp_path: Path, eyes: Path) -> None:
    with pytest.raises(InputError, match="skin_ham10000"):
        evaluate("screening", tmp_path)
    with pytest.raises(InputError, match="window"):
        evaluate("screening", eyes, [10.0])


def test_figures_of_known_answers() -> None:
    n = 40
    y = np.arange(n) % 2
    p = np.column_stack([np.where(y == 0, 0.9, 0.2), np.where(y == 0, 0.1, 0.8)])
    p[:4] = p[:4, ::-1]  # four are wrong, and unsure
    cases = tuple(Case(Path(f"{i}"), f"g{i // 2}", "one" if i < 30 else "two", {}, {"sex": "female"}) for i in range(n))
    kept = np.arange(n) >= 4
    answers = Answers(y, p, kept, p > 0.15, cases, {"risky": (y == 1, p[:, 1])})
    figures = measure(answers, ["no", "yes"], ["one"])
    whole = figures["held_out"]
    assert whole["n"] == 30
    assert whole["groups"] == 15
    assert whole["accuracy"][0] == pytest.approx(26 / 30, abs=1e-4)
    assert whole["answered"] == {"coverage": 0.8667, "error": 0.0, "error_of_all": 0.1333, "n": 26}
    assert whole["sets"]["coverage"] == pytest.approx(28 / 30, abs=1e-4)  # two sick ones that were called healthy by .1
    assert whole["risky_auc"] == whole["auc"]
    assert figures["by_source"]["two"]["accuracy"][0] == 1.0
    assert figures["by_group"]["sex: female"]["n"] == 30
