"""Cards of the networks in this folder: what each is, where it comes from, what it was measured to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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


def cards(folder: Path = FOLDER) -> tuple[Card, ...]:
    """Every card, in alphabetical order of the names."""
    return tuple(load(path.parent.name, folder) for path in sorted(folder.glob("*/card.json")))


def versions(names: Iterable[str]) -> dict[str, str]:
    """The version of each of the networks named, as a report carries them."""
    return {name: load(name).version for name in names}


@cache
def load(name: str, folder: Path = FOLDER) -> Card:
    """The card of one network. Raises KeyError if there is none of that name."""
    home = folder / name
    try:
        details = json.loads((home / "card.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KeyError(f"there is no network called {name!r}") from None
    return Card(
        name=details["name"],
        task=details["task"],
        sha256=details["sha256"],
        licence=details["licence"]["spdx"],
        path=home / "model.onnx",
        details=details,
    )
