"""Peak memory of measuring clips of growing length, each in a fresh process. Flat means: decoded as a stream."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from vitascope.demo import make_clip

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
    print("| seconds | peak MiB |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for seconds in (10, 30, 90):
            clip = Path(folder) / f"{seconds}.mp4"
            make_clip(clip, seconds=seconds)
            print(f"| {seconds} | {peak_mib(clip):.0f} |")


if __name__ == "__main__":
    main()
