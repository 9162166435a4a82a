"""How steadily the mesh lies on a face: under the sensor's noise, mirrored, rolled, made small, compressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.evaluation.face.scenes import HEIGHT, WIDTH, Rgb, made_ground, noisy, scene
from vitascope.evaluation.face.shares import by_group, middle, share
from vitascope.face.mesh import LEFT_EYE, RIGHT_EYE
from vitascope.face.picture import look_at
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame

Floats = NDArray[np.float64]

FACE_WIDTH = 240.0
SECONDS, FPS = 2.0, 30.0
SETTLED_S = 0.5
STEADY, SAME = 0.003, 0.03  # of the distance of the eyes' outer corners
FOR_PAIRS = 60  # faces whose mean tells which landmarks mirror which
CHANGES = ("mirrored", "45 degrees of roll", "half size", "JPEG quality 15")


@dataclass(eq=False)
class Stability:
    """Distances in shares of the eye distance. jitter, and per change the mean over landmarks, by picture's name; NaN
    where the changed face was not found."""

    jitter: dict[str, float] = field(default_factory=dict)
    moved: dict[str, dict[str, float]] = field(default_factory=dict)

    def to_dict(self, groups: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        """Medians, 95th percentiles and shares within the limits, over all and by group."""
        worst = {name: max(values.values()) for name, values in self.moved.items() if values}
        return {
            "jitter": _spread(list(self.jitter.values()), STEADY),
            "changes": [
                {"change": change, **_spread([values[change] for values in self.moved.values()], SAME)}
                for change in CHANGES
            ],
            "groups_jitter": by_group(self.jitter, groups, lambda part: _spread(part, STEADY)),
            "groups_moved": by_group(worst, groups, lambda part: _spread(part, SAME)),
            "groups_by_change": {
                change: by_group(
                    {name: values[change] for name, values in self.moved.items() if change in values},
                    groups,
                    lambda part: _spread(part, SAME),
                )
                for change in CHANGES
            },
        }


def _spread(values: Sequence[float], limit: float) -> dict[str, Any]:
    known = np.asarray([value for value in values if np.isfinite(value)])
    return {
        "n": len(values),
        "median": middle(values),
        "p95": float(np.quantile(known, 0.95)) if len(known) else np.nan,
        # A face that is not found again is not within any limit.
        "within": share([bool(value <= limit) for value in values]),
    }


def evaluate_stability(
    faces: Sequence[Picture], jitters: int, skipped: dict[str, str], progress: Callable[[float], None]
) -> Stability:
    """The jitter of the first `jitters` faces, and what four changes of the picture do to all of them."""
    result = Stability()
    scenes: dict[str, tuple[Rgb, Floats]] = {}
    for k, picture in enumerate(faces):
        progress(0.3 * k / len(faces))
        rng = picture.seed()
        try:
            made = scene(picture.read(), made_ground(rng), FACE_WIDTH, rng, central=True)
        except InputError as error:
            skipped[picture.name] = str(error)
            continue
        sight = look_at(made.rgb)
        if sight.landmarks is not None:
            scenes[picture.name] = made.rgb, sight.landmarks
        if len(result.jitter) < jitters and sight.landmarks is not None:
            result.jitter[picture.name] = jitter(made.rgb, rng)
    if not scenes:
        return result
    pairs = mirror_pairs([landmarks for _, landmarks in list(scenes.values())[:FOR_PAIRS]])
    for k, (name, (rgb, landmarks)) in enumerate(scenes.items()):
        progress(0.3 + 0.7 * k / len(scenes))
        result.moved[name] = {
            change: agreement(seen, landmarks) for change, seen in zip(CHANGES, changed(rgb, pairs), strict=True)
        }
    progress(1.0)
    return result


def jitter(rgb: Rgb, rng: np.random.Generator) -> float:
    """How far a landmark of a still face strays (root mean square over time, mean over landmarks) under new noise."""
    watcher = FaceWatcher()
    places = []
    for t in np.arange(0, SECONDS, 1 / FPS):
        sight = watcher.see(Frame(noisy(rgb.astype(np.float32), rng), float(t)))
        if sight.landmarks is None:
            return float("nan")
        if t >= SETTLED_S:
            places.append(sight.landmarks[:, :2])
    track = np.asarray(places)
    strays = np.sqrt(((track - track.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0))
    return float(strays.mean()) / eye_distance(track.mean(axis=0))


def eye_distance(landmarks: Floats) -> float:
    """From one eye's outer corner to the other's, in pixels."""
    return float(np.linalg.norm(landmarks[LEFT_EYE, :2] - landmarks[RIGHT_EYE, :2]))


def agreement(seen: Floats | None, landmarks: Floats) -> float:
    """Mean distance of landmarks `seen` (468, 2) from `landmarks` in eye distances; NaN where no face was seen."""
    if seen is None:
        return float("nan")
    return float(np.linalg.norm(seen - landmarks[:, :2], axis=1).mean()) / eye_distance(landmarks)


def changed(rgb: Rgb, pairs: NDArray[np.intp]) -> list[Floats | None]:
    """Landmarks (468, 2) seen in the picture after each of `CHANGES`, brought back to the unchanged picture."""
    height, width = rgb.shape[:2]
    mirrored = _landmarks(np.ascontiguousarray(rgb[:, ::-1]))
    if mirrored is not None:
        mirrored = (np.array([width - 1, 0]) + mirrored * (-1, 1))[pairs]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 45, 1.0)
    rolled = _landmarks(
        np.asarray(cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    )
    if rolled is not None:
        back = cv2.invertAffineTransform(turn)
        rolled = rolled @ back[:, :2].T + back[:, 2]
    half = np.asarray(cv2.resize(rgb, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA), np.uint8)
    halved = _landmarks(half)
    if halved is not None:
        halved = (halved + 0.5) * 2 - 0.5
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 15])
    compressed = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert compressed is not None
    return [mirrored, rolled, halved, _landmarks(np.asarray(compressed, np.uint8))]


def _landmarks(rgb: Rgb) -> Floats | None:
    landmarks = look_at(rgb).landmarks
    return None if landmarks is None else landmarks[:, :2]


def mirror_pairs(faces: Sequence[Floats]) -> NDArray[np.intp]:
    """Which landmark (468,) is the mirror image of each, from the mean of upright faces (468, 3).

    The mean face, brought to eye distance 1, is laid over its mirror image; landmarks are paired one to one so that the
    sum of their distances is smallest.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    mean = np.mean([_upright(face) for face in faces], axis=0)
    cost = cdist(mean * (-1, 1, 1), mean)
    _, pairs = linear_sum_assignment(cost + cost.T)
    return np.asarray(pairs, np.intp)


def _upright(face: Floats) -> Floats:
    """Landmarks with the middle between the eyes at the origin, the eyes level and a distance of 1 apart."""
    across = face[LEFT_EYE] - face[RIGHT_EYE]
    length, angle = np.hypot(across[0], across[1]), np.arctan2(across[1], across[0])
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    turned: Floats = (face - (face[LEFT_EYE] + face[RIGHT_EYE]) / 2) @ turn / length
    return turned
