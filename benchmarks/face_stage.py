"""The face stage on one core: `FaceWatcher.see` on every frame of a clip, beside MediaPipe's face mesh, in turn.

    python benchmarks/face_stage.py CLIP... --peer-python ENV/bin/python [--page benchmarks/README.md]

Clips are decoded once and brought to 640x480 before the clock starts. Each program runs in a process of its own that is
bound to one core, sees the clip once to warm up and then once for each pair of runs, ours and theirs in turn. Times are
processor time of all threads, so that other work on the machine does not count. MediaPipe runs as for a video
(`static_image_mode=False`, one face, no iris refinement); it gives landmarks, the face stage also region colours,
guidance and whether the picture is a still one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

import vitascope
from vitascope.evaluation.page import put_between
from vitascope.media.frames import Limits, open_clip

WIDTH, HEIGHT = 640, 480
START = """
import json, os, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import cv2
import numpy as np
cv2.setNumThreads(1)
frames, times = np.load(sys.argv[1], mmap_mode=None), np.load(sys.argv[2])
"""
OURS = """
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame
def run():
    watcher = FaceWatcher()
    return sum(watcher.see(Frame(rgb, time_s)).found for rgb, time_s in zip(frames, times))
"""
THEIRS = """
import mediapipe
def run():
    with mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=False, max_num_faces=1) as mesh:
        return sum(mesh.process(rgb).multi_face_landmarks is not None for rgb in frames)
"""
LOOP = """
run()
for line in sys.stdin:
    start = time.process_time()
    found = run()
    print(json.dumps({"ms": 1000 * (time.process_time() - start) / len(frames), "found": found}), flush=True)
"""


def decoded(clip: Path, folder: Path, until_s: float) -> tuple[Path, Path, int]:
    """The clip's frames, fitted into 640x480, and their times, as files; and how many there are."""
    frames, times = [], []
    with open_clip(clip, Limits()) as opened:
        for frame in opened:
            if frame.time_s > until_s:
                break
            height, width = frame.rgb.shape[:2]
            scale = min(WIDTH / width, HEIGHT / height)
            small = cv2.resize(frame.rgb, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
            picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            top, left = (HEIGHT - small.shape[0]) // 2, (WIDTH - small.shape[1]) // 2
            picture[top : top + small.shape[0], left : left + small.shape[1]] = small
            frames.append(picture)
            times.append(frame.time_s)
    paths = folder / f"{clip.stem}.npy", folder / f"{clip.stem}_times.npy"
    np.save(paths[0], np.stack(frames))
    np.save(paths[1], np.array(times))
    return *paths, len(frames)


class Runner:
    """A warmed-up process that goes through the clip once for each line it is sent."""

    def __init__(self, python: str, code: str, *paths: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-c", START + code + LOOP, *map(str, paths)],
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--peer-python", required=True, help="the Python of an environment with mediapipe 0.10.21")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each clip at most")
    parser.add_argument("--page", type=Path, help="put the table between its marks in this Markdown page")
    options = parser.parse_args()
    lines = [
        f"Processor time, ms a frame of 640x480 on one core, median of {options.runs} runs in turn.",
        "",
        "| clip | frames | vitascope face stage | found | mediapipe 0.10.21 mesh | found | ratio (smallest) |",
        "|---|---|---|---|---|---|---|",
    ]
    print(f"timing the package in {Path(vitascope.__file__).parent}")
    with tempfile.TemporaryDirectory() as folder:
        for clip in options.clips:
            *paths, count = decoded(clip, Path(folder), options.seconds)
            ours, theirs = Runner(sys.executable, OURS, *paths), Runner(options.peer_python, THEIRS, *paths)
            pairs = [(ours.run(), theirs.run()) for _ in range(options.runs)]
            ours.close()
            theirs.close()
            ratios = [b["ms"] / a["ms"] for a, b in pairs]
            columns = [
                cell
                for side in zip(*pairs, strict=True)
                for cell in (f"{statistics.median(t['ms'] for t in side):.2f}", f"{side[0]['found'] / count:.0%}")
            ]
            ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f})"
            lines.append(f"| {clip.stem} | {count} | {' | '.join(columns)} | {ratio} |")
    text = "\n".join(lines)
    print(text)
    if options.page is not None:
        put_between(options.page, "benchmarks/face_stage", text)


if __name__ == "__main__":
    main()
