"""How fast the page's worker follows a face: `python -m benchmarks.face_in_the_page` in the repository's root.

The built page in headless Chromium, all of whose processes are held to one core. Each picture goes the way a camera
picture goes: held by the page, handed to the worker, its pixels read there, looked at, answered. The next one follows
at once, at the capture times of 30 pictures a second. The demo portrait keeping still and moving, and recordings named
on the command line, each played forth and back. Writes its table into docs/page.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import ConsoleMessage, Page, Route, sync_playwright

from tests.browser.visitor import chromium, visit
from tests.server.running import run_server
from vitascope.demo import demo_frames
from vitascope.evaluation.page import put_between
from vitascope.media.frames import open_clip
from vitascope.server.settings import Settings

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "page.md"
WRITER = "benchmarks/face_in_the_page.py"
WIDTH, HEIGHT = 640, 480
CLIP_FRAMES = 120
WARM, COUNTED = 60, 600
STILL_PX, MOVING_PX = 1.5, 25.0
WORKER = "DedicatedWorker"
GO = "the counted pictures begin"
SHOW = """async ({ worker, pictures, warm, counted, go }) => {
  const eyes = new Worker(worker, { type: "module" });
  const answer = () => new Promise((resolve) => { eyes.onmessage = ({ data }) => resolve(data); });
  if (!(await answer()).ready) throw new Error("the worker cannot work");
  const images = [];
  for (let i = 0; i < pictures; i++) {
    const pixels = await (await fetch(`/test/picture/${i}`)).arrayBuffer();
    images.push(new ImageData(new Uint8ClampedArray(pixels), 640, 480));
  }
  const took = [];
  let faces = 0;
  for (let i = 0; i < warm + counted; i++) {
    if (i === warm) console.log(go);
    const begun = performance.now();
    const picture = await createImageBitmap(images[i % pictures]);
    const answered = answer();
    eyes.postMessage({ picture, timeS: i / 30, cameraFps: 30 }, [picture]);
    const { sight } = await answered;
    if (i < warm) continue;
    took.push(performance.now() - begun);
    faces += sight.face !== null;
  }
  return { took, faces };
}"""

Pictures = list[NDArray[np.uint8]]


def portrait(movement_px: float) -> Pictures:
    """The demo portrait, moved to and fro by so many pixels."""
    time_s = np.arange(CLIP_FRAMES) / 30
    _, pictures = demo_frames(time_s, respiration_rate=15.0, movement_px=movement_px)
    return list(pictures)


def recording(path: Path) -> Pictures:
    """The first pictures of a clip, at the size the page looks at."""
    with open_clip(path) as clip:
        frames = islice(clip, CLIP_FRAMES)
        return [np.asarray(cv2.resize(frame.rgb, (WIDTH, HEIGHT)), np.uint8) for frame in frames]


def worker_cpu_s() -> float:
    """CPU time that the youngest browser worker of this machine has used, in seconds."""
    tasks = [name.parent for name in Path("/proc").glob("[0-9]*/task/[0-9]*/comm") if _text(name).startswith(WORKER)]
    fields = [_text(task / "stat").rpartition(") ")[2].split() for task in tasks]
    youngest = max((task for task in fields if task), key=lambda task: int(task[19]))
    return (int(youngest[11]) + int(youngest[12])) / os.sysconf("SC_CLK_TCK")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def row(page: Page, name: str, clip: Pictures) -> str:
    """Show a clip to the worker; one row of the table."""
    pictures = [cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA).tobytes() for rgb in [*clip, *clip[::-1]]]
    used_s: list[float] = []

    def hand_out(route: Route) -> None:
        route.fulfill(body=pictures[int(route.request.url.rsplit("/", 1)[1])])

    def hear(message: ConsoleMessage) -> None:
        if message.text == GO:
            used_s.append(worker_cpu_s())

    (script,) = (Settings().static_dir / "assets").glob("faceWorker-*.js")
    page.route("**/test/picture/*", hand_out)
    page.on("console", hear)
    shown = page.evaluate(
        SHOW,
        {
            "worker": f"/assets/{script.name}",
            "pictures": len(pictures),
            "warm": WARM,
            "counted": COUNTED,
            "go": GO,
        },
    )
    used_s.append(worker_cpu_s())
    took_ms = np.array(shown["took"])
    cpu_ms = 1000 * (used_s[-1] - used_s[0]) / COUNTED
    return (
        f"| {name} | {COUNTED}, {100 * shown['faces'] / COUNTED:.0f} % | {np.median(took_ms):.1f}, "
        f"{np.percentile(took_ms, 95):.0f} ms | {1000 / took_ms.mean():.0f} | {cpu_ms:.1f} ms | {1000 / cpu_ms:.0f} |"
    )


def rows(clips: dict[str, Pictures], program: str, core: int) -> Iterator[str]:
    """One row a clip, each in a browser of its own."""
    with tempfile.TemporaryDirectory() as folder, run_server(Path(folder) / "data") as server:
        os.sched_setaffinity(0, {core})  # for all that is started from now on
        with sync_playwright() as playwright:
            for name, clip in clips.items():
                with chromium(playwright, program) as browser, visit(browser, server.url) as visitor:
                    yield row(visitor.page, name, clip)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="*", type=Path, help="clips of a face, about 30 pictures a second")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    chosen = parser.parse_args()
    program = os.environ.get("VITASCOPE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is needed.")
    clips = {"portrait, still": portrait(STILL_PX), "portrait, moving": portrait(MOVING_PX)}
    clips |= {f"`{path.name}`": recording(path) for path in chosen.recordings}
    lines = [
        "| clip | pictures, with a face | picture to answer, median and 95th percentile | pictures a second "
        "| worker's CPU a picture | which allows, a second |",
        "|---|---|---|---|---|---|",
    ]
    for line in rows(clips, program, chosen.core):
        print(line, flush=True)
        lines.append(line)
    load = f"Load average of the machine meanwhile: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores."
    put_between(DOCUMENT, WRITER, "\n".join([*lines, "", load]))


if __name__ == "__main__":
    main()
