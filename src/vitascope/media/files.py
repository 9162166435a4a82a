"""Files that a person names: looked at before anything reads them, refused with a sentence."""

from __future__ import annotations

from pathlib import Path

from vitascope.errors import InputError


def first_bytes(path: Path, max_bytes: int, what: str, count: int = 16) -> bytes:
    """The first `count` bytes of a regular file of 1 to `max_bytes` bytes; `what` it should be, as in "video".

    Raises InputError when there is no such file, or it is no regular file, empty, too large or not readable.
    """
    try:
        if path.is_dir():
            raise InputError(f"This is a folder, not a {what} file.")
        if not path.exists():
            raise InputError(f"There is no file called {shown(path)}.")
        if not path.is_file():
            raise InputError(f"This is not a regular file, so it cannot be read as a {what}.")
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(count)
    except InputError:
        raise
    except PermissionError:
        raise InputError(f"The file {shown(path)} may not be read: permission was denied.") from None
    except (OSError, ValueError):
        raise InputError("The file cannot be read.") from None
    if size == 0:
        raise InputError("The file is empty.")
    if size > max_bytes:
        raise InputError(f"The file has {size / 1e6:.0f} MB, more than the {max_bytes / 1e6:.0f} MB accepted.")
    return start


def is_film(start: bytes) -> bool:
    """Whether a file that begins with these bytes (12 or more) is a film: MP4 or MOV, WebM or MKV, AVI."""
    if start[4:8] == b"ftyp":
        # HEIC and AVIF pictures are boxed like films and told by their brand (ISO/IEC 23008-12).
        return start[8:12] not in (
            b"heic",
            b"heix",
            b"hevc",
            b"hevx",
            b"heim",
            b"heis",
            b"mif1",
            b"msf1",
            b"avif",
            b"avis",
        )
    return start[:4] == b"\x1a\x45\xdf\xa3" or (start[:4] == b"RIFF" and start[8:12] == b"AVI ")


def shown(path: Path) -> str:
    """The file's name fit for a sentence."""
    name = "".join(c if c.isprintable() else "?" for c in path.name)
    return name if len(name) <= 80 else f"{name[:77]}..."
