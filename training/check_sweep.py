"""Measure made traces over the range of frame rates, rates, noise and swing, and put the table into `docs/vitals.md`.

    PYTHONPATH=. python training/check_sweep.py

The traces are those of `tests/pulse/test_sweep.py`, of other seeds than the tests use.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.pulse.test_sweep import made
from vitascope.evaluation.page import put_between

PAGE = Path(__file__).resolve().parent.parent / "docs/vitals.md"
WRITER = "training/check_sweep.py"
WINDOWS_S = (10, 15, 20, 30, 60)
TRACES = 150
FIRST_SEED = 50_000


def table() -> str:
    """One line for each length of trace."""
    lines = ["| length | traces | ok | half of the ok within | nine in ten within | more than 0.5/min off | worst |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for seconds in WINDOWS_S:
        found = [made(FIRST_SEED + seed, seconds) for seed in range(TRACES)]
        error = np.array([abs(r.value - truth) for r, truth in found if r.status == "ok" and r.value is not None])
        half, most = np.quantile(error, (0.5, 0.9))
        cells = (f"{seconds} s", TRACES, len(error), f"{half:.2f}", f"{most:.2f}", (error > 0.5).sum())
        lines.append(f"| {' | '.join(map(str, cells))} | {error.max():.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Write the table between the marks in the page."""
    text = table()
    put_between(PAGE, WRITER, text)
    print(text)


if __name__ == "__main__":
    main()
