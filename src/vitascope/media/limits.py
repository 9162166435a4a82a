"""What is accepted: how large, how long, how many pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one clip. A clip outside them is refused with one sentence."""

    max_bytes: int = 2 * 1024**3
    max_pixels: int = 4096 * 4096  # of one frame
    min_seconds: float = 5.0
    max_seconds: float = 120.0
