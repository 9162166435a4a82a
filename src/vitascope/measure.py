"""Whole recordings to reports: a clip, a colour trace, or a pulse wave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitascope.errors import InputError
from vitascope.media.frames import FrameSource, Limits, from_array, open_clip
from vitascope.pulse.methods import check_method
from vitascope.pulse.trace import Kind, Trace
from vitascope.report import Quality, Report
from vitascope.vitals.assess import Assessment, assess, assess_waveform

if TYPE_CHECKING:
    from vitascope.recording import Recording


def measure(
    source: str | Path | NDArray[np.uint8],
    time_s: ArrayLike | None = None,
    *,
    kind: Kind | None = None,
    method: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Measure vital signs from a clip of a face, or of a fingertip on the lens.

    source: a video file, or frames (T, H, W, 3) uint8 RGB with their capture times `time_s` (T,) in seconds.
    kind: "face" or "finger"; by default recognised: a lens covered and red from the first frame on is a fingertip.
    method: a pulse method by name; by default the one that measures best. progress: told the share done, 0..1.

    Raises InputError when the clip cannot be used. What the person in front of the camera could mend (no face, too
    dark, no clear pulse) is not an error: those readings are withheld with the reason.
    """
    from vitascope.recording import Recording

    check_method(method)
    if kind not in (None, "face", "finger"):
        raise InputError("The kind must be face or finger.")
    recording = Recording(kind)
    with _open(source, time_s, limits or Limits()) as frames:
        _watch(recording, frames, progress)
    return recording.report(method)


def _open(source: str | Path | NDArray[np.uint8], time_s: ArrayLike | None, limits: Limits) -> FrameSource:
    if isinstance(source, str | Path):
        if time_s is not None:
            raise InputError("A video file brings its own times; time_s goes with an array of frames.")
        return open_clip(source, limits)
    if time_s is None:
        raise InputError("Frames need their capture times: give time_s, one number of seconds for each frame.")
    return from_array(source, np.asarray(time_s, dtype=np.float64), limits)


def _watch(recording: Recording, frames: FrameSource, progress: Callable[[float], None] | None) -> None:
    for frame in frames:
        recording.add(frame)
        if progress is not None and frames.duration_s:
            progress(min(frame.time_s / frames.duration_s, 1.0))
    if progress is not None:
        progress(1.0)


def measure_trace(rgb: ArrayLike, time_s: ArrayLike, *, kind: Kind = "face", method: str | None = None) -> Report:
    """Measure vital signs from mean skin colours.

    rgb: (N, 3) or (N, R, 3) mean R, G, B of R skin regions, 0..255, NaN where nothing was seen. time_s: (N,) capture
    times in seconds, increasing. Raises InputError when the arrays do not fit together.
    """
    colours = np.asarray(rgb, dtype=np.float64)
    if colours.ndim == 2:
        colours = colours[:, None, :]
    regions = tuple(f"region_{i}" for i in range(colours.shape[1])) if colours.ndim == 3 else ()
    trace = Trace(np.asarray(time_s, dtype=np.float64), colours, regions, kind)
    assessment = assess(trace, method=method)
    return _report(kind, float(trace.time_s[-1] - trace.time_s[0]), assessment)


def measure_waveform(bvp: ArrayLike, fps: float) -> Report:
    """Measure vital signs from a pulse wave `bvp` (N,) sampled `fps` times a second, positive peaks at systole.

    Raises InputError when the wave cannot be used.
    """
    wave = np.asarray(bvp, dtype=np.float64)
    assessment = assess_waveform(wave, fps)
    return _report("waveform", (len(wave) - 1) / fps, assessment)


def _report(kind: str, duration_s: float, assessment: Assessment) -> Report:
    return Report(
        kind=kind,
        duration_s=duration_s,
        readings=assessment.readings,
        quality=Quality(snr_db=assessment.snr_db, fps=assessment.fps, stars=assessment.stars),
        waveforms=assessment.waveforms,
    )
