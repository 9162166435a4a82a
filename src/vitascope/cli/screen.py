"""`vitascope screen`: photos and CT slices to findings."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.errors import InputError

if TYPE_CHECKING:
    from vitascope.screening import Examination

HEATMAP_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


def screen(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="skin, outer_eye, fundus, lung_ct, nail, or auto to recognise the picture."
        ),
    ],
    images: Annotated[
        list[Path],
        typer.Argument(
            metavar="IMAGE...",
            help="Pictures (JPEG, PNG, WebP, BMP, HEIC), DICOM files of a lung CT, folders; for nail also films.",
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON for each input instead of a table.")
    ] = False,
    heatmap: Annotated[
        Path | None,
        typer.Option(
            "--heatmap", metavar="OUT.png", help="Draw where the evidence lies; for several inputs, a folder."
        ),
    ] = None,
    about: Annotated[
        list[str] | None,
        typer.Option("--about", metavar="NAME=VALUE", help="What a check asks about the person, such as sex=female."),
    ] = None,
    series: Annotated[
        bool,
        typer.Option("--series", help="All pictures are slices of one CT, or frames of one hand, in the order given."),
    ] = False,
) -> None:
    """Screen photos of skin, eyes, fingernails and the lungs' CT.

    A picture that is not judged, or not surely, is an answer, and the exit code stays 0. An input that cannot be used
    gives one sentence on standard error and exit code 2, after the others were looked at. DICOM files of one series
    are one input.
    """
    from vitascope.cli.show import progress_bar
    from vitascope.cli.show_findings import show_findings
    from vitascope.screening import examine
    from vitascope.screening.checks import find
    from vitascope.screening.sources import inputs

    find(kind)
    person = _person(about or [])
    named = inputs(images, as_series=series)
    if heatmap is not None:
        _check_heatmap(heatmap, several=len(named) > 1)
    failed = False
    with progress_bar("Screening") as advance:

        def tell(done: int, share: float) -> None:
            advance((done + share) / len(named))

        for i, (path, source) in enumerate(named):
            try:
                examined = examine(source, kind, person=person, progress=partial(tell, i))
                if heatmap is not None:
                    _write_heatmap(examined, heatmap / f"{path.stem}.png" if len(named) > 1 else heatmap)
            except InputError as error:
                failed = True
                typer.echo(f"vitascope: {path}: {error}", err=True)
                if as_json:
                    typer.echo(json.dumps({"error": str(error), "source": str(path)}))
                continue
            finally:
                tell(i, 1.0)
            if as_json:
                told = {"source": str(path), **examined.report.to_dict()}
                typer.echo(json.dumps(told, allow_nan=False, separators=(",", ":")))
            else:
                show_findings(examined.report, title=path.name)
    if failed:
        raise typer.Exit(2)


def _person(about: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in about]
    if any(not name or not mark for name, mark, _ in pairs):
        raise InputError("--about takes NAME=VALUE, such as sex=female.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _check_heatmap(out: Path, *, several: bool) -> None:
    if several:
        if not out.is_dir():
            raise InputError(f"{out} is no folder; the heat maps of several inputs need one that exists.")
        return
    if not out.absolute().parent.is_dir():
        raise InputError(f"{out} cannot be written: there is no such folder.")
    if out.is_dir():
        raise InputError(f"{out} cannot be written: it is a folder.")
    if out.suffix.lower() not in HEATMAP_ENDINGS:
        raise InputError(f"{out} cannot be written; its name must end in {', '.join(HEATMAP_ENDINGS)}.")


def _write_heatmap(examined: Examination, out: Path) -> None:
    import cv2

    from vitascope.screening.drawing import side_by_side

    if not examined.maps and not examined.report.boxes:
        typer.echo(f"vitascope: {out} was not written: the picture was not judged.", err=True)
        return
    _, data = cv2.imencode(out.suffix.lower(), cv2.cvtColor(side_by_side(examined), cv2.COLOR_RGB2BGR))
    try:
        out.write_bytes(data.tobytes())
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror or error}.") from error
