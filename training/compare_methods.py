"""Which pulse methods, alone and together, find the rate best.

    python training/compare_methods.py RECORDINGS_DIR

Every set of methods is run on windows of 10 s of the colour of four faces (three of them for five minutes at rest, one
from UBFC-rPPG) and of the demonstration clip, painted fainter than usual. The true rate is that of the finger's pulse
wave by the same estimator, or the painted one. Every window counts, however unsure. The table goes into
`docs/pulse.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitascope.demo import demo_frames
from vitascope.evaluation.page import put_between
from vitascope.media.frames import Frame
from vitascope.pulse.extract import FUSED, PulseWaves, extract
from vitascope.pulse.methods import METHODS
from vitascope.pulse.rate import follow
from vitascope.pulse.resample import resample
from vitascope.pulse.trace import Trace
from vitascope.recording import Recording

PAGE = Path(__file__).resolve().parent.parent / "docs/pulse.md"
WRITER = "training/compare_methods.py"
WINDOW_S = 10.0
TOLERANCE = 5.0
SETS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in METHODS),
    ("pos", "chrom"),
    ("pos", "lgi"),
    ("pos", "green"),
    ("pos", "pbv"),
    ("pos", "omit"),
    ("pos", "ica"),
    ("pos", "chrom", "pbv"),
    ("pos", "chrom", "lgi"),
    ("pos", "chrom", "omit"),
    ("pos", "chrom", "ica"),
    ("pos", "green", "lgi"),
    ("pos", "chrom", "green", "lgi"),
    ("pos", "chrom", "pbv", "lgi", "omit"),
    tuple(METHODS),
)


@dataclass(frozen=True)
class Window:
    """One window of colour and its true rate in 1/min."""

    source: str
    trace: Trace
    truth: float


def windows(source: str, trace: Trace, rate: Callable[[float, float], float], hop_s: float) -> Iterator[Window]:
    """Windows of `trace`; `rate(start, stop)` is the true rate between two times."""
    time_s = trace.time_s
    for start in np.arange(time_s[0], time_s[-1] - WINDOW_S + 1e-6, hop_s):
        inside = (time_s >= start) & (time_s < start + WINDOW_S)
        part = Trace(time_s[inside], trace.rgb[inside], trace.regions, trace.kind)
        yield Window(source, part, rate(float(start), float(start) + WINDOW_S))


def finger(clock: NDArray[np.float64], ppg: NDArray[np.float64]) -> Callable[[float, float], float]:
    """The true rate from a finger's pulse wave."""

    def rate(start: float, stop: float) -> float:
        inside = (clock >= start) & (clock < stop)
        grid = resample(clock[inside], ppg[inside])
        return follow(grid.values.T, grid.fps).bpm

    return rate


def faces(folder: Path) -> Iterator[Window]:
    """The recorded faces, then the painted one."""
    for path in sorted(folder.glob("face_rgb_5min/*.npz")):
        clip = {key: np.asarray(value, dtype=float) for key, value in np.load(path).items()}
        rgb = np.stack([clip["rgb_forehead"], clip["rgb_cheeks"]], axis=1)
        trace = Trace(clip["time_ms"] / 1000, rgb, ("forehead", "cheeks"))
        clock = clip["ppg_time_ms"] / 1000
        for window in windows("5 min at rest", trace, finger(clock, clip["ppg"]), WINDOW_S):
            if window.trace.time_s[-1] <= clock[-1]:
                yield window
    for path in sorted(folder.glob("face_rgb/*.npz")):
        clip = {key: np.asarray(value, dtype=float) for key, value in np.load(path).items()}
        trace = Trace(clip["time_s"], clip["rgb"][:, None], ("face",))
        yield from windows("UBFC subject 10", trace, finger(clip["ref_time_s"], clip["ppg"]), WINDOW_S / 2)
    time_s = np.arange(0, 40, 1 / 30)
    truth, frames = demo_frames(time_s, amplitude=0.0015, noise=4.0)
    recording = Recording()
    for picture, at in zip(frames, time_s, strict=True):
        recording.add(Frame(picture, float(at)))
    yield from windows("demonstration", recording.trace(), lambda *_: truth.heart_rate, WINDOW_S / 4)


def chosen(everything: PulseWaves, methods: tuple[str, ...]) -> NDArray[np.float64]:
    """The waves (M, N) of `methods`."""
    return everything.bvp[[name.split("/")[0] in methods for name in everything.names]]


def table(found: list[Window]) -> str:
    """One line for each set of methods."""
    waves = [extract(window.trace, fused=tuple(METHODS)) for window in found]
    sources = list(dict.fromkeys(window.source for window in found))
    of_source = {source: np.array([window.source == source for window in found]) for source in sources}
    heads = [f"{source} (n {of_source[source].sum()}): MAE | within 5" for source in sources]
    lines = [f"| methods | {' | '.join(heads)} | mean share within 5 |", "|---" * (2 * len(sources) + 2) + "|"]
    for methods in SETS:
        error = np.array(
            [
                abs(follow(chosen(w, methods), w.fps, w.seen).bpm - window.truth)
                for w, window in zip(waves, found, strict=True)
            ]
        )
        shares = [float((error[of_source[source]] <= TOLERANCE).mean()) for source in sources]
        cells = " | ".join(
            f"{error[of_source[source]].mean():.2f} | {100 * share:.0f} %"
            for source, share in zip(sources, shares, strict=True)
        )
        name = " + ".join(methods) if len(methods) < len(METHODS) else "all seven"
        name = f"**{name}**" if methods == FUSED else name
        lines.append(f"| {name} | {cells} | {100 * float(np.mean(shares)):.1f} % |")
    return "\n".join(lines)


def main(folder: Path) -> None:
    """Put the table between the marks in the page."""
    text = table(list(faces(folder)))
    put_between(PAGE, WRITER, text)
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
