"""The log: one line for each request, without anything that tells who asked or what they sent."""

from __future__ import annotations

import logging
import sys
import time
from logging.handlers import RotatingFileHandler

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitascope.server.problems import problem_response
from vitascope.server.settings import MEBIBYTE, Settings

log = logging.getLogger("vitascope.server")


class RequestLog:
    """Logs each request, and answers 500 when serving it failed in a way nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        begun = time.monotonic()
        status = 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception:
            log.exception("a request failed")
            if not status:
                await problem_response(scope, 500)(scope, receive, send_and_note)
        finally:
            # The template of the route, not the path: a path holds identifiers, or whatever somebody typed.
            path = getattr(scope.get("route"), "path", "(page)")
            method = scope.get("method", "WEBSOCKET")
            log.info("%s %s %d %.0f ms", method, path, status, (time.monotonic() - begun) * 1000)


def configure_logging(settings: Settings) -> None:
    """Log to standard error, and to a file that is rotated when the settings name one."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if settings.log_file is not None:
        settings.log_file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(settings.log_file, maxBytes=5 * MEBIBYTE, backupCount=5, encoding="utf-8"))
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    # uvicorn tells the addresses of clients at level INFO.
    for name, level in (("vitascope.server", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.handlers.clear()
        for handler in handlers:
            handler.setFormatter(formatter)
            logger.addHandler(handler)
