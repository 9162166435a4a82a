"""How many faces are found, and how often one is found where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.evaluation.face.occluders import put_mask
from vitascope.evaluation.face.scenes import ground, iou, made_ground, scene
from vitascope.evaluation.face.shares import by_group, ita, share, tone_groups
from vitascope.face.finder import BlazeFace
from vitascope.face.picture import look_at

SIZES = ((60, 90), (90, 150), (150, 300))  # widths of the face in pixels
ENOUGH_IOU = 0.5
MADE_GROUNDS = 300


@dataclass(eq=False)
class Finding:
    """What the finder did. hits by picture's name; groups include the quartile of skin lightness."""

    hits: dict[str, float] = field(default_factory=dict)
    masked: dict[str, float] = field(default_factory=dict)
    size: dict[str, tuple[int, int]] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    angles: dict[str, float] = field(default_factory=dict)
    real_masks: list[bool] = field(default_factory=list)
    alarms: dict[str, list[tuple[bool, bool]]] = field(default_factory=dict)
    false: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Recall with and without masks, by size and group; false alarms of the finder and of the whole stage."""
        sizes = [
            {
                "size": f"{low}-{high} px",
                **share([self.hits[n] > 0 for n, of in self.size.items() if of == (low, high)]),
            }
            for low, high in SIZES
        ]
        alarms = [
            {"shows": shows, "finder": share([a for a, _ in found]), "stage": share([b for _, b in found])}
            for shows, found in self.alarms.items()
        ]
        whole = [pair for found in self.alarms.values() for pair in found]
        if len(alarms) > 1:
            alarms.append(
                {"shows": "all", "finder": share([a for a, _ in whole]), "stage": share([b for _, b in whole])}
            )
        return {
            "recall": share([hit > 0 for hit in self.hits.values()]),
            "sizes": sizes,
            "drawn_masks": share([hit > 0 for hit in self.masked.values()]),
            "real_masks": share(self.real_masks),
            "groups": by_group(self.hits, self.groups, lambda part: share([hit > 0 for hit in part])),
            "false_alarms": alarms,
            "missed": sorted(name for name, hit in self.hits.items() if not hit),
            "false": self.false,
        }


def evaluate_finding(
    faces: Sequence[Picture],
    masks: Sequence[Picture],
    others: dict[str, list[Picture]],
    skipped: dict[str, str],
    progress: Callable[[float], None],
) -> Finding:
    """Paste each face at a random size and place, and look for faces; look at pictures without any as well."""
    result, finder = Finding(), BlazeFace()
    grounds = [picture for pictures in others.values() for picture in pictures]
    steps = len(faces) + len(masks) + len(grounds) + MADE_GROUNDS
    done = 0
    for picture in faces:
        done += 1
        progress(done / steps)
        rng = picture.seed()
        try:
            face = picture.read()
            back = ground(rng, grounds)
        except InputError as error:
            skipped[picture.name] = str(error)
            continue
        # As many faces in each range of sizes.
        low, high = SIZES[int(rng.integers(len(SIZES)))]
        made = scene(face, back, float(rng.uniform(low, high)), rng)
        found = finder.find(made.rgb)
        result.hits[picture.name] = float(any(iou(one.box, made.box) >= ENOUGH_IOU for one in found))
        result.size[picture.name] = (low, high)
        result.groups[picture.name] = dict(picture.groups)
        clear = scene(face, made_ground(rng), 280.0, rng, central=True)
        sight = look_at(clear.rgb)
        if sight.landmarks is None:
            continue
        result.angles[picture.name] = ita(clear.rgb, sight.landmarks)
        # The mask is drawn on the large face and both are made small together.
        left, top, side = clear.crop
        hidden = put_mask(clear.rgb, sight.landmarks, rng)[top : top + side, left : left + side]
        covered = scene(hidden, back, float(rng.uniform(low, high)), rng)
        found = finder.find(covered.rgb)
        result.masked[picture.name] = float(any(iou(one.box, covered.box) >= ENOUGH_IOU for one in found))
    for name, quarter in tone_groups(result.angles).items():
        result.groups[name]["skin lightness"] = quarter
    for picture in masks:
        done += 1
        progress(done / steps)
        try:
            result.real_masks.append(bool(finder.find(picture.read())))
        except InputError as error:
            skipped[picture.name] = str(error)
    for shows, pictures in others.items():
        for picture in pictures:
            done += 1
            progress(done / steps)
            try:
                rgb = picture.read()
            except InputError as error:
                skipped[picture.name] = str(error)
                continue
            alarm = (bool(finder.find(rgb)), look_at(rgb).found)
            result.alarms.setdefault(shows, []).append(alarm)
            if any(alarm):
                result.false.append(picture.name)
    rng = np.random.default_rng(7)
    for _ in range(min(MADE_GROUNDS, max(len(faces), len(grounds)))):
        done += 1
        progress(min(done / steps, 1.0))
        rgb = made_ground(rng)
        result.alarms.setdefault("made grounds", []).append((bool(finder.find(rgb)), look_at(rgb).found))
    progress(1.0)
    return result
