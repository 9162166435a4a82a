"""The card of a check, for the program (`card.json`) and for people (`card.md`), from what was measured."""

from __future__ import annotations

import hashlib
from typing import Any

from vitascope.evaluation.screening.tables import classes, table, with_interval
from vitascope.training.export import Shipped
from vitascope.training.recipes import Recipe

ORIGIN = {
    "efficientnetv2_b0": "EfficientNetV2-B0, ImageNet (Google, google/automl, Apache-2.0), by way of Keras; folded",
    "mobilenet_v2": "MobileNetV2 1.0, ImageNet (The TensorFlow Authors, Apache-2.0); folded",
    "small": "none: trained from scratch",
}


def details(
    recipe: Recipe,
    data: bytes,
    shipped: Shipped,
    *,
    heads: dict[str, Any],
    choice: Any,
    parity: float,
    eight_bits: dict[str, Any] | None,
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
        **({"eight_bits": eight_bits} if eight_bits else {}),
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


def _moved(eight_bits: dict[str, Any] | None) -> str:
    if not eight_bits:
        return ""
    return (
        ", before its dense convolutions were put into 8 bits. That moved the probabilities of"
        f" {eight_bits['n']:,} answers by {eight_bits['mean_abs_difference']:.3f} on average;"
        f" {100 * eight_bits['same_answer']:.1f} % stayed the same."
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
        f"- Largest difference from {card['parity']['against']}: {card['parity']['max_abs_difference']:.1g}"
        + _moved(card.get("eight_bits")),
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
        if "out_of_fold" in head:
            lines += [
                "Out of fold: pictures that taught it, asked of networks like it that their fold did not teach. Their",
                "answers set temperature and thresholds; only areas and the error of all are as on new pictures:",
                "",
            ]
            lines += table(head["out_of_fold"])
        if "across" in head:
            lines += ["Taught by one set alone and asked about all of another:", "", "| sets | n | AUC | right |"]
            lines += ["|---|---|---|---|"]
            lines += [
                f"| {name} | {row['n']} | {with_interval(row['auc'])} | {100 * row['accuracy'][0]:.0f} % |"
                for name, row in head["across"].items()
            ]
            lines.append("")
        answer = head["answer"]
        lines += [
            f"Answers from a probability of {answer['threshold']:.3f} and a gap of {answer['gap']:.2f}; prediction sets"
            f" promise {100 * head['conformal']['coverage']:.0f} % for each class.",
            "",
            *classes(head["metrics"]["held_out"]["per_class"]),
        ]
    return "\n".join([*lines, "Known limits:", "", *(f"- {limit}" for limit in card["limits"]), ""])
