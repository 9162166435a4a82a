"""Find faces in a picture.

BlazeFace (Bazarevsky et al. 2019, arXiv:1907.05047): a grid of anchors, each with a score, a box and six points; boxes
that overlap are blended by their scores. All of that is inside the networks' files. Its scores alone cannot tell a
small or masked face from a mole or an optic disc, so a low score is enough to be looked at, and the mesh decides; where
the mesh is not clear, under a mask or on a lesion that has a face of its own, the verifier does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vitascope.face.detection import Detection, FaceFinder
from vitascope.face.mesh import crop_of_detection, crop_of_landmarks, place
from vitascope.face.verifier import MIN_BELIEF, MIN_BELIEF_LARGE, MIN_BELIEF_SMALL, MIN_DOUBTED, VOUCHED, belief
from vitascope.models import runtime

__all__ = ["FULL_RANGE", "SHORT_RANGE", "BlazeFace", "Detection", "FaceFinder", "Network", "detect", "find_turned"]


@dataclass(frozen=True, slots=True)
class Network:
    """A BlazeFace network and the score above which the mesh has a look at what it found."""

    name: str
    min_score: float


SHORT_RANGE = Network("face_finder_short", 0.2)
FULL_RANGE = Network("face_finder_full", 0.2)
CLEAR_SCORE = 0.5  # a face as clear as this in the first look spares the second one
MIN_SURE = 0.9  # of the mesh
CLEAR_SURE = 0.99  # a mesh less sure than this is heard only where the verifier does not think it wrong
MAX_MISMATCH = 0.12  # between the finder's eyes, nose and mouth and the mesh's, in face sizes
CLEAR_MISMATCH = 0.04  # from here on another look may have the face better
MAX_MISMATCH_COVERED = 0.2  # the same where mouth and nose may be under a mask, and both are guessed
SAME_FACE_IOU = 0.3
MAX_CANDIDATES = 4
MARGIN = 0.5  # of the longer side, around a picture in which a face may be too large to be seen
MARGIN_GREY = 128
LARGE_ENOUGH = 640  # pixels: of a picture twice as long every second pixel is looked at, and so on
LARGE = 0.35  # of the longer side: smaller ones are seen without the margin, and rooms have things that size
CLOSEST_ZOOM = 3  # windows of a half and of a third of the longer side
SMALLEST_ZOOM = 160  # pixels; windows smaller than this show nothing that the whole picture does not

_EYE_RIGHT, _EYE_LEFT, _NOSE, _MOUTH = (33, 133), (263, 362), (1,), (13, 14)


class BlazeFace:
    """The short-range network; where that sees no clear face the full-range one; then, with `zoom`, the
    picture with a margin, for faces that fill it, and windows of it, for small ones.

    zoom: the smallest windows are the longer side divided by this; 0: neither windows nor margin. vouching: the belief
    from which the verifier takes one for a face that the mesh takes for none. Without `confirm` neither is asked:
    enough to see whether a face that is followed is still there.
    """

    def __init__(self, *, zoom: int = CLOSEST_ZOOM, vouching: float = MIN_BELIEF, confirm: bool = True) -> None:
        self._zoom = zoom
        self._vouching = vouching
        self._confirm = confirm

    def find(self, rgb: NDArray[np.uint8]) -> list[Detection]:
        """Faces in an RGB picture (H, W, 3) uint8, surest first. Heads may be tilted by about 45 degrees."""
        if not self._confirm:
            seen = detect(SHORT_RANGE, rgb)
            clear = any(face.score >= CLEAR_SCORE for face in seen)
            return seen if clear else _apart([*seen, *detect(FULL_RANGE, rgb)])
        faces = confirmed(rgb, detect(SHORT_RANGE, rgb), vouching=self._vouching)
        if any(face.score >= CLEAR_SCORE for face in faces):
            return faces
        faces = _apart([*faces, *confirmed(rgb, detect(FULL_RANGE, rgb), vouching=self._vouching)])
        if _settled(faces) or not self._zoom:
            return faces
        # What the mesh does not see is often a mask with the box beside it: another look may have it better.
        faces = _apart([*faces, *confirmed(rgb, with_margin(rgb), vouching=MIN_BELIEF_LARGE)])
        if _settled(faces):
            return faces
        for share, network in product(range(2, self._zoom + 1), (SHORT_RANGE, FULL_RANGE)):
            for x, y, window in _windows(rgb, share):
                faces += confirmed(rgb, _seen_in(window, x, y, network), small=True)
            faces = _apart(faces)
            if _settled(faces):
                break
        return faces


def _settled(faces: list[Detection]) -> bool:
    """Whether the mesh, not the verifier alone, sees one of them where the finder does."""
    return any(face.sure > VOUCHED and _fit(face) >= -CLEAR_MISMATCH for face in faces)


def find_turned(finder: FaceFinder, rgb: NDArray[np.uint8], quarter_turns: int) -> list[Detection]:
    """Faces that `finder` sees after the picture was turned counter-clockwise, in pixels of the unturned picture."""
    quarter_turns %= 4
    if quarter_turns == 0:
        return finder.find(rgb)
    height, width = rgb.shape[:2]
    faces = finder.find(np.ascontiguousarray(np.rot90(rgb, quarter_turns)))
    return [_turn_back(face, quarter_turns, width, height) for face in faces]


def detect(network: Network, rgb: NDArray[np.uint8]) -> list[Detection]:
    """What one network alone takes for faces in an RGB picture (H, W, 3) uint8, surest first."""
    (faces,) = runtime.run(network.name, picture=rgb[None])
    return [_detection(face) for face in faces.astype(np.float64) if face[0] >= network.min_score]


def confirmed(
    rgb: NDArray[np.uint8], candidates: list[Detection], *, vouching: float = MIN_BELIEF, small: bool = False
) -> list[Detection]:
    """Those of the surest candidates that are faces on a closer look, with the mesh's landmarks and their box.

    vouching: the belief from which the verifier takes one for a face that the mesh takes for none. small: they were
    seen in a window only. So many looks at small things would take some of them for faces: the verifier is asked about
    each, and more is asked of it.
    """
    vouching, covered = (MIN_BELIEF_SMALL, MAX_MISMATCH) if small else (vouching, MAX_MISMATCH_COVERED)
    faces: list[Detection] = []
    for candidate in candidates[:MAX_CANDIDATES]:
        if faces and faces[0].score >= CLEAR_SCORE > candidate.score:
            break
        square = crop_of_detection(candidate)
        landmarks, _ = place(rgb, square)
        closer = crop_of_landmarks(landmarks)
        landmarks, sure = place(rgb, closer)
        apart = mismatch(candidate, landmarks)
        agrees = sure >= MIN_SURE and apart <= MAX_MISMATCH
        if small or not (agrees and sure >= CLEAR_SURE):
            if apart > covered:
                continue
            if belief(rgb, square, closer) < (MIN_DOUBTED if agrees else vouching):
                continue
            sure = sure if agrees else VOUCHED
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
        faces.append(replace(candidate, box=box, landmarks=landmarks, sure=sure))
    return _apart(faces)


def mismatch(face: Detection, landmarks: NDArray[np.float64]) -> float:
    """How far the finder's eyes, nose and mouth lie from those of the mesh, in face sizes."""
    four = np.array([landmarks[list(ids), :2].mean(axis=0) for ids in (_EYE_RIGHT, _EYE_LEFT, _NOSE, _MOUTH)])
    return float(np.abs(four - face.points[:4]).mean()) / max(face.box[2:])


def _detection(face: NDArray[np.float64]) -> Detection:
    score, x, y, w, h = face[:5].tolist()
    return Detection((x, y, w, h), face[5:].reshape(6, 2), score)


def with_margin(rgb: NDArray[np.uint8]) -> list[Detection]:
    """What is seen when the picture has a grey margin: a face that fills all of it, or is cut off by its edge, is too
    large for the finders without one."""
    step = max(1, max(rgb.shape[:2]) // LARGE_ENOUGH)
    coarse = rgb[::step, ::step, :3]
    height, width = coarse.shape[:2]
    margin = round(MARGIN * max(height, width))
    wider = np.full((height + 2 * margin, width + 2 * margin, 3), MARGIN_GREY, np.uint8)
    wider[margin : margin + height, margin : margin + width] = coarse
    seen = [face for face in detect(SHORT_RANGE, wider) if max(face.box[2:]) >= LARGE * max(height, width)]
    return [_moved(face, -margin, -margin, step) for face in seen]


def _moved(face: Detection, x: float, y: float, scale: float = 1.0) -> Detection:
    left, top, w, h = face.box
    box = (scale * (left + x), scale * (top + y), scale * w, scale * h)
    return replace(face, box=box, points=scale * (face.points + np.array([x, y])))


def _windows(rgb: NDArray[np.uint8], share: int) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Squares of the longer side divided by `share` that overlap by half, with the place of their upper left corner."""
    height, width = rgb.shape[:2]
    side = -(-max(height, width) // share)
    if side < SMALLEST_ZOOM:
        return
    for y in _starts(height, side):
        for x in _starts(width, side):
            yield x, y, rgb[y : y + side, x : x + side]


def _starts(length: int, side: int) -> list[int]:
    steps = -(-2 * max(length - side, 0) // side)
    return [round(step * (length - side) / steps) for step in range(steps + 1)] if steps else [0]


def _seen_in(window: NDArray[np.uint8], x: int, y: int, network: Network) -> list[Detection]:
    return [_moved(face, x, y) for face in detect(network, window)]


def _apart(faces: list[Detection]) -> list[Detection]:
    """The faces without those that a better one covers, surest first.

    Better: nearer to the mesh's eyes, nose and mouth. A score says little of how well a box fits.
    """
    kept: list[Detection] = []
    for face in sorted(faces, key=_fit, reverse=True):
        if all(_iou(face.box, other.box) <= SAME_FACE_IOU for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda face: -face.score)


def _fit(face: Detection) -> float:
    return face.score if face.landmarks is None else -mismatch(face, face.landmarks)


def _iou(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> float:
    (x, y, w, h), (u, v, k, m) = one, two
    shared = max(min(x + w, u + k) - max(x, u), 0.0) * max(min(y + h, v + m) - max(y, v), 0.0)
    return shared / max(w * h + k * m - shared, 1e-12)


def _turn_back(face: Detection, quarter_turns: int, width: int, height: int) -> Detection:
    """A detection in a picture that was turned by `np.rot90(rgb, quarter_turns)`, in the picture before the turn."""
    x, y, w, h = face.box
    places = np.vstack([[x, y], [x + w, y + h], face.points])
    landmarks = None if face.landmarks is None else face.landmarks.copy()
    for turns in range(quarter_turns, 0, -1):
        side = width if turns % 2 else height  # width of the picture this turn was applied to
        places = np.column_stack([side - places[:, 1], places[:, 0]])
        if landmarks is not None:
            landmarks[:, :2] = np.column_stack([side - landmarks[:, 1], landmarks[:, 0]])
    low, high = places[:2].min(axis=0), places[:2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return replace(face, box=box, points=places[2:], landmarks=landmarks)
