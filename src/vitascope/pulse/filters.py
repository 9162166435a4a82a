"""Zero-phase band-pass for the pulse band, safe on short signals."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PULSE_BAND_HZ = (0.7, 4.0)


@lru_cache(maxsize=64)
def _sections(low_hz: float, high_hz: float, fps: float, order: int) -> NDArray[np.float64]:
    from scipy.signal import butter

    sections: NDArray[np.float64] = butter(order, (low_hz, high_hz), btype="bandpass", fs=fps, output="sos")
    return sections


def band_pass(
    x: NDArray[np.float64],
    fps: float,
    low_hz: float = PULSE_BAND_HZ[0],
    high_hz: float = PULSE_BAND_HZ[1],
    order: int = 2,
) -> NDArray[np.float64]:
    """Butterworth band-pass run forwards and backwards along axis 0 of `x` (N,) or (N, C), finite, sampled at `fps`.

    The upper edge is lowered to 0.45 fps when the frame rate cannot carry it. Signals shorter than the usual padding
    are padded less instead of failing; fewer than three samples come back as zeros.
    """
    from scipy.signal import sosfiltfilt

    x = np.asarray(x, dtype=np.float64)
    high_hz = min(high_hz, 0.45 * fps)
    if len(x) < 3 or high_hz <= low_hz:
        return np.zeros_like(x)
    padding = min(len(x) - 1, int(2 * fps / low_hz))
    filtered: NDArray[np.float64] = sosfiltfilt(
        _sections(low_hz, high_hz, round(fps, 6), order), x - x.mean(axis=0), axis=0, padlen=padding
    )
    return filtered
