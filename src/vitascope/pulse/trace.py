"""Mean skin colour over time: what the face stage hands to the pulse stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["face", "finger"]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Mean RGB per region over true capture times.

    time_s: (N,) seconds, strictly increasing. rgb: (N, R, 3), 0..255, NaN where the region was not seen.
    regions: R names. kind: what the camera looked at. valid: (N, R) share of each region that is visible skin, 0..1;
    None where that is not known. motion: (N, K) vertical places, in face widths, of what breathing moves (face,
    shoulders), NaN where not seen; None where none was followed.
    """

    time_s: NDArray[np.float64]
    rgb: NDArray[np.float64]
    regions: tuple[str, ...]
    kind: Kind = "face"
    valid: NDArray[np.float64] | None = None
    motion: NDArray[np.float64] | None = None
