"""A person in front of the page: Chromium with a film as its camera, and what such a person does and sees."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, WebSocket

PHONE = (360, 740)
DESKTOP = (1280, 800)
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ALLOWED_CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
# Counts what the fake camera really delivers: on a busy machine its film runs slower than it should, and the pulse
# in front of the page with it.
COUNT_PICTURES = """() => {
  const video = document.querySelector("video");
  window.film = [];
  const note = (now, m) => {
    if (m.captureTime !== undefined) window.film.push([m.captureTime, m.presentedFrames]);
    next();
  };
  const next = () => video.requestVideoFrameCallback(note);
  next();
}"""
# The browser's fake camera has no lamp. This gives it one, as of a phone's rear camera, and notes what is done to it.
LAMP = """(() => {
  const track = MediaStreamTrack.prototype;
  const { getCapabilities, getSettings, applyConstraints, stop } = track;
  const lit = new WeakMap();
  window.lamp = [];
  track.getCapabilities = function () { return { ...getCapabilities.call(this), torch: true }; };
  track.getSettings = function () {
    return { ...getSettings.call(this), facingMode: "environment", torch: lit.get(this) ?? false };
  };
  track.applyConstraints = function (wanted) {
    const torch = wanted?.advanced?.[0]?.torch;
    if (torch === undefined) return applyConstraints.call(this, wanted);
    lit.set(this, torch);
    window.lamp.push(torch ? "on" : "off");
    return Promise.resolve();
  };
  track.stop = function () { window.lamp.push("closed"); stop.call(this); };
})()"""
HIDE = """(hidden) => {
  if (hidden) Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  else delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOWN_FPS = """() => {
  const [first, last] = [window.film[0], window.film.at(-1)];
  return 1000 * (last[1] - first[1]) / (last[0] - first[0]);
}"""


@dataclass
class Visitor:
    """One person's page."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser wrote into its console as an error: broken rules of the security policy, uncaught errors."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What came over the live socket, but for the frame events."""
    pictures_sent: int = 0

    def agree(self) -> None:
        """Accept the consent line."""
        self.page.get_by_role("checkbox").check()
        self.page.get_by_role("button", name="Continue").click()

    def start(self, seconds: int) -> None:
        """Choose a length and start; the camera turns on by itself where it is allowed."""
        self.page.get_by_text(f"{seconds} s", exact=True).click()
        self.page.get_by_role("button", name="Start measuring").click()
        self.page.get_by_role("region", name="Measuring").wait_for()
        self.page.evaluate(COUNT_PICTURES)

    def hold_a_phone(self) -> None:
        """Give the camera a lamp; the page is loaded anew."""
        self.page.add_init_script(LAMP)
        self.page.reload()

    def lamp(self) -> list[str]:
        """What was done to the lamp and its camera since the last time this was asked."""
        done = self.page.evaluate("window.lamp.splice(0)")
        assert isinstance(done, list)
        return done

    def hide(self, hidden: bool) -> None:
        """Put the page behind another one, or in front again."""
        self.page.evaluate(HIDE, hidden)

    def wait_for_result(self, timeout_s: float) -> None:
        """Until the result is on the screen."""
        self.page.get_by_role("heading", name="Your result").wait_for(timeout=timeout_s * 1000)

    def dial(self, title: str) -> tuple[float, str]:
        """The number on a dial and all that it says."""
        said = self.page.get_by_role("img", name=re.compile(f"^{title} ")).get_attribute("aria-label") or ""
        number = re.match(rf"{title} (\d+)", said)
        assert number, said
        return float(number[1]), said

    def shown_fps(self) -> float:
        """How many pictures of the film the camera showed in a second, since the start."""
        return float(self.page.evaluate(SHOWN_FPS))

    def no_sideways_scroll(self) -> bool:
        """Whether the page is no wider than the screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@contextlib.contextmanager
def chromium(playwright: Playwright, program: str, *flags: str, film: Path | None = None) -> Iterator[Browser]:
    """A headless Chromium; with a film, a camera that shows it and that the person allows."""
    camera = [*ALLOWED_CAMERA, f"--use-file-for-fake-video-capture={film}"] if film else []
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *FLAGS, *camera, *flags])
    try:
        yield browser
    finally:
        browser.close()


@contextlib.contextmanager
def visit(browser: Browser, url: str, size: tuple[int, int] = DESKTOP, **options: Any) -> Iterator[Visitor]:
    """A new person at `url`; at the end the browser must have found nothing to complain about."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-GB", accept_downloads=True, **options
    )
    visitor = Visitor(context.new_page())

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            visitor.complaints.append(message.text)

    def hear(frame: str | bytes) -> None:
        event = json.loads(frame)
        if event["type"] != "frame":
            visitor.events.append(event)

    def count(frame: str | bytes) -> None:
        visitor.pictures_sent += isinstance(frame, bytes)

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", hear)
        socket.on("framesent", count)

    visitor.page.on("console", note)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.on("websocket", listen)
    try:
        visitor.page.goto(url)
        yield visitor
        assert not visitor.complaints, visitor.complaints
    finally:
        context.close()
