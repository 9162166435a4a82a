"""What the gate learns from: pictures that checks take, faces, hands, and other things made up."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vitascope.evaluation.datasets import photos, skin_around
from vitascope.evaluation.datasets.photos import Case
from vitascope.evaluation.split import fold
from vitascope.training.pictures import decoded

KINDS = ("face", "nail", "skin", "dermoscopy", "outer_eye", "fundus", "lung_ct", "other")
Picture = NDArray[np.uint8]


def _kind(name: str) -> dict[str, int]:
    return {"kind": KINDS.index(name)}


def _faces(data: Path) -> Iterator[Case]:
    for folder, group in (("face_utk", "file"), ("face_bmi", "file"), ("face_masks", "file")):
        table = data / folder / "labels.csv"
        for row in photos.rows(table) if table.exists() else ():
            yield Case(data / folder / "images" / row["file"], row[group], folder, _kind("face"))
    for folder, group in (("spoof_nuaa", "subject"), ("spoof_replay", "source")):
        table = data / folder / "labels.csv"
        for row in photos.rows(table) if table.exists() else ():
            if row["label"] == "live":
                yield Case(data / folder / "images" / row["file"], row[group], folder, _kind("face"))


def _hands(data: Path) -> Iterator[Case]:
    table = data / "nail_yakimov" / "metadata.csv"
    for row in photos.rows(table) if table.exists() else ():
        path = data / "nail_yakimov" / "photo" / f"{row['PATIENT_ID']}.jpg"
        boxes = {"nails": row["NAIL_BOUNDING_BOXES"], "skins": row["SKIN_BOUNDING_BOXES"]}
        yield Case(path, row["MEASUREMENT_DATE"], "nail_yakimov", _kind("nail"), boxes)


def _checked(data: Path) -> Iterator[Case]:
    for check in photos.SETS:
        for case in photos.cases(check, data):
            kind = "dermoscopy" if case.source == "HAM10000" else check
            yield Case(case.path, case.group, case.source, _kind(kind))


def known(data: Path, each: int = 1400) -> list[Case]:
    """At most `each` pictures of every (kind, source), spread evenly over the set's order; no other things."""
    by: dict[tuple[int, str], list[Case]] = {}
    for case in (*_faces(data), *_hands(data), *_checked(data)):
        by.setdefault((case.labels["kind"], case.source), []).append(case)
    kept = []
    for cases in by.values():
        cases.sort(key=lambda case: str(case.path))
        step = max(1, -(-len(cases) // each))
        kept += cases[::step]
    return kept


def windows_of_skin(data: Path, each: int = 4) -> list[tuple[int, Picture]]:
    """Pieces of the backs of hands where everything has the colour of the skin beside the nails, and their fold."""
    rng, found = np.random.default_rng(11), []
    for case in _hands(data):
        rgb = decoded(case.path)
        boxes = ast.literal_eval(case.details["skins"])
        beside = np.concatenate([rgb[t:b, left:r].reshape(-1, 3) for t, left, b, r in boxes]).astype(np.float32)
        middle, spread = beside.mean(axis=0), beside.std(axis=0) + 12
        like = (np.abs(rgb - middle) < 3.0 * spread).all(axis=2)
        height, width = like.shape
        kept = 0
        for _ in range(80):
            side = int(rng.integers(70, 220))
            top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
            if kept < each and like[top : top + side, left : left + side].mean() > 0.93:
                found.append((fold(case.group), rgb[top : top + side, left : left + side]))
                kept += 1
    return found


def background(case: Case, rng: np.random.Generator) -> Picture | None:
    """What stands beside the face in a picture of a webcam; None where there is nothing."""
    rgb = decoded(case.path)
    width = rgb.shape[1]
    piece = (
        rgb[: int(0.7 * len(rgb)), : width // 4] if rng.random() < 0.5 else rgb[: int(0.7 * len(rgb)), -width // 4 :]
    )
    return piece if min(piece.shape[:2]) >= 40 else None


def shown(case: Case, rng: np.random.Generator, skins: Sequence[Picture] = ()) -> Picture:
    """The picture as somebody might take it: a hand as a whole or its nails close up, a lesion on skin.

    skins: photographs of skin to lay lesions on that were cut out.
    """
    rgb = decoded(case.path)
    if case.source == "PAD-UFES-20":
        how = rng.random()
        if how < 0.25 or not skins:
            return skin_around.photo(rgb, 240, rng)
        if how < 0.6:
            return skin_around.photo(rgb, 240, rng, skins[int(rng.integers(len(skins)))])
        return skin_around.within(rgb, rng) if how < 0.85 else skin_around.inpainted(rgb, 240)
    if case.source == "nail_yakimov" and rng.random() < 0.6:
        nails = np.array(ast.literal_eval(case.details["nails"]))
        if rng.random() < 0.4:
            nails = nails[[int(rng.integers(len(nails)))]]
        low, high = nails[:, :2].min(axis=0), nails[:, 2:].max(axis=0)
        reach = (high - low).max() * rng.uniform(0.4, 1.6) + 30
        (top, left), (bottom, right) = np.maximum(low - reach, 0).astype(int), (high + reach).astype(int)
        return rgb[top:bottom, left:right]
    return rgb


def taken(rgb: Picture, rng: np.random.Generator, turn: bool) -> Picture:
    """Changed as another camera and hand would: cut, turned, light, colour, blur; at most 320 pixels a side."""
    height, width = rgb.shape[:2]
    side = rng.uniform(0.75, 1.0)
    h, w = max(int(height * side), 8), max(int(width * side), 8)
    top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
    rgb = rgb[top : top + h, left : left + w]
    scale = min(1.0, 320 / max(rgb.shape[:2]))
    rgb = cv2.resize(rgb, (max(int(w * scale), 8), max(int(h * scale), 8)), interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )
    if turn:
        rgb = np.rot90(rgb, int(rng.integers(4)))
    elif rng.random() < 0.3:
        middle, angle = (rgb.shape[1] / 2, rgb.shape[0] / 2), float(rng.normal(0, 12))
        matrix = cv2.getRotationMatrix2D(middle, angle, 1.0)
        border = cv2.BORDER_REPLICATE if rng.random() < 0.5 else cv2.BORDER_CONSTANT
        rgb = cv2.warpAffine(rgb, matrix, rgb.shape[1::-1], borderMode=border).astype(np.uint8)
    if rng.random() < 0.5:
        rgb = rgb[:, ::-1]
    light = np.exp(rng.normal(0, 0.18)) * np.exp(rng.normal(0, 0.05, 3))
    out = np.clip(rgb.astype(np.float32) * light + rng.normal(0, 6), 0, 255)
    if rng.random() < 0.2:
        out = cv2.GaussianBlur(out.astype(np.float32), (0, 0), float(rng.uniform(0.4, 1.2)))
    return np.ascontiguousarray(out).astype(np.uint8)


# ---- other things ----------------------------------------------------------------------------------------------


def _size(rng: np.random.Generator) -> tuple[int, int]:
    side = int(rng.integers(140, 320))
    aspect = float(np.exp(rng.uniform(-0.5, 0.5)))
    return side, max(int(side * aspect), 64)


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(v) for v in rng.integers(0, 256, 3))
    return red, green, blue


def _ground(rng: np.random.Generator) -> Picture:
    height, width = _size(rng)
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.float32)
    if rng.random() < 0.5:
        corners[:] = corners[0, 0]
    if rng.random() < 0.25:
        corners[:] = 255 if rng.random() < 0.6 else 0
    return cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def plain(rng: np.random.Generator, _: Picture) -> Picture:
    """One colour or a slope of colours."""
    return _ground(rng)


def noise(rng: np.random.Generator, _: Picture) -> Picture:
    """Noise of one of many grain sizes, grey or coloured."""
    height, width = _size(rng)
    out = np.zeros((height, width, 3), np.float32)
    for _octave in range(int(rng.integers(1, 4))):
        cell = int(2 ** rng.uniform(0, 6))
        grain = rng.normal(0, 60, (height // cell + 2, width // cell + 2, 3)).astype(np.float32)
        out += cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.4:
        out[:] = out.mean(axis=2, keepdims=True)
    return (out + rng.uniform(60, 200)).clip(0, 255).astype(np.uint8)


FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_PLAIN,
)  # fmt: skip
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?%-"))


def _words(rng: np.random.Generator, count: int) -> str:
    return " ".join("".join(rng.choice(LETTERS, int(rng.integers(2, 10)))) for _ in range(count))


def text(rng: np.random.Generator, _: Picture) -> Picture:
    """Lines of writing, small or large."""
    out = _ground(rng)
    scale, font, colour = float(rng.uniform(0.25, 1.6)), FONTS[int(rng.integers(len(FONTS)))], _colour(rng)
    if rng.random() < 0.5:
        out[:], colour = 245, (20, 20, 20)
    step = int(28 * scale) + 4
    for y in range(step, out.shape[0], step):
        if rng.random() < 0.9:
            cv2.putText(out, _words(rng, 12), (6, y), font, scale, colour, 1 + int(scale > 0.8), cv2.LINE_AA)
    return out


def shapes(rng: np.random.Generator, _: Picture) -> Picture:
    """Flat shapes as in logos, icons and charts, sometimes with a word."""
    out = _ground(rng)
    height, width = out.shape[:2]
    for _shape in range(int(rng.integers(1, 14))):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        reach, colour = int(rng.uniform(0.04, 0.4) * min(height, width)), _colour(rng)
        thick = -1 if rng.random() < 0.7 else int(rng.integers(1, 12))
        which = int(rng.integers(5))
        if which == 0:
            cv2.circle(out, at, reach, colour, thick, cv2.LINE_AA)
        elif which == 1:
            cv2.rectangle(out, at, (at[0] + reach, at[1] + int(reach * rng.uniform(0.2, 2))), colour, thick)
        elif which == 2:
            axes = (reach, int(reach * rng.uniform(0.2, 1)))
            cv2.ellipse(out, at, axes, float(rng.uniform(0, 180)), 0, float(rng.uniform(90, 360)), colour, thick)
        elif which == 3:
            points = (np.array(at) + rng.normal(0, reach, (int(rng.integers(3, 7)), 2))).astype(np.int32)
            cv2.fillPoly(out, [points], colour, cv2.LINE_AA)
        else:
            cv2.line(out, at, tuple(int(v) for v in rng.integers(0, (width, height))), colour, int(rng.integers(1, 9)))
    if rng.random() < 0.4:
        cv2.putText(
            out, _words(rng, 1), (width // 10, height // 2), FONTS[1], float(rng.uniform(0.6, 2)), _colour(rng), 2
        )
    return out


def screen(rng: np.random.Generator, inner: Picture) -> Picture:
    """A window of a program: bars, boxes, lines of writing, a small picture."""
    height, width = sorted((int(v) for v in rng.integers(180, 420, 2)), reverse=bool(rng.random() < 0.5))
    light = bool(rng.random() < 0.7)
    out = np.full((height, width, 3), 250 if light else 28, np.uint8)
    ink = (40, 40, 44) if light else (220, 220, 224)
    cv2.rectangle(out, (0, 0), (width, int(rng.integers(12, 40))), _colour(rng), -1)
    for _box in range(int(rng.integers(2, 9))):
        x, y = int(rng.integers(width)), int(rng.integers(20, height))
        w, h = int(rng.uniform(0.1, 0.6) * width), int(rng.uniform(0.05, 0.4) * height)
        which = rng.random()
        if which < 0.3:
            cv2.rectangle(out, (x, y), (x + w, y + h), _colour(rng), -1 if rng.random() < 0.6 else 1)
        elif which < 0.45:
            part = cv2.resize(inner, (max(w, 8), max(h, 8)))[: height - y, : width - x]
            out[y : y + part.shape[0], x : x + part.shape[1]] = part
        else:
            for line in range(int(rng.integers(1, 8))):
                cv2.putText(out, _words(rng, 6)[: w // 5 + 2], (x, y + 11 * line), FONTS[0], 0.32, ink, 1, cv2.LINE_AA)
    return out


def chart(rng: np.random.Generator, _: Picture) -> Picture:
    """Axes with lines, bars or points."""
    height, width = _size(rng)
    out = np.full((height, width, 3), 255 if rng.random() < 0.8 else 25, np.uint8)
    cv2.rectangle(out, (width // 10, height // 12), (width - 8, height - height // 8), (120, 120, 120), 1)
    for _series in range(int(rng.integers(1, 5))):
        n, colour = int(rng.integers(5, 60)), _colour(rng)
        x = np.linspace(width / 10, width - 8, n)
        y = height / 2 + np.cumsum(rng.normal(0, height / 25, n))
        points = np.stack([x, y.clip(height / 12, height * 7 / 8)], 1).astype(np.int32)
        which = int(rng.integers(3))
        if which == 0:
            cv2.polylines(out, [points.reshape(-1, 1, 2)], False, colour, 1 + int(rng.integers(2)), cv2.LINE_AA)
        for px, py in points if which else []:
            if which == 1:
                cv2.circle(out, (int(px), int(py)), 2, colour, -1)
            else:
                cv2.rectangle(out, (int(px), int(py)), (int(px + width / n * 0.5), height * 7 // 8), colour, -1)
    for row in range(int(rng.integers(2, 7))):
        cv2.putText(out, _words(rng, 1)[:5], (1, 10 + row * height // 7), FONTS[0], 0.28, (110, 110, 110), 1)
    return out


def pattern(rng: np.random.Generator, _: Picture) -> Picture:
    """Stripes, checks, rings, codes: what repeats."""
    height, width = _size(rng)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle, step = rng.uniform(0, np.pi), rng.uniform(4, 60)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    which = int(rng.integers(4))
    if which == 0:
        on = np.sin(along / step * 2 * np.pi)
    elif which == 1:
        on = np.sign(np.sin(along / step * np.pi) * np.sin(across / step * np.pi))
    elif which == 2:
        on = np.sin(np.hypot(x - width * rng.random(), y - height * rng.random()) / step * 2 * np.pi)
    else:
        code = rng.integers(0, 2, (int(rng.integers(8, 40)),) * 2).astype(np.float32) * 2 - 1
        on = cv2.resize(code, (width, height), interpolation=cv2.INTER_NEAREST)
    share = (on[..., None] + 1) / 2
    out = share * np.array(_colour(rng)) + (1 - share) * np.array(_colour(rng))
    return np.asarray(out.clip(0, 255), np.uint8)


def scene(rng: np.random.Generator, _: Picture) -> Picture:
    """Things in a light: soft ellipses, boxes and blades with shadow and texture over a horizon."""
    height, width = _size(rng)
    out = cv2.resize(rng.uniform(40, 255, (3, 1, 3)).astype(np.float32), (width, height))
    for _thing in range(int(rng.integers(3, 30))):
        layer = np.zeros((height, width), np.uint8)
        at = (int(rng.integers(width)), int(rng.integers(height)))
        reach = rng.uniform(0.03, 0.35) * min(height, width)
        if rng.random() < 0.5:
            axes = (int(reach) + 1, int(reach * rng.uniform(0.2, 1.2)) + 1)
            cv2.ellipse(layer, at, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
        else:
            points = (np.array(at) + rng.normal(0, reach, (int(rng.integers(3, 8)), 2))).astype(np.int32)
            cv2.fillPoly(layer, [points], 255, cv2.LINE_AA)
        soft = cv2.GaussianBlur(layer, (0, 0), float(rng.uniform(0.4, 3))).astype(np.float32)[..., None] / 255
        slope = np.linspace(rng.uniform(0.4, 1), rng.uniform(0.8, 1.3), width, dtype=np.float32)[None, :, None]
        grain = rng.normal(0, rng.uniform(0, 22), (height, width, 1)).astype(np.float32)
        out = out * (1 - soft) + soft * (np.array(_colour(rng), np.float32) * slope + grain)
    return out.clip(0, 255).astype(np.uint8)


def collage(rng: np.random.Generator, inner: Picture) -> Picture:
    """One picture many times over, in tiles of different turn and size: no single thing to judge."""
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    side = 80
    out = np.zeros((rows * side, columns * side, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            height, width = inner.shape[:2]
            h, w = (max(int(n * rng.uniform(0.2, 1)), 4) for n in (height, width))
            top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
            tile = np.rot90(cv2.resize(inner[top : top + h, left : left + w], (side, side)), int(rng.integers(4)))
            out[row * side : (row + 1) * side, column * side : (column + 1) * side] = tile
    return out


def strange(rng: np.random.Generator, inner: Picture) -> Picture:
    """The colours of a known kind and none of its shape: negative, channels changed, cells shuffled, bent."""
    small = cv2.resize(inner, (240, 240)).astype(np.uint8)
    which = int(rng.integers(3))
    if which == 0:
        order = rng.permutation(3) if rng.random() < 0.5 else np.arange(3)
        return np.asarray(255 - small[..., order], np.uint8)
    if which == 1:
        cells = int(rng.choice([3, 4, 6, 8]))
        side = 240 // cells
        tiles = (
            small[: side * cells, : side * cells]
            .reshape(cells, side, cells, side, 3)
            .swapaxes(1, 2)
            .reshape(-1, side, side, 3)
        )
        tiles = tiles[rng.permutation(len(tiles))]
        return tiles.reshape(cells, cells, side, side, 3).swapaxes(1, 2).reshape(side * cells, side * cells, 3)
    y, x = np.mgrid[:240, :240].astype(np.float32)
    push = [
        cv2.resize(rng.normal(0, 1, (7, 7)).astype(np.float32), (240, 240), interpolation=cv2.INTER_CUBIC) for _ in "xy"
    ]
    reach = float(rng.uniform(25, 60))
    return cv2.remap(
        small, x + reach * push[0], y + reach * push[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    ).astype(np.uint8)


OTHERS: tuple[Callable[[np.random.Generator, Picture], Picture], ...] = (
    plain, noise, text, shapes, screen, chart, pattern, scene, scene, collage, strange, strange,
)  # fmt: skip


def other(rng: np.random.Generator, inner: Picture) -> Picture:
    """Something that no check takes; `inner` is a picture of a known kind that some of them are made of."""
    return OTHERS[int(rng.integers(len(OTHERS)))](rng, inner)
