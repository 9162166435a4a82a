"""Whether a rhythm can be a pulse at all, before asking how sure its rate is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.extract import PulseWaves
from vitascope.pulse.filters import band_pass
from vitascope.pulse.trace import Kind

# Blood takes up far more green than red light, so a pulse moves red least: at most 0.3 of green on the clear recordings
# measured here and 0.43 in the literature. Light and movement change all channels nearly alike: 0.7 and more.
MOST_RED = 0.65
# Relative pulse amplitude of red, green and blue in white light (de Haan & van Leest 2014). Good recordings here lie
# at a cosine of 0.77 to 0.99 from it; noise lies anywhere.
SIGNATURE = np.array([0.33, 0.77, 0.53])
LEAST_LIKENESS = 0.6
LEAST_CHANGE = 1e-4  # of the skin's brightness; the faintest pulse that could be measured here was 7e-4
MOST_PEAKED = 6.0  # excess kurtosis; a pulse has about -1 to 2, rare spikes between stillness have far more


def flaw(waves: PulseWaves, bvp: NDArray[np.float64], course_hz: NDArray[np.float64], kind: Kind | None) -> str | None:
    """Why `bvp` (N,) with the rate `course_hz` (N,) cannot be a pulse, as one sentence; None when it can.

    For a trace, the relative change of each channel in step with the rate is compared: a still picture has none,
    light and movement change red as much as green.
    """
    if not np.ptp(bvp) > 1e-9 * max(1e-3, float(np.abs(waves.baseline).max())):
        return f"Nothing changes in this recording; a living pulse always does. {_instead(kind)}"
    if waves.rgb is None:
        return None
    change = relative_change(waves.rgb, waves.fps, course_hz)
    if np.abs(change).max() < LEAST_CHANGE:
        return f"The colour hardly changes at all, as in a still picture. {_instead(kind)}"
    if kind != "face":
        return None
    green = change[1]
    red_share = float((change[0] * np.conj(green)).real / abs(green) ** 2) if abs(green) > 0 else np.inf
    if red_share > MOST_RED:
        return "The light or the picture flickers more than the pulse; hold still and use steady, even light."
    in_step = (change * np.conj(green)).real / max(abs(green), 1e-300)
    likeness = float(in_step @ SIGNATURE / (np.linalg.norm(change) * np.linalg.norm(SIGNATURE)))
    if likeness < LEAST_LIKENESS:
        return "The colour changes are not those of blood in the skin; hold still, with more even light on bare skin."
    wave = band_pass(bvp, waves.fps)
    spread = float(wave.std())
    if spread > 0 and float(np.mean((wave / spread) ** 4)) - 3 > MOST_PEAKED:
        return "Sudden jumps in the picture hide the pulse; hold still and use steady, even light."
    return None


def _instead(kind: Kind | None) -> str:
    if kind == "finger":
        return "Lay a warm fingertip lightly over the lens, with a bright light behind it."
    return "Record a live face in good light, not a picture."


def relative_change(rgb: NDArray[np.float64], fps: float, course_hz: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Complex amplitude (3,) of each channel of `rgb` (N, 3) at the rate `course_hz` (N,), relative to its mean."""
    level = np.maximum(rgb.mean(axis=0), 1e-9)
    wave = band_pass(rgb / level, fps)
    window = np.hanning(len(rgb) + 2)[1:-1]
    turned = np.exp(-2j * np.pi * np.cumsum(course_hz) / fps) * window
    amplitude: NDArray[np.complex128] = 2 * (wave * turned[:, None]).sum(axis=0) / window.sum()
    return amplitude
