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


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Bounds on one picture file. A picture outside them is refused with one sentence."""

    max_bytes: int = 50 * 1024**2
    max_pixels: int = 64_000_000  # what telephones store at most; a third of a gigabyte while it is decoded


@dataclass(frozen=True, slots=True)
class SeriesLimits:
    """Bounds on a series of CT slices. Anything outside them is refused with one sentence."""

    max_bytes: int = 1024**3  # of one file
    max_pixels: int = 2048 * 2048  # of one slice; scanners give 512 x 512 or 1024 x 1024
    max_slices: int = 2000
