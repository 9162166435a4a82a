"""`vitascope demo`: a clip whose truth is known, measured."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from vitascope.cli.measure import JsonOption, PlotOption


def demo(
    heart_rate: Annotated[float, typer.Option(min=40, max=200, help="Painted heart rate, 1/min.")] = 72.0,
    respiration_rate: Annotated[float, typer.Option(min=6, max=30, help="Painted breathing rate, 1/min.")] = 14.0,
    seconds: Annotated[float, typer.Option(min=5, max=120, help="Length of the clip.")] = 30.0,
    fps: Annotated[float, typer.Option(min=10, max=60, help="Frames per second.")] = 30.0,
    noise: Annotated[float, typer.Option(min=0, max=20, help="Sensor noise, grey levels.")] = 2.0,
    keep: Annotated[Path | None, typer.Option(metavar="CLIP.mp4", help="Keep the clip under this name.")] = None,
    as_json: JsonOption = False,
    plot: PlotOption = None,
) -> None:
    """Paint a known pulse on a portrait, measure it, and print truth beside measurement."""
    from vitascope.cli.plot import check_plot, plot_report
    from vitascope.cli.show import progress_bar, show_report, stderr
    from vitascope.demo import make_clip
    from vitascope.measure import measure

    if plot is not None:
        check_plot(plot)
    with tempfile.TemporaryDirectory() as folder:
        clip = keep or Path(folder) / "demo.mp4"
        with stderr.status("Painting a face with a pulse"):
            truth = make_clip(
                clip, seconds=seconds, fps=fps, heart_rate=heart_rate, respiration_rate=respiration_rate, noise=noise
            )
        with progress_bar("Measuring it") as advance:
            report = measure(clip, progress=advance)
    known = {"heart_rate": truth.heart_rate, "respiration_rate": truth.respiration_rate}
    if as_json:
        typer.echo(json.dumps({"truth": known, "report": report.to_dict()}, allow_nan=False))
    else:
        show_report(report, title="demo", truth=known)
    if plot is not None:
        plot_report(report, plot)
