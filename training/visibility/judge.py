"""Thresholds on faces kept for that, and figures on faces, hands and sets that were never trained on.

Every face is judged as it is, and under things laid over it. A scene counts as refused when the mesh is no longer sure
of a face or `why_refused` names a part. What the sets' own pictures show (sunglasses, hats, hands) was looked up by eye
for the pictures that any version of the network called hidden and is kept in `seen_by_eye.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility import held, scene, worn
from visibility.faces import CANVAS, Face, cut
from visibility.layers import Layer, Rng, Setting
from visibility.parts import part_masks
from visibility.scene import Sample, Scene, Taught
from visibility.teacher import lightness
from vitascope.face.mesh import Crop
from vitascope.face.visibility import OCCLUDERS, PARTS, under_own_hair

Predict = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], ...]]
Refuses = Callable[[dict[str, float], dict[str, float]], bool]

FALSE_REFUSALS_A_PART, FALSE_REFUSALS_OF_GLASSES = 0.004, 0.005
LOWEST, HIGHEST = 0.5, 0.9  # never less likely hidden than not
ALIKE = (("forehead",), ("right_cheek", "left_cheek"), ("nose",), ("mouth",), ("eyes",))  # share a threshold
TRIES = 12
COVERED, CUT_OFF = 0.5, 0.5
UNUSED_SETS = ("spoof_nuaa", "spoof_replay")
BY_EYE = Path(__file__).with_name("seen_by_eye.csv")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One kind of scene: what is laid over a face, and which part that must cover."""

    name: str
    draw: Callable[[Rng, Setting], list[Layer]]
    part: str | None = None
    must_refuse: bool = True
    frame: float = 0.0


def _laid(thing: Callable[..., Layer], place: str) -> Callable[[Rng, Setting], list[Layer]]:
    return lambda rng, given: [thing(rng, given, place)]


OVER = (*PARTS[:3], "mouth")
CASES = (
    Case("as it is", lambda _rng, _given: [], must_refuse=False),
    Case("clear glasses (drawn)", lambda rng, given: [worn.clear_glasses(rng, given)], must_refuse=False),
    Case("mask (drawn)", lambda rng, given: [worn.face_mask(rng, given)], "mouth"),
    Case("sunglasses (drawn)", lambda rng, given: [worn.sunglasses(rng, given)], "eyes"),
    *(Case(f"hand over {p} (photographed)", _laid(held.real_hand, p), p) for p in OVER),
    *(Case(f"hand over {p} (drawn)", _laid(held.drawn_hand, p), p) for p in OVER),
    *(Case(f"thing over {p} (drawn)", _laid(held.thing, p), p) for p in OVER),
    Case("half out of frame", lambda _rng, _given: [], "half", frame=1.0),
    Case("beard (drawn)", lambda rng, given: [worn.beard(rng, given)], must_refuse=False),
)


@dataclass(slots=True, eq=False)
class Shots:
    """Scenes of one case with what the network said about them."""

    case: Case
    faces: list[Taught] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    hidden: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 6), np.float32))
    by: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 6), np.float32))
    skin: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 48, 48), np.float32))
    plain: list[bool] = field(default_factory=list)

    def refused(self, refuses: Refuses) -> NDArray[np.bool_]:
        """(N,) whether each scene is refused."""
        said = [
            refuses(dict(zip(PARTS, map(float, h), strict=True)), dict(zip(OCCLUDERS, map(float, b), strict=True)))
            for h, b in zip(self.hidden, self.by, strict=True)
        ]
        return np.asarray(np.array(said, bool) | ~np.array([sample.seen for sample in self.samples], bool))


def shoot(
    case: Case, bases: Sequence[Taught], others: list[Face], hands: list[NDArray[np.uint8]], predict: Predict
) -> Shots:
    """One scene of a case for each face that allows it, every second one in poor light or by a poor camera."""
    shots = Shots(case)
    for i, taught in enumerate(bases):
        rng = np.random.default_rng([7, i, sum(case.name.encode())])
        made = _scene(rng, case, taught, others, hands)
        if made is None:
            continue
        shots.faces.append(taught)
        shots.plain.append(i % 2 == 0)
        shots.samples.append(scene.shoot(rng, taught, made, passes=2, plain=i % 2 == 0))
    if shots.samples:
        shots.hidden, shots.by, shots.skin = predict(np.stack([sample.picture for sample in shots.samples]))
    return shots


def _scene(rng: Rng, case: Case, taught: Taught, others: list[Face], hands: list[NDArray[np.uint8]]) -> Scene | None:
    for _ in range(TRIES):
        given = scene.setting(rng, taught, others, hands)
        made = scene.compose(rng, taught, given, case.draw(rng, given), case.frame)
        if case.part is None:
            return made
        if case.part == "half":
            oval = taught.parts.sum(axis=0) > 0
            lost = float((made.outside[oval] > 0.5).mean())
            if 0.4 <= lost <= 0.6:
                return made
        else:
            area = taught.parts[PARTS.index(case.part)].astype(np.float32)
            if (area * made.hiding).sum() >= COVERED * area.sum():
                return made
    return None


def seen_by_eye() -> dict[str, str]:
    """What a person saw on pictures of the sets: file name to what hides the face, or `open`."""
    with BY_EYE.open(newline="") as table:
        return {row["file"]: row["seen"] for row in csv.DictReader(table)}


def whole(taught: Taught) -> bool:
    """Whether the picture itself does not cut a part of the face off."""
    beyond = (taught.face.inside < 128).astype(np.float32)
    lost = (taught.parts * beyond).sum(axis=(1, 2)) / taught.parts.sum(axis=(1, 2), dtype=np.float32)
    return bool((lost < CUT_OFF).all())


def choose_thresholds(shots: Shots, glasses: Shots, eye: dict[str, str]) -> dict[str, float]:
    """The least threshold a part at which as good as no open face is refused for it, nor many for clear glasses."""
    open_ = np.array([eye.get(taught.face.name, "open") == "open" for taught in shots.faces])
    hair = np.array([under_own_hair(dict(zip(OCCLUDERS, map(float, by), strict=True))) for by in shots.by])
    chosen: dict[str, float] = {}
    for parts in ALIKE:
        said = []
        for k in (PARTS.index(part) for part in parts):
            sure = open_ & np.array([sample.hidden[0, k] < 0.5 and sample.hidden[1, k] > 0 for sample in shots.samples])
            if parts == ("forehead",):
                sure &= ~hair
            said.append(shots.hidden[sure, k])
        bound = float(np.quantile(np.concatenate(said), 1 - FALSE_REFUSALS_A_PART))
        if parts == ("eyes",):
            eyes = glasses.hidden[:, PARTS.index("eyes")]
            bound = max(bound, float(np.quantile(eyes, 1 - FALSE_REFUSALS_OF_GLASSES)))
        chosen |= dict.fromkeys(parts, round(float(np.clip(bound, LOWEST, HIGHEST)), 3))
    return {part: chosen[part] for part in PARTS}


def share(hits: NDArray[np.bool_]) -> dict[str, float | int]:
    """A share with its 95 % Wilson interval and n."""
    n, k, z = len(hits), int(np.sum(hits)), 1.96
    if n == 0:
        return {"n": 0}
    p = k / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return {"share": round(p, 4), "low": round(max(low, 0.0), 4), "high": round(min(high, 1.0), 4), "n": n}


def tones(bases: Sequence[Taught], bounds: NDArray[np.float64]) -> NDArray[np.int64]:
    """The skin-lightness quartile 0 (darkest) .. 3 of each face."""
    return np.searchsorted(bounds, [lightness(taught.colour) for taught in bases])


def baseline_scores(samples: Sequence[Sample], mean_parts: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far a part's mean colour is from the others', in CIE Lab, at most; (N,). What one would try first."""
    scores = []
    for sample in samples:
        lab = cv2.cvtColor(sample.picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        skin_parts = [0, 1, 2, 3]
        means = np.array([(lab * mean_parts[k][..., None]).sum(axis=(0, 1)) / mean_parts[k].sum() for k in range(6)])
        middle = np.median(means[skin_parts], axis=0)
        away = np.linalg.norm((means - middle) * (0.5, 1, 1), axis=1)
        scores.append(away.max())
    return np.array(scores)


def mean_parts(bases: Sequence[Taught]) -> NDArray[np.float32]:
    """Where the parts lie in a crop on average, (6, 96, 96)."""
    total = np.zeros((6, scene.INPUT, scene.INPUT), np.float32)
    middle = Crop((CANVAS - 1) / 2, (CANVAS - 1) / 2, CANVAS / 1.5, 0.0)
    for taught in bases:
        for k, part in enumerate(part_masks(taught.face.landmarks, CANVAS)):
            total[k] += cut(part, middle, scene.INPUT)
    return np.asarray(total / total.max(), np.float32)


def skin_figures(clear: Shots, covered: Sequence[Shots], quartile: NDArray[np.int64]) -> dict[str, Any]:
    """What the skin mask keeps: of covered cells, which should be none; of labelled skin, by lightness."""
    on_things, cells = 0, 0
    for shots in covered:
        for sample, skin in zip(shots.samples, shots.skin, strict=True):
            on_things += int((skin[sample.under] > 0.5).sum())
            cells += int(sample.under.sum())
    kept: dict[str, list[float]] = {}
    agree: dict[str, list[float]] = {}
    for sample, skin, tone in zip(clear.samples, clear.skin, quartile, strict=True):
        known, taught = sample.skin[1] > 230, sample.skin[0] > 127
        name = f"quartile {tone + 1}"
        if (taught & known).sum() > 50:
            kept.setdefault(name, []).append(float((skin[taught & known] > 0.5).mean()))
            union = ((skin > 0.5) | taught) & known
            agree.setdefault(name, []).append(float(((skin > 0.5) & taught & known).sum() / union.sum()))
    return {
        "covered_cells_kept": round(on_things / max(cells, 1), 4),
        "covered_cells": cells,
        "skin_cells_kept_by_lightness": {k: round(float(np.mean(v)), 4) for k, v in sorted(kept.items())},
        "overlap_with_labels_by_lightness": {k: round(float(np.mean(v)), 4) for k, v in sorted(agree.items())},
        "faces_by_lightness": {k: len(v) for k, v in sorted(kept.items())},
    }
