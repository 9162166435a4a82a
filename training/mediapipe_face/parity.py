"""How far a converted network is from the original, run by TensorFlow Lite, over made portraits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mediapipe_face.networks import LOWEST_SCORE, SAME_FACE_IOU, Network, anchors, signature

TOLERANCE = 2e-3  # of the network's input size or of 1; a conversion that is further off is refused
PORTRAIT = Path(__file__).resolve().parents[2] / "src" / "vitascope" / "demo" / "astronaut.jpg"


def portraits(size: int) -> Iterator[NDArray[np.uint8]]:
    """The portrait at many places and in many sizes, as RGB pictures (size, size, 3)."""
    bgr = cv2.imread(str(PORTRAIT))
    assert bgr is not None
    rgb = bgr[:, :, ::-1].astype(np.float32)
    rng = np.random.default_rng(0)
    for _ in range(24):
        side = rng.uniform(110, 420)
        angle = rng.uniform(-0.4, 0.4)
        matrix = np.asarray(cv2.getRotationMatrix2D((223, 110), float(np.degrees(angle)), size / side), np.float64)
        matrix[:, 2] += (size / 2 + rng.uniform(-0.1, 0.1) * size) - np.array([223, 110])
        picture = cv2.warpAffine(rgb, matrix, (size, size), borderValue=(90, 90, 90))
        yield np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def original(network: Network, source: Path) -> Any:
    """A function from a picture of the network's size to the outputs of the original, as the graph should give them."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(source), num_threads=1)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()

    def run(picture: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        interpreter.set_tensor(inputs[0]["index"], picture[None].astype(np.float32) * network.scale + network.offset)
        interpreter.invoke()
        places, logits = (interpreter.get_tensor(detail["index"]).astype(np.float64) for detail in outputs)
        scores = 1 / (1 + np.exp(-logits.ravel()))
        if not network.grids:
            return [places.reshape(468, 3), scores]
        return [blend(network, places.reshape(-1, 8, 2), scores)]

    return run


def blend(network: Network, places: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """`faces` (F, 17) as the paper describes them, one cluster after the other."""
    places[:, [0, 2, 3, 4, 5, 6, 7]] += anchors(network)[:, None]
    left = np.flatnonzero(scores >= LOWEST_SCORE)
    left = left[np.argsort(-scores[left], kind="stable")]
    low, high = places[:, 0] - places[:, 1] / 2, places[:, 0] + places[:, 1] / 2
    area = places[:, 1].prod(axis=1)
    faces = []
    while len(left):
        best = left[0]
        shared = np.clip(np.minimum(high[best], high[left]) - np.maximum(low[best], low[left]), 0, None).prod(axis=1)
        same = shared > SAME_FACE_IOU * (area[left] + area[best] - shared)
        mean = np.average(places[left[same]], axis=0, weights=scores[left[same]])
        faces.append([scores[best], *(mean[0] - mean[1] / 2), *mean[1], *mean[2:].ravel()])
        left = left[~same]
    return np.array(faces).reshape(-1, 17)


def check(network: Network, source: Path, converted: bytes) -> dict[str, Any]:
    """Largest difference between the ONNX file and the TFLite interpreter over portraits of the network's own size."""
    import onnxruntime

    session = onnxruntime.InferenceSession(converted, providers=["CPUExecutionProvider"])
    reference = original(network, source)
    whole = np.array([(network.size - 1) / 2, (network.size - 1) / 2, network.size, 0], np.float32)
    worst = dict.fromkeys(signature(network)[1], 0.0)
    pictures = list(portraits(network.size))
    n_faces = 0
    for picture in pictures:
        feeds = {"picture": picture[None]} if network.grids else {"picture": picture[None], "crop": whole}
        for name, got, want in zip(worst, session.run(None, feeds), reference(picture), strict=True):
            if got.shape != want.shape:
                raise SystemExit(f"{network.name}: {name} has shape {got.shape}, the original's {want.shape}")
            worst[name] = max(worst[name], float(np.abs(got - want).max(initial=0)))
            n_faces += len(got) if network.grids else 1
    for name, largest in worst.items():
        if not largest <= TOLERANCE * (1 if name == "face" else network.size):
            raise SystemExit(f"{network.name}: output {name} differs from the original by {largest}")
    outputs = {name: {"max_abs_difference": float(f"{largest:.2g}")} for name, largest in worst.items()}
    return {"against": "TFLite interpreter", "pictures": len(pictures), "faces": n_faces, "outputs": outputs}
