"""Draw what was seen of a face: its box and mesh, the skin that counts, what is hidden, and the words beneath."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.face.regions import REGIONS, pixels
from vitascope.face.table import hidden_by, hidden_parts
from vitascope.face.watcher import Sight

Rgb = NDArray[np.uint8]

SKIN, MESH, BOX, REFUSED, OUTLINE = (60, 220, 120), (200, 235, 255), (80, 190, 255), (240, 70, 60), (40, 160, 90)
STRIP, INK, FAINT = (24, 30, 36), (238, 242, 245), (150, 160, 168)
TINT = 0.45  # of the colour of skin that counts fully
LINES = 5
LEAST_WIDTH = 480  # of what is drawn: narrower pictures get borders, so that the words can be read
FONT = cv2.FONT_HERSHEY_DUPLEX
# Landmarks around the parts that are no region.
_AROUND = {
    "mouth": [61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91],
    "eyes": [33, 247, 30, 27, 190, 414, 257, 260, 467, 263, 249, 390, 253, 463, 243, 23, 110],
}


class Drawing:
    """Draws the sights of one clip, or of one picture. All frames must have the same size."""

    def __init__(self) -> None:
        self._edges: NDArray[np.intp] | None = None

    def draw(self, rgb: Rgb, sight: Sight) -> Rgb:
        """`rgb` (H, W, 3) uint8 with what `sight` tells of it drawn on it and written beneath; sides are even."""
        picture = rgb.copy()
        if sight.event is not None:
            self._edges = None
        if sight.box is not None and sight.landmarks is not None:
            self._face(picture, sight)
        return _with_words(picture, _words(sight))

    def _face(self, picture: Rgb, sight: Sight) -> None:
        assert sight.box is not None
        assert sight.landmarks is not None
        height, width = picture.shape[:2]
        thick = max(1, round(min(width, height) / 400))
        for region in pixels(sight.regions, width, height, sight.skin):
            if region.weights is not None:
                window = picture[region.window]
                share = (region.weights / region.weights.max()).reshape(*window.shape[:2], 1)
                window[:] = np.rint(window + TINT * share * (np.array(SKIN, np.float32) - window)).astype(np.uint8)
        places = np.rint(sight.landmarks[:, :2]).astype(np.int32)
        if self._edges is None:
            self._edges = _edges(sight.landmarks)
        lines = picture.copy()
        cv2.polylines(lines, list(places[self._edges]), False, MESH, thick, cv2.LINE_AA)
        cv2.addWeighted(lines, 0.35, picture, 0.65, 0, dst=picture)
        for name in REGIONS:
            cv2.polylines(picture, [np.rint(sight.regions[name]).astype(np.int32)], True, OUTLINE, thick, cv2.LINE_AA)
        for part in hidden_parts(sight):
            outline = sight.regions[part] if part in sight.regions else sight.landmarks[_AROUND[part], :2]
            _cross_out(picture, np.rint(outline).astype(np.int32), thick)
        x, y, w, h = (round(v) for v in sight.box)
        cv2.rectangle(picture, (x, y), (x + w, y + h), REFUSED if sight.refusal else BOX, 2 * thick, cv2.LINE_AA)


def _edges(landmarks: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which landmarks (E, 2) the mesh's lines join: the triangulation of the face as it is first seen."""
    from scipy.spatial import Delaunay

    corners = Delaunay(landmarks[:, :2]).simplices
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    return np.asarray(np.unique(pairs, axis=0), np.intp)


def _cross_out(picture: Rgb, outline: NDArray[np.int32], thick: int) -> None:
    """Hatch a part of the face."""
    left, top, width, height = cv2.boundingRect(outline)
    if width < 2 or height < 2:
        return
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [cv2.convexHull(outline)[:, 0] - (left, top)], 255)
    hatch = np.zeros_like(inside)
    for start in range(-height, width, max(6 * thick, 6)):
        cv2.line(hatch, (start, height), (start + height, 0), 255, thick, cv2.LINE_AA)
    # Only what lies in the picture can be drawn on.
    rows = slice(max(top, 0), min(top + height, picture.shape[0]))
    columns = slice(max(left, 0), min(left + width, picture.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    within = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    picture[rows, columns][(inside[within] > 0) & (hatch[within] > 100)] = REFUSED
    cv2.polylines(picture, [outline], True, REFUSED, thick, cv2.LINE_AA)


def _words(sight: Sight) -> list[tuple[str, tuple[int, int, int]]]:
    """The lines beneath the picture, each with its colour."""
    time = f"{sight.time_s:.2f} s" + (f" | {sight.event}" if sight.event else "")
    report = sight.report
    if report is None:
        return [(f"no face | {time}", INK), *((message, REFUSED) for message in sight.messages)]
    rate = f" | {report.fps:.0f} frames/s" if np.isfinite(report.fps) else ""
    state = f"face {report.confidence:.2f} | {time}{rate} | faces: {report.n_faces}"
    view = (
        f"width {report.distance:.0%} of the picture | turn {report.turn:.0f} nod {report.nod:.0f} "
        f"roll {report.roll:.0f} deg | brightness {report.brightness:.0f}"
    )
    skin = "skin: " + ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in report.skin.items())
    parts = ", ".join(f"{part.replace('_', ' ')} {report.hidden[part]:.0%}" for part in hidden_parts(sight))
    by = ", ".join(f"{name.replace('_', ' ')} {report.by[name]:.0%}" for name in hidden_by(sight))
    hidden = f"hidden: {parts or 'nothing'}" + (f" | seen: {by}" if by else "")
    says = sight.refusal or (sight.messages[0] if sight.messages else "")
    return [
        (state, INK),
        (view, FAINT),
        (skin, FAINT),
        (hidden, REFUSED if parts else FAINT),
        (says, REFUSED if sight.refusal else INK),
    ]


def _with_words(picture: Rgb, words: Sequence[tuple[str, tuple[int, int, int]]]) -> Rgb:
    """The picture with a strip of `LINES` lines beneath it, in borders where it is narrow."""
    height, width = picture.shape[:2]
    whole = max(width, LEAST_WIDTH)
    whole += whole % 2
    line = max(20, round(whole / 36))
    below = LINES * line + line // 2
    canvas = np.full((height + below + (height + below) % 2, whole, 3), STRIP, np.uint8)
    left = (whole - width) // 2
    canvas[:height, left : left + width] = picture
    for k, (text, ink) in enumerate(words[:LINES]):
        (wide, _), _ = cv2.getTextSize(text, FONT, 1.0, 1)
        scale = min(line / 40, (whole - line) / max(wide, 1))
        thick = max(1, round(scale * 1.2))
        cv2.putText(canvas, text, (line // 2, height + (k + 1) * line), FONT, scale, ink, thick, cv2.LINE_AA)
    return canvas
