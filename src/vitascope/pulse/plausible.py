"""Whether a rhythm can be a pulse at all, before asking how sure its rate is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.extract import PulseWaves


def flaw(waves: PulseWaves, bvp: NDArray[np.float64]) -> str | None:
    """Why `bvp` (N,) cannot be a pulse, as one sentence; None when it can."""
    if not np.ptp(bvp) > 1e-9 * max(1e-3, float(np.abs(waves.baseline).max())):
        return "The colour does not change at all; this looks like a still picture. Record a live face."
    return None
