"""What one frame shows of a fingertip on the lens: its colour, or that the lens is not covered."""

from __future__ import annotations

import numpy as np

from vitascope.face.guidance import Guidance
from vitascope.face.watcher import Sight
from vitascope.finger.lens import LensView
from vitascope.media.frames import Frame

REGIONS = ("lens",)
COVER = "Cover the lens fully with your fingertip, with a light touch."
TOO_BRIGHT = "The picture is overexposed; press a little more lightly or turn the lamp off."
BRIGHT = 250.0


class FingerWatcher:
    """Watches one fingertip from frame to frame; what covers the lens need not be red, only smooth."""

    def __init__(self) -> None:
        self._guidance = Guidance()

    def see(self, frame: Frame, view: LensView) -> Sight:
        """`frame` as it was seen in `view`: found, with the mean of the whole frame, when the lens is covered."""
        if not view.smooth:
            return Sight(
                frame.time_s,
                means=np.full((1, 3), np.nan),
                valid=np.zeros(1),
                messages=self._guidance.step([COVER]),
            )
        # A channel that is cut off at the top carries no pulse; with all that is bright cut off there is none left.
        clipped = view.mean.max() > BRIGHT and np.partition(view.mean, 1)[1] < 2.0
        return Sight(
            frame.time_s,
            found=True,
            means=view.mean[None],
            valid=np.ones(1),
            messages=self._guidance.step([TOO_BRIGHT] if clipped else []),
        )
