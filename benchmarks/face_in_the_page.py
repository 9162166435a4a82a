"""How fast the page follows a face by itself: `python -m benchmarks.face_in_the_page` in the repository's root.

The built page in headless Chromium, all of whose processes are held to one core, in front of films: the demo portrait
keeping still and moving, and recordings named on the command line. Writes its table into docs/page.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.camera_film import FPS, film_of, write_film
from tests.browser.visitor import chromium, visit
from tests.server.running import run_server
from vitascope.demo import demo_frames
from vitascope.evaluation.page import put_between

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "page.md"
WRITER = "benchmarks/face_in_the_page.py"
SECONDS = 12.0
FILM_S = 6.0
STILL_PX, MOVING_PX = 1.5, 25.0
WORKER = "DedicatedWorker"
# Notes when a picture is handed to the worker and when its answer comes.
NOTE = """
const Plain = window.Worker;
window.looks = [];
window.Worker = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if ("sight" in data) window.looks.push([this.handed, performance.now(), data.sight.face !== null]);
    });
  }
  postMessage(...given) {
    this.handed = performance.now();
    super.postMessage(...given);
  }
};
"""
CAMERA = """() => {
  const video = document.querySelector("video");
  window.shown = [];
  const note = (now, { presentedFrames }) => {
    window.shown.push([now, presentedFrames]);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
}"""


def portrait_film(path: Path, movement_px: float) -> Path:
    """The demo portrait, moved to and fro by so many pixels."""
    _, pictures = demo_frames(np.arange(0.0, FILM_S, 1 / FPS), respiration_rate=10.0, movement_px=movement_px)
    film: Path = write_film(path, 640, 480, (cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420).tobytes() for rgb in pictures))
    return film


def worker_cpu_s() -> float:
    """CPU time that the youngest browser worker of this machine has used, in seconds."""
    workers = [task.parent for task in Path("/proc").glob("[0-9]*/task/[0-9]*/comm") if _text(task).startswith(WORKER)]
    fields = [_text(task / "stat").rpartition(") ")[2].split() for task in workers]
    youngest = max((task for task in fields if task), key=lambda task: int(task[19]))
    return (int(youngest[11]) + int(youngest[12])) / os.sysconf("SC_CLK_TCK")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def row(page: Page, name: str) -> str:
    """Watch the preview for a while; one row of the table."""
    page.wait_for_function("() => window.looks.length > 30", timeout=120_000)
    page.evaluate(CAMERA)
    page.evaluate("window.looks = []")
    cpu_s = worker_cpu_s()
    time.sleep(SECONDS)
    cpu_s = worker_cpu_s() - cpu_s
    looks = np.array(page.evaluate("window.looks"), float)
    shown = np.array(page.evaluate("window.shown"), float)
    passed_s = (looks[-1, 1] - looks[0, 1]) / 1000
    looked = (len(looks) - 1) / passed_s
    camera = 1000 * (shown[-1, 1] - shown[0, 1]) / (shown[-1, 0] - shown[0, 0])
    took_ms = looks[:, 1] - looks[:, 0]
    return (
        f"| {name} | {passed_s:.0f} s, {len(looks)} | {100 * looks[:, 2].mean():.0f} % | {camera:.1f} | {looked:.1f} "
        f"| {np.median(took_ms):.1f}, {np.percentile(took_ms, 95):.0f} ms | {1000 * cpu_s / len(looks):.1f} ms |"
    )


def rows(films: dict[str, Path], program: str, folder: Path, core: int) -> Iterator[str]:
    """One row a film."""
    with run_server(folder / "data") as server:
        os.sched_setaffinity(0, {core})  # for all that is started from now on
        with sync_playwright() as playwright:
            for name, film in films.items():
                with chromium(playwright, program, film=film) as browser, visit(browser, server.url) as visitor:
                    visitor.page.add_init_script(NOTE)
                    visitor.page.reload()
                    visitor.agree()
                    yield row(visitor.page, name)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="*", type=Path, help="clips of a face, 30 pictures a second")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    chosen = parser.parse_args()
    program = os.environ.get("VITASCOPE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is needed.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films = {
            "portrait, still": portrait_film(folder / "still.y4m", STILL_PX),
            "portrait, moving": portrait_film(folder / "moving.y4m", MOVING_PX),
        }
        for i, recording in enumerate(chosen.recordings):
            films[f"`{recording.name}`"] = film_of(folder / f"{i}.y4m", recording)
        lines = [
            "| film | watched, pictures | face seen | camera, pictures/s | looked at, pictures/s "
            "| hand-over to answer, median and 95th percentile | worker's CPU a picture |",
            "|---|---|---|---|---|---|---|",
        ]
        for line in rows(films, program, folder, chosen.core):
            print(line, flush=True)
            lines.append(line)
    put_between(DOCUMENT, WRITER, "\n".join(lines))


if __name__ == "__main__":
    main()
