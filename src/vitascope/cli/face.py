"""`vitascope face`: what is seen of a face on a picture or in a clip, drawn and told."""

from __future__ import annotations

import csv
import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitascope.errors import InputError

if TYPE_CHECKING:
    from vitascope.face.watcher import Sight

PICTURES_OUT = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
CLIPS_OUT = (".mp4", ".mov", ".mkv")


def face(
    sources: Annotated[
        list[Path], typer.Argument(metavar="IMAGE|VIDEO...", help="Pictures (JPEG, PNG, WebP, BMP) or clips.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the picture or clip with box, mesh, skin and words drawn."),
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the face report, one row a frame.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON for each input instead of a table.")
    ] = False,
) -> None:
    """Say what is seen of a face: where it is, what is hidden and by what, how good the view is.

    A clip is annotated frame by frame at its own times. A face that may not be measured is an answer, and the exit
    code stays 0. An input that cannot be used gives one sentence on standard error and exit code 2, after the others.
    """
    from vitascope.cli.show import show_face
    from vitascope.media.picture import is_picture

    if len(sources) > 1 and (out is not None or table is not None):
        raise InputError("--out and --csv write one input; give one at a time.")
    failed = False
    for source in sources:
        picture = is_picture(source)
        _check_outputs(source, out, table, PICTURES_OUT if picture else CLIPS_OUT)
        try:
            told = _picture(source, out, table) if picture else _clip(source, out, table)
        except InputError as error:
            failed = True
            typer.echo(f"vitascope: {source}: {error}", err=True)
            if as_json:
                typer.echo(json.dumps({"error": str(error), "source": str(source)}))
            continue
        if as_json:
            typer.echo(json.dumps(told, allow_nan=False))
        else:
            show_face(told, title=source.name)
    if failed:
        raise typer.Exit(2)


def _check_outputs(source: Path, out: Path | None, table: Path | None, endings: tuple[str, ...]) -> None:
    for path in (out, table):
        if path is None:
            continue
        if not path.absolute().parent.is_dir():
            raise InputError(f"{path} cannot be written: there is no such folder.")
        if path.is_dir():
            raise InputError(f"{path} cannot be written: it is a folder.")
        if path.exists() and source.exists() and path.samefile(source):
            raise InputError(f"{path} is the input itself; name another file to write.")
    if out is not None and out.suffix.lower() not in endings:
        raise InputError(f"{out} cannot be written; its name must end in {', '.join(endings[:-1])} or {endings[-1]}.")
    if out is not None and table is not None and out.absolute() == table.absolute():
        raise InputError("--out and --csv name the same file.")


def _picture(source: Path, out: Path | None, table: Path | None) -> dict[str, Any]:
    from vitascope.face.picture import look_at
    from vitascope.media.picture import read_picture

    rgb = read_picture(source)
    sight = look_at(rgb)
    if out is not None:
        import cv2

        from vitascope.face.drawing import Drawing

        _, data = cv2.imencode(out.suffix.lower(), cv2.cvtColor(Drawing().draw(rgb, sight), cv2.COLOR_RGB2BGR))
        try:
            out.write_bytes(data.tobytes())
        except OSError as error:
            raise InputError(f"{out} cannot be written: {error.strerror or error}.") from error
    if table is not None:
        with _Rows(table) as rows:
            rows.write(sight)
    height, width = rgb.shape[:2]
    return {"source": str(source), "kind": "picture", "width": width, "height": height, **_told(sight)}


def _told(sight: Sight) -> dict[str, Any]:
    """One sight as JSON."""
    from vitascope.report.plain import plain

    told: dict[str, Any] = plain(
        {
            "found": sight.found,
            "box": None if sight.box is None else list(sight.box),
            "report": None if sight.report is None else sight.report.to_dict(),
            "refusal": sight.refusal,
            "messages": list(sight.messages),
        }
    )
    return told


def _clip(source: Path, out: Path | None, table: Path | None) -> dict[str, Any]:
    from vitascope.cli.show import progress_bar
    from vitascope.face.watcher import FaceWatcher
    from vitascope.media.frames import Limits, open_clip

    watcher, seconds = FaceWatcher(), Seconds()
    with ExitStack() as stack:
        frames = stack.enter_context(open_clip(source, Limits(min_seconds=0.0, max_seconds=600.0)))
        advance = stack.enter_context(progress_bar(f"Watching {source.name}"))
        rows = stack.enter_context(_Rows(table)) if table is not None else None
        draw = None
        if out is not None:
            from vitascope.face.drawing import Drawing
            from vitascope.media.writer import ClipWriter

            draw, writer = Drawing().draw, stack.enter_context(ClipWriter(out))
        for frame in frames:
            sight = watcher.see(frame)
            seconds.add(sight)
            if rows is not None:
                rows.write(sight)
            if draw is not None:
                writer.write(draw(frame.rgb, sight), frame.time_s)
            if frames.duration_s:
                advance(min(frame.time_s / frames.duration_s, 1.0))
    size = {"width": frames.width, "height": frames.height}
    return {"source": str(source), "kind": "clip", **size, **seconds.told()}


class Seconds:
    """A clip's sights second by second."""

    def __init__(self) -> None:
        self._sights: dict[int, list[Sight]] = {}

    def add(self, sight: Sight) -> None:
        """One more frame."""
        self._sights.setdefault(int(sight.time_s), []).append(sight)

    def told(self) -> dict[str, Any]:
        """The whole and each second as JSON: shares of the frames, and what most of a second's frames show."""
        whole = [sight for part in self._sights.values() for sight in part]
        events = [{"time_s": round(s.time_s, 3), "event": s.event} for s in whole if s.event is not None]
        return {
            "frames": len(whole),
            "duration_s": round(whole[-1].time_s, 3) if whole else 0.0,
            **_shares(whole),
            "events": events,
            "seconds": [{"second": second, **_shares(part)} for second, part in sorted(self._sights.items())],
        }


def _shares(sights: list[Sight]) -> dict[str, Any]:
    from vitascope.face.table import hidden_by, hidden_parts

    n = max(len(sights), 1)
    refusals = Counter(s.refusal for s in sights if s.refusal is not None)
    messages = Counter(message for s in sights for message in s.messages)

    def most(names: Counter[str]) -> list[str]:
        return [name for name, count in names.most_common() if count > n / 2]

    return {
        "found_share": round(sum(s.found for s in sights) / n, 3),
        "refused_share": round(sum(refusals.values()) / n, 3),
        "refusals": {reason: round(count / n, 3) for reason, count in refusals.most_common()},
        "hidden": most(Counter(part for s in sights for part in hidden_parts(s))),
        "by": most(Counter(name for s in sights for name in hidden_by(s))),
        "messages": most(messages),
    }


class _Rows:
    """The face reports of a clip as a CSV file, removed again when the work fails."""

    def __init__(self, path: Path) -> None:
        from vitascope.face.table import COLUMNS

        self._path = path
        try:
            self._file = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
        self._writer = csv.DictWriter(self._file, COLUMNS)
        self._writer.writeheader()

    def write(self, sight: Sight) -> None:
        from vitascope.face.table import row

        self._writer.writerow(row(sight))

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)
