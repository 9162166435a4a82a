"""What runs in a worker process: one clip from file to report."""

from __future__ import annotations

from ctypes import Array, c_double
from pathlib import Path
from typing import Any

from vitascope.errors import InputError
from vitascope.pulse.trace import Kind
from vitascope.server.pool import give_way

# Shared with the server and without a lock: a worker that is killed while it holds a lock would hang all the others.
_progress: Any = None


def share_progress(slots: Array[c_double]) -> None:
    """Called once in each worker: where to write how far a clip has come."""
    global _progress  # noqa: PLW0603 - a process pool has no other way to hand something to its workers
    _progress = slots
    give_way()


def measure_clip(path: Path, kind: Kind | None, slot: int) -> dict[str, Any] | str:
    """The report of the clip as JSON-ready dict, or the sentence that says why the clip cannot be used.

    kind: what the clip shows; None to recognise it.
    """
    from vitascope.measure import measure

    def tell(share: float) -> None:
        _progress[slot] = share

    try:
        return measure(path, kind=kind, progress=tell).to_dict()
    except InputError as error:
        return str(error)
