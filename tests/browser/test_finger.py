"""Measuring a fingertip in the page, with a film of a covered lens in front of the camera."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.camera_film import FINGER_RATE, FPS
from tests.browser.visitor import DESKTOP, PHONE, chromium, visit
from tests.server.running import Running

pytestmark = pytest.mark.browser

MIRRORED = """(video) => {
  for (let e = video; e; e = e.parentElement) {
    if (getComputedStyle(e).transform.startsWith("matrix(-1")) return true;
  }
  return false;
}"""


def test_a_fingertip_is_measured_with_the_lamp_lit_only_meanwhile(
    playwright: Playwright, program: str, server: Running, finger: Path
) -> None:
    with chromium(playwright, program, film=finger) as browser, visit(browser, server.url, PHONE) as visitor:
        page = visitor.page
        visitor.hold_a_phone()
        visitor.agree()
        expect(page.get_by_role("button", name="Start measuring")).to_be_visible()
        # The tab by keyboard; the other tab's camera is let go.
        tab = page.get_by_role("link", name="Fingertip")
        tab.focus()
        page.keyboard.press("Enter")
        expect(tab).to_have_attribute("aria-current", "page")
        lamp = page.get_by_role("switch", name="Lamp")
        expect(lamp).to_be_checked()
        assert visitor.lamp() == ["closed", "on"]
        assert visitor.no_sideways_scroll()
        assert not page.get_by_label("The picture of the lens").evaluate(MIRRORED)
        lamp.focus()
        page.keyboard.press("Space")
        expect(lamp).not_to_be_checked()
        page.keyboard.press("Space")
        expect(lamp).to_be_checked()
        assert visitor.lamp() == ["off", "on"]

        visitor.start(30)
        expect(page.get_by_text("Lens covered")).to_be_visible(timeout=30_000)
        visitor.hide(True)
        expect(page.get_by_role("alert")).to_contain_text("The page was hidden")
        assert visitor.lamp() == ["off", "closed"]
        visitor.hide(False)

        page.get_by_role("button", name="Turn on the camera").click()
        expect(lamp).to_be_checked()
        visitor.start(30)
        expect(page.get_by_text("Good. Keep the finger still")).to_be_visible(timeout=30_000)
        assert visitor.no_sideways_scroll()
        expect(page.get_by_role("timer", name="0:17 left")).to_be_visible(timeout=30_000)
        shown_fps = visitor.shown_fps()
        page.get_by_role("button", name="Stop", exact=True).click()
        visitor.wait_for_result(15)
        assert visitor.lamp() == ["on", "off", "closed"]

        report = next(event for event in visitor.events if event["type"] == "report")["report"]
        assert (report["kind"], report["quality"]["face_found"]) == ("finger", 1)
        rate, _ = visitor.dial("Heart rate")
        # A busy browser plays the film too slowly, and the pulse with it.
        assert min(abs(rate - FINGER_RATE), abs(rate - FINGER_RATE * shown_fps / FPS)) <= 3
        expect(page.get_by_role("main")).to_contain_text("Oxygen saturation needs two minutes")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert visitor.no_sideways_scroll()
        page.get_by_role("link", name="Measure again").click()
        expect(tab).to_have_attribute("aria-current", "page")


def test_without_a_lamp_another_light_is_asked_for(
    playwright: Playwright, program: str, server: Running, face: Path
) -> None:
    with chromium(playwright, program, film=face) as browser, visit(browser, f"{server.url}/#/finger") as visitor:
        page = visitor.page
        visitor.agree()
        expect(page.get_by_role("status")).to_contain_text("bright lamp or a sunny window")
        expect(page.get_by_role("switch")).to_have_count(0)
        visitor.start(30)
        expect(page.get_by_text("Lens not covered")).to_be_visible()
        expect(page.get_by_text("Cover the lens and the lamp completely")).to_be_visible()
        # Never covered: it ends by itself, with the reason.
        visitor.wait_for_result(30)
        expect(page.get_by_role("main")).to_contain_text("The lens was not covered")
