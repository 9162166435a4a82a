"""Make the pictures of the README: `.venv/bin/python -m docs.make_screenshots` in the repository's root.

The real page on a real server, in front of the camera the demo portrait (NASA S93-33380, in the public domain).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.browser.camera_film import face_film
from tests.browser.visitor import PHONE, chromium, visit
from tests.server.running import run_server

IMAGES = Path(__file__).parent / "images"
WINDOW = (1120, 660)


def main() -> None:
    """Measure for a minute; one picture on the way, two of the result."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is needed to make the pictures.")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = face_film(folder / "face.y4m", noise=1.0)
        with (
            run_server(folder / "data") as server,
            sync_playwright() as playwright,
            chromium(playwright, program, film=film) as browser,
            visit(browser, server.url, WINDOW) as visitor,
        ):
            page = visitor.page
            visitor.agree()
            visitor.start(60)
            expect(page.get_by_role("timer", name=re.compile("0:4[0-5] left"))).to_be_visible(timeout=40_000)
            _save(page.screenshot(), folder, "live")
            visitor.wait_for_result(120)
            page.evaluate("document.fonts.ready")
            _save(page.screenshot(), folder, "result")
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            _save(page.screenshot(), folder, "phone")


def _save(png: bytes, folder: Path, name: str) -> None:
    # 256 colours: a third of the size, and no difference to the eye.
    raw = folder / f"{name}.png"
    raw.write_bytes(png)
    with Image.open(raw) as picture:
        picture.convert("RGB").quantize(256).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
