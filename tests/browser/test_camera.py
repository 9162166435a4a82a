"""What the page says when there is no camera picture to be had."""

from __future__ import annotations

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.visitor import PHONE, chromium, visit
from tests.server.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("flags", "title"),
    [
        (("--use-fake-device-for-media-stream", "--deny-permission-prompts"), "Camera access was refused"),
        (
            ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0"),
            "No camera was found",
        ),
    ],
)
def test_a_refused_or_missing_camera_is_explained(
    flags: tuple[str, ...], title: str, playwright: Playwright, program: str, server: Running
) -> None:
    with chromium(playwright, program, *flags) as browser, visit(browser, server.url, PHONE) as visitor:
        visitor.agree()
        turn_on = visitor.page.get_by_role("button", name="Turn on the camera")
        alert = visitor.page.get_by_role("alert")
        # Where the camera is allowed the page has asked for it by itself.
        expect(turn_on.and_(visitor.page.locator(":enabled")).or_(alert)).to_be_visible()
        if not alert.is_visible():
            turn_on.click()
        expect(alert.get_by_role("heading", name=title)).to_be_visible()
        expect(alert.get_by_role("button", name="Try again")).to_be_visible()
        assert visitor.no_sideways_scroll()
        alert.get_by_role("link", name="Use a video file").click()
        expect(visitor.page.get_by_role("heading", name="Measure from a video file")).to_be_visible()


def test_an_address_without_https_is_named_as_the_cause(playwright: Playwright, program: str, server: Running) -> None:
    flag = "--host-resolver-rules=MAP clinic.example 127.0.0.1"
    url = server.url.replace("127.0.0.1", "clinic.example")
    with chromium(playwright, program, flag) as browser, visit(browser, url) as visitor:
        visitor.agree()
        alert = visitor.page.get_by_role("alert")
        expect(alert).to_contain_text("This address may not use the camera")
        expect(alert).to_contain_text("https://")
        # The browser notes that it passes over headers which mean something only on https.
        visitor.complaints = [text for text in visitor.complaints if "untrustworthy" not in text]
