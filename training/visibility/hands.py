"""Hands cut from photographs on one fixed rig: a pale table, the fingers coming in from the right."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility.faces import read, split

TABLE_COLOUR = (slice(60, 400), slice(60, 300))
RAIL, LEFT_MARKS = 452, 120  # below and left of these pixels is the rig, not the hand
COLOUR_DISTANCE = 12.0
SMALL = 160  # pixels a hand is kept at, across its fingers


def cut_out(rgb: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The hand as (h, w, 4) RGBA, finger tips to the left; None where it is too small to be used."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float64)
    table = np.median(lab[TABLE_COLOUR].reshape(-1, 3), axis=0)
    mask = (np.hypot(lab[..., 1] - table[1], lab[..., 2] - table[2]) > COLOUR_DISTANCE).astype(np.uint8)
    mask[RAIL:] = 0
    mask[:, :LEFT_MARKS] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    n, names, figures, _ = cv2.connectedComponentsWithStats(mask)
    if n < 2:
        return None
    best = 1 + int(np.argmax(figures[1:, cv2.CC_STAT_AREA]))
    x, y, w, h = (int(v) for v in figures[best, :4])
    if w < 120 or h < 100 or x + w < rgb.shape[1] - 2:
        return None
    # A rim of the table's colour would give the paste away.
    held = cv2.erode((names == best).astype(np.uint8) * 255, np.ones((5, 5), np.uint8))
    hand = np.dstack([rgb, held])[y : y + h, x : x + w - 2]
    hand[..., :3][hand[..., 3] == 0] = 0
    scale = SMALL / h
    return np.asarray(cv2.resize(hand, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def gather(data: Path) -> dict[str, list[NDArray[np.uint8]]]:
    """The hands of each split; every photo shows another person."""
    hands: dict[str, list[NDArray[np.uint8]]] = {"train": [], "tune": [], "test": []}
    folder = data / "nail_yakimov"
    with (folder / "metadata.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            photo = folder / "photo" / f"{row['PATIENT_ID']}.jpg"
            hand = cut_out(read(photo))
            if hand is not None:
                hands[split(photo.name)].append(hand)
    return hands
