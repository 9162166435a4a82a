"""Vitascope beside vitallens-python, NeuroKit2 and HeartPy: accuracy and time on the same recordings in one run.

    python benchmarks/peers/compare.py DIR [--page docs/accuracy.md]

Steps
1. Face colour (face_rgb, face_rgb_5min) is resampled once to 30/s and cut into windows of 10 and 30 s. The g, chrom and
   pos of vitallens-python turn each into a wave; so do ours. All waves get the same rate estimator, the peak of a
   zero-padded spectrum in 0.7-4 Hz, so that only the wave differs; the last line is Vitascope's own estimator on its
   fused waves.
2. Contact waves (contact_ppg_peaks) go to each beat detector whole; beats are paired with the experts' within 100 ms.
3. Fingertip colour (finger_rr) goes to each whole, as the negated green channel at 30/s (Vitascope: all colour at its
   own times); mean NN and RMSSD are compared with the chest strap's. NeuroKit2 gets its default cleaning (elgendi),
   HeartPy its band-pass of 0.7-3.5 Hz. A recording that raises, or whose figure is not finite, counts as not given.
Times are processor time, the mean for one window or recording after the first, so that other work on the machine does
not count.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.datasets import DATASETS
from vitascope.evaluation.metrics import beat_f1
from vitascope.evaluation.page import put_between
from vitascope.evaluation.pulse import spans
from vitascope.evaluation.recording import Recording
from vitascope.pulse.methods import METHODS
from vitascope.pulse.resample import resample
from vitascope.report.reading import Reading
from vitascope.vitals.assess import Assessment, assess_measured
from vitascope.vitals.variability import normal_intervals, time_domain

Floats = NDArray[np.float64]
Detector = Callable[[Floats, float], Floats]
FPS = 30.0


def recordings(root: Path, *names: str) -> Iterator[Recording]:
    """All recordings of the named layouts."""
    for name in names:
        for item in DATASETS[name](root):
            yield from item.load()


class Clock:
    """Mean processor time of the calls after the first, which loads what is loaded late."""

    def __init__(self) -> None:
        self._seconds: list[float] = []

    def __call__(self, work: Callable[..., Any], *given: Any) -> Any:
        start = time.process_time()
        result = work(*given)
        self._seconds.append(time.process_time() - start)
        return result

    @property
    def ms(self) -> float:
        return 1000 * float(np.mean(self._seconds[1:] or self._seconds))


def spectral_peak(wave: Floats, fps: float) -> float:
    """Rate in 1/min of the highest peak in 0.7-4 Hz."""
    power = np.abs(np.fft.rfft((wave - wave.mean()) * np.hanning(len(wave)), 1 << 15))
    hz = np.fft.rfftfreq(1 << 15, 1 / fps)
    band = (hz >= 0.7) & (hz <= 4.0)
    return float(60 * hz[band][power[band].argmax()])


def face_waves(root: Path) -> list[str]:
    """Step 1."""
    from vitallens.methods.chrom import CHROMRPPGMethod
    from vitallens.methods.g import GRPPGMethod
    from vitallens.methods.pos import POSRPPGMethod

    peers = {"g": GRPPGMethod(), "chrom": CHROMRPPGMethod(), "pos": POSRPPGMethod()}
    methods: dict[str, Callable[[Floats, float], Floats]] = {
        f"vitallens-python {name}": peer.algorithm for name, peer in peers.items()
    }
    methods |= {f"vitascope {name}": method for name, method in METHODS.items()}
    own = "vitascope, fused, own estimator"
    clocks = {name: Clock() for name in (*methods, own)}
    errors: dict[tuple[str, float], list[float]] = {}
    for recording in recordings(root, "face_rgb", "face_rgb_5min"):
        n, regions = recording.values.shape[:2]
        grid = resample(recording.time_s, recording.values.reshape(n, -1), FPS)
        colour = grid.values.reshape(len(grid.values), regions, 3).mean(axis=1)
        for length in (10.0, 30.0):
            for start, stop in spans(recording.duration_s, length):
                truth = recording.truth["heart_rate"](start, stop)
                measured = clocks[own](recording.measure, start, stop)
                if not np.isfinite(truth) or measured is None:
                    continue
                errors.setdefault((own, length), []).append(abs(measured.course.bpm - truth))
                part = colour[round(start * FPS) : round(stop * FPS)]
                for name, method in methods.items():
                    wave = clocks[name](method, part, FPS)
                    errors.setdefault((name, length), []).append(abs(spectral_peak(np.asarray(wave), FPS) - truth))
    lines = [
        "| wave | MAE 10 s | within 5/min, 10 s | MAE 30 s | within 5/min, 30 s | ms a window |",
        "|---|---|---|---|---|---|",
    ]
    for name, clock in clocks.items():
        cells = [
            cell
            for length in (10.0, 30.0)
            for error in (np.array(errors[name, length]),)
            for cell in (f"{error.mean():.2f}", f"{100 * (error <= 5).mean():.0f} %")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {clock.ms:.2f} |")
    counts = " and ".join(f"{len(errors[own, length])} of {length:g} s" for length in (10.0, 30.0))
    return [f"Heart rate from face colour, all windows ({counts}; four people), errors in /min.", "", *lines]


def _assessed(recording: Recording) -> Assessment:
    measured = recording.measure()
    assert measured is not None, recording.name
    return assess_measured(measured)


def vitascope_beats(recording: Recording) -> Floats:
    """Beats that a person is shown; none when the heart rate is withheld."""
    return np.array(_assessed(recording).waveforms["bvp"].marks_s)


def vitascope_readings(recording: Recording) -> Mapping[str, Reading]:
    """All readings of the whole recording."""
    return _assessed(recording).readings


def heartpy_beats(wave: Floats, fps: float) -> Floats:
    """HeartPy: its band-pass and its peaks without those it rejects."""
    import heartpy

    clean = heartpy.filter_signal(wave, [0.7, 3.5], sample_rate=fps, order=3, filtertype="bandpass")
    work, _ = heartpy.process(heartpy.scale_data(clean), sample_rate=fps)
    peaks, kept = np.array(work["peaklist"]), np.array(work["binary_peaklist"], dtype=bool)
    return np.asarray(peaks[kept] / fps, dtype=np.float64)


def neurokit_beats(method: str) -> Detector:
    """NeuroKit2: `ppg_clean` and `ppg_findpeaks` of one method."""

    def find(wave: Floats, fps: float) -> Floats:
        import neurokit2

        whole = round(fps)  # its windows are counted in samples
        clean = neurokit2.ppg_clean(wave, sampling_rate=whole)
        info = neurokit2.ppg_findpeaks(clean, sampling_rate=whole, method=method)
        return np.asarray(info["PPG_Peaks"], dtype=np.float64) / fps

    return find


DETECTORS: dict[str, Detector] = {
    "NeuroKit2 elgendi": neurokit_beats("elgendi"),
    "NeuroKit2 charlton (MSPTDfast)": neurokit_beats("charlton"),
    "HeartPy": heartpy_beats,
}


def _tried(find: Detector, wave: Floats, fps: float) -> Floats:
    try:
        return find(wave, fps)
    except Exception:  # a peer may raise anything on a wave it cannot read; that is "not given"
        return np.zeros(0)


def contact_beats(root: Path) -> list[str]:
    """Step 2."""
    names = ("vitascope", *DETECTORS)
    clocks, scores = {name: Clock() for name in names}, {name: list[float]() for name in names}
    count = 0
    for recording in recordings(root, "contact_ppg_peaks"):
        assert recording.beats_s is not None
        wave = recording.values[:, 0]
        fps = (len(wave) - 1) / float(recording.time_s[-1])
        count += len(recording.beats_s)
        for name in names:
            if name == "vitascope":
                found = clocks[name](vitascope_beats, recording)
            else:
                found = clocks[name](_tried, DETECTORS[name], wave, fps)
            scores[name].append(beat_f1(found, recording.beats_s))
    lines = ["| detector | mean F1 | worst F1 | ms a recording |", "|---|---|---|---|"]
    for name in names:
        lines.append(f"| {name} | {np.mean(scores[name]):.4f} | {min(scores[name]):.4f} | {clocks[name].ms:.0f} |")
    n = len(scores["vitascope"])
    return [f"Beats of contact waves ({n} recordings of 8 min, {count} beats), within 100 ms.", "", *lines]


def finger_intervals(root: Path) -> list[str]:
    """Step 3."""
    names = ("vitascope", *DETECTORS)
    clocks, errors = {name: Clock() for name in names}, {name: list[tuple[float, float]]() for name in names}
    for recording in recordings(root, "finger_rr"):
        assert recording.beats_s is not None
        truth = time_domain(normal_intervals(recording.beats_s[recording.beats_s <= recording.duration_s]))
        grid = resample(recording.time_s, recording.values[:, 0], FPS)
        green = -grid.values[:, 1]
        for name in names:
            if name == "vitascope":
                measured = clocks[name](vitascope_readings, recording)
                mean_nn, rmssd = measured["mean_nn"].value, measured["rmssd"].value
            else:
                beats = clocks[name](_tried, DETECTORS[name], green, FPS)
                # The same artefact rule for everyone: only the beats differ.
                figures = time_domain(normal_intervals(beats))
                mean_nn, rmssd = figures.get("mean_nn"), figures.get("rmssd")
            if mean_nn is not None and rmssd is not None:
                errors[name].append((abs(mean_nn - truth["mean_nn"]), abs(rmssd - truth["rmssd"])))
    lines = [
        "| program | given | mean NN, median error | RMSSD, median error | RMSSD, mean error | ms a recording |",
        "|---|---|---|---|---|---|",
    ]
    for name in names:
        error = np.array(errors[name]).reshape(-1, 2)
        nn, rmssd = np.median(error, axis=0) if len(error) else (np.nan, np.nan)
        mean = error[:, 1].mean() if len(error) else np.nan
        lines.append(f"| {name} | {len(error)} | {nn:.1f} | {rmssd:.1f} | {mean:.1f} | {clocks[name].ms:.0f} |")
    return [
        "Intervals from fingertip colour (14 recordings of 68 to 112 s) against a chest strap, in ms, over the "
        "recordings that each program answered. Vitascope withholds where single beats are not clear.",
        "",
        *lines,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", type=Path, help="put the tables between their marks in this Markdown page")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # the peers' own deprecations
    parts = [face_waves(options.folder), contact_beats(options.folder), finger_intervals(options.folder)]
    versions = ", ".join(f"{name} {version(name)}" for name in ("vitallens", "neurokit2", "heartpy"))
    head = (
        f"## Peers\n\nOne run on one machine; {versions}. Times are processor time; compare them within a table only."
    )
    text = "\n\n".join([head, *("\n".join(part) for part in parts)])
    print(text)
    if options.page is not None:
        put_between(options.page, "benchmarks/peers", text)


if __name__ == "__main__":
    main()
