"""A picture to learn from: a face, what lies over it, the light and the camera, and the truth about it.

Things are put on the picture first and the mesh is placed again on what can then be seen, because a covered face pulls
the mesh, and with it the crop, away from where it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility import occluders, worn
from visibility.camera import degrade
from visibility.faces import CANVAS, MIN_SURE, REACH, Face, cut
from visibility.layers import Layer, Rng, Setting
from visibility.parts import OVAL, filled, part_masks
from visibility.teacher import SKIN, UNSURE, teach
from vitascope.face.mesh import Crop, crop_of_landmarks, place
from vitascope.face.visibility import OCCLUDERS, PARTS

INPUT, CELLS = 96, 48
# Share of a part that is covered: below the first it counts as seen, above the second as hidden.
SEEN, HIDDEN = 0.15, 0.5
# The same for a part that reaches beyond the picture: what is left of it is clean, and can still be measured. Many
# portraits are cut at the upper forehead.
OUT_SEEN, OUT_HIDDEN = 0.3, 0.7
FOREHEAD_OUT_SEEN, FOREHEAD_OUT_HIDDEN = 0.4, 0.9
BEARDS = 0.12  # share of faces without a mask that get one
THERE = 0.04  # share of the face something must cover to be there
MIXTURE = {
    "real_hand": 0.25,
    "drawn_hand": 0.17,
    "face_mask": 0.13,
    "scarf": 0.04,
    "sunglasses": 0.13,
    "hair": 0.08,
    "thing": 0.12,
    "hat": 0.03,
    "glare": 0.05,
}


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """A face with what is known of it before anything is laid over it."""

    face: Face
    skin: NDArray[np.uint8]  # (192, 192)
    colour: NDArray[np.float64]  # (3,)
    parts: NDArray[np.uint8]  # (6, 192, 192)
    forehead: float  # share of the forehead's known cells that are skin


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A canvas, the layers that lie on it, and (C, C) 0..1 where it is `covered`, `hiding` and `outside`.

    Clear glasses and beards cover skin but hide no part.
    """

    canvas: NDArray[np.uint8]
    covered: NDArray[np.float32]
    hiding: NDArray[np.float32]
    outside: NDArray[np.float32]
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What the network sees and what it should say. A weight of 0 means not known.

    picture (96, 96, 3); hidden, by (2, 6): targets and weights; skin (2, 48, 48) uint8: target 0..255, known 0..255;
    covers (6,): the share of each part that is covered or outside; under (48, 48): cells of the face's oval that lie
    wholly under something; seen: the mesh is sure that there is a face.
    """

    picture: NDArray[np.uint8]
    hidden: NDArray[np.float32]
    by: NDArray[np.float32]
    skin: NDArray[np.uint8]
    covers: NDArray[np.float32]
    under: NDArray[np.bool_]
    seen: bool


def learn(face: Face, known: tuple[NDArray[np.uint8], NDArray[np.float64]] | None = None) -> Taught:
    """Look at a face; `known` is what `teach` said of it, if that was asked already."""
    skin, colour = known or teach(face.canvas, face.landmarks)
    skin = np.asarray(cv2.resize(skin, (CANVAS, CANVAS), interpolation=cv2.INTER_NEAREST), np.uint8)
    parts = part_masks(face.landmarks, CANVAS)
    forehead = parts[0] > 127
    told = forehead & (skin != UNSURE)
    share = float((skin[told] == SKIN).mean()) if told.any() else 0.0
    if masked(face):
        points = face.landmarks[:, :2].astype(np.float64)
        low = points[[234, 118, 5, 347, 454, 323, 361, 288, 397, 379, 152, 150, 172, 58, 132, 93]]
        skin[skin == SKIN] = UNSURE
        skin[filled([low], CANVAS) > 0] = 0
    return Taught(face, skin, colour, parts, share)


def masked(face: Face) -> bool:
    """Whether the set says that this face wears a mask."""
    return face.group == "mask"


def setting(rng: Rng, taught: Taught, others: list[Face], hands: list[NDArray[np.uint8]]) -> Setting:
    """What is needed to draw on this face: textures are small pieces of other pictures, so that no face is in them."""
    other = others[int(rng.integers(len(others)))].canvas
    side = int(rng.integers(12, 56))
    x, y = (int(v) for v in rng.integers(0, CANVAS - side + 1, 2))
    texture = cv2.resize(other[y : y + side, x : x + side], (CANVAS, CANVAS), interpolation=cv2.INTER_LINEAR)
    points = taught.face.landmarks[:, :2].astype(np.float64)
    return Setting(taught.face.canvas, points, taught.colour, np.asarray(texture, np.uint8), hands)


def draw_layers(rng: Rng, given: Setting, is_masked: bool) -> list[Layer]:
    """Nothing, a beard or glasses, one thing or two."""
    layers = [worn.beard(rng, given)] if not is_masked and rng.random() < BEARDS else []
    pick = rng.random()
    main = 0 if pick < 0.32 else 1 if pick < 0.88 else 2
    if is_masked:
        main = int(rng.random() < 0.25)
    names = [str(name) for name in rng.choice(list(MIXTURE), main, replace=False, p=np.array([*MIXTURE.values()]))]
    if "sunglasses" not in names and rng.random() < 0.2:
        layers.append(worn.clear_glasses(rng, given))
    layers += [draw(rng, given) for name, draw in occluders.OPAQUE.items() if name in names]
    return layers


def compose(rng: Rng, taught: Taught, given: Setting, layers: list[Layer], frame: float | None = None) -> Scene:
    """Lay things over a face. `frame`: how likely the picture ends within the face; None leaves it to chance."""
    canvas = taught.face.canvas.astype(np.float32)
    covered, hiding = np.zeros((2, CANVAS, CANVAS), np.float32)
    outside = np.zeros((CANVAS, CANVAS), np.float32)
    beyond = taught.face.inside < 128
    cut_off = any((part[beyond] > 127).sum() > 0.1 * (part > 127).sum() for part in taught.parts)
    pick = rng.random()
    if cut_off or pick < 0.3:
        outside[beyond] = 1
    elif pick < 0.55:
        canvas[beyond] = cv2.GaussianBlur(canvas, (0, 0), 7)[beyond]
    elif pick < 0.7:
        canvas[beyond] = given.texture[beyond]
    for layer in layers:
        alpha = layer.alpha[..., None]
        if layer.kind in ("hand", "thing") and rng.random() < 0.6:  # its shadow
            shift = np.array([[1, 0, rng.normal(0, 4)], [0, 1, rng.uniform(0, 6)]])
            shade = cv2.GaussianBlur(cv2.warpAffine(layer.alpha, shift, (CANVAS, CANVAS)), (0, 0), rng.uniform(1, 5))
            canvas *= 1 - rng.uniform(0, 0.5) * shade[..., None]
        canvas = canvas * (1 - alpha) + layer.colour * alpha
        covered = np.maximum(covered, layer.alpha)
        if layer.hides:
            hiding = np.maximum(hiding, layer.alpha)
    if rng.random() < (0.12 if frame is None else frame):
        outside = np.maximum(outside, _beyond_edge(rng, given))
    canvas[outside > 0.5] = 0
    covered[outside > 0.5] = hiding[outside > 0.5] = 0
    return Scene(np.clip(canvas, 0, 255).astype(np.uint8), covered, hiding, outside, tuple(layers))


def _beyond_edge(rng: Rng, given: Setting) -> NDArray[np.float32]:
    """1 beyond one edge of the picture that runs through or near the face."""
    low, high = given.points.min(axis=0), given.points.max(axis=0)
    size = high - low
    side = int(rng.choice(4, p=(0.32, 0.32, 0.18, 0.18)))
    share = rng.uniform(-0.2, 0.65)  # of the face that is lost
    middle = (low + high) / 2
    y, x = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32)
    roll = rng.normal(0, 0.12)
    u = (x - middle[0]) * np.cos(roll) + (y - middle[1]) * np.sin(roll)
    v = -(x - middle[0]) * np.sin(roll) + (y - middle[1]) * np.cos(roll)
    along, half = ((u, size[0] / 2), (-u, size[0] / 2), (v, size[1] / 2), (-v, size[1] / 2))[side]
    return np.asarray(along < (2 * share - 1) * half, np.float32)


def see(rng: Rng, canvas: NDArray[np.uint8], landmarks: NDArray[np.floating], passes: int = 2) -> tuple[Crop, bool]:
    """The crop a tracker would have on this canvas after placing the mesh `passes` times, and whether it is sure."""
    crop = crop_of_landmarks(landmarks.astype(np.float64))
    moved = rng.normal(0, 0.02 if passes else 0.035, 2) * crop.side
    near = Crop(
        crop.x + moved[0],
        crop.y + moved[1],
        crop.side * float(np.exp(rng.normal(0, 0.04 if passes else 0.06))),
        crop.angle + float(rng.normal(0, 0.06)),
    )
    if not passes:
        return near, True
    for _ in range(passes):
        found, sure = place(canvas, near)
        x, y = found[:, 0], found[:, 1]
        within = float(((x >= 0) & (y >= 0) & (x < CANVAS) & (y < CANVAS)).mean())
        if sure < MIN_SURE or within < 0.5 or np.ptp(x) < CANVAS / REACH / 4:
            return near, False
        near = crop_of_landmarks(found)
    return near, True


def truth(taught: Taught, scene: Scene) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """hidden (2, 6), by (2, 6) and covers (6,) of a scene, as in `Sample`."""
    areas = taught.parts.astype(np.float32) / 255
    total = areas.sum(axis=(1, 2))
    lost = np.maximum(scene.hiding, scene.outside)
    covers = (areas * lost).sum(axis=(1, 2)) / total
    outside = (areas * scene.outside).sum(axis=(1, 2)) / total
    by_things = np.clip((covers - outside - SEEN) / (HIDDEN - SEEN), 0, 1)
    low, high = np.full(6, OUT_SEEN), np.full(6, OUT_HIDDEN)
    low[0], high[0] = FOREHEAD_OUT_SEEN, FOREHEAD_OUT_HIDDEN
    by_edge = np.clip((outside - low) / (high - low), 0, 1)
    hidden = np.stack([np.minimum(by_things + by_edge, 1), np.ones(6)]).astype(np.float32)
    by = np.stack([np.zeros(6), np.ones(6)]).astype(np.float32)
    oval = _oval(taught.face).astype(np.float32) / 255
    for layer in scene.layers:
        if layer.kind not in OCCLUDERS:
            continue
        k = OCCLUDERS.index(layer.kind)
        shown = layer.alpha * (1 - scene.outside)
        share = float((oval * shown).sum() / oval.sum())
        most = float(((areas * shown).sum(axis=(1, 2)) / total).max())
        if layer.kind == "glasses" or share > THERE or most > HIDDEN:
            by[:, k] = 1
        elif by[0, k] == 0:
            by[1, k] = 0
    k = OCCLUDERS.index("out_of_frame")
    by[0, k] = outside.max() > 0.4
    by[1, k] = not 0.15 < outside.max() <= 0.4
    _unknown(taught, hidden, by, covers)
    return hidden, by, covers.astype(np.float32)


def _unknown(taught: Taught, hidden: NDArray[np.float32], by: NDArray[np.float32], covers: NDArray[np.float32]) -> None:
    """What the face itself may wear: a mask where the set says so; hair or a hat where its forehead shows no skin."""
    part = {name: i for i, name in enumerate(PARTS)}
    kind = {name: i for i, name in enumerate(OCCLUDERS)}
    open_forehead = covers[part["forehead"]] < SEEN
    if masked(taught.face):
        for name in ("right_cheek", "left_cheek", "nose", "mouth"):
            hidden[:, part[name]] = 1
        for name in ("forehead", "eyes"):
            hidden[1, part[name]] = hidden[0, part[name]] > 0.9
        by[:, kind["mask"]] = 1
        for name in ("glasses", "hair"):
            by[1, kind[name]] = by[0, kind[name]] > 0
        return
    if by[0, kind["glasses"]] == 0:
        by[1, kind["glasses"]] = 0.3  # some faces of the sets wear glasses
    if taught.forehead < 0.2 and open_forehead:
        # Most of them hair, some hats.
        hidden[:, part["forehead"]] = (1, 0.3)
        by[:, kind["hair"]] = (1, 0.6)
    elif taught.forehead < 0.6:
        if open_forehead:
            hidden[1, part["forehead"]] = 0
        by[1, kind["hair"]] = by[0, kind["hair"]] > 0


def shoot(rng: Rng, taught: Taught, scene: Scene, passes: int = 2, plain: bool = False) -> Sample:
    """Photograph a scene. `plain`: with no change of light and camera."""
    canvas = scene.canvas if plain else degrade(rng, scene.canvas, taught.face.landmarks)
    crop, seen = see(rng, canvas, taught.face.landmarks, passes)
    hidden, by, covers = truth(taught, scene)
    open_skin = np.where(taught.skin == SKIN, 255, 0) * (1 - np.maximum(scene.covered, scene.outside))
    known = np.where((taught.skin == UNSURE) & (scene.covered < 0.5) & (scene.outside < 0.5), 0, 255)
    return Sample(
        cut(canvas, crop, INPUT),
        hidden,
        by,
        np.stack([_cells(open_skin.astype(np.uint8), crop), _cells(known.astype(np.uint8), crop)]),
        covers,
        _cells((np.clip(scene.covered, 0, 1) * _oval(taught.face)).astype(np.uint8), crop) > 240,
        seen,
    )


def _oval(face: Face) -> NDArray[np.uint8]:
    return filled([face.landmarks[OVAL, :2].astype(np.float64)], CANVAS)


def _cells(values: NDArray[np.uint8], crop: Crop) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(cut(values, crop, 2 * CELLS), (CELLS, CELLS), interpolation=cv2.INTER_AREA), np.uint8)
