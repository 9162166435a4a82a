"""`vitascope measure`: vital signs from face clips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from vitascope.errors import InputError

MethodOption = Annotated[
    str | None,
    typer.Option(
        help="Pulse method: green, ica, chrom, pbv, pos, lgi or omit. Default: those that measure best together."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One line of JSON for each input instead of a table.")]
PlotOption = Annotated[
    Path | None,
    typer.Option("--plot", metavar="OUT.png", help="Draw the pulse wave, its beats and its spectrum to a picture."),
]


def measure(
    clips: Annotated[
        list[Path], typer.Argument(metavar="VIDEO...", help="Clips of 5 to 120 s: mp4, mov, webm, avi, mkv.")
    ],
    as_json: JsonOption = False,
    plot: PlotOption = None,
    method: MethodOption = None,
) -> None:
    """Measure vital signs from face clips.

    A reading that cannot be trusted is withheld with the reason; that is an answer, and the exit code stays 0.
    A clip that cannot be used gives one sentence on standard error and exit code 2, after the others were measured.
    """
    from vitascope.cli.plot import check_plot, plot_report
    from vitascope.cli.show import progress_bar, show_report
    from vitascope.measure import measure as measure_clip

    if plot is not None:
        if len(clips) > 1:
            raise InputError("--plot draws one clip; give one at a time.")
        check_plot(plot)
    failed = False
    for clip in clips:
        try:
            with progress_bar(f"Measuring {clip.name}") as advance:
                report = measure_clip(clip, method=method, progress=advance)
        except InputError as error:
            failed = True
            typer.echo(f"vitascope: {clip}: {error}", err=True)
            if as_json:
                typer.echo(json.dumps({"error": str(error), "source": str(clip)}))
            continue
        if as_json:
            typer.echo(report.to_json())
        else:
            show_report(report, title=clip.name)
        if plot is not None:
            plot_report(report, plot)
    if failed:
        raise typer.Exit(2)
