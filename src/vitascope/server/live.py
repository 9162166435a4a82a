"""The live WebSocket: frames in, events out, one `LiveSession` at a time on each socket."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import math
import os
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from vitascope.errors import InputError
from vitascope.pulse.trace import Kind
from vitascope.server.measurements import Measurements
from vitascope.server.settings import MEBIBYTE, Settings

if TYPE_CHECKING:
    from vitascope.live import LiveSession

MAX_IN_FLIGHT = 8
MAX_TEXT = 4096
MAX_FRAME_BYTES = 2 * MEBIBYTE
# What the server's socket takes before it hangs up; above MAX_FRAME_BYTES, so that a large frame gets an answer.
MAX_MESSAGE_BYTES = 4 * MEBIBYTE
MAX_PIXELS = 2_100_000  # 1920 x 1080
PROGRESS_S = 1.0
CAPTURE_TIME = struct.Struct("<d")
# No camera that a browser can open is faster; more frames than this is somebody filling the memory.
MAX_FPS = 240
# Capture times may stand still or lie, so a session also ends by the server's own clock.
MAX_SLOWNESS, GRACE_S = 2.0, 60.0

WRONG_TIME = "The capture time is no number, or not later than that of the picture before."
UNEXPECTED = "Something went wrong inside the server; the session has ended."

log = logging.getLogger("vitascope.server")
T = TypeVar("T")


class LivePlaces:
    """How many live sessions there may be at once, and the threads that do their work."""

    def __init__(self, settings: Settings) -> None:
        self._free = settings.max_live
        # Numpy, OpenCV and ONNX Runtime let go of the interpreter lock: more threads than cores would only compete.
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="live")

    def take(self) -> bool:
        """Take a place if there is one."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Give a taken place back."""
        self._free += 1

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do something slow outside of the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def close(self) -> None:
        """End the threads when they have done what they are at."""
        self._threads.shutdown(cancel_futures=True)


class LiveSocket:
    """One client's socket. Messages are handled one after the other, so a slow server slows the sender down."""

    def __init__(
        self, websocket: WebSocket, owner: str, settings: Settings, places: LivePlaces, history: Measurements
    ) -> None:
        self._websocket = websocket
        self._owner = owner
        self._settings = settings
        self._places = places
        self._history = history
        self._session: LiveSession | None = None
        self._had_session = False
        self._frames = 0
        self._ends_at = math.inf
        self._progress_at_s = math.inf  # on the recording's clock

    async def serve(self) -> None:
        """Talk with the client until it goes away."""
        await self._websocket.accept()
        try:
            while True:
                message = await self._receive()
                if message is not None:
                    await self._handle(message)
        except WebSocketDisconnect:
            pass
        finally:
            self._forget()

    async def _receive(self) -> dict[str, Any] | None:
        patience = self._settings.idle_timeout_s if self._session else None
        try:
            async with asyncio.timeout(patience):
                message = dict(await self._websocket.receive())
        except TimeoutError:
            await self._fail("No pictures came in for a while, so the session has ended; please start again.")
            return None
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        return message

    async def _handle(self, message: dict[str, Any]) -> None:
        try:
            if message.get("text") is not None:
                await self._command(message["text"])
            else:
                await self._frame(message.get("bytes") or b"")
        except WebSocketDisconnect:
            raise
        except Exception:
            log.exception("a live session failed")
            await self._fail(UNEXPECTED)

    # Commands

    async def _command(self, text: str) -> None:
        try:
            command = json.loads(text) if len(text) <= MAX_TEXT else None
        except (ValueError, RecursionError):
            command = None
        if not isinstance(command, dict):
            await self._ignore("The message is not a JSON object of reasonable size, so it was ignored.")
            return
        wanted = command.get("type")
        if wanted == "start":
            await self._start(command)
        elif wanted not in ("stop", "cancel"):
            await self._ignore("The message is none of start, stop and cancel, so it was ignored.")
        elif self._session is None:
            await self._ignore("No session is running; send start first.")
        elif wanted == "stop":
            await self._finish(self._session)
        else:
            self._forget()
            await self._send("cancelled")

    async def _start(self, command: dict[str, Any]) -> None:
        if self._session is not None:
            await self._ignore("A session is already running; stop or cancel it first.")
            return
        seconds, kind = command.get("seconds", 30), command.get("kind", "face")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not isinstance(kind, str):
            await self._fail("The session was not started: seconds must be a number and kind a text.")
            return
        if not self._places.take():
            await self._fail("The server is measuring as many people as it can; please try again in a minute.")
            return
        try:
            session = await self._places.run(_begin, seconds, kind)
        except BaseException as error:
            self._places.give_back()
            if not isinstance(error, InputError):
                raise
            await self._fail(str(error))
            return
        now = asyncio.get_running_loop().time()
        self._session = session
        self._had_session = True
        self._frames = 0
        self._progress_at_s = PROGRESS_S
        self._ends_at = now + MAX_SLOWNESS * session.seconds + GRACE_S
        await self._send("ready", seconds=session.seconds, max_in_flight=MAX_IN_FLIGHT)

    # Frames

    async def _frame(self, data: bytes) -> None:
        session = self._session
        if session is None:
            if self._had_session:
                # Sent before the client could know that the session is over: no fault of anybody's.
                await self._skip(data, "No session is running.")
            else:
                await self._ignore("No session is running; send start before the first picture.")
            return
        self._frames += 1
        if len(data) <= CAPTURE_TIME.size:
            await self._skip(data, "The message holds no picture.")
        elif len(data) > MAX_FRAME_BYTES:
            await self._skip(data, f"The picture is larger than {MAX_FRAME_BYTES // MEBIBYTE} MB.")
        else:
            try:
                view = await self._places.run(_look, session, data)
            except InputError as error:
                await self._skip(data, str(error))
            else:
                await self._send("frame", **view, reason=WRONG_TIME if view["skipped"] else None)
        await self._after_frame(session)

    async def _after_frame(self, session: LiveSession) -> None:
        now = asyncio.get_running_loop().time()
        if session.done or now >= self._ends_at or self._frames >= MAX_FPS * session.seconds:
            await self._finish(session)
        elif session.elapsed_s >= self._progress_at_s:
            self._progress_at_s = session.elapsed_s + PROGRESS_S
            progress = await self._places.run(session.progress)
            await self._send("progress", **progress.to_dict())

    async def _skip(self, data: bytes, reason: str) -> None:
        time_s = CAPTURE_TIME.unpack_from(data)[0] if len(data) >= CAPTURE_TIME.size else math.nan
        known = time_s if math.isfinite(time_s) else None
        await self._send("frame", time_s=known, skipped=True, face=None, finger=None, reason=reason)

    # Ends

    async def _finish(self, session: LiveSession) -> None:
        try:
            report = (await self._places.run(session.finish)).to_dict()
        except InputError as error:
            await self._fail(str(error))
            return
        stored = await run_in_threadpool(
            self._history.add, self._owner, source="live", kind=report["kind"], report=report
        )
        self._forget()
        await self._send("report", id=stored.id, report=report)

    async def _fail(self, reason: str) -> None:
        self._forget()
        await self._send("error", reason=reason, fatal=True)

    async def _ignore(self, reason: str) -> None:
        await self._send("error", reason=reason, fatal=False)

    def _forget(self) -> None:
        if self._session is not None:
            self._session = None
            self._places.give_back()

    async def _send(self, kind: str, **fields: Any) -> None:
        await self._websocket.send_text(json.dumps({"type": kind, **fields}, allow_nan=False, separators=(",", ":")))


def _begin(seconds: float, kind: Kind) -> LiveSession:
    # The networks are loaded by the first session, off the event loop, and not when the server starts.
    from vitascope.live import LiveSession

    _warm_up()
    return LiveSession(seconds, kind)


@functools.cache
def _warm_up() -> None:
    """Use the science once before the first recording.

    It imports the numerical libraries on first use, which takes seconds on a busy machine: in the middle of a
    recording that is a hole in the pulse.
    """
    import numpy as np

    from vitascope.measure import measure_trace

    time_s = np.arange(0.0, 35.0, 1 / 30)  # long enough that every vital is asked
    pulse = 1 + 0.01 * np.sin(2 * np.pi * 1.2 * time_s)
    measure_trace(pulse[:, None] * np.array([150.0, 110.0, 90.0]), time_s)


def _look(session: LiveSession, data: bytes) -> dict[str, Any]:
    from vitascope.media.live_picture import decode_picture

    (time_s,) = CAPTURE_TIME.unpack_from(data)
    picture = decode_picture(data[CAPTURE_TIME.size :], MAX_PIXELS)
    return session.add(picture, time_s).to_dict()
