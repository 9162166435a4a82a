"""Peak memory of measuring clips of growing length, each in a fresh process, written into this folder's README.

Flat means: decoded as a stream.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from vitascope.demo import make_clip
from vitascope.evaluation.page import put_between

PAGE = Path(__file__).with_name("README.md")

MEASURE = """
import resource, sys
from vitascope import measure
measure(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mib(clip: Path) -> float:
    """Peak resident memory in MiB of one process that measures `clip`."""
    answer = subprocess.run([sys.executable, "-c", MEASURE, str(clip)], capture_output=True, text=True, check=True)
    return int(answer.stdout) / 1024


def main() -> None:
    lines = ["Peak memory of `vitascope.measure` on a 640x480 clip:", "", "| seconds | peak MiB |", "|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for seconds in (10, 30, 90):
            clip = Path(folder) / f"{seconds}.mp4"
            make_clip(clip, seconds=seconds)
            lines.append(f"| {seconds} | {peak_mib(clip):.0f} |")
    put_between(PAGE, Path(__file__).name, "\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
