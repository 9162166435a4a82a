"""A public-domain portrait (NASA) whose face is at a known place."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vitascope.demo.clip import PORTRAIT

Picture = NDArray[np.uint8]


@pytest.fixture(scope="session")
def portrait() -> Picture:
    """(512, 512, 3) RGB; the eyes are near (203, 101) and (246, 104), the nose tip near (223, 126)."""
    bgr = cv2.imread(str(PORTRAIT))
    assert bgr is not None
    return np.ascontiguousarray(bgr[:, :, ::-1])


@pytest.fixture(scope="session")
def close_up(portrait: Picture) -> Picture:
    """(480, 640, 3) RGB, the face in the middle."""
    return np.asarray(cv2.resize(portrait[0:240, 65:385], (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
