"""Takes files out of a multipart request straight into temporary files, within the limit on their size."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import AsyncIterator, Collection
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file parts that a request should hold: what one is, how its part may be called, how many at most."""

    what: str
    fields: Collection[str]
    most: int = 1


CLIP = Wanted("clip", ("clip",))


@dataclass
class UploadedFile:
    """A file that has come in: where it lies, and how its sender calls it."""

    path: Path
    name: str | None = None


@dataclass
class Upload:
    """The files of one request and the small fields beside them."""

    files: list[UploadedFile] = field(default_factory=list)
    size: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Where the first file lies."""
        return self.files[0].path

    @property
    def name(self) -> str | None:
        """What the first file is called."""
        return self.files[0].name

    def remove(self) -> None:
        """Delete the files."""
        for file in self.files:
            file.path.unlink(missing_ok=True)


async def receive(request: Request, settings: Settings, wanted: Wanted) -> Upload:
    """Read the wanted files of a request into files under `settings.uploads_dir`; other file parts are dropped.

    Raises Problem: 413 as soon as the limit is passed, 408 when nothing more comes, 400, 415 or 422 when there is no
    file to be had, 507 when it cannot be written. The files are gone again then; else they are the caller's to remove.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Problem(415, f"Send the {wanted.what} as a form (multipart/form-data).")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > settings.max_upload_bytes + ENVELOPE_BYTES:
        raise _too_large(settings, wanted)
    upload = Upload()
    try:
        await _receive(request, settings, wanted, boundary, upload)
    except OSError as error:
        upload.remove()
        log.exception("an upload could not be written")
        raise Problem(507, f"The server has no room for the {wanted.what}; please tell whoever runs it.") from error
    except BaseException:
        upload.remove()
        raise
    return upload


async def _receive(request: Request, settings: Settings, wanted: Wanted, boundary: bytes, upload: Upload) -> None:
    form = _Form(upload, settings, wanted)
    try:
        parser = MultipartParser(boundary, form.callbacks())
        async for chunk in _chunks(request, settings, wanted.what):
            # Disk and parser are quick, but a slow disk must not hold up everybody else.
            await run_in_threadpool(parser.write, chunk)
    except FormParserError as error:
        raise Problem(400, f"The form that holds the {wanted.what} cannot be read.") from error
    finally:
        form.close()
    if not form.complete:
        raise Problem(400, _cut_off(wanted.what))
    if not upload.files:
        raise Problem(422, f"The form has no file called {' or '.join(wanted.fields)}.", f"No {wanted.what}")
    if upload.size == 0:
        raise Problem(422, f"The {wanted.what} is empty.", f"Unprocessable {wanted.what}")


def _too_large(settings: Settings, wanted: Wanted) -> Problem:
    return Problem(413, f"The {wanted.what} is larger than {settings.max_upload_bytes / MEBIBYTE:g} MB.")


def _cut_off(what: str) -> str:
    return f"The upload was cut off before its end; please send the {what} again."


async def _chunks(request: Request, settings: Settings, what: str) -> AsyncIterator[bytes]:
    stream = aiter(request.stream())
    total = 0
    while True:
        try:
            async with asyncio.timeout(settings.idle_timeout_s):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise Problem(408, f"The upload stopped half-way; please send the {what} again.") from error
        except ClientDisconnect as error:
            raise Problem(400, _cut_off(what)) from error
        total += len(chunk)
        if total > settings.max_upload_bytes + ENVELOPE_BYTES:
            raise Problem(413, f"The request is larger than {settings.max_upload_bytes / MEBIBYTE:g} MB.")
        if chunk:
            yield chunk


class _Form:
    """Callbacks of the multipart parser: wanted files go to the disk, small fields are kept, the rest is dropped."""

    def __init__(self, upload: Upload, settings: Settings, wanted: Wanted) -> None:
        self.complete = False
        self._upload = upload
        self._settings = settings
        self._wanted = wanted
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._field: str | None = None
        self._file: BinaryIO | None = None

    def close(self) -> None:
        """Close the file that was being written."""
        if self._file is not None:
            self._file.close()
            self._file = None

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
        self.close()

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
        elif b"filename" in options and field_name in self._wanted.fields:
            if len(self._upload.files) < self._wanted.most:
                self._begin_file(plain_name(options[b"filename"].decode(errors="replace")))
            elif self._wanted.most > 1:
                raise Problem(413, f"At most {self._wanted.most} files are taken at once.")

    def _begin_file(self, name: str | None) -> None:
        folder = self._settings.uploads_dir
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, path = tempfile.mkstemp(prefix=f"{self._wanted.what}-", dir=folder)
        self._upload.files.append(UploadedFile(Path(path), name))
        self._file = os.fdopen(descriptor, "wb")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._upload.size += end - start
            if self._upload.size > self._settings.max_upload_bytes:
                raise _too_large(self._settings, self._wanted)
            self._file.write(data[start:end])
        elif self._field is not None:
            text = self._upload.fields[self._field] + data[start:end].decode(errors="replace")
            self._upload.fields[self._field] = text[:MAX_FIELD_LENGTH]

    def _part_end(self) -> None:
        self._field = None
        self.close()

    def _end(self) -> None:
        self.complete = True


def plain_name(name: str) -> str | None:
    """The last part of a file name, without what cannot be printed; None when nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:MAX_NAME] or None
