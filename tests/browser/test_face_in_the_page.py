"""The face as the page's worker sees it: the same pixels must give the same landmarks as in the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, Playwright, Route

from tests.browser.visitor import chromium, visit
from tests.server.running import Running
from training.export_page_constants import files
from vitascope.evaluation.face.occluders import put_mask
from vitascope.face.finder import BlazeFace
from vitascope.face.guidance import HOLD_UPRIGHT, MORE_LIGHT, NO_FACE
from vitascope.face.picture import look_at
from vitascope.face.watcher import FaceWatcher, Sight
from vitascope.media.frames import Frame, open_clip
from vitascope.models import cards
from vitascope.server.settings import Settings

pytestmark = pytest.mark.browser

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 640, 480
MAX_APART = 0.5  # pixels
FPS = 30.0
# A room without a face: soft patches of light.
PATCHES = np.random.default_rng(1).integers(40, 200, (12, 16, 3)).astype(np.uint8)
EMPTY = np.asarray(cv2.resize(PATCHES, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
# Starts the page's own worker and shows it raw pixels, which reach it as camera pictures do.
SEE = """async ({ worker, count, times }) => {
  const eyes = new Worker(worker, { type: "module" });
  const next = () => new Promise((resolve, reject) => {
    eyes.onmessage = ({ data }) => resolve(data);
    eyes.onerror = ({ message }) => reject(new Error(message));
  });
  if (!(await next()).ready) throw new Error("the worker cannot work");
  const sights = [];
  for (let i = 0; i < count; i++) {
    const pixels = new Uint8ClampedArray(await (await fetch(`/test/picture/${i}`)).arrayBuffer());
    const image = new ImageData(pixels, 640, 480);
    const picture = await createImageBitmap(image, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
    const answered = next();
    eyes.postMessage({ picture, timeS: times[i], cameraFps: 30 }, [picture]);
    const { sight } = await answered;
    sights.push({ landmarks: sight.face && [...sight.face.landmarks], messages: sight.messages });
  }
  eyes.terminate();
  return sights;
}"""


@pytest.fixture(scope="module")
def portrait() -> Picture:
    encoded = np.frombuffer((resources.files("vitascope.demo") / "astronaut.jpg").read_bytes(), np.uint8)
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    return np.asarray(picture, np.uint8)


@pytest.fixture(scope="module")
def page(playwright: Playwright, program: str, server: Running) -> Iterator[Page]:
    with chromium(playwright, program) as browser, visit(browser, server.url) as visitor:
        yield visitor.page


def placed(portrait: Picture, face_width: float, *, roll: float = 0.0, light: float = 1.0) -> Picture:
    """The portrait's face, about `face_width` pixels wide, in the middle of a picture, rolled by degrees."""
    scale = face_width / 0.29 / portrait.shape[1]
    matrix = cv2.getRotationMatrix2D((0.44 * portrait.shape[1], 0.24 * portrait.shape[0]), roll, scale)
    matrix[:, 2] += np.array([WIDTH, HEIGHT]) / 2 - (0.44 * portrait.shape[1], 0.24 * portrait.shape[0])
    picture = cv2.warpAffine(portrait, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderValue=(90, 90, 90))
    return np.asarray(np.rint(picture * light), np.uint8)


def near_and_covered(portrait: Picture) -> Picture:
    """Eyes, nose and a mask fill the picture; without a margin around it no finder sees a face."""
    landmarks = look_at(portrait).landmarks
    assert landmarks is not None
    masked = put_mask(portrait, landmarks, np.random.default_rng(0))[98:146, 189:253]
    near = np.asarray(cv2.resize(masked, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert not BlazeFace(zoom=0).find(near)
    return near


def worker() -> str:
    """Where the built page has its worker."""
    (file,) = (Settings().static_dir / "assets").glob("faceWorker-*.js")
    return f"/assets/{file.name}"


def seen_by_page(page: Page, pictures: list[Picture], times: list[float]) -> list[dict[str, Any]]:
    """What a fresh worker of the page makes of the pictures, one after the other."""

    def hand_out(route: Route) -> None:
        rgb = pictures[int(route.request.url.rsplit("/", 1)[1])]
        route.fulfill(body=cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA).tobytes(), content_type="application/octet-stream")

    page.route("**/test/picture/*", hand_out)
    try:
        sights = page.evaluate(SEE, {"worker": worker(), "count": len(pictures), "times": times})
    finally:
        page.unroute("**/test/picture/*")
    assert isinstance(sights, list)
    return sights


def apart(sight: dict[str, Any], landmarks: NDArray[np.float64]) -> float:
    """How far the page's landmarks lie from the package's, at most, in pixels."""
    places = np.array(sight["landmarks"]).reshape(-1, 2) * (WIDTH, HEIGHT)
    return float(np.linalg.norm(places - landmarks[:, :2], axis=1).max())


def compare(page: Page, pictures: list[Picture], times: list[float]) -> list[Sight]:
    """Both sides see the same faces at the same places and say the same; what the package saw."""
    watcher = FaceWatcher()
    own = [watcher.see(Frame(picture, time_s)) for picture, time_s in zip(pictures, times, strict=True)]
    for sight, expected in zip(seen_by_page(page, pictures, times), own, strict=True):
        assert (sight["landmarks"] is not None) == expected.found
        if expected.landmarks is not None:
            assert apart(sight, expected.landmarks) < MAX_APART
        assert tuple(sight["messages"]) == expected.messages
    return own


def test_single_pictures(page: Page, portrait: Picture) -> None:
    kinds = [
        (200, 0, 1.0),
        (200, 30, 1.0),
        (200, -45, 1.0),
        (170, 90, 1.0),
        (90, 0, 1.0),
        (200, 0, 0.15),
        (350, 10, 0.6),
    ]
    pictures = [placed(portrait, width, roll=roll, light=light) for width, roll, light in kinds]
    # One that fills the picture and loses its lower half: found inside a margin.
    pictures.append(near_and_covered(portrait))
    # Between two of them the picture is empty for long enough to forget the last face.
    shown = [picture for face in pictures for picture in (EMPTY, face)]
    found = compare(page, shown, [2.0 * i for i in range(len(shown))])
    assert [sight.found for sight in found] == [False, True] * len(pictures)


def test_a_face_that_moves_leaves_and_comes_back(page: Page, portrait: Picture) -> None:
    still = [placed(portrait, 180)] * 20
    moving = [placed(portrait, 180 - 4 * i, roll=2.5 * i) for i in range(16)]
    pictures = [*still, *moving, *[EMPTY] * 16, *[placed(portrait, 150, light=0.2)] * 12]
    seen = compare(page, pictures, [i / FPS for i in range(len(pictures))])
    assert {message for sight in seen for message in sight.messages} >= {HOLD_UPRIGHT, NO_FACE, MORE_LIGHT}
    assert not seen[len(still) - 1].messages


@pytest.mark.recording
def test_a_recording(page: Page, recordings: Path) -> None:
    pictures, times = [], []
    with open_clip(recordings / "video" / "remophysio_face_no_reference.mp4") as clip:
        for frame in clip:
            pictures.append(np.asarray(cv2.resize(frame.rgb, (WIDTH, HEIGHT)), np.uint8))
            times.append(frame.time_s)
            if len(times) == 60:
                break
    compare(page, pictures, times)


def test_the_page_has_the_packages_constants() -> None:
    for path, text in files().items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m training.export_page_constants`"
    shared = {key for text in files().values() for key in json.loads(text)}
    assert {"FINDER", "GUIDANCE", "NAILS"} <= shared


@pytest.mark.parametrize("name", FaceWatcher.models)
def test_the_page_carries_the_same_network(name: str, program: str) -> None:
    (file,) = (Settings().static_dir / "assets").glob(f"{name}-*.onnx")
    assert file.read_bytes() == cards.load(name).path.read_bytes()
