"""A picture beside its heat maps, with the answers beneath: what `--heatmap` writes and programs can ask for."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.report import Box, Finding
from vitascope.report.finding import percent, title_of
from vitascope.screening.heatmap import draw
from vitascope.screening.run import Examination

Rgb = NDArray[np.uint8]
FONT = cv2.FONT_HERSHEY_SIMPLEX
STRIP, INK, BOX = 255, (30, 40, 38), (111, 227, 211)
MAX_EDGE = 1024
LEAST_WIDTH = 320
LINES = 2


def shown_size(rgb: Rgb, max_edge: int = MAX_EDGE) -> Rgb:
    """The picture (H, W, 3), made smaller where its longer edge is over `max_edge` pixels."""
    height, width = rgb.shape[:2]
    scale = max_edge / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small: Rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return small


def side_by_side(examined: Examination) -> Rgb:
    """The picture, and beside it the same under the heat map of each finding, each with a line of words beneath."""
    rgb = shown_size(examined.rgb)
    height, width = rgb.shape[:2]
    panels = [_with_words(_with_boxes(rgb, examined.report.boxes), ["picture"])]
    for name, heat in examined.maps.items():
        finding = examined.report.findings[name]
        panels.append(_with_words(draw(rgb, heat.on(height, width)), _words(finding, heat.label)))
    return np.concatenate(panels, axis=1)


def _words(finding: Finding, label: str) -> list[str]:
    share = percent(finding.probabilities.get(label, 0.0))
    sure = "" if finding.status == "ok" else " (not sure)"
    return [f"{finding.title}{sure}", f"where it speaks for: {title_of(finding, label)}, {share}"]


def _with_boxes(rgb: Rgb, boxes: Sequence[Box]) -> Rgb:
    if not boxes:
        return rgb
    drawn = rgb.copy()
    height, width = rgb.shape[:2]
    thick = max(1, round(max(height, width) / 400))
    for box in boxes:
        x, y, w, h = (round(v * edge) for v, edge in zip(box.place, (width, height) * 2, strict=True))
        cv2.rectangle(drawn, (x, y), (x + w, y + h), BOX, thick, cv2.LINE_AA)
        cv2.putText(drawn, box.label, (x, max(y - 4, 12)), FONT, 0.4 * thick, BOX, thick, cv2.LINE_AA)
    return drawn


def _with_words(picture: Rgb, words: Sequence[str]) -> Rgb:
    """The picture with a strip of `LINES` lines beneath it, in borders where it is narrow."""
    height, width = picture.shape[:2]
    whole = max(width, LEAST_WIDTH)
    line = max(18, round(whole / 32))
    canvas = np.full((height + LINES * line + line // 2, whole, 3), STRIP, np.uint8)
    left = (whole - width) // 2
    canvas[:height, left : left + width] = picture
    for k, text in enumerate(words[:LINES]):
        (wide, _), _ = cv2.getTextSize(text, FONT, 1.0, 1)
        scale = min(line / 38, (whole - line) / max(wide, 1))
        cv2.putText(canvas, text, (line // 2, height + (k + 1) * line), FONT, scale, INK, 1, cv2.LINE_AA)
    return canvas
