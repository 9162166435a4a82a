"""Pulse methods behind one name: each turns mean skin colour into a pulse wave.

A method takes `rgb` (N, 3), finite, 0..255, and `fps`, and returns `bvp` (N,), arbitrary unit, positive peaks at
systole. Adding one is one file and one line here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.pulse.methods.chrom import chrom
from vitascope.pulse.methods.green import green
from vitascope.pulse.methods.pos import pos

Method = Callable[[NDArray[np.float64], float], NDArray[np.float64]]

METHODS: dict[str, Method] = {
    "green": green,
    "chrom": chrom,
    "pos": pos,
}
DEFAULT = "pos"


def check_method(name: str | None) -> None:
    """Raise InputError when there is no method of that name; None stands for the default."""
    if name is not None and name not in METHODS:
        raise InputError(f"There is no pulse method called {name!r}; there are {', '.join(METHODS)}.")


__all__ = ["DEFAULT", "METHODS", "Method", "check_method"]
