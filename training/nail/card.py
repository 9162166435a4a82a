"""The cards of the two networks, from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import model_card

RECIPE = "training/train_nail.py"
DATA = (
    (
        "nail_yakimov",
        "198 photos of hands on one rig with blood values, Yakimov 2024",
        "as published with figshare 6760179",
    ),
    (
        "face_utk, skin, fundus, CT and eye sets",
        "pictures without a nail, as grounds",
        "research; see the cards of the checks",
    ),
)
BACKBONES = {
    "nail_detector": "blocks 1 to 13 of MobileNetV2 1.0, ImageNet (Apache-2.0); all but the first three refitted",
    "nail_hb": "stages 1 to 6 of EfficientNetV2-B0, ImageNet (Apache-2.0), as they are, with a linear model on top",
}


def common(name: str, task: str, data: bytes, limits: Sequence[str], parity: float) -> dict[str, Any]:
    """What both cards have."""
    return model_card.details(name, task, data, recipe=RECIPE, backbone=BACKBONES[name]) | {
        "data": model_card.sets(DATA),
        "parity": {"against": "PyTorch", "max_abs_difference": parity},
        "limits": list(limits),
    }


def page(card: dict[str, Any], figures: Sequence[str]) -> str:
    """The contents of `card.md`."""
    return "\n".join([*model_card.heading(card), *figures, *model_card.ending(card)])


def detector_tables(card: dict[str, Any]) -> list[str]:
    """Its figures as Markdown."""
    lines = [
        f"On {card['figures']['held'][0]['photos']} photos of sessions that training never saw; a nail counts as found"
        f" at an overlap of one half, recall at the threshold {card['threshold']:g}:",
        "",
        "| photo | mAP50 | recall | other boxes a photo | nails |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['change']} | {r['map50']:.3f} | {r['recall']:.3f} | {r['other_boxes_a_photo']:.2f} | {r['nails']} |"
        for r in card["figures"]["held"]
    ]
    lines += ["", "Pictures without a nail (the gate, which stands before, is not asked here):", ""]
    lines += ["| set | something found | n |", "|---|---|---|"]
    lines += [f"| {name} | {found} | {n} |" for name, (found, n) in card["figures"]["without_nails"].items()]
    return [*lines, ""]


def reader_tables(card: dict[str, Any]) -> list[str]:
    """Its figures as Markdown."""
    f = card["figures"]
    first = f["by_version"]["as it is"]
    lines = [
        f"{f['people']} people in {f['sessions']} sessions; every figure is of people whose session neither the model"
        " nor the choice of its strength knew. g/dL.",
        "",
        "| way | MAE | RMSE | bias | r | AUC below 11 | AUC below 8 |",
        "|---|---|---|---|---|---|---|",
        _row("the others' median", f["median"]),
    ]
    lines += [_row(name, values) for name, values in f["by_version"].items()]
    lines += [
        "",
        f"95 % intervals over people: MAE {first['mae']:.2f} {_from_to(f['mae_interval'])}, AUC below 11"
        f" {first['auc_below_11']:.3f} {_from_to(f['auc_below_11_interval'])}.",
        f"The 90 % interval, from the {card['alike']['nearest']} people with the nearest estimates, held the value of"
        f" {100 * f['interval_covers']:.0f} % as a mean over sessions kept apart.",
        "",
        "| to find | estimate below | sensitivity | 95 % interval | n | specificity |",
        "|---|---|---|---|---|---|",
    ]
    for name in ("below_8", "below_11"):
        for row in f[name].values():
            low, high = row["sensitivity_interval"]
            lines.append(
                f"| Hb {name.replace('_', ' ')} | {row['estimate_below']:g} | {row['sensitivity']:.2f}"
                f" | {low:.2f} to {high:.2f} | {row['n']} | {row['specificity']:.2f} |"
            )
    for name, rows in (("Hb", f["by_band"]), ("estimate", f["by_estimate"])):
        lines += ["", f"| {name} | n | MAE | bias | interval holds |", "|---|---|---|---|---|"]
        for b in rows:
            held = f"{100 * b['interval_covers']:.0f} %"
            lines.append(f"| {b['from']:g} to {b['under']:g} | {b['n']} | {b['mae']:.2f} | {b['bias']:+.2f} | {held} |")
    lines += ["", "Other ways from the same features, each of which chooses its strength as the shipped one does:", ""]
    lines += ["| way | MAE | RMSE | bias | r | AUC below 11 | AUC below 8 |", "|---|---|---|---|---|---|---|"]
    lines += [_row(name, values) for name, values in f["by_way"].items()]
    lines += [
        "",
        f"Hands withheld as not bare, {f['bare']['people']} people, by a classifier and a threshold that knew no hand"
        " of their sessions (polish and gloves are painted on; it was taught with random colours, these are others):",
        "",
        "| hand | withheld |",
        "|---|---|",
    ]
    lines += [f"| {name} | {100 * share:.1f} % |" for name, share in f["bare"]["withheld"].items()]
    lines += [
        "",
        "What the whole check says to hands shown against the advice, and how far values moved (g/dL); hands of"
        " sessions that the detector never saw, while the reader and its classifier knew them bare:",
        "",
        "| hand | n | withheld | wider interval | as usual | moved |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['change']} | {r['n']} | {r['withheld']} | {r['wider']} | {r['as_usual']}"
        f" | {'' if r['moved'] is None else r['moved']} |"
        for r in f.get("against_advice", [])
    ]
    return [*lines, ""]


def _from_to(interval: Sequence[float]) -> str:
    return f"[{interval[0]:.2f}, {interval[1]:.2f}]"


def _row(name: str, v: dict[str, float]) -> str:
    return (
        f"| {name} | {v['mae']:.2f} | {v['rmse']:.2f} | {v['bias']:+.2f} | {v['r']:.2f}"
        f" | {v['auc_below_11']:.3f} | {v['auc_below_8']:.3f} |"
    )
