"""Photo screening: what a picture costs, whether heat maps point at what counts, what a whole CT series gains.

    python -m benchmarks.photo_screening [--data DATA] [--page docs/screening.md]

Speed needs no data: drawn pictures as cameras give them, one core, each check after loading, decoding apart; and the
first answer of a fresh process. With DATA (the packaged sets) only groups that no training saw are used: deletion and
insertion of each check's heat maps beside a map of random cells and one that is warm in the middle, and the AUC of
COVID-19 by slice and by patient or block.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.photos import chest_hu, encoded, eye, fundus, lesion
from vitascope.evaluation.heatmap import faithfulness
from vitascope.evaluation.metrics import auc
from vitascope.evaluation.page import put_between
from vitascope.evaluation.split import held_out
from vitascope.media.dicom import LUNG_WINDOW, window
from vitascope.media.picture import read_picture
from vitascope.screening.certainty import together
from vitascope.screening.check import NetworkCheck
from vitascope.screening.checks import REGISTRY
from vitascope.screening.entrance import admit
from vitascope.screening.heatmap import HeatMap
from vitascope.screening.reduce import reduced

Rgb = NDArray[np.uint8]
# Set, file of labels, columns of the picture's name and of its group, by kind.
SETS = {
    "skin": (
        ("skin_ham10000", "metadata.csv", "image_id", "lesion_id"),
        ("skin_pad_ufes", "labels.csv", "file", "patient_id"),
    ),
    "outer_eye": (("eye_cataract", "labels.csv", "file", "group"), ("eye_redness", "labels.csv", "file", "group")),
    "fundus": (("fundus_colour", "labels.csv", "file", "patient"),),
    "lung_ct": (("ct_covid_ucsd", "labels.csv", "file", "patient"), ("ct_sars_cov2", "labels.csv", "file", "block")),
}  # fmt: skip
FIRST = "import sys, vitascope; vitascope.screen(sys.argv[1], sys.argv[2])"
CELLS = 7


def rows(data: Path, kind: str) -> Iterator[tuple[str, Path, str, dict[str, str]]]:
    """Set, picture, group and labels of every picture of a kind that no training saw."""
    for name, labels, file, group in SETS[kind]:
        with (data / name / labels).open(encoding="utf-8-sig", newline="") as table:
            for row in csv.DictReader(table):
                if held_out(row[group]):
                    picture = row[file] if "." in row[file] else f"{row[file]}.webp"
                    yield name, data / name / "images" / picture, row[group], row


def chest(size: int) -> Rgb:
    """A drawn slice as a picture."""
    return np.repeat(window(chest_hu(size).astype(np.float32), *LUNG_WINDOW)[..., None], 3, axis=2)


def milliseconds(work: Callable[[], object], rounds: int = 30) -> float:
    """Median time of a call, warmed up."""
    work()
    spent = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return 1000 * statistics.median(spent)


def speed() -> list[str]:
    """A table of what each check costs."""
    drawn = {
        "skin": lesion((450, 600)), "outer_eye": eye((480, 640)), "fundus": fundus(512), "lung_ct": chest(512),
    }  # fmt: skip
    lines = [
        "One core, median of 30 after loading, without decoding: pictures of the size named, and of 4000 x 3000.",
        "",
        "| check | picture | gate | check | 4000 x 3000: halving | gate | check | first answer of a process |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for kind, rgb in drawn.items():
            check = REGISTRY[kind]
            large = cv2.resize(rgb, (4000, 3000), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
            path = Path(folder) / f"{kind}.png"
            path.write_bytes(encoded(rgb))
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", FIRST, str(path), kind], check=True)
            first = time.perf_counter() - begin
            cells = [
                f"{milliseconds(partial(admit, rgb, check)):.1f} ms",
                f"{milliseconds(partial(check.judge, rgb)):.1f} ms",
                f"{milliseconds(partial(reduced, large)):.1f} ms",
                f"{milliseconds(partial(admit, reduced(large), check)):.1f} ms",
                f"{milliseconds(partial(check.judge, reduced(large))):.1f} ms",
                f"{first:.2f} s",
            ]
            lines.append(f"| `{kind}` | {rgb.shape[1]} x {rgb.shape[0]} | {' | '.join(cells)} |")
    return lines


def probability(check: NetworkCheck, place: int, label: str, rgb: Rgb) -> float:
    """What a check's finding at `place` gives the class `label`."""
    return check.judge(rgb).findings[place].probabilities[label]


def pointing(data: Path, count: int) -> list[str]:
    """A table of deletion and insertion on `count` held-out pictures of each check."""
    lines = [
        "Deletion (lower is better) and insertion (higher is better) of the most probable class, held-out pictures.",
        "",
        "| finding | n | deletion: map | random | middle | insertion: map | random | middle |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    middle = -np.hypot(*np.meshgrid(np.linspace(-1, 1, CELLS), np.linspace(-1, 1, CELLS))).astype(np.float32) + 1.5
    for kind in SETS:
        check = REGISTRY[kind]
        assert isinstance(check, NetworkCheck)
        paths = [path for _, path, _, _ in rows(data, kind)]
        found: dict[str, list[list[float]]] = defaultdict(list)
        for i in rng.permutation(len(paths))[:count]:
            rgb = read_picture(paths[i])
            for name, heat in check.judge(rgb).maps.items():
                place = [finding.name for finding in check.reject("-").findings].index(name)
                score = partial(probability, check, place, heat.label)
                maps = (heat, HeatMap("", rng.normal(size=heat.cells.shape).astype(np.float32)), HeatMap("", middle))
                areas = [faithfulness(score, rgb, one.on(*rgb.shape[:2]), steps=10) for one in maps]
                found[name].append([*(a.deletion for a in areas), *(a.insertion for a in areas)])
        for name, areas_of in found.items():
            means = np.mean(areas_of, axis=0)
            lines.append(f"| `{name}` | {len(areas_of)} | " + " | ".join(f"{value:.3f}" for value in means) + " |")
    return lines


def volumes(data: Path) -> list[str]:
    """A table of the AUC by slice and by volume."""
    check = REGISTRY["lung_ct"]
    slices: dict[tuple[str, str], list[NDArray[np.float64]]] = defaultdict(list)
    truth: dict[tuple[str, str], bool] = {}
    for name, path, group, row in rows(data, "lung_ct"):
        finding = check.judge(read_picture(path)).findings[0]
        slices[name, group].append(np.array([finding.probabilities["no"], finding.probabilities["yes"]]))
        truth[name, group] = row["label"].upper() == "COVID"
    lines = [
        "COVID-19 on held-out groups: AUC of single slices, and of whole groups by the rule above.",
        "",
        "| set | slices | AUC | groups | AUC |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(name for name, _ in slices):
        groups = [key for key in slices if key[0] == name]
        single = [(p[1], truth[key]) for key in groups for p in slices[key]]
        whole = [(float(together(slices[key])[1]), truth[key]) for key in groups]
        cells = [
            f"{len(pairs)} | {auc(np.array([p for p, _ in pairs]), np.array([t for _, t in pairs])):.3f}"
            for pairs in (single, whole)
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder of the packaged sets; without it only speed is measured")
    parser.add_argument("--count", type=int, default=60, help="pictures of each check for the heat maps")
    parser.add_argument("--page", type=Path, help="put the tables between their marks in this Markdown page")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    lines = speed()
    if options.data is not None:
        lines += ["", *pointing(options.data, options.count), "", *volumes(options.data)]
    text = "\n".join(lines)
    print(text)
    if options.page is not None:
        put_between(options.page, "benchmarks/photo_screening.py", text)


if __name__ == "__main__":
    main()
