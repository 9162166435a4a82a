"""A series of CT slices: every slice through gate and check, then one answer for the volume.

The rule: slices that the gate refuses (no lung in them, or not good enough) are left out; the volume's probabilities
are those whose logarithm is the mean over the slices that are left, and the same thresholds decide. At least
`LEAST_SLICES` must be left, or all when the series has fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.report import Finding, SliceAnswer
from vitascope.screening.check import Judgement, NetworkCheck
from vitascope.screening.entrance import admit
from vitascope.screening.heatmap import HeatMap
from vitascope.screening.reduce import reduced
from vitascope.screening.sources import Pictures

LEAST_SLICES = 3


@dataclass(frozen=True, slots=True)
class SeriesJudgement:
    """The volume's findings, the answer of every slice, and the slice that speaks most for the volume's answer."""

    judged: Judgement
    slices: tuple[SliceAnswer, ...]
    telling: NDArray[np.uint8]
    message: str


def judge_series(check: NetworkCheck, pictures: Pictures, progress: Callable[[float], None] | None) -> SeriesJudgement:
    """Judge every slice and then the volume. Raises InputError when a slice cannot be read."""
    slices: list[SliceAnswer] = []
    kept: list[tuple[Finding, ...]] = []
    best: tuple[float, NDArray[np.uint8], HeatMap | None] | None = None
    head = check.heads[0]
    for number, (name, rgb) in enumerate(pictures.decoded, 1):
        small = reduced(rgb)
        view, _ = admit(small, check)
        judged = check.reject(view.refusal) if view.refusal else check.judge(small, view=view)
        finding = judged.findings[0]
        slices.append(SliceAnswer(number, name, finding.status, finding.reason, finding.top, finding.probabilities))
        if not view.refusal:
            kept.append(judged.findings)
        # Which way the volume goes is not known yet: the slice that shows most of what a person must not overlook.
        weight = _serious(finding)
        if best is None or weight > best[0]:
            best = (weight, rgb, judged.maps.get(head.name))
        if progress is not None:
            progress(number / pictures.count)
    assert best is not None
    message = f"{len(kept)} of {len(slices)} slices were judged."
    if len(kept) < len(slices):
        message += " The others show no lung or are not good enough."
    if len(kept) < min(LEAST_SLICES, len(slices)):
        reason = (
            f"Only {len(kept)} of {len(slices)} slices show the lungs well enough; use an axial series of the chest."
        )
        return SeriesJudgement(check.reject(reason), tuple(slices), best[1], message)
    volume = check.combine(kept)
    maps = {head.name: best[2]} if best[2] is not None else {}
    return SeriesJudgement(Judgement(volume.findings, maps=maps), tuple(slices), best[1], message)


def _serious(finding: Finding) -> float:
    """The probability of what a person must not overlook; -1 where the slice was not judged."""
    if not finding.probabilities:
        return -1.0
    return sum(p for name, p in finding.probabilities.items() if finding.meanings[name].serious)
