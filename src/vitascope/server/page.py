"""The built page: its files as they are, and `index.html` for every address that the page itself understands."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from vitascope.server.problems import Problem

NOT_BUILT = "The page has not been built. Run `make page` in a checkout; the interface under /api works without it."
# Vite puts a hash of the content into these names, so what they hold never changes.
HASHED = "assets"
# The build leaves a smaller copy beside what shrinks well: the runtime of the networks is 14 MB, and 4 MB so.
COMPRESSED = ".gz"
mimetypes.add_type("application/octet-stream", ".onnx")


class Page:
    """Serves what no route of the interface has claimed. Raises Problem as routes do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope), scope)
        await response(scope, receive, send)

    async def _answer(self, request: Request, scope: Scope) -> Response:
        if request.method not in ("GET", "HEAD") or request.url.path.startswith("/api/"):
            raise Problem(404, "There is nothing at this address.")
        if not (self._folder / "index.html").is_file():
            if "text/html" in request.headers.get("accept", ""):
                return PlainTextResponse(NOT_BUILT, 503)
            raise Problem(503, NOT_BUILT, "No page")
        path = self._files.get_path(scope)
        hashed = path.split("/")[0] == HASHED
        try:
            response = await self._file(path, scope, compressed="gzip" in request.headers.get("accept-encoding", ""))
        except HTTPException:
            # A missing file is missing; any other address is a view of the page.
            if hashed or "." in path.rsplit("/", 1)[-1].lstrip("."):
                raise
            response = await self._files.get_response("index.html", scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response

    async def _file(self, path: str, scope: Scope, *, compressed: bool) -> Response:
        if not os.path.isfile(self._folder / (path + COMPRESSED)):  # also false for what is no name of a file
            return await self._files.get_response(path, scope)
        response = await self._files.get_response(path + COMPRESSED if compressed else path, scope)
        response.headers["Vary"] = "Accept-Encoding"
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return response
