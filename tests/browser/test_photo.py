"""A photo in the page: dropped, pasted, chosen or taken, shown with its result, kept in the history without it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.visitor import DESKTOP, PHONE, chromium, visit
from tests.photos import encoded, lesion, write
from tests.server.running import Running

pytestmark = pytest.mark.browser

HAND_OVER = """([name, data, how]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData: files, bubbles: true });
  if (how === "paste") return window.dispatchEvent(event);
  const input = document.querySelector(".photo-drop input");
  input.files = files.files;  // what the browser does with files that are dropped on a file input
  input.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def hand_over(page: Page, name: str, data: bytes, how: str) -> None:
    page.evaluate(HAND_OVER, [name, base64.b64encode(data).decode(), how])


def test_a_dropped_picture_is_shown_with_its_result(playwright: Playwright, program: str, server: Running) -> None:
    picture = encoded(lesion())
    with chromium(playwright, program) as browser, visit(browser, server.url) as visitor:
        page = visitor.page
        visitor.agree()
        page.get_by_role("link", name="Photo", exact=True).click()
        page.get_by_label("What it shows").select_option("skin")
        hand_over(page, "mole.png", picture, "drop")
        result = page.get_by_role("region", name="Result")
        expect(result.get_by_role("img", name="mole.png")).to_be_visible(timeout=30_000)
        # An answer, "not sure" or "not judged": each with its words.
        expect(result).to_contain_text("What to know about this check")
        expect(result).to_contain_text("DDI")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert visitor.no_sideways_scroll()

        page.get_by_label("What it shows").select_option("auto")
        hand_over(page, "pasted.png", picture, "paste")
        listed = page.get_by_role("list", name="Pictures").get_by_role("button")
        expect(listed).to_have_count(2)
        expect(listed.filter(has_text="pasted.png")).not_to_contain_text("Looking", timeout=30_000)
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save report").click()
        assert '"vitascope.report/1"' in Path(saving.value.path()).read_text()

        page.get_by_role("link", name="History", exact=True).click()
        page.get_by_role("link").filter(has_text="mole.png").click()
        expect(page.get_by_role("heading", name="Your result")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("The picture itself is not kept.")
        expect(page.get_by_role("img", name="mole.png")).to_have_count(0)


def test_several_pictures_are_listed_and_a_bad_one_says_why(
    playwright: Playwright, program: str, server: Running, tmp_path: Path
) -> None:
    files = [write(tmp_path / "a.png", encoded(lesion())), write(tmp_path / "notes.png", b"only words")]
    with chromium(playwright, program) as browser, visit(browser, server.url, PHONE) as visitor:
        visitor.agree()
        page = visitor.page
        page.goto(f"{server.url}/#/photo")
        page.get_by_label("Choose pictures").set_input_files(files)
        notes = page.get_by_role("list", name="Pictures").get_by_role("button", name="notes.png")
        expect(notes).to_contain_text("not a picture", timeout=30_000)
        notes.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("This picture cannot be used")
        assert visitor.no_sideways_scroll()
        visitor.complaints = [text for text in visitor.complaints if "422" not in text]  # the browser notes the refusal


def test_a_picture_is_taken_with_the_camera(playwright: Playwright, program: str, server: Running, face: Path) -> None:
    with chromium(playwright, program, film=face) as browser, visit(browser, server.url) as visitor:
        visitor.agree()
        page = visitor.page
        page.goto(f"{server.url}/#/photo")
        page.get_by_role("button", name="Use the camera").click()
        page.get_by_role("button", name="Take the picture").click()
        expect(page.get_by_role("region", name="Result").get_by_role("img", name="camera.jpg")).to_be_visible(
            timeout=30_000
        )
        page.get_by_role("button", name="Close the camera").click()
        expect(page.get_by_role("button", name="Use the camera")).to_be_visible()
