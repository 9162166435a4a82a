"""Measuring in the page, with a film in front of the camera."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import jsonschema
import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.camera_film import FPS, HEART_RATE
from tests.browser.visitor import DESKTOP, PHONE, Visitor, chromium, visit
from tests.server.running import Running, run_server

pytestmark = pytest.mark.browser

PAINTED = """() => {
  const canvas = document.querySelector(".live .wave canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value, i) => i % 4 === 3 && value > 0);
}"""


def watch_until_rate(visitor: Visitor) -> None:
    """Until there is a provisional heart rate and a wave."""
    expect(visitor.page.get_by_text("provisional, likely")).to_be_visible(timeout=30_000)
    assert visitor.page.evaluate(PAINTED), "no wave was drawn"


def shows(rate: float, filmed: float, shown_fps: float) -> bool:
    """Whether `rate` is within 3/min of the filmed one.

    On a busy machine the browser's film camera either drops pictures, which keeps the rate, or plays the film too
    slowly, which lowers it in proportion; at full speed the two are the same.
    """
    return min(abs(rate - filmed), abs(rate - filmed * shown_fps / FPS)) <= 3.0


def test_a_face_is_measured_stopped_read_saved_and_found_again(
    playwright: Playwright, program: str, server: Running, face: Path, tmp_path: Path
) -> None:
    with chromium(playwright, program, film=face) as browser, visit(browser, server.url, PHONE) as visitor:
        page = visitor.page
        assert visitor.no_sideways_scroll()
        # By keyboard alone: tick, continue.
        page.get_by_role("checkbox").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        visitor.start(30)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Start measuring")).to_be_enabled()
        assert visitor.no_sideways_scroll()

        visitor.start(15)
        watch_until_rate(visitor)
        assert visitor.no_sideways_scroll()
        expect(page.get_by_role("img", name="Signal quality")).to_be_visible()
        # Ten seconds are in.
        expect(page.get_by_role("timer", name=re.compile("0:0[0-5] left"))).to_be_visible(timeout=30_000)
        shown_fps = visitor.shown_fps()
        page.get_by_role("button", name="Stop", exact=True).click()
        visitor.wait_for_result(10)
        rate, said = visitor.dial("Heart rate")
        assert shows(rate, HEART_RATE, shown_fps)
        assert "likely between" in said

        report = next(event for event in visitor.events if event["type"] == "report")["report"]
        assert report["quality"]["fps"] > 20, f"{visitor.pictures_sent} pictures were sent"
        for size in (PHONE, DESKTOP):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert visitor.no_sideways_scroll()

        with page.expect_download() as saving:
            page.get_by_role("button", name="Save report").click()
        saved = json.loads(Path(saving.value.path()).read_text())
        jsonschema.validate(saved, httpx.get(f"{server.url}/api/schema").json())
        assert saved == report

        page.get_by_role("link", name="History").click()
        row = page.get_by_role("listitem").filter(has_text="live camera")
        expect(row).to_contain_text(f"{rate:.0f}")
        assert visitor.no_sideways_scroll()
        row.get_by_role("link").click()
        visitor.wait_for_result(10)
        assert visitor.dial("Heart rate")[0] == rate


@pytest.mark.recording
def test_a_recorded_face_of_53_beats_a_minute(
    playwright: Playwright, program: str, server: Running, recorded_face: Path
) -> None:
    with chromium(playwright, program, film=recorded_face) as browser, visit(browser, server.url) as visitor:
        visitor.agree()
        visitor.start(15)
        visitor.wait_for_result(60)
        progress = [event for event in visitor.events if event["type"] == "progress"]
        after_10_s = next(event for event in progress if event["elapsed_s"] >= 10)["readings"]["heart_rate"]
        shown_fps = visitor.shown_fps()
        assert shows(after_10_s["value"], 53, shown_fps)
        assert shows(visitor.dial("Heart rate")[0], 53, shown_fps)


def test_a_face_that_leaves_ends_with_a_reason_and_a_usable_page(
    playwright: Playwright, program: str, server: Running, leaving_face: Path
) -> None:
    with chromium(playwright, program, film=leaving_face) as browser, visit(browser, server.url) as visitor:
        page = visitor.page
        visitor.agree()
        visitor.start(30)
        visitor.wait_for_result(40)
        report = next(event for event in visitor.events if event["type"] == "report")["report"]
        assert report["duration_s"] < 20
        # The seconds before may carry a heart rate; what went wrong is said in any case.
        reasons = [*report["quality"]["messages"], *(r["reason"] for r in report["readings"].values() if r["reason"])]
        assert any("face" in reason for reason in reasons)
        for reason in reasons:
            expect(page.get_by_role("main")).to_contain_text(reason)
        page.get_by_role("link", name="Measure again").click()
        expect(page.get_by_role("button", name="Start measuring")).to_be_enabled()


def test_a_server_that_goes_away_is_said_and_the_page_stays_usable(
    playwright: Playwright, program: str, face: Path, tmp_path: Path
) -> None:
    with (
        chromium(playwright, program, film=face) as browser,
        run_server(tmp_path / "data") as own,
        visit(browser, own.url) as visitor,
    ):
        page = visitor.page
        visitor.agree()
        visitor.start(15)
        expect(page.get_by_role("timer")).to_be_visible(timeout=30_000)
        own.process.kill()
        expect(page.get_by_role("alert")).to_contain_text("The connection to the server was lost.")
        expect(page.get_by_role("button", name="Start measuring")).to_be_enabled()
        page.get_by_role("button", name="Start measuring").click()
        expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
        # The browser itself notes the refused connection.
        visitor.complaints.clear()
