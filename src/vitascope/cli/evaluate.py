"""`vitascope evaluate`: how right the readings are, on recordings that have a reference."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from vitascope.errors import InputError

# `--windows 10 15 30 60`: what follows the first number stands as extra words.
CONTEXT = {"allow_extra_args": True}


def evaluate(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SET", help="What to evaluate: pulse, face, face_pulse or screening.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of recordings with a reference.")],
    windows: Annotated[
        list[float] | None,
        typer.Option("--windows", metavar="S...", help="Window lengths in seconds. Default: 10 15 30 60 (face: 10)."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="A quick look: at most N recordings of a source, pictures of a kind."),
    ] = None,
    as_json: Annotated[
        Path | None,
        typer.Option("--json", metavar="OUT.json", help="Write all figures and windows; - for standard output."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write JSON, Markdown and plots into this folder.")
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="PAGE.md", help="Put the tables between their marks in this Markdown page."),
    ] = None,
) -> None:
    """Measure recordings that have a reference and say how right the readings are.

    The same recordings give the same figures. Damaged recordings are left out and named on standard error.
    """
    from vitascope.cli.show import progress_bar
    from vitascope.evaluation import evaluate as evaluate_set

    lengths = [*(windows or []), *map(_seconds, context.args)]
    if out is not None and find_spec("matplotlib") is None:
        raise InputError("Plots need matplotlib: pip install 'vitascope[plot]'.")
    for path in (as_json, page):
        if path is not None and not path.absolute().parent.is_dir():
            raise InputError(f"{path} cannot be written: there is no such folder.")
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{out} cannot be made: {error.strerror or error}.") from error
    with progress_bar(f"Evaluating {name}") as advance:
        result = evaluate_set(name, folder, lengths, advance, limit)
    for item, reason in result.skipped.items():
        typer.echo(f"vitascope: {item}: {reason}", err=True)
    whole = json.dumps(result.to_dict(), allow_nan=False)
    if str(as_json) == "-":
        typer.echo(whole)
    elif as_json is not None:
        _write(as_json, whole + "\n")
    if out is not None:
        result.draw(out)
        _write(out / f"{name}.json", whole + "\n")
        _write(out / f"{name}.md", result.markdown("."))
    if page is not None:
        from vitascope.evaluation.page import put_between

        pictures = Path(os.path.relpath(out, page.parent)).as_posix() if out is not None else None
        put_between(page, f"vitascope evaluate {name}", result.markdown(pictures))
    if str(as_json) != "-":
        typer.echo(result.markdown(), nl=False)


def _seconds(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise InputError(f"{word} is no window length; give lengths in seconds, as in --windows 10 30.") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
