"""Chromium, a server, and films for its camera."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.camera_film import face_film, film_of, finger_film, leaving_film
from tests.server.running import Running, run_server
from vitascope.server.settings import Settings


@pytest.fixture(scope="session")
def program() -> str:
    """Where Chromium is; skips when it is not there or there is no page to show."""
    names = (os.environ.get("VITASCOPE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("there is no Chromium (install it, or set VITASCOPE_CHROMIUM)")
    if not (Settings().static_dir / "index.html").is_file():
        pytest.skip("the page has not been built (make page)")
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def server(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with run_server(tmp_path_factory.mktemp("browser") / "data") as running:
        yield running
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="session")
def films(program: str) -> Iterator[Path]:
    """Where films go. They are large, so they do not stay as pytest's own folders do."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def face(films: Path) -> Path:
    return face_film(films / "face.y4m")


@pytest.fixture(scope="session")
def finger(films: Path) -> Path:
    return finger_film(films / "finger.y4m")


@pytest.fixture(scope="session")
def leaving_face(films: Path) -> Path:
    return leaving_film(films / "leaving.y4m", face_s=7.0, room_s=11.0)


@pytest.fixture(scope="session")
def recorded_face(films: Path, recordings: Path) -> Path:
    return film_of(films / "recorded.y4m", recordings / "video" / "evm_face_53bpm.mp4")
