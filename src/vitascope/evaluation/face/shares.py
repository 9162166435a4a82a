"""Shares with their intervals, and the groups of people that they are compared between."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.metrics import bootstrap, wilson
from vitascope.face.regions import outlines

COLOURLESS = 2.0  # of Lab's a and b: no tone can be read from a grey picture
LEAST = 20  # pictures that a group needs to be compared with others


def share(hits: Sequence[bool]) -> dict[str, Any]:
    """{n, value, low, high}: the share of hits with Wilson's 95 % interval; NaN of none."""
    n, k = len(hits), int(sum(hits))
    low, high = wilson(k, n)
    return {"n": n, "value": k / n if n else np.nan, "low": low, "high": high}


def middle(values: Sequence[float], figure: Callable[[NDArray[np.float64]], float] = np.median) -> dict[str, Any]:
    """{n, value, low, high}: the median (or another figure) with a bootstrap's 95 % interval over the values."""
    known = np.asarray([value for value in values if np.isfinite(value)], dtype=np.float64)
    if not len(known):
        return {"n": 0, "value": np.nan, "low": np.nan, "high": np.nan}
    spread = bootstrap([f"{k:06d}" for k in range(len(known))], lambda at: {"figure": float(figure(known[at]))}, 200)
    low, high = spread["figure"] or (np.nan, np.nan)
    return {"n": len(known), "value": float(figure(known)), "low": low, "high": high}


def ita(rgb: NDArray[np.uint8], landmarks: NDArray[np.float64]) -> float:
    """Individual typology angle of the cheeks in degrees, lighter skin higher (Chardon 1991): arctan((L - 50) / b).

    L and b are medians over the cheeks of an RGB picture with landmarks (468, 3); NaN for a picture without colour.
    """
    mask = np.zeros(rgb.shape[:2], np.uint8)
    regions = outlines(landmarks)
    for name in ("right_cheek", "left_cheek"):
        cv2.fillPoly(mask, [np.rint(regions[name]).astype(np.int32)], 255)
    skin = rgb[mask > 0]
    if len(skin) < 16:
        return float("nan")
    lab = cv2.cvtColor(skin[None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    light, red, yellow = (float(v) for v in np.median(lab, axis=0))
    if abs(red) < COLOURLESS and abs(yellow) < COLOURLESS:
        return float("nan")
    return float(np.degrees(np.arctan2(light - 50, max(yellow, 1e-3))))


QUARTERS = ("darkest", "dark", "light", "lightest")


def tone_groups(angles: Mapping[str, float]) -> dict[str, str]:
    """The quartile of each picture's typology angle among those known, by the picture's name."""
    known = {name: angle for name, angle in angles.items() if np.isfinite(angle)}
    if len(known) < 4:
        return {}
    cuts = np.quantile(list(known.values()), (0.25, 0.5, 0.75))
    return {name: QUARTERS[int(np.searchsorted(cuts, angle, side="right"))] for name, angle in known.items()}


def by_group(
    values: Mapping[str, float],
    groups: Mapping[str, Mapping[str, str]],
    figure: Callable[[Sequence[Any]], dict[str, Any]],
) -> list[dict[str, Any]]:
    """`figure` of the `values` (by picture) of each group of at least `LEAST` pictures: kind, group and the figure."""
    kinds = sorted({kind for of in groups.values() for kind in of})
    rows = []
    for kind in kinds:
        names = sorted({groups[name][kind] for name in values if kind in groups.get(name, {})}, key=_order)
        for group in names:
            part = [value for name, value in values.items() if groups.get(name, {}).get(kind) == group]
            if len(part) >= LEAST:
                rows.append({"kind": kind, "group": group, **figure(part)})
    return rows


def _order(group: str) -> tuple[int, str]:
    if group in QUARTERS:
        return QUARTERS.index(group), group
    start = re.match(r"\d+", group)
    return (int(start[0]), group) if start else (0, group)
