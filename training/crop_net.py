"""A fitted network on one square as an ONNX file that cuts its square from a picture of any size itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
import onnxruntime
import torch
from crop_graph import Nodes, cut
from numpy.typing import NDArray
from onnx_file import build
from scipy import ndimage
from torch import nn
from visibility.faces import crop_matrix

from vitascope.face.mesh import Crop

TRIALS = 30
TOLERANCE = 5e-3


def onnx_of(answers: nn.Module, outputs: Mapping[str, Sequence[int]], size: int, name: str) -> bytes:
    """The file of `answers`, which takes pixels (1, 3, size, size) 0..255 and gives outputs of the shapes named.

    The same network gives the same bytes.
    """
    before = Nodes("crop_")
    before.op("Identity", cut(before, size).pixels, out="pixels")
    return build(
        name,
        before,
        answers,
        examples=(torch.zeros(1, 3, size, size),),
        between=("pixels",),
        dynamic={},
        inputs={"picture": ("uint8", [1, "H", "W", "C"]), "crop": ("float32", [4])},
        outputs={output: list(shape) for output, shape in outputs.items()},
    )


Predict = Callable[[NDArray[np.float32]], Sequence[NDArray[np.float32]]]


def difference(data: bytes, size: int, predict: Predict) -> float:
    """Largest difference of any output from what `predict` says of the same square (1, size, size, 3).

    The squares lie on made pictures and are cut by SciPy for `predict`. Raises SystemExit above TOLERANCE.
    """
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    worst = 0.0
    for _ in range(TRIALS):
        coarse = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        picture = np.asarray(cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
        crop = Crop(rng.uniform(100, 540), rng.uniform(100, 380), rng.uniform(80, 400), rng.uniform(-0.5, 0.5))
        square = np.array([crop.x, crop.y, crop.side, crop.angle], np.float32)
        got = session.run(None, {"picture": picture[None], "crop": square})
        want = predict(_exactly(picture, crop, size)[None])
        worst = max(worst, *(float(np.abs(g - w[0]).max()) for g, w in zip(got, want, strict=True)))
    if worst > TOLERANCE:
        raise SystemExit(f"the exported network differs from the fitted one by {worst}")
    return float(f"{worst:.2g}")


def _exactly(picture: NDArray[np.uint8], crop: Crop, size: int) -> NDArray[np.float32]:
    """The crop (size, size, 3); OpenCV rounds places to 1/32 of a pixel, the graph does not."""
    y, x = np.mgrid[0:size, 0:size]
    places = crop_matrix(crop, size) @ np.stack([x.ravel(), y.ravel(), np.ones(size * size)])
    channels = [
        ndimage.map_coordinates(picture[..., c].astype(np.float32), places[::-1], order=1, mode="grid-constant")
        for c in range(3)
    ]
    return np.stack(channels, axis=-1).reshape(size, size, 3)
