"""`vitascope pulse`: vital signs from colour traces or pulse waves that another program extracted."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from vitascope.cli.measure import JsonOption, MethodOption, PlotOption
from vitascope.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitascope.report import Report


def pulse(
    trace: Annotated[
        Path,
        typer.Argument(
            metavar="TRACE.npz", help="Arrays rgb (N,3) and time_s (N,) or time_ms or fps; or bvp (N,) and fps."
        ),
    ],
    as_json: JsonOption = False,
    plot: PlotOption = None,
    method: MethodOption = None,
    kind: Annotated[str, typer.Option(help="What the camera looked at: face or finger.")] = "face",
) -> None:
    """Measure vital signs from a colour trace or a pulse wave."""
    from vitascope.cli.plot import check_plot, plot_report

    if plot is not None:
        check_plot(plot)
    report = _measure(_load(trace), method, kind)
    if as_json:
        typer.echo(report.to_json())
    else:
        from vitascope.cli.show import show_report

        show_report(report, title=trace.name)
    if plot is not None:
        plot_report(report, plot)


def _load(path: Path) -> dict[str, NDArray[np.float64]]:
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name], dtype=np.float64) for name in arrays.files if _wanted(name)}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} is not an .npz file of numbers.") from error


def _wanted(name: str) -> bool:
    return name in {"rgb", "time_s", "time_ms", "bvp", "fps"}


def _measure(arrays: dict[str, NDArray[np.float64]], method: str | None, kind: str) -> Report:
    from vitascope.measure import measure_trace, measure_waveform

    if kind not in ("face", "finger"):
        raise InputError("The kind must be face or finger.")
    if "fps" in arrays and arrays["fps"].size != 1:
        raise InputError("fps must be one number.")
    if "rgb" in arrays:
        if "time_s" in arrays:
            time_s = arrays["time_s"]
        elif "time_ms" in arrays:
            time_s = arrays["time_ms"] / 1000.0
        elif "fps" in arrays and float(arrays["fps"]) > 0:
            time_s = np.arange(len(arrays["rgb"])) / float(arrays["fps"])
        else:
            raise InputError("A colour trace needs its times: an array time_s or time_ms, or a number fps.")
        return measure_trace(arrays["rgb"], time_s, kind=kind, method=method)  # type: ignore[arg-type]
    if "bvp" in arrays:
        if "fps" not in arrays:
            raise InputError("A pulse wave needs its sampling rate: a number fps.")
        return measure_waveform(arrays["bvp"], float(arrays["fps"]))
    raise InputError("The file holds neither an array rgb (a colour trace) nor an array bvp (a pulse wave).")
