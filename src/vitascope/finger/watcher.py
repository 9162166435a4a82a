"""What one frame shows of a fingertip on the lens: its colour, or that the lens is not covered."""

from __future__ import annotations

import numpy as np

from vitascope.face.guidance import Guidance
from vitascope.face.watcher import Sight
from vitascope.finger.lens import LensView
from vitascope.media.frames import Frame

REGIONS = ("lens",)
COVER = "Cover the lens and the lamp completely with a fingertip."
TOO_DARK = "No light comes through the finger; turn the lamp on or hold the finger against a bright light."
TOO_BRIGHT = "The picture is overexposed; move the fingertip or turn away from the strongest light."
PRESS_LIGHTLY = "The pulse is hard to see; press more lightly and keep the finger still."


class FingerWatcher:
    """Watches one fingertip from frame to frame; what covers the lens need not be red, only smooth."""

    def __init__(self) -> None:
        self._guidance = Guidance()

    def see(self, frame: Frame, view: LensView) -> Sight:
        """`frame` as it was seen in `view`: found, with the mean of the whole frame, when the lens is covered."""
        if not view.smooth:
            cause = TOO_DARK if view.dark else COVER
            return Sight(
                frame.time_s,
                means=np.full((1, 3), np.nan),
                valid=np.zeros(1),
                messages=self._guidance.step([cause]),
            )
        return Sight(
            frame.time_s,
            found=True,
            means=view.mean[None],
            valid=np.ones(1),
            messages=self._guidance.step([TOO_BRIGHT] if view.clipped else []),
        )
