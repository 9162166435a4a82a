"""Many frames, one value: which of them count, when it is time to stop, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

FRAMES, EVERY_S, LEAST = 30, 0.08, 10
FENCE = 1.5  # inter-quartile ranges beyond the quartiles (Tukey 1977)


@dataclass(frozen=True, slots=True)
class Together:
    """The median of the values that were kept, and their inter-quartile range: how consistent the frames were, which
    is not how right they are."""

    value: float
    spread: float
    kept: int
    valid: int


@dataclass
class Capture:
    """The values of the frames of one capture as they come in; None for a frame that gave none."""

    values: list[float | None] = field(default_factory=list)

    def add(self, value: float | None) -> None:
        """One more frame."""
        self.values.append(value)

    @property
    def valid(self) -> int:
        """How many frames gave a value."""
        return sum(value is not None for value in self.values)

    @property
    def full(self) -> bool:
        """Whether there are as many frames as are wanted."""
        return len(self.values) >= FRAMES

    @property
    def hopeless(self) -> bool:
        """Whether the least number of valid frames cannot be reached any more."""
        return self.valid + max(0, FRAMES - len(self.values)) < LEAST

    def together(self, least: int = LEAST) -> Together | None:
        """What the frames say; None when fewer than `least` gave a value."""
        values = np.array([value for value in self.values if value is not None], np.float64)
        if len(values) < least or not len(values):
            return None
        low, high = np.percentile(values, (25, 75))
        reach = FENCE * (high - low)
        kept = values[(values >= low - reach) & (values <= high + reach)]
        spread = float(np.subtract(*np.percentile(kept, (75, 25))))
        return Together(float(np.median(kept)), spread, len(kept), len(values))
