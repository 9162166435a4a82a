"""A 15 s 640x480 clip from file to report: Vitascope beside vitallens-python's local POS, in turn, in one run.

Both get the same file, a demo clip with a known pulse, and both have their models loaded before the clock starts.
Writes the median, smallest and largest time, the ratio of each pair and what each measured into this folder's README.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from vitascope.demo import make_clip
from vitascope.evaluation.page import put_between

PAGE = Path(__file__).with_name("README.md")

OURS = """
import json, sys, time
from vitascope import measure
measure(sys.argv[1])
for line in sys.stdin:
    start = time.perf_counter()
    rate = measure(sys.argv[1]).heart_rate.value
    print(json.dumps({"s": time.perf_counter() - start, "rate": rate}), flush=True)
"""
# The peer starts ffmpeg, which would swallow the lines sent to this process: it gets an empty standard input instead.
THEIRS = """
import json, os, sys, time
sys.stdin = os.fdopen(os.dup(0))
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
from vitallens import VitalLens
peer = VitalLens(method="pos", export_to_json=False)
peer(sys.argv[1])
for line in sys.stdin:
    start = time.perf_counter()
    rate = peer(sys.argv[1])[0]["vitals"]["heart_rate"]["value"]
    print(json.dumps({"s": time.perf_counter() - start, "rate": float(rate)}), flush=True)
"""


class Runner:
    """A warmed-up process that measures the clip once for each line it is sent."""

    def __init__(self, python: str, code: str, clip: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-c", code, str(clip)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self) -> dict[str, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer: dict[str, float] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="the Python of an environment with vitallens in it")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        truth = make_clip(clip, seconds=options.seconds)
        ours, theirs = Runner(sys.executable, OURS, clip), Runner(options.peer_python, THEIRS, clip)
        pairs = [(ours.run(), theirs.run()) for _ in range(options.runs)]
        ours.close()
        theirs.close()
    lines = [
        f"{options.seconds:.0f} s of 640x480 at 30/s, file to report, n = {options.runs}; "
        f"truth {truth.heart_rate:.1f}/min",
        "",
        "| program | median s | smallest | largest | heart rate /min |",
        "|---|---|---|---|---|",
    ]
    for name, times in (("vitascope", [a for a, _ in pairs]), ("vitallens-python, POS", [b for _, b in pairs])):
        seconds = [t["s"] for t in times]
        rate = statistics.median(t["rate"] for t in times)
        row = f"{statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} | {rate:.1f}"
        lines.append(f"| {name} | {row} |")
    ratios = [b["s"] / a["s"] for a, b in pairs]
    spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
    lines += ["", f"Ratio (theirs / ours), pair by pair: median {statistics.median(ratios):.1f}, {spread}"]
    put_between(PAGE, Path(__file__).name, "\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
