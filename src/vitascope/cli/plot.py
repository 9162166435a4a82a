"""A report as a picture: the pulse wave with its beats, its spectrum with the peak, and the beat-to-beat rate."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitascope.errors import InputError
from vitascope.pulse.spectrum import spectrum
from vitascope.report import Report, Waveform
from vitascope.report.report import DISCLAIMER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, PULSE, MARK, SHADE = "#22313f", "#0b7a75", "#c1440e", "#c1440e22"


ENDINGS = (".png", ".pdf", ".svg")


def check_plot(path: Path) -> None:
    """Raise InputError now, before any work, when `path` could not be drawn to."""
    if find_spec("matplotlib") is None:
        raise InputError("Plots need matplotlib: pip install 'vitascope[plot]'.")
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path.name} cannot be drawn: the name must end in {', '.join(ENDINGS)}.")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no such folder.")


def plot_report(report: Report, path: Path) -> None:
    """Draw `report` to `path`, which `check_plot` found good. Raises InputError when it cannot be written after all."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 8), layout="constrained")
    wave_axes, spectrum_axes, beats_axes = figure.subplots(3, 1)
    wave = report.waveforms.get("bvp")
    if wave is None:
        for axes in (wave_axes, spectrum_axes, beats_axes):
            axes.set_axis_off()
        wave_axes.text(0.5, 0.5, report.heart_rate.reason or "No pulse wave.", ha="center", wrap=True, color=INK)
    else:
        _draw_wave(wave_axes, wave)
        _draw_spectrum(spectrum_axes, wave, report)
        _draw_beats(beats_axes, wave, report)
    figure.suptitle(_headline(report), color=INK)
    figure.supxlabel(DISCLAIMER, fontsize=8, color=INK)
    try:
        figure.savefig(path, dpi=110)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def _headline(report: Report) -> str:
    rate = report.heart_rate
    if rate.value is None:
        return f"Heart rate withheld: {rate.reason}"
    spread = f" ({rate.interval[0]:.1f} to {rate.interval[1]:.1f})" if rate.interval else ""
    return f"Heart rate {rate.value:.1f}{rate.unit}{spread}, {rate.status}"


def _draw_wave(axes: Axes, wave: Waveform) -> None:
    samples = np.asarray(wave.samples)
    time_s = wave.start_s + np.arange(len(samples)) / wave.fps
    axes.plot(time_s, samples, color=PULSE, linewidth=1)
    if wave.marks_s:
        beats = np.asarray(wave.marks_s)
        axes.plot(beats, np.interp(beats, time_s, samples), "v", color=MARK, markersize=4, label=f"{len(beats)} beats")
        axes.legend(loc="upper right", frameon=False)
    axes.set(xlabel="time (s)", ylabel="pulse wave", xlim=(time_s[0], time_s[-1]), yticks=[])


def _draw_spectrum(axes: Axes, wave: Waveform, report: Report) -> None:
    hz, power = spectrum(np.asarray(wave.samples), wave.fps, highest_hz=4.0)
    axes.plot(60 * hz, power, color=PULSE, linewidth=1)
    rate = report.heart_rate
    if rate.value is not None:
        axes.axvline(rate.value, color=MARK, linewidth=1, label=f"{rate.value:.1f}{rate.unit}")
        if rate.interval:
            axes.axvspan(*rate.interval, color=SHADE, linewidth=0)
        axes.legend(loc="upper right", frameon=False)
    axes.set(xlabel="rate (1/min)", ylabel="power", xlim=(30, 240), yticks=[])


def _draw_beats(axes: Axes, wave: Waveform, report: Report) -> None:
    beats = np.asarray(wave.marks_s)
    if len(beats) > 1:
        axes.plot(beats[1:], 60 / np.diff(beats), ".-", color=PULSE, linewidth=1)
    rate = report.heart_rate
    if rate.value is not None:
        axes.axhline(rate.value, color=MARK, linewidth=1)
    axes.set(
        xlabel="time (s)",
        ylabel="beat to beat (1/min)",
        xlim=(wave.start_s, wave.start_s + len(wave.samples) / wave.fps),
    )
