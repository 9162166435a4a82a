"""What the cards of all networks trained here have in common, and how a card is written for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PICTURE = {"shape": [1, "H", "W", "C"], "dtype": "uint8", "meaning": "RGB in the first three channels, any size"}


def details(name: str, task: str, data: bytes, *, recipe: str, backbone: str) -> dict[str, Any]:
    """The beginning of `card.json` for the file `data`."""
    return {
        "name": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "task": task,
        "origin": {"project": "Vitascope", "recipe": recipe, "backbone": backbone},
        "licence": {
            "spdx": "Apache-2.0",
            "copyright": "The Vitascope contributors; backbone: The TensorFlow Authors",
            "data": "Trained on sets of which some are for non-commercial research only; see the data table.",
        },
    }


def sets(rows: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    """The data a network was trained on: (set, what it is, terms) a row."""
    return [{"set": name, "what": what, "terms": terms} for name, what, terms in rows]


def heading(card: dict[str, Any]) -> list[str]:
    """The beginning of `card.md`: file, origin, licence, inputs and outputs, data."""
    return [
        f"# {card['name']}",
        "",
        card["task"],
        "",
        f"- File: `model.onnx`, {card['bytes'] / 1e6:.2f} MB, sha256 `{card['sha256']}`",
        f"- Made by `{card['origin']['recipe']}`; {card['origin']['backbone']}",
        f"- Licence: {card['licence']['spdx']}, {card['licence']['copyright']}. {card['licence']['data']}",
        f"- Largest difference from {card['parity']['against']}: {card['parity']['max_abs_difference']:.1g}",
        "",
        *signature(card),
        "",
        "| data | what | terms |",
        "|---|---|---|",
        *(f"| {row['set']} | {row['what']} | {row['terms']} |" for row in card["data"]),
        "",
    ]


def signature(card: dict[str, Any]) -> list[str]:
    """The table of inputs and outputs."""
    lines = ["| in or out | shape | type | meaning |", "|---|---|---|---|"]
    for kind in ("inputs", "outputs"):
        for name, spec in card[kind].items():
            shape = " x ".join(map(str, spec["shape"]))
            lines.append(f"| {kind[:-1]} `{name}` | {shape} | {spec['dtype']} | {spec['meaning']} |")
    return lines


def ending(card: dict[str, Any]) -> list[str]:
    """The end of `card.md`: the limits."""
    return ["Known limits:", "", *(f"- {limit}" for limit in card["limits"]), ""]


def write(folder: Path, data: bytes, card: dict[str, Any], page: str) -> None:
    """A network's folder: its file and both cards."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(data)
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(page, encoding="utf-8")
