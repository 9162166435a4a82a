"""Pulse methods behind one name: each turns mean skin colour into a pulse wave.

A method takes `rgb` (N, 3), 0..255, and `fps`, and returns `bvp` (N,), finite, arbitrary unit, positive peaks at
systole. Adding one is one file and one line here.
"""

from __future__ import annotations

from vitascope.errors import InputError
from vitascope.pulse.methods.chrom import chrom
from vitascope.pulse.methods.finite import Method
from vitascope.pulse.methods.green import green
from vitascope.pulse.methods.ica import ica
from vitascope.pulse.methods.lgi import lgi
from vitascope.pulse.methods.omit import omit
from vitascope.pulse.methods.pbv import pbv
from vitascope.pulse.methods.pos import pos

METHODS: dict[str, Method] = {
    "green": green,
    "ica": ica,
    "chrom": chrom,
    "pbv": pbv,
    "pos": pos,
    "lgi": lgi,
    "omit": omit,
}


def check_method(name: str | None) -> None:
    """Raise InputError when there is no method of that name; None stands for the default."""
    if name is not None and name not in METHODS:
        raise InputError(f"There is no pulse method called {name!r}; there are {', '.join(METHODS)}.")


__all__ = ["METHODS", "Method", "check_method"]
