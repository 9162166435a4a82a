"""What the page sees of a face by itself: before the start, and where the browser cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.visitor import PHONE, chromium, visit
from tests.server.running import Running
from vitascope.face.guidance import NO_FACE

pytestmark = pytest.mark.browser

DRAWN = """() => {
  const canvas = document.querySelector(".mirror canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value, i) => i % 4 === 3 && value > 0);
}"""


def test_the_face_and_what_to_change_are_shown_before_the_start(
    playwright: Playwright, program: str, server: Running, leaving_face: Path
) -> None:
    with chromium(playwright, program, film=leaving_face) as browser, visit(browser, server.url, PHONE) as visitor:
        page = visitor.page
        messages: list[str | bytes] = []
        page.on("websocket", lambda socket: socket.on("framereceived", messages.append))
        visitor.agree()
        guidance = page.locator(".guidance")
        expect(guidance).to_have_text("Your face is well placed.", timeout=30_000)
        assert page.evaluate(DRAWN)
        assert visitor.no_sideways_scroll()
        expect(guidance).to_have_text(NO_FACE, timeout=30_000)
        page.wait_for_function(f"() => !({DRAWN})()")
        assert not messages, "the server was asked"


def test_where_the_browser_cannot_the_server_draws(
    playwright: Playwright, program: str, server: Running, face: Path
) -> None:
    with chromium(playwright, program, film=face) as browser, visit(browser, server.url) as visitor:
        visitor.page.route("**/*.wasm", lambda route: route.abort())
        with visitor.page.expect_console_message(lambda message: "not followed in this browser" in message.text):
            visitor.agree()
        expect(visitor.page.locator(".guidance")).to_be_hidden()
        visitor.start(15)
        visitor.page.wait_for_function(DRAWN, timeout=30_000)
        visitor.page.get_by_role("button", name="Cancel").click()
        # The browser itself notes the file that it did not get.
        visitor.complaints.clear()
