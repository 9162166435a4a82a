"""The card of the network: what the loader reads and what people read, from what was measured."""

from __future__ import annotations

from typing import Any

import model_card

from visibility.scene import CELLS
from vitascope.face.visibility import OCCLUDERS, PARTS

NAME = "face_visibility"
RECIPE = "training/train_visibility.py"
TASK = "Tell which parts of one face are hidden, by what, and where its bare skin is."
BACKBONE = "blocks 1 to 13 of MobileNetV2 1.0, ImageNet (Apache-2.0); all but the first three refitted"
DATA = (
    ("face_utk", "UTKFace, aligned web portraits", "non-commercial research"),
    ("face_bmi", "portraits of public persons", "public listings"),
    ("face_masks", "faces with and without a mask", "public web set"),
    ("nail_yakimov", "photos of hands, Yakimov 2024", "as published with figshare 6760179"),
    ("spoof_nuaa, spoof_replay", "webcam frames of living faces, judged on only", "research; public web sets"),
)
LIMITS = (
    "Most of what it learned to see over a face was drawn or pasted; real things may be told less surely.",
    "A flat thing that lies over the forehead alone may be taken for the person's hair, which is no reason to refuse.",
    "A beard so full that no lip is seen can count as a hidden mouth.",
    "A hand is told best when its fingers can be seen; a bare arm or a smooth palm in even light is told less surely.",
    "Trained on faces turned by at most about 60 degrees; the far cheek of a profile is not reported as hidden.",
    "A face hidden so far that finder or mesh lose it never reaches this network.",
    "Skin is the skin of the face's front as the mesh outlines it; ears and neck count as background.",
    "The skin labels come from each face's own colours, not from people: thin hair and stubble are partly skin to it.",
    "The sets hold few very dark and few very old faces; the figures by lightness show what that does.",
)


def details(data: bytes, thresholds: dict[str, float], figures: dict[str, Any], parity: float) -> dict[str, Any]:
    """The contents of `card.json`."""
    probability = {"dtype": "float32"}
    made = model_card.details(NAME, TASK, data, recipe=RECIPE, backbone=BACKBONE)
    return made | {
        "inputs": {
            "picture": model_card.PICTURE,
            "crop": {
                "shape": [4],
                "dtype": "float32",
                "meaning": "square around the mesh's landmarks: centre x, y and side in pixels, angle in radians",
            },
        },
        "outputs": {
            "hidden": {"shape": [6], **probability, "meaning": f"probability that it is hidden: {', '.join(PARTS)}"},
            "by": {"shape": [6], **probability, "meaning": f"probability that it is there: {', '.join(OCCLUDERS)}"},
            "skin": {
                "shape": [CELLS, CELLS],
                **probability,
                "meaning": "probability that the cell of the crop is bare skin of the face",
            },
        },
        "thresholds": thresholds,
        "data": model_card.sets(DATA),
        "parity": {"against": "PyTorch", "max_abs_difference": parity},
        "figures": figures,
        "limits": list(LIMITS),
    }


def page(card: dict[str, Any]) -> str:
    """The contents of `card.md`."""
    thresholds = [f"- {part}: {value:g}" for part, value in card["thresholds"].items()]
    return "\n".join(
        [
            *model_card.heading(card),
            "A part counts as hidden from:",
            "",
            *thresholds,
            "",
            *tables(card["figures"]),
            *model_card.ending(card),
        ]
    )


def tables(figures: dict[str, Any]) -> list[str]:
    """The measured figures as Markdown."""
    lines = [
        figures["how"],
        "",
        "| scene | refused | 95 % interval | n | poor light | n | colour difference | darkest | 2nd | 3rd | lightest |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in figures["scenes"]:
        tones = " | ".join(_percent(row["by_lightness"][k]) for k in range(4))
        lines.append(
            f"| {row['scene']} | {_percent(row['refused'])} | {_interval(row['refused'])} | {row['refused']['n']}"
            f" | {_percent(row['refused_in_poor_light'])} | {row['refused_in_poor_light']['n']}"
            f" | {_percent(row['baseline'])} | {tones} |"
        )
    lines += [
        "",
        "Open faces refused in good light, by the sets' own groups:",
        "",
        "| group | refused | n |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {_percent(value)} | {value['n']} |" for name, value in figures["groups"].items()]
    skin = figures["skin"]
    lines += [
        "",
        f"Skin mask: {100 * skin['covered_cells_kept']:.1f} % of {skin['covered_cells']} cells wholly under something"
        " are kept as skin. Of what the labels call skin on open faces it keeps, and overlaps (IoU) with them:",
        "",
        "| lightness | skin kept | overlap | faces |",
        "|---|---|---|---|",
    ]
    for name, kept in skin["skin_cells_kept_by_lightness"].items():
        overlap = skin["overlap_with_labels_by_lightness"][name]
        lines.append(f"| {name} | {100 * kept:.1f} % | {overlap:.3f} | {skin['faces_by_lightness'][name]} |")
    return [*lines, ""]


def _percent(value: dict[str, Any]) -> str:
    return f"{100 * value['share']:.1f} %" if value["n"] else "-"


def _interval(value: dict[str, Any]) -> str:
    return f"{100 * value['low']:.1f} to {100 * value['high']:.1f} %" if value["n"] else "-"
