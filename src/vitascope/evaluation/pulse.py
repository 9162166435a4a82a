"""The set `pulse`: heart rate, beats, variability, breathing and saturation against contact instruments.

Every recording is cut into windows without overlap, at most `MOST_WINDOWS` of each length spread evenly over it, and
each window is measured as a recording of its own. A rate that would be withheld is kept aside as well, so that errors
can be given for all windows and for those that a person would be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.datasets import DATASETS
from vitascope.evaluation.metrics import beat_f1
from vitascope.evaluation.recording import Recording
from vitascope.evaluation.summary import Beats, PulseEvaluation, Readable, Row, Variability
from vitascope.vitals.assess import SHORTEST_S, Measured, assess_measured
from vitascope.vitals.variability import normal_intervals, time_domain

WINDOWS_S = (10.0, 15.0, 30.0, 60.0)
MOST_WINDOWS = 12
VARIABILITY = ("mean_nn", "rmssd", "sdnn")


def evaluate(
    folder: Path, windows_s: Sequence[float], progress: Callable[[float], None], limit: int | None = None
) -> PulseEvaluation:
    """Measure everything known under `folder`; see `vitascope.evaluation.evaluate`."""
    lengths = tuple(sorted(set(windows_s))) or WINDOWS_S
    if not all(SHORTEST_S <= length <= 600 for length in lengths):
        raise InputError(f"A window must last {SHORTEST_S:.0f} to 600 s.")
    found = [item for find in DATASETS.values() for item in find(folder)[:limit]]
    if not found:
        raise InputError(f"{folder} holds none of the layouts that can be evaluated: {', '.join(DATASETS)}.")
    result = PulseEvaluation(windows_s=lengths)
    for k, item in enumerate(found):
        progress(k / len(found))
        try:
            for recording in item.load():
                _measure(recording, result)
                result.recordings += 1
        except InputError as error:
            result.skipped[item.name] = str(error)
    progress(1.0)
    if not result.recordings:
        name, reason = next(iter(result.skipped.items()))
        raise InputError(f"None of the {len(found)} recordings could be used; {name}: {reason}")
    return result


def spans(duration_s: float, length_s: float) -> Iterator[tuple[float, float]]:
    """Start and end of up to `MOST_WINDOWS` windows without overlap, spread evenly over the recording."""
    # A recording of 60 s often ends a few frames short of it.
    count = int((duration_s + 0.02 * length_s) // length_s)
    for k in np.unique(np.round(np.linspace(0, count - 1, min(count, MOST_WINDOWS))).astype(int)) if count else ():
        yield float(k) * length_s, float(k + 1) * length_s


def _measure(recording: Recording, result: PulseEvaluation) -> None:
    for length_s in result.windows_s:
        for start_s, stop_s in spans(recording.duration_s, length_s):
            truths = {name: truth(start_s, stop_s) for name, truth in recording.truth.items()}
            known = {name: value for name, value in truths.items() if np.isfinite(value)}
            result.without_reference += len(truths) - len(known)
            measured = recording.measure(start_s, stop_s) if known else None
            result.too_few_samples += bool(known) and measured is None
            if measured is not None:
                result.rows.extend(_rows(recording, measured, known, length_s, start_s))
    if recording.good is not None:
        measured = recording.measure()
        reading = assess_measured(measured).readings["heart_rate"] if measured else None
        confidence = reading.confidence if reading and reading.confidence is not None else 0.0
        result.readable.append(Readable(recording.person, recording.name, recording.good, confidence))
    if recording.beats_s is not None:
        _beats(recording, result)


def _rows(
    recording: Recording, measured: Measured, known: dict[str, float], length_s: float, start_s: float
) -> Iterator[Row]:
    """One row for each reading whose true value is `known` in this window."""
    readings = assess_measured(measured).readings
    for name, truth in known.items():
        reading = readings[name]
        yield Row(
            vital=name,
            source=recording.source,
            person=recording.person,
            recording=recording.name,
            window_s=length_s,
            start_s=start_s,
            truth=truth,
            estimate=measured.course.bpm if name == "heart_rate" else reading.value,
            status=reading.status,
            confidence=reading.confidence,
        )


def _beats(recording: Recording, result: PulseEvaluation) -> None:
    """Beats and variability of the whole recording."""
    measured = recording.measure()
    if measured is None or recording.beats_s is None:
        return
    assessment = assess_measured(measured)
    true_s = recording.beats_s[(recording.beats_s >= 0) & (recording.beats_s <= recording.duration_s)]
    found_s = np.array(assessment.waveforms["bvp"].marks_s)
    # A camera and a chest strap have no common origin to a tenth of a second; only contact waves are judged by beat.
    if recording.kind is None:
        result.beats.append(
            Beats(recording.source, recording.person, len(true_s), len(found_s), beat_f1(found_s, true_s))
        )
    if recording.variability:
        truth = time_domain(normal_intervals(true_s))
        for name in VARIABILITY:
            if name in truth:
                reading = assessment.readings[name]
                result.variability.append(
                    Variability(name, recording.source, recording.person, truth[name], reading.value, reading.status)
                )
