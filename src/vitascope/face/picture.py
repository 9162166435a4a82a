"""The face on one single picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vitascope.face.finder import CLOSEST_ZOOM
from vitascope.face.guidance import NO_FACE, causes
from vitascope.face.watcher import FaceWatcher, Sight
from vitascope.media.frames import Frame


def look_at(rgb: NDArray[np.uint8]) -> Sight:
    """What an RGB picture (H, W, 3) uint8 shows of a face, with every message that applies to it.

    In a stream a message waits until its cause has lasted; a picture has no more to wait for.
    """
    sight = FaceWatcher(zoom=CLOSEST_ZOOM).see(Frame(rgb, 0.0))
    if sight.report is None:
        return replace(sight, messages=(NO_FACE,))
    return replace(sight, messages=tuple(causes(sight.report, rgb.shape[1], sight.refusal)))
