"""The reader of nails under onnxruntime-web: the same picture must give the same haemoglobin as in the package."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Playwright, Route, expect

from tests.browser.camera_film import hand_film
from tests.browser.visitor import PHONE, chromium, visit
from tests.server.running import Running
from vitascope.media.picture import read_picture
from vitascope.models import cards, runtime
from vitascope.screening.nails import DETECTOR, READER

pytestmark = pytest.mark.browser

RUNTIME = Path(__file__).resolve().parents[2] / "web/node_modules/onnxruntime-web/dist"
MAX_APART = 0.05  # g/dL
READ = """async ({ height, width }) => {
  const ort = await import("/test/ort/ort.wasm.min.mjs");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = "/test/ort/";
  const bytes = async (name) => new Uint8Array(await (await fetch(`/test/${name}`)).arrayBuffer());
  const finder = await ort.InferenceSession.create(await bytes("finder"));
  const reader = await ort.InferenceSession.create(await bytes("reader"));
  const picture = new ort.Tensor("uint8", await bytes("picture"), [1, height, width, 3]);
  const { nails, skins, score } = await finder.run({ picture });
  const four = (boxes) => new ort.Tensor("float32", boxes.data.slice(0, 12), [3, 4]);
  const { hb } = await reader.run({ picture, nails: four(nails), skins: four(skins) });
  return { hb: [...hb.data], score: [...score.data] };
}"""


def a_hand() -> np.ndarray:
    """Three drawn fingers with nails on a pale ground."""
    rgb = np.full((480, 640, 3), (222, 226, 230), np.uint8)
    for k in range(3):
        y = 140 + 95 * k
        cv2.rectangle(rgb, (250, y - 38), (640, y + 38), (205, 150, 128), -1)
        cv2.circle(rgb, (250, y), 38, (205, 150, 128), -1)
        cv2.ellipse(rgb, (250, y), (26, 20), 0, 0, 360, (228, 178, 168), -1)
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), 1.5), np.uint8)


@pytest.mark.parametrize("which", ["drawn", "photographed"])
def test_python_and_browser_read_the_same(
    which: str, request: pytest.FixtureRequest, playwright: Playwright, program: str, server: Running
) -> None:
    if not RUNTIME.is_dir():
        pytest.skip("onnxruntime-web is not installed (make page)")
    if which == "drawn":
        rgb = a_hand()
    else:
        photos = sorted((request.getfixturevalue("recordings") / "nail_yakimov" / "photo").glob("*.jpg"))
        if not photos:
            pytest.skip("the photos of hands are not there")
        rgb = read_picture(photos[3])
    nails, skins, score = runtime.run(DETECTOR, picture=rgb[None])
    hb, *_ = runtime.run(READER, picture=rgb[None], nails=nails[:3], skins=skins[:3])
    files = {
        "finder": cards.load(DETECTOR).path.read_bytes(),
        "reader": cards.load(READER).path.read_bytes(),
        "picture": rgb.tobytes(),
    }

    def serve(route: Route) -> None:
        name = route.request.url.split("/test/", 1)[1].split("?")[0]
        if name.startswith("ort/"):
            path = RUNTIME / name.removeprefix("ort/")
            kind = "text/javascript" if path.suffix == ".mjs" else mimetypes.guess_type(path.name)[0]
            route.fulfill(body=path.read_bytes(), content_type=kind or "application/wasm")
        else:
            route.fulfill(body=files[name], content_type="application/octet-stream")

    with chromium(playwright, program) as browser, visit(browser, server.url) as visitor:
        visitor.page.route("**/test/**", serve)
        said = visitor.page.evaluate(READ, {"height": rgb.shape[0], "width": rgb.shape[1]})
    assert np.abs(np.array(said["hb"]) - hb).max() <= MAX_APART, json.dumps(said)
    assert np.abs(np.array(said["score"]) - score).max() <= 0.01


def test_a_hand_shows_its_nails_values_and_the_dial_of_this_person(
    recordings: Path, playwright: Playwright, program: str, server: Running
) -> None:
    photos = sorted((recordings / "nail_yakimov" / "photo").glob("*.jpg"))
    if not photos:
        pytest.skip("the photos of hands are not there")
    with chromium(playwright, program) as browser, visit(browser, server.url) as visitor:
        page = visitor.page
        visitor.agree()
        page.get_by_role("link", name="Photo", exact=True).click()
        page.get_by_label("What it shows").select_option("nail")
        page.get_by_label("Sex").select_option("female")
        page.get_by_label("Age in years").fill("33")
        page.get_by_label("Choose pictures").set_input_files(photos[3])
        result = page.get_by_role("region", name="Result")
        expect(result.get_by_role("heading", name="Haemoglobin")).to_be_visible(timeout=30_000)
        expect(result.get_by_role("list", name="Marked places").get_by_role("listitem").first).to_contain_text("g/dL")
        expect(result).to_contain_text("Likely")
        assert visitor.no_sideways_scroll()


def test_thirty_frames_of_a_hand_before_the_camera_give_one_answer(
    recordings: Path, films: Path, playwright: Playwright, program: str, server: Running
) -> None:
    photos = sorted((recordings / "nail_yakimov" / "photo").glob("*.jpg"))
    if not photos:
        pytest.skip("the photos of hands are not there")
    shown = cv2.resize(read_picture(photos[3]), (640, 480), interpolation=cv2.INTER_AREA)
    film = hand_film(films / "hand.y4m", np.asarray(shown, np.uint8))
    with chromium(playwright, program, film=film) as browser, visit(browser, server.url, PHONE) as visitor:
        page = visitor.page
        visitor.agree()
        page.goto(f"{server.url}/#/photo")
        page.get_by_label("What it shows").select_option("nail")
        page.get_by_label("Sex").select_option("male")
        page.get_by_label("Age in years").fill("40")
        page.get_by_role("button", name="Use the camera").click()
        turn_on = page.get_by_role("button", name="Turn on the camera")
        take = page.get_by_role("button", name="Take 30 frames")
        expect(turn_on.or_(take).first).to_be_visible()
        if turn_on.is_visible():
            turn_on.click()
        # The page boxes the nails by itself, and takes a hand that is held still without being asked.
        expect(page.locator(".hand-nails rect").first).to_be_visible(timeout=30_000)
        result = page.get_by_role("region", name="Result")
        expect(result.get_by_role("heading", name="Haemoglobin")).to_be_visible(timeout=60_000)
        expect(result).to_contain_text("how steady the picture was, not how right the value is")
        again = page.get_by_role("button", name="Take it again")
        expect(again).to_be_enabled()
        # A blood test of one's own moves what is said next.
        page.get_by_text("My own laboratory values").click()
        page.get_by_label("Haemoglobin of the laboratory").fill("9,1")
        page.get_by_role("button", name="Keep beside").click()
        again.click()
        expect(result).to_contain_text("laboratory", timeout=60_000)
        assert visitor.no_sideways_scroll()
