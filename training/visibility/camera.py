"""Light and camera: what happens to a picture after everything is in its place."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from visibility.layers import Rng
from visibility.parts import OVAL, filled


def degrade(rng: Rng, canvas: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Light and camera: exposure, colour cast, shadow, backlight, few pixels, blur, noise, JPEG."""
    size = canvas.shape[0]
    void = (canvas == 0).all(axis=-1)
    picture: NDArray[Any] = canvas.astype(np.float32)
    if rng.random() < 0.08:
        oval = cv2.GaussianBlur(filled([landmarks[OVAL, :2].astype(np.float64)], size), (0, 0), 6)[..., None] / 255
        picture = picture * (rng.uniform(0.25, 0.6) * oval + rng.uniform(1.0, 1.6) * (1 - oval))
    if rng.random() < 0.15:  # a shadow with an edge
        angle, offset = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.2) * size
        y, x = np.mgrid[0:size, 0:size] - size / 2
        beyond = (x * np.cos(angle) + y * np.sin(angle) > offset).astype(np.float32)
        beyond = cv2.GaussianBlur(beyond, (0, 0), rng.uniform(0.8, 12))
        picture = picture * (1 - rng.uniform(0.15, 0.65) * beyond[..., None])
    exposure = rng.random()
    if exposure < 0.12:
        picture = picture * rng.uniform(0.15, 0.5)
    elif exposure < 0.55:
        picture = picture * np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.4:
        picture = picture * np.exp(rng.normal(0, 0.14 if rng.random() < 0.85 else 0.35, 3)).astype(np.float32)
    if rng.random() < 0.25:
        grey = picture.mean(axis=-1, keepdims=True)
        picture = grey + (picture - grey) * (0 if rng.random() < 0.15 else rng.uniform(0.4, 1.5))
    if rng.random() < 0.25:
        picture = 255 * np.power(np.clip(picture, 0, 255) / 255, np.exp(rng.normal(0, 0.25)))
    if rng.random() < 0.3:
        small = max(40, round(size * rng.uniform(0.3, 0.9)))
        picture = cv2.resize(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), (size, size))
    if rng.random() < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 2.5))
    elif rng.random() < 0.12:
        length, angle = int(rng.integers(4, 14)), rng.uniform(0, np.pi)
        kernel = np.zeros((15, 15), np.float32)
        way = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        ends = [tuple(int(v) for v in np.rint(7 + sign * way)) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    elif rng.random() < 0.15:
        picture = picture + rng.uniform(0.3, 1.2) * (picture - cv2.GaussianBlur(picture, (0, 0), 1.5))
    if rng.random() < 0.35:
        picture = picture + rng.normal(0, rng.uniform(1, 9), picture.shape).astype(np.float32)
    picture[void] = 0
    result = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        _, data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 90))])
        result = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(result, np.uint8)
