"""Takes a clip out of a multipart request straight into a temporary file, within the limit on its size."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from vitascope.server.problems import Problem
from vitascope.server.settings import MEBIBYTE, Settings

# Room for the boundaries, headers and small fields around the clip.
ENVELOPE_BYTES = 64 * 1024
MAX_FIELDS, MAX_FIELD_LENGTH = 20, 1000
MAX_NAME = 200

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

log = logging.getLogger("vitascope.server")
CUT_OFF = "The upload was cut off before its end; please send the clip again."


@dataclass
class Upload:
    """A clip that has come in: where it lies, how its sender calls it, and the small fields beside it."""

    path: Path
    name: str | None = None
    size: int = 0
    fields: dict[str, str] = field(default_factory=dict)


async def receive_clip(request: Request, settings: Settings, names: Collection[str]) -> Upload:
    """Read the request's clip (the first file part called one of `names`) into a file under `settings.uploads_dir`.

    Raises Problem: 413 as soon as the limit is passed, 408 when nothing more comes, 400, 415 or 422 when there is no
    clip to be had, 507 when it cannot be written. The file is gone again then; else it is the caller's to remove.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Problem(415, "Send the clip as a form (multipart/form-data).")
    too_large = Problem(413, f"The clip is larger than {settings.max_upload_bytes / MEBIBYTE:g} MB.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > settings.max_upload_bytes + ENVELOPE_BYTES:
        raise too_large
    try:
        return await _receive(request, settings, names, boundary, too_large)
    except OSError as error:
        log.exception("a clip could not be written")
        raise Problem(507, "The server has no room for the clip; please tell whoever runs it.") from error


async def _receive(
    request: Request, settings: Settings, names: Collection[str], boundary: bytes, too_large: Problem
) -> Upload:
    with _temporary_file(settings.uploads_dir) as (file, path):
        upload = Upload(path)
        form = _Form(upload, file, names, settings.max_upload_bytes, too_large)
        try:
            parser = MultipartParser(boundary, form.callbacks())
            async for chunk in _chunks(request, settings):
                # Disk and parser are quick, but a slow disk must not hold up everybody else.
                await run_in_threadpool(parser.write, chunk)
        except FormParserError as error:
            raise Problem(400, "The form that holds the clip cannot be read.") from error
        if not form.complete:
            raise Problem(400, CUT_OFF)
        if not form.found:
            raise Problem(422, f"The form has no file called {' or '.join(names)}.", "No clip")
        if upload.size == 0:
            raise Problem(422, "The clip is empty.", "Unprocessable clip")
        return upload


async def _chunks(request: Request, settings: Settings) -> AsyncIterator[bytes]:
    stream = aiter(request.stream())
    total = 0
    while True:
        try:
            async with asyncio.timeout(settings.idle_timeout_s):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise Problem(408, "The upload stopped half-way; please send the clip again.") from error
        except ClientDisconnect as error:
            raise Problem(400, CUT_OFF) from error
        total += len(chunk)
        if total > settings.max_upload_bytes + ENVELOPE_BYTES:
            raise Problem(413, f"The request is larger than {settings.max_upload_bytes / MEBIBYTE:g} MB.")
        if chunk:
            yield chunk


@contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix="clip-", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class _Form:
    """Callbacks of the multipart parser: the clip goes to the file, small fields are kept, anything else is dropped."""

    def __init__(self, upload: Upload, file: BinaryIO, names: Collection[str], limit: int, too_large: Problem) -> None:
        self.complete = False
        self.found = False
        self._upload = upload
        self._file = file
        self._names = names
        self._limit = limit
        self._too_large = too_large
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._field: str | None = None
        self._in_clip = False

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        self._disposition = b""
        self._field = None
        self._in_clip = False

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        field_name = options.get(b"name", b"").decode(errors="replace")
        if b"filename" not in options and len(self._upload.fields) < MAX_FIELDS:
            self._field = field_name
            self._upload.fields[field_name] = ""
        elif b"filename" in options and field_name in self._names and not self.found:
            self.found = self._in_clip = True
            self._upload.name = plain_name(options[b"filename"].decode(errors="replace"))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_clip:
            self._upload.size += end - start
            if self._upload.size > self._limit:
                raise self._too_large
            self._file.write(data[start:end])
        elif self._field is not None:
            text = self._upload.fields[self._field] + data[start:end].decode(errors="replace")
            self._upload.fields[self._field] = text[:MAX_FIELD_LENGTH]

    def _part_end(self) -> None:
        self._field = None
        self._in_clip = False

    def _end(self) -> None:
        self.complete = True


def plain_name(name: str) -> str | None:
    """The last part of a file name, without what cannot be printed; None when nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:MAX_NAME] or None
