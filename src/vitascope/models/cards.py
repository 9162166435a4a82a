"""Cards of the networks in this folder: what each is, where it comes from, what it was measured to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Card:
    """One network's card. `version` is the start of its file's sha256; `details` is the whole of `card.json`."""

    name: str
    task: str
    sha256: str
    licence: str
    path: Path
    details: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Twelve characters that change whenever the file does."""
        return self.sha256[:12]


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Names of the networks that have a card, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/card.json")))


@cache
def load(name: str, folder: Path = FOLDER) -> Card:
    """The card of one network. Raises KeyError if there is none of that name."""
    if name not in names(folder):
        raise KeyError(f"there is no network called {name!r}; there are: {', '.join(names(folder))}")
    home = folder / name
    details = json.loads((home / "card.json").read_text(encoding="utf-8"))
    return Card(
        name=details["name"],
        task=details["task"],
        sha256=details["sha256"],
        licence=details["licence"]["spdx"],
        path=home / "model.onnx",
        details=details,
    )
