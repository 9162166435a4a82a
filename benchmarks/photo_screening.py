"""Photo screening: what a picture costs, whether heat maps point at what counts, what a whole CT series gains.

    python -m benchmarks.photo_screening [--data DATA] [--page docs/screening.md]

Speed needs no data: drawn pictures as cameras give them, one core, each check after loading, decoding apart; and the
first answer of a fresh process. With DATA (the packaged sets) only groups that no training saw are used: deletion and
insertion of each check's heat maps beside a map of random cells and one that is warm in the middle, and the AUC of
COVID-19 by slice and by patient or block.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.photos import chest_hu, encoded, eye, fundus, lesion
from vitascope.evaluation.datasets.photos import Case, cases
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
KINDS = ("skin", "outer_eye", "fundus", "lung_ct")
FIRST = "import sys, vitascope; vitascope.screen(sys.argv[1], sys.argv[2])"
CELLS = 7


def unseen(data: Path, kind: str) -> list[Case]:
    """Every picture of a kind whose group no training saw."""
    return [case for case in cases(kind, data) if held_out(case.group)]


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
        "One core, median of 30 after loading, without decoding: pictures of the size named, and of 4000 x 3000."
        " Times change with the machine and with what else it does.",
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
    rng, blind = np.random.default_rng(0), []
    middle = -np.hypot(*np.meshgrid(np.linspace(-1, 1, CELLS), np.linspace(-1, 1, CELLS))).astype(np.float32) + 1.5
    for kind in KINDS:
        check = REGISTRY[kind]
        assert isinstance(check, NetworkCheck)
        paths = [case.path for case in unseen(data, kind)]
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
            if means[0] >= means[1] or means[3] <= means[4]:
                blind.append(f"`{name}`")
    told = f"Maps that point no better than random cells by one of the two: {', '.join(blind)}." if blind else ""
    return [*lines, "", told] if told else lines


def volumes(data: Path) -> list[str]:
    """A table of the AUC by slice and by volume; blocks in which sick and healthy slices are mixed are no volumes."""
    check = REGISTRY["lung_ct"]
    slices: dict[tuple[str, str], list[tuple[NDArray[np.float64], bool]]] = defaultdict(list)
    for case in unseen(data, "lung_ct"):
        finding = check.judge(read_picture(case.path)).findings[0]
        p = np.array([finding.probabilities["no"], finding.probabilities["yes"]])
        slices[case.source, case.group].append((p, case.labels["covid"] == 1))
    lines = [
        "COVID-19 on held-out groups: AUC of single slices, and of whole groups by the rule above.",
        "",
        "| set | slices | AUC | groups | AUC |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(name for name, _ in slices):
        groups = [seen for (of, _), seen in slices.items() if of == name]
        single = [(p[1], sick) for seen in groups for p, sick in seen]
        alike = [seen for seen in groups if len({sick for _, sick in seen}) == 1]
        whole = [(float(together([p for p, _ in seen])[1]), seen[0][1]) for seen in alike]
        cells = [f"{len(pairs)} | {separated(pairs)}" for pairs in (single, whole)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def separated(pairs: list[tuple[float, bool]]) -> str:
    """AUC of (score, truth) pairs; a dash where one of the two is missing."""
    if len({truth for _, truth in pairs}) < 2:
        return "–"
    return f"{auc(np.array([p for p, _ in pairs]), np.array([t for _, t in pairs])):.3f}"


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
