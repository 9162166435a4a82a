"""The card of a converted network, for the program and for people."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import model_card

from mediapipe_face.networks import COMMIT, ORIGIN, Network, signature


def card(network: Network, source: Path, converted: bytes, parity: dict[str, Any]) -> dict[str, Any]:
    """Everything the loader and a reader need to know about the file, from what was measured."""
    inputs, outputs = signature(network)
    return {
        "name": network.name,
        "sha256": hashlib.sha256(converted).hexdigest(),
        "bytes": len(converted),
        "task": network.task,
        "origin": {
            "project": "MediaPipe",
            "url": ORIGIN,
            "commit": COMMIT,
            "file": source.name,
            "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
            "changed": "converted from TFLite to ONNX; "
            + (
                "letterbox, scaling, anchors, sigmoid and weighted non-maximum suppression inside"
                if network.grids
                else "cropping, scaling, sigmoid and the way back to the picture's pixels inside, parametric ReLUs"
                " written out"
            ),
        },
        "licence": {"spdx": "Apache-2.0", "file": "NOTICE", "copyright": "The MediaPipe Authors"},
        "inputs": inputs,
        "outputs": outputs,
        "parity": parity,
        "limits": list(network.limits),
    }


def page(data: dict[str, Any]) -> str:
    """The card as a page for people."""
    origin = data["origin"]
    lines = [
        f"# {data['name']}",
        "",
        data["task"],
        "",
        f"- File: `model.onnx`, {data['bytes'] / 1e6:.2f} MB, sha256 `{data['sha256']}`",
        f"- Origin: [{origin['project']}]({origin['url']}), commit {origin['commit']}, `{origin['file']}`"
        f" (sha256 `{origin['sha256']}`)",
        f"- Changed: {origin['changed']}",
        f"- Licence: {data['licence']['spdx']}, {data['licence']['copyright']}; text in `models/NOTICE`",
        "",
        *model_card.signature(data),
    ]
    parity = data["parity"]
    lines += [
        "",
        f"Largest difference from the {parity['against']} over {parity['pictures']} made pictures"
        f" ({parity['faces']} faces):",
        "",
    ]
    for name, entry in parity["outputs"].items():
        lines.append(f"- `{name}`: {entry['max_abs_difference']:g}")
    return "\n".join([*lines, "", *model_card.ending(data)])
