"""How right the readings are: recordings with a reference, measured and compared.

`evaluate(name, folder, …)` runs one of `SETS`; adding a set is one module with an `Evaluator` and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from vitascope.errors import InputError
from vitascope.evaluation import face, pulse, screening
from vitascope.evaluation.face import pulse as face_pulse


class Evaluation(Protocol):
    """What evaluating one set gave. skipped: damaged recordings by name, each with the reason."""

    skipped: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON."""

    def markdown(self, pictures: str | None = None) -> str:
        """The tables; `pictures` is the folder of the plots as the page links to it, None without plots."""

    def draw(self, folder: Path) -> list[Path]:
        """Write the plots (PNG) into `folder`."""


Evaluator = Callable[[Path, Sequence[float], Callable[[float], None], int | None], Evaluation]

SETS: dict[str, Evaluator] = {
    "pulse": pulse.evaluate,
    "face": face.evaluate,
    "face_pulse": face_pulse.evaluate,
    "screening": screening.evaluate,
}


def evaluate(
    name: str,
    folder: Path,
    windows_s: Sequence[float] = (),
    progress: Callable[[float], None] = lambda _: None,
    limit: int | None = None,
) -> Evaluation:
    """Evaluate the set `name` on the recordings in `folder`.

    windows_s: window lengths in seconds, the set's own where empty. progress: told the share done, 0..1.
    limit: at most so many recordings of each source, pictures of each kind; None for all.
    Raises InputError when there is no such set or folder, or nothing in the folder that the set can use.
    """
    if name not in SETS:
        raise InputError(f"There is no set called {name!r} to evaluate; there are {', '.join(SETS)}.")
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    return SETS[name](folder, windows_s, progress, limit)


__all__ = ["SETS", "Evaluation", "Evaluator", "evaluate"]
