"""GREEN: the green channel alone (Verkruysse, Svaasand & Nelson 2008, Optics Express 16:21434)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.methods.finite import finite


@finite
def green(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:  # noqa: ARG001  every method takes fps
    """Relative change of green, turned over because blood darkens the skin. `rgb` (N, 3) -> (N,)."""
    level = rgb[:, 1]
    mean = level.mean()
    return 1 - level / mean if mean > 0 else np.zeros(len(level))
