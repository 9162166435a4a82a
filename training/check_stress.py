"""Hold the stress figures against rest and mental tasks, and put the table into `docs/vitals.md`.

    python training/check_stress.py RECORDINGS_DIR

Two people, five minutes each: rest, passive viewing, an easy and a hard mental task; pulse at a finger.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from vitascope.evaluation.page import put_between
from vitascope.report.reading import Reading
from vitascope.vitals.assess import assess_waveform

PAGE = Path(__file__).resolve().parent.parent / "docs/vitals.md"
WRITER = "training/check_stress.py"
TASKS = {"baseline": "rest", "passive": "passive viewing", "easy": "easy task", "hard": "hard task"}
FIGURES = ("heart_rate", "sdnn", "rmssd", "lf_hf", "stress_index")
FPS = 60.0


def cell(reading: Reading) -> str:
    """A value as it stands in the table."""
    return "withheld" if reading.value is None else f"{reading.value:.1f}"


def table(folder: Path) -> str:
    """One line for each person and task."""
    lines = ["| person | recording | heart rate | SDNN | RMSSD | LF/HF | stress index | `stressed` |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for person in sorted({path.stem.split("_")[0] for path in folder.glob("respiration_stress/*.npz")}):
        for task, words in TASKS.items():
            clip = np.load(folder / f"respiration_stress/{person}_{task}.npz")
            clock = clip["time_ms"] / 1000
            even = np.arange(clock[0], clock[-1], 1 / FPS)
            readings = assess_waveform(np.interp(even, clock, clip["ppg_finger"].astype(float)), FPS).readings
            sign = readings["stress_index"].inputs.get("stressed")
            said = "withheld" if sign is None else "yes" if sign else "no"
            lines.append(f"| {person} | {words} | {' | '.join(cell(readings[f]) for f in FIGURES)} | {said} |")
    return "\n".join(lines)


def main(folder: Path) -> None:
    """Write the table between the marks in the page."""
    text = table(folder)
    put_between(PAGE, WRITER, text)
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
