"""Whether a hidden face is refused and a bare one is not, and what is said of a clip second by second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.evaluation.face import occluders
from vitascope.evaluation.face.scenes import HEIGHT, WIDTH, Rgb, made_ground, scene
from vitascope.evaluation.face.shares import by_group, share
from vitascope.face.guidance import NO_FACE
from vitascope.face.picture import look_at
from vitascope.face.table import hidden_by, hidden_parts
from vitascope.face.watcher import FaceWatcher, Sight
from vitascope.media.frames import Limits, open_clip

FACE_WIDTH = (150.0, 260.0)
REFUSE = (
    "real masks",
    "drawn mask",
    "hand over mouth",
    "hand over cheek",
    "hand over forehead",
    "sunglasses",
    "half out of frame",
)
ACCEPT = ("nothing in front", "nothing in front, other photos", "drawn glasses", "drawn beard")


@dataclass(eq=False)
class Hiding:
    """refused and by_reason: by condition, whether each picture was refused, and with which words."""

    refused: dict[str, dict[str, bool]] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    clips: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def see(self, condition: str, name: str, rgb: Rgb) -> Sight:
        """Look at one picture and note whether it is refused."""
        sight = look_at(rgb)
        reason = NO_FACE if not sight.found else sight.refusal
        self.refused.setdefault(condition, {})[name] = reason is not None
        self.reasons.setdefault(condition, Counter())[reason or "not refused"] += 1
        return sight

    def to_dict(self, groups: dict[str, dict[str, str]]) -> dict[str, Any]:
        """Shares refused with their commonest reasons, and by group where nothing hides the face."""
        bare = self.refused.get(ACCEPT[0], {})
        return {
            "conditions": [
                {
                    "condition": condition,
                    "should": "refuse" if condition in REFUSE else "accept",
                    "refused": share(list(self.refused[condition].values())),
                    "reasons": [
                        {"reason": reason, "share": count / self.reasons[condition].total()}
                        for reason, count in self.reasons[condition].most_common(3)
                    ],
                }
                for condition in (*REFUSE, *ACCEPT)
                if condition in self.refused
            ],
            "groups": by_group(dict(bare), groups, share),
            "wrong": {
                condition: sorted(name for name, refused in seen.items() if refused != (condition in REFUSE))
                for condition, seen in self.refused.items()
            },
            "clips": self.clips,
        }


def evaluate_hiding(
    *,
    faces: Sequence[Picture],
    masked: Sequence[Picture],
    unmasked: Sequence[Picture],
    hands: Sequence[Picture],
    clips: Sequence[Path],
    skipped: dict[str, str],
    progress: Callable[[float], None],
) -> Hiding:
    """Cover each face in every way there is and look whether it is refused."""
    result = Hiding()
    cuts = []
    for picture in hands:
        try:
            cuts.append(occluders.hand(picture))
        except InputError as error:
            skipped[picture.name] = str(error)
    steps = len(faces) + (len(masked) + len(unmasked)) / 4 + 20 * len(clips)
    done = 0.0
    for condition, pictures in ((REFUSE[0], masked), (ACCEPT[1], unmasked)):
        for picture in pictures:
            try:
                result.see(condition, picture.name, picture.read())
            except InputError as error:
                skipped[picture.name] = str(error)
            done += 0.25
            progress(done / steps)
    for picture in faces:
        try:
            _cover(picture, cuts, result)
        except InputError as error:
            skipped[picture.name] = str(error)
        done += 1
        progress(done / steps)
    for clip in clips:
        try:
            result.clips[clip.name] = by_second(clip)
        except InputError as error:
            skipped[clip.name] = str(error)
        done += 20
        progress(done / steps)
    return result


def _cover(picture: Picture, cuts: Sequence[NDArray[np.uint8]], result: Hiding) -> None:
    rng = picture.seed()
    made = scene(picture.read(), made_ground(rng), float(rng.uniform(*FACE_WIDTH)), rng, central=True)
    rgb, name = made.rgb, picture.name
    landmarks = result.see("nothing in front", name, rgb).landmarks
    if landmarks is None:
        return  # where nothing is found nothing can be put in front; it counts as refused above
    # Each kind of thing has random numbers of its own, so that adding one leaves the others as they were.
    state = int(rng.integers(2**31))

    def draws(kind: int) -> np.random.Generator:
        return np.random.default_rng([state, kind])

    result.see("drawn mask", name, occluders.put_mask(rgb, landmarks, draws(0)))
    result.see("sunglasses", name, occluders.put_glasses(rgb, landmarks, draws(1), dark=True))
    result.see("drawn glasses", name, occluders.put_glasses(rgb, landmarks, draws(2), dark=False))
    result.see("drawn beard", name, occluders.put_beard(rgb, landmarks, draws(3)))
    for kind, part in enumerate(("mouth", "cheek", "forehead"), start=4):
        if cuts:
            own = draws(kind)
            side = ("right_cheek", "left_cheek")[int(own.integers(2))] if part == "cheek" else part
            cut = cuts[int(own.integers(len(cuts)))]
            laid = occluders.lay_hand(rgb, landmarks, cut, side, own)
            if laid is not None:
                result.see(f"hand over {part}", name, laid)
    result.see("half out of frame", name, half_out(rgb, made.box, draws(9)))


def half_out(rgb: Rgb, box: tuple[float, float, float, float], rng: np.random.Generator) -> Rgb:
    """The picture moved so that 35 to 55 % of the face leaves it to the left, the right, the top or the bottom."""
    x, y, w, h = box
    out = float(rng.uniform(0.35, 0.55))
    shift = [
        (-x - out * w, 0.0),
        (WIDTH - x - (1 - out) * w, 0.0),
        (0.0, -y - out * h),
        (0.0, HEIGHT - y - (1 - out) * h),
    ]
    dx, dy = shift[int(rng.integers(4))]
    moved = cv2.warpAffine(
        rgb,
        np.array([[1, 0, round(dx)], [0, 1, round(dy)]], np.float64),
        (WIDTH, HEIGHT),
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.uint8)


def by_second(path: Path) -> list[dict[str, Any]]:
    """Each second of a clip: shares of frames with a face and refused, and what most of its frames show. Raises
    InputError when the clip cannot be used."""
    watcher = FaceWatcher()
    seconds: dict[int, list[Sight]] = {}
    with open_clip(path, Limits(min_seconds=0.0)) as frames:
        for frame in frames:
            sight = watcher.see(frame)
            seconds.setdefault(int(sight.time_s), []).append(sight)
    return [{"second": second, **_second(sights)} for second, sights in sorted(seconds.items())]


def _second(sights: Sequence[Sight]) -> dict[str, Any]:
    n = len(sights)
    refusals = Counter(NO_FACE if not s.found else s.refusal for s in sights if not s.found or s.refusal)
    hidden = Counter(part for s in sights for part in hidden_parts(s))
    by = Counter(name for s in sights for name in hidden_by(s))
    return {
        "n": n,
        "found": sum(s.found for s in sights) / n,
        "refused": refusals.total() / n,
        "reason": refusals.most_common(1)[0][0] if refusals else None,
        "hidden": [name for name, count in hidden.most_common() if count > n / 2],
        "by": [name for name, count in by.most_common() if count > n / 2],
    }
