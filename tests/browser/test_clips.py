"""Clips handed over in the page, and the history."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.visitor import DESKTOP, PHONE, chromium, visit
from tests.server.running import Running
from vitascope.demo import make_clip

pytestmark = pytest.mark.browser

HEART_RATE = 84.0


def test_a_clip_is_measured_listed_and_deleted(
    playwright: Playwright, program: str, server: Running, tmp_path: Path
) -> None:
    clip = tmp_path / "face at the window.mp4"
    make_clip(clip, seconds=10.0, heart_rate=HEART_RATE)
    with chromium(playwright, program) as browser, visit(browser, server.url) as visitor:
        page = visitor.page
        visitor.agree()
        page.get_by_role("link", name="Video file").click()
        page.get_by_label("Choose a video").set_input_files(clip)
        visitor.wait_for_result(60)
        expect(page.get_by_role("main")).to_contain_text(clip.name)
        assert visitor.dial("Heart rate")[0] == pytest.approx(HEART_RATE, abs=2)
        expect(page.get_by_role("region", name="Withheld this time")).to_contain_text("Oxygen saturation")

        page.get_by_role("link", name="History").click()
        row = page.get_by_role("listitem").filter(has_text=clip.name)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            expect(row).to_be_visible()
            assert visitor.no_sideways_scroll()
        row.get_by_role("button", name="Delete").click()
        row.get_by_role("button", name="Keep").click()
        row.get_by_role("button", name="Delete").click()
        row.get_by_role("button", name="Delete for good").click()
        expect(row).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


def test_a_file_that_is_no_video_is_refused_with_the_reason(
    playwright: Playwright, program: str, server: Running, tmp_path: Path
) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("These are only words.")
    with chromium(playwright, program) as browser, visit(browser, server.url, PHONE) as visitor:
        visitor.agree()
        visitor.page.goto(f"{server.url}/#/upload")
        visitor.page.get_by_label("Choose a video").set_input_files(text)
        expect(visitor.page.get_by_role("alert")).to_contain_text("This clip gave no result.")
        expect(visitor.page.get_by_label("Choose a video")).to_be_enabled()
        assert visitor.no_sideways_scroll()
        visitor.complaints = [text for text in visitor.complaints if "422" not in text]  # the browser notes the refusal
