"""From a trace to its pulse waves: resampled on true times, every wanted method on every region."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.methods import METHODS, check_method
from vitascope.pulse.resample import resample
from vitascope.pulse.trace import Trace

FUSED = ("pos", "chrom")  # on a face; on a fingertip the light passes through and each channel is a pulse wave itself
CHANNELS = ("red", "green", "blue")
# These are averaged; nose and chin carry less pulse, so they stand for themselves and help only where they measure
# well. With all five averaged, the self-SNR of a good clip fell by more than 1 dB.
STRONGEST = ("forehead", "right_cheek", "left_cheek")
IN_SIGHT = 0.9  # of the time
LEAST_SHARE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class PulseWaves:
    """Candidate pulse waves of one recording, on one uniform clock.

    bvp: (M, N). names: M, "method/region". baseline: (N,) skin brightness (or the raw wave), still with its slow
    changes.
    seen: (N,) False where nothing was recorded. rgb: (N, 3) mean colour over the regions, or None for a given wave.
    motion: (K, N) vertical places in face widths of what was in sight nearly all the time; K may be 0.
    """

    bvp: NDArray[np.float64]
    names: tuple[str, ...]
    baseline: NDArray[np.float64]
    seen: NDArray[np.bool_]
    fps: float
    start_s: float
    rgb: NDArray[np.float64] | None = None
    motion: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def seen_s(self) -> float:
        """Seconds that were really recorded."""
        return float(self.seen.sum() / self.fps)


def extract(trace: Trace, method: str | None = None, *, fused: tuple[str, ...] = FUSED) -> PulseWaves:
    """The candidate waves of `trace`: of `method` alone, or of those `fused`. Raises InputError on an unknown
    method."""
    check_method(method)
    n, regions = trace.rgb.shape[:2]
    grid = resample(trace.time_s, trace.rgb.reshape(n, regions * 3))
    rgb = grid.values.reshape(-1, regions, 3)
    seen: NDArray[np.bool_] = np.all(grid.seen.reshape(-1, regions, 3), axis=2)
    strongest = [r for r, name in enumerate(trace.regions) if name in STRONGEST and seen[:, r].any()]
    averaged = strongest or list(range(regions))
    mean = _average(rgb[:, averaged], seen[:, averaged], _shares(trace)[averaged])
    any_seen: NDArray[np.bool_] = np.any(seen[:, averaged], axis=1)
    waves: dict[str, NDArray[np.float64]] = {}
    areas = {"all": mean}
    if regions > 1:
        areas |= {name: rgb[:, r] for r, name in enumerate(trace.regions) if seen[:, r].mean() > IN_SIGHT}
    if trace.kind == "finger" and method is None:
        level = np.maximum(mean.mean(axis=0), 1.0)
        waves = {f"{name}/all": 1 - mean[:, c] / level[c] for c, name in enumerate(CHANNELS)}
    else:
        for name in (method,) if method else fused:
            for area, colour in areas.items():
                waves[f"{name}/{area}"] = METHODS[name](colour, grid.fps)
    return PulseWaves(
        bvp=np.stack(list(waves.values())),
        names=tuple(waves),
        baseline=-(mean[:, 1] if trace.kind == "face" else mean.sum(axis=1)),
        seen=any_seen,
        fps=grid.fps,
        start_s=grid.start_s,
        rgb=mean,
        motion=_motion(trace, grid.fps),
    )


def _motion(trace: Trace, fps: float) -> NDArray[np.float64]:
    """(K, N) the motion of `trace` on the grid of its colours, without what was out of sight for long."""
    if trace.motion is None:
        return np.zeros((0, 0))
    grid = resample(trace.time_s, trace.motion, fps)
    return np.ascontiguousarray(grid.values[:, grid.seen.mean(axis=0) >= IN_SIGHT].T)


def _shares(trace: Trace) -> NDArray[np.float64]:
    """(R,) the share of each region that is visible skin most of the time: a forehead under hair counts for less."""
    if trace.valid is None:
        return np.ones(trace.rgb.shape[1])
    return np.maximum(np.median(trace.valid, axis=0), LEAST_SHARE)


def _average(rgb: NDArray[np.float64], seen: NDArray[np.bool_], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean colour (N, 3) over the regions of `rgb` (N, R, 3) that were `seen` (N, R), weighted by their `share` (R,).

    Each region counts relative to its own level, so a region that comes or goes does not make a step.
    """
    known = seen.any(axis=0)
    if not known.any():
        return np.asarray(rgb.mean(axis=1), dtype=np.float64)
    rgb, weight = rgb[:, known], seen[:, known] * share[known]
    level = np.maximum((rgb * weight[..., None]).sum(axis=0) / weight.sum(axis=0)[:, None], 1e-9)
    weight[weight.sum(axis=1) == 0] = share[known]
    relative = ((rgb / level) * weight[..., None]).sum(axis=1) / weight.sum(axis=1)[:, None]
    average: NDArray[np.float64] = relative * level.mean(axis=0)
    return average
