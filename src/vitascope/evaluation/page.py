"""Parts of a Markdown page that a program writes, between marks, so that the rest can be written by people."""

from __future__ import annotations

from pathlib import Path

from vitascope.errors import InputError


def put_between(path: Path, writer: str, text: str) -> None:
    """Replace what `writer` wrote into `path` before by `text`; appended when it wrote nothing yet.

    Raises InputError when the page cannot be read or written, or its mark has no end.
    """
    begin, end = f"<!-- written by {writer} -->", f"<!-- end of {writer} -->"
    try:
        page = path.read_text(encoding="utf-8") if path.exists() else ""
        before, mark, rest = page.partition(begin)
        if mark:
            _, closed, after = rest.partition(end)
            if not closed:
                raise InputError(f"{path.name} has the mark {begin} without {end}.")
        else:
            before, after = (f"{page.rstrip()}\n\n" if page.strip() else ""), "\n"
        path.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
