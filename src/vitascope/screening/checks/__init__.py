"""The checks by kind. A new one is a file here and a line in `REGISTRY`."""

from __future__ import annotations

from vitascope.errors import InputError
from vitascope.screening.check import Check
from vitascope.screening.checks.fundus import FUNDUS
from vitascope.screening.checks.lung_ct import LUNG_CT
from vitascope.screening.checks.nail import NAIL
from vitascope.screening.checks.outer_eye import OUTER_EYE
from vitascope.screening.checks.skin import SKIN

AUTO = "auto"
REGISTRY: dict[str, Check] = {check.kind: check for check in (SKIN, OUTER_EYE, FUNDUS, LUNG_CT, NAIL)}


def find(kind: str) -> Check | None:
    """The check called `kind` or by one of its aliases, in any case and with - for _; None for auto.

    Raises InputError when there is none.
    """
    name = kind.strip().lower().replace("-", "_").replace(" ", "_")
    if name == AUTO:
        return None
    for check in REGISTRY.values():
        if name == check.kind or name in check.aliases:
            return check
    raise InputError(f"There is no check called {kind[:40]!r}; use {', '.join(REGISTRY)} or {AUTO}.")


def taking(picture_kind: str) -> Check | None:
    """The check for a kind of picture as the gate names it; None where there is none."""
    return next((check for check in REGISTRY.values() if picture_kind in check.takes), None)
