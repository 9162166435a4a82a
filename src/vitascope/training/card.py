"""The card of a check, for the program (`card.json`) and for people (`card.md`), from what was measured."""

from __future__ import annotations

import hashlib
from typing import Any

from vitascope.training.export import Shipped
from vitascope.training.recipes import Recipe

ORIGIN = {
    "efficientnetv2_b0": "EfficientNetV2-B0, ImageNet (Google, google/automl, Apache-2.0), by way of Keras; folded",
    "mobilenet_v2": "MobileNetV2 1.0, ImageNet (The TensorFlow Authors, Apache-2.0); folded",
    "small": "none: trained from scratch",
}


def details(
    recipe: Recipe, data: bytes, shipped: Shipped, *, heads: dict[str, Any], choice: Any, parity: float
) -> dict[str, Any]:
    """The contents of `card.json`."""
    outputs: dict[str, Any] = {}
    cells = -(-recipe.seen_at // 32)
    for name, head in heads.items():
        count = len(head["classes"])
        outputs[name] = {"shape": [1, count], "dtype": "float32", "meaning": f"probabilities of {head['classes']}"}
        outputs[f"{name}_map"] = {
            "shape": [1, count, cells, cells],
            "dtype": "float32",
            "meaning": "what each cell adds to a class's logit, relative to the mean over the classes",
        }
    return {
        "name": f"check_{recipe.kind}",
        "kind": recipe.kind,
        "task": recipe.task,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "view": "stretch",
        "size": recipe.seen_at,
        "origin": {
            "project": "Vitascope",
            "recipe": f"vitascope train {recipe.kind}",
            "backbone": ORIGIN[choice.backbone],
            "seed": choice.settings.seed,
            "epochs": choice.settings.epochs + (choice.later.epochs if choice.later else 0),
            "mirrored": shipped.flips,
        },
        "licence": {
            "spdx": "Apache-2.0",
            "copyright": f"The Vitascope contributors; backbone: {ORIGIN[choice.backbone]}",
            "data": "Trained on sets of which most are for non-commercial research only; see the data table.",
        },
        "inputs": {
            "picture": {"shape": [1, "H", "W", "C"], "dtype": "uint8", "meaning": "RGB first, any size from 32 pixels"}
        },
        "outputs": outputs,
        "heads": heads,
        "data": [{"set": name, "terms": terms} for name, terms in recipe.data],
        "parity": {"against": "PyTorch", "max_abs_difference": parity},
        "limits": list(recipe.limits),
    }


def summary(title: str, figures: dict[str, Any]) -> str:
    """One plain sentence for the result's side."""
    answered = figures["answered"]
    if not answered["n"]:
        return f"On {figures['n']:,} pictures never seen in training ({title}), none was sure enough for an answer."
    return (
        f"On {figures['n']:,} pictures never seen in training ({title}), {100 * answered['coverage']:.0f} % were"
        f" answered, {100 * (1 - answered['error']):.0f} % of those rightly."
    )


def page(card: dict[str, Any]) -> str:
    """The contents of `card.md`."""
    lines = [
        f"# {card['name']}",
        "",
        card["task"],
        "",
        f"- File: `model.onnx`, {card['bytes'] / 1e6:.2f} MB, sha256 `{card['sha256']}`",
        f"- Made by `{card['origin']['recipe']}`, seed {card['origin']['seed']};"
        f" backbone: {card['origin']['backbone']}",
        f"- Licence: {card['licence']['spdx']}. {card['licence']['data']}",
        f"- Largest difference from {card['parity']['against']}: {card['parity']['max_abs_difference']:.1g}",
        "",
        "| data | terms |",
        "|---|---|",
        *(f"| {row['set']} | {row['terms']} |" for row in card["data"]),
        "",
        "All figures are on groups never used for training, thresholds or choices; in brackets the central 95 % over",
        "resampled groups.",
        "",
    ]
    for name, head in card["heads"].items():
        lines += [f"## {name}: {', '.join(head['classes'])}", "", head["summary"], "", *table(head["metrics"])]
        answer = head["answer"]
        lines += [
            f"Answers from a probability of {answer['threshold']:.3f} and a gap of {answer['gap']:.2f}; prediction sets"
            f" promise {100 * head['conformal']['coverage']:.0f} % for each class.",
            "",
            "| class | n | AUC against the rest | named rightly |",
            "|---|---|---|---|",
        ]
        for label, row in head["metrics"]["held_out"]["per_class"].items():
            lines.append(f"| {label} | {row['n']} | {_value(row['auc'])} | {100 * row['sensitivity']:.0f} % |")
        lines.append("")
    return "\n".join([*lines, "Known limits:", "", *(f"- {limit}" for limit in card["limits"]), ""])


def table(metrics: dict[str, Any]) -> list[str]:
    """One row for everything, each source and each subgroup."""
    named = {"all": metrics["held_out"]} | metrics["by_source"] | metrics["by_group"]
    keys = [key for key, value in metrics["held_out"].items() if isinstance(value, list) and key != "risk_coverage"]
    lines = [
        f"| pictures | n | groups | {' | '.join(key.replace('_', ' ') for key in keys)} | calibration error |"
        " error of all | answered | error of those | in the set | set size |",
        "|---" * (len(keys) + 9) + "|",
    ]
    for name, row in named.items():
        answered, sets = row["answered"], row["sets"]
        error = "-" if answered["error"] is None else f"{100 * answered['error']:.1f} %"
        lines.append(
            f"| {name} | {row['n']} | {row['groups']} | {' | '.join(_value(row[key]) for key in keys)}"
            f" | {row['ece']:.3f}"
            f" | {100 * answered['error_of_all']:.1f} % | {100 * answered['coverage']:.0f} % | {error}"
            f" | {100 * sets['coverage']:.0f} % | {sets['size']:.2f} |"
        )
    return [*lines, ""]


def _value(value: list[float]) -> str:
    return f"{value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})"
