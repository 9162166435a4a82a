"""One recording with what is known about it from a contact instrument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.pulse.trace import Kind, Trace
from vitascope.vitals.assess import Measured, measure_waves, trace_waves, wave_waves

Floats = NDArray[np.float64]
# The true value over a span start_s..stop_s of the recording's own clock; NaN where it is not known.
Truth = Callable[[float, float], float]
LEAST_SHARE = 0.8  # of the frames that a window should have


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A signal and its references.

    source: the data set. person: who, the unit of resampling. time_s: (N,) seconds from the start. values: (N, R, 3)
    colour of R regions when `kind` says what the camera looked at, (N, M) pulse waves when it is None.
    truth: reading name to its true value over a span. beats_s: (B,) true beats, or None. good: whether experts call
    the pulse readable, or None. variability: compare the whole recording's intervals with those of `beats_s`.
    """

    source: str
    person: str
    name: str
    time_s: Floats
    values: Floats
    kind: Kind | None
    truth: dict[str, Truth] = field(default_factory=dict)
    beats_s: Floats | None = None
    good: bool | None = None
    variability: bool = False

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the end of the last."""
        n = len(self.time_s)
        return float(self.time_s[-1] - self.time_s[0]) * n / (n - 1) if n > 1 else 0.0

    def measure(self, start_s: float = 0.0, stop_s: float = np.inf) -> Measured | None:
        """What the pulse stage finds in start_s..stop_s; None when too few samples fall into the span."""
        inside = (self.time_s >= start_s - 1e-9) & (self.time_s < stop_s - 1e-9)
        time_s, values = self.time_s[inside], self.values[inside]
        usual = len(self.time_s) / self.duration_s if self.duration_s else 0.0
        span = min(stop_s, self.duration_s) - start_s
        if len(time_s) < max(LEAST_SHARE * usual * span, 2):
            return None
        if self.kind is None:
            return measure_waves(wave_waves(values, (len(time_s) - 1) / float(time_s[-1] - time_s[0])), None)
        regions = tuple(f"region_{i}" for i in range(values.shape[1]))
        return measure_waves(trace_waves(Trace(time_s, values, regions, self.kind), None), self.kind)


@dataclass(frozen=True, slots=True)
class Found:
    """A recording on disk that an adapter recognised: its name, and how to load it (InputError when it is damaged)."""

    name: str
    load: Callable[[], Iterator[Recording]]


def folder_of(root: Path, name: str) -> Path:
    """The folder `name` inside `root`, or `root` itself when that is its name."""
    return root if root.name == name else root / name


def arrays(path: Path, *needed: str) -> dict[str, Floats]:
    """The arrays of an .npz file as float64. Raises InputError when it is damaged or lacks one that is `needed`."""
    import zipfile

    try:
        with np.load(path, allow_pickle=False) as file:
            found = {key: np.asarray(file[key], dtype=np.float64) for key in file.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} is not an .npz file of numbers.") from error
    missing = [key for key in needed if key not in found]
    if missing:
        raise InputError(f"{path.name} lacks {', '.join(missing)}.")
    return found


def clock(n: int, fps: float) -> Floats:
    """(n,) sample times in seconds at a uniform rate. Raises InputError when `fps` is no positive number."""
    if not (np.isfinite(fps) and fps > 0):
        raise InputError("The sampling rate must be a positive number.")
    times: Floats = np.arange(n) / fps
    return times
