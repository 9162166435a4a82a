"""A trace or a pulse wave to all its readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitascope.errors import InputError
from vitascope.pulse.beats import find_beats
from vitascope.pulse.extract import PulseWaves, extract
from vitascope.pulse.filters import band_pass
from vitascope.pulse.phase import mean_rate
from vitascope.pulse.plausible import flaw
from vitascope.pulse.quality import Quality, self_snr_db
from vitascope.pulse.rate import RateCourse, follow
from vitascope.pulse.resample import resample
from vitascope.pulse.trace import Kind, Trace
from vitascope.report.reading import Reading
from vitascope.report.report import Waveform
from vitascope.vitals import VITALS, Observation

SHORTEST_S = 5.0
HIGHEST_LEVEL = 1e5  # generous: some cameras count to 65535
SLOWEST_FPS = 8.0  # 4 Hz, the top of the pulse band, is its Nyquist frequency
MOST_WAVES = 4  # a window of ten seconds tells no more about how their noise hangs together
WIDEST = 10.0  # 1/min: a mean rate less sure than this is not known at all
STAR_DB = (-3.0, 0.0, 3.0, 6.0, 9.0)


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What one recording gave.

    readings by name; waveforms: `bvp` (band-passed, spread 1, beats as marks) and, where the heart rate is given,
    `heart_rate` (1/min, one value a second, NaN where it stayed open). snr_db: self-SNR, None when there is no wave.
    stars 0..5. fps of the uniform grid.
    """

    readings: Mapping[str, Reading]
    waveforms: Mapping[str, Waveform]
    snr_db: float | None
    stars: int
    fps: float


def assess(trace: Trace, *, method: str | None = None, wrong: str | None = None) -> Assessment:
    """All readings of `trace`. `method` names one pulse method; by default those that fuse best are used together.

    `wrong`: what an earlier stage knows to be wrong with the recording; every reading is withheld with that reason.

    Raises InputError when the trace is malformed: lengths, times that run backwards or are not finite, less than 5 s.
    What the person could mend (no face, no light, movement) gives withheld readings with the reason instead.
    """
    return assess_measured(measure_waves(trace_waves(trace, method), trace.kind), wrong)


def trace_waves(trace: Trace, method: str | None) -> PulseWaves:
    """The pulse waves of a checked trace; see `assess`."""
    rgb = np.asarray(trace.rgb, dtype=np.float64)
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.shape[1] != len(trace.regions) or not rgb.shape[1]:
        raise InputError("A trace must hold one red, green and blue mean for each region and each frame.")
    # A mean colour is a number from 0 to 255: what is far from that was not seen.
    rgb = np.where(np.abs(rgb) <= HIGHEST_LEVEL, rgb, np.nan)
    if len(rgb) < 2:
        raise InputError("The recording has fewer than two frames.")
    if trace.motion is not None and (trace.motion.ndim != 2 or len(trace.motion) != len(rgb)):
        raise InputError("The motion of a trace must hold one row for each frame.")
    return extract(replace(trace, rgb=rgb), method)


def assess_waveform(bvp: ArrayLike, fps: float) -> Assessment:
    """All readings of a pulse wave `bvp` (N,) at `fps`, or of several waves (N, M) of the same pulse, fused.

    Positive peaks at systole. NaN counts as not recorded. Raises InputError when it is malformed or shorter than 5 s.
    """
    return assess_measured(measure_waves(wave_waves(bvp, fps), None))


def wave_waves(bvp: ArrayLike, fps: float) -> PulseWaves:
    """Checked pulse waves on a uniform grid; see `assess_waveform`."""
    wave = np.asarray(bvp, dtype=np.float64)
    wave = wave[:, None] if wave.ndim == 1 else wave
    if wave.ndim != 2 or not wave.shape[1]:
        raise InputError("A pulse wave must have one value for each sample.")
    if not (np.isfinite(fps) and fps > 0):
        raise InputError("The sampling rate must be a positive number.")
    if len(wave) < 2:
        raise InputError("The recording has fewer than two samples.")
    # The unit is arbitrary; within one, huge and tiny figures cannot overflow.
    finite = np.where(np.isfinite(wave), np.abs(wave), 0.0)
    grid = resample(np.arange(len(wave)) / fps, wave / np.maximum(finite.max(axis=0), 1e-300))
    return PulseWaves(
        bvp=np.ascontiguousarray(grid.values.T),
        names=tuple(f"wave/{i}" for i in range(wave.shape[1])),
        baseline=grid.values[:, 0],
        seen=np.asarray(np.any(grid.seen, axis=1)),
        fps=grid.fps,
        start_s=0.0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What the pulse stage found in `waves`: the course of the rate, the wave that carries it best, and how good it
    is."""

    waves: PulseWaves
    kind: Kind | None
    course: RateCourse
    along_hz: NDArray[np.float64]
    best: int
    quality: Quality


def measure_waves(waves: PulseWaves, kind: Kind | None) -> Measured:
    """Follow the pulse rate in `waves`. Raises InputError when they are shorter than 5 s."""
    n = waves.bvp.shape[1]
    # The last frame lasts as long as the others; a stamp or two may be late.
    if n / waves.fps < SHORTEST_S - 1 / waves.fps:
        raise InputError(f"The recording is {n / waves.fps:.1f} s long; at least {SHORTEST_S:.0f} s are needed.")
    course = follow(waves.bvp, waves.fps, waves.seen)
    best = int(np.argmax(course.weights))
    hz, error_hz = mean_rate(_channels(waves, course), waves.bvp[best], waves.fps, course.at(n, waves.fps), waves.seen)
    course = replace(course, bpm=60 * hz)
    along = course.at(n, waves.fps)
    quality = Quality(
        snr_db=self_snr_db(waves.bvp[best], waves.fps, along),
        certainty=course.certainty,
        explained=course.explained,
        spread=min(60 * error_hz, WIDEST),
        seconds=waves.seen_s,
    )
    return Measured(waves, kind, course, along, best, quality)


def _channels(waves: PulseWaves, course: RateCourse) -> NDArray[np.float64]:
    """(C, N) what the mean rate is taken from: the colours of a trace, or the clearest of the waves handed in."""
    if waves.rgb is not None:
        relative: NDArray[np.float64] = (waves.rgb / np.maximum(waves.rgb.mean(axis=0), 1e-9)).T
        return relative
    clearest: NDArray[np.float64] = waves.bvp[np.argsort(-course.weights)[:MOST_WAVES]]
    return clearest


def assess_measured(measured: Measured, wrong: str | None = None) -> Assessment:
    """All readings of what `measure_waves` found; `wrong` as in `assess`."""
    return _readings(measured, wrong or _wrong(measured))


def _wrong(measured: Measured) -> str | None:
    """Why nothing can be read from this recording at all, or None."""
    waves = measured.waves
    if waves.seen_s < SHORTEST_S - 1.5 / waves.fps:
        keep = "the lens covered" if measured.kind == "finger" else "your face in the picture"
        return f"Only {waves.seen_s:.0f} s could be used; keep {keep} and try again."
    if waves.fps < SLOWEST_FPS:
        return f"The camera gave only {waves.fps:.0f} pictures a second; at least {SLOWEST_FPS:.0f} are needed."
    return flaw(waves, waves.bvp[measured.best], measured.along_hz, measured.kind)


def _readings(measured: Measured, wrong: str | None) -> Assessment:
    waves, kind, course, along = measured.waves, measured.kind, measured.course, measured.along_hz
    bvp, quality = waves.bvp[measured.best], measured.quality
    beats = find_beats(bvp, waves.fps, along)
    observation = Observation(
        bvp=bvp,
        baseline=waves.baseline,
        seen=waves.seen,
        fps=waves.fps,
        seconds=waves.seen_s,
        course=course,
        beats=beats,
        quality=quality,
        method=waves.names[measured.best].split("/")[0] if kind else None,
        kind=kind,
        flaw=wrong,
        rgb=waves.rgb,
        motion=waves.motion,
    )
    readings = {name: reading for vital in VITALS for name, reading in vital(observation).items()}
    given = readings["heart_rate"].status != "withheld"
    shown = band_pass(bvp, waves.fps)
    spread = float(shown.std())
    shown = shown / spread if spread > 0 else shown
    waveforms = {
        "bvp": Waveform(
            fps=waves.fps,
            samples=tuple(shown.tolist()),
            start_s=waves.start_s,
            marks_s=tuple((beats.time_s + waves.start_s).tolist()) if given else (),
        )
    }
    if given:
        waveforms["heart_rate"] = rolling_rate(course, waves.start_s)
    return Assessment(
        readings=readings,
        waveforms=waveforms,
        snr_db=round(quality.snr_db, 2) if not wrong else None,
        stars=stars(quality.snr_db) if given else 0,
        fps=round(waves.fps, 3),
    )


def rolling_rate(course: RateCourse, start_s: float) -> Waveform:
    """The heart rate each second, from the centre of the first 8-s window to that of the last, on a clock whose first
    sample lies at `start_s`."""
    second_s = np.arange(course.time_s[0], course.time_s[-1] + 1e-6, 1.0)
    rate = np.interp(second_s, course.time_s, course.rolling_bpm)
    return Waveform(fps=1.0, samples=tuple(rate.tolist()), start_s=start_s + float(course.time_s[0]))


def stars(snr_db: float) -> int:
    """0..5 stars for a self-SNR."""
    return int(np.searchsorted(STAR_DB, snr_db, side="right"))


__all__ = ["Assessment", "assess", "assess_measured", "assess_waveform", "stars"]
