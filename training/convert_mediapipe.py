"""Convert Google's public face networks (MediaPipe, TFLite) to ONNX, check them, and write their cards.

    python training/convert_mediapipe.py DATA/backbones/mediapipe

The folder holds `face_detection_short_range.tflite`, `face_detection_full_range.tflite`, `face_landmark.tflite` and
their `LICENSE`. Run it in an environment of its own: `pip install tensorflow-cpu tf2onnx 'numpy<2' onnxruntime`.

What is put around the networks on the way: the picture goes in as uint8 of any size; the letterbox of the finders and
the turned crop of the mesh, the scaling to the network's range, anchors, sigmoid and weighted non-maximum suppression
become part of the graph, and places come out in pixels of the picture. Weights that float16 holds exactly are stored
as float16. Parametric ReLUs are written out (`prelu_graph`).
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import model_card
import numpy as np
from crop_graph import Cut, Letterbox, Nodes, cut, letterbox
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper
from prelu_graph import without_prelu

COMMIT = "63e679d9"
ORIGIN = "https://github.com/google-ai-edge/mediapipe"
OPSET = 18
TOLERANCE = 2e-3  # of the network's input size or of 1; a conversion that is further off is refused
PACKAGE = Path(__file__).resolve().parent.parent / "src" / "vitascope"
MODELS = PACKAGE / "models"
PORTRAIT = PACKAGE / "demo" / "astronaut.jpg"

LOWEST_SCORE = 0.2  # anchors below are dropped: a look that must be surer drops more from what comes out
SAME_FACE_IOU = 0.3


@dataclass(frozen=True)
class Network:
    """One network to convert: where it comes from, what goes into it, and what is known about its limits.

    grids: of a finder, the cells a side and the anchors a cell; none for the mesh.
    """

    name: str
    source: str
    task: str
    size: int
    scale: float
    offset: float
    limits: tuple[str, ...]
    grids: tuple[tuple[int, int], ...] = ()


NETWORKS = (
    Network(
        name="face_finder_short",
        source="face_detection_short_range.tflite",
        task="Find faces within about 2 m of the camera (BlazeFace, short range).",
        size=128,
        scale=1 / 127.5,
        offset=-1.0,
        grids=((16, 2), (8, 6)),
        limits=(
            "Faces smaller than about a tenth of the picture are missed.",
            "Heads turned by more than about 45 degrees in the picture are often missed.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
        ),
    ),
    Network(
        name="face_finder_full",
        source="face_detection_full_range.tflite",
        task="Find faces up to about 5 m from the camera (BlazeFace, full range).",
        size=192,
        scale=1 / 127.5,
        offset=-1.0,
        grids=((48, 1),),
        limits=(
            "Faces that fill most of the picture are found less surely than by the short-range network.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
        ),
    ),
    Network(
        name="face_mesh",
        source="face_landmark.tflite",
        task="Place 468 landmarks on one face in a crop of the picture, upright, the face about two thirds of it.",
        size=192,
        scale=1 / 255.0,
        offset=0.0,
        limits=(
            "Landmarks behind a hand, a mask or the edge of the picture are guessed, not seen.",
            "Less exact when the head is turned by more than about 60 degrees.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
            "Cheaper networks (a small one taught by this one; this one in eight bits) were measured: docs/face.md.",
        ),
    ),
)
PICTURE = {"shape": [1, "H", "W", "C"], "dtype": "uint8", "meaning": "RGB in the first three channels, any size"}
CROP = {"shape": [4], "dtype": "float32", "meaning": "square: centre x, y and side in pixels, angle in radians"}
FACES = {
    "shape": ["F", 17],
    "dtype": "float32",
    "meaning": "score; box x, y, width, height; right eye, left eye, nose tip, mouth, right ear, left ear (x, y); in"
    " pixels of the picture, surest first",
}
LANDMARKS = {
    "shape": [468, 3],
    "dtype": "float32",
    "meaning": "x, y in pixels of the picture; z on the same scale, smaller is nearer",
}
FACE = {"shape": [1], "dtype": "float32", "meaning": "probability that the crop holds a face"}
TYPES = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT}


def signature(network: Network) -> tuple[dict[str, Any], dict[str, Any]]:
    """What goes into and comes out of a converted network, by name."""
    if network.grids:
        return {"picture": PICTURE}, {"faces": FACES}
    return {"picture": PICTURE, "crop": CROP}, {"landmarks": LANDMARKS, "face": FACE}


def convert(network: Network, source: Path) -> bytes:
    """The ONNX file of one network, with the changes the module's text lists. Deterministic."""
    import tf2onnx

    model, _ = tf2onnx.convert.from_tflite(str(source), opset=OPSET)
    graph = model.graph
    before, after = Nodes("before_"), Nodes("after_")
    boxes, scores = (value.name for value in graph.output)
    if network.grids:
        fitted = letterbox(before, network.size)
        pixels = fitted.pixels
        flat = after.op("Reshape", boxes, after.whole([-1, 8, 2]))
        sure = after.op("Sigmoid", after.op("Reshape", scores, after.whole([-1])))
        decode(after, network, flat, sure, fitted)
    else:
        square = cut(before, network.size, layout="NHWC")
        pixels = square.pixels
        points = after.op("Reshape", boxes, after.whole([468, 3]))
        to_picture(after, network, points, square)
        after.op("Sigmoid", after.op("Reshape", scores, after.whole([1])), out="face")
    if network.offset:
        scaled = before.op("Mul", pixels, before.number(network.scale))
        before.op("Add", scaled, before.number(network.offset), out=graph.input[0].name)
    else:
        before.op("Mul", pixels, before.number(network.scale), out=graph.input[0].name)
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    body = Nodes("body_")
    without_prelu(body, graph.node, arrays)
    written_out = {node.input[1] for node in graph.node if node.op_type == "PRelu"}
    weights = []
    for tensor in graph.initializer:
        if tensor.name in written_out:
            continue
        array = arrays[tensor.name]
        half = array.astype(np.float16) if array.dtype == np.float32 and array.size > 64 else None
        if half is not None and np.array_equal(half.astype(np.float32), array):
            weights.append(numpy_helper.from_array(half, f"{tensor.name}_half"))
            before.op("Cast", f"{tensor.name}_half", out=tensor.name, to=TensorProto.FLOAT)
        else:
            weights.append(tensor)
    inputs, outputs = (
        [helper.make_tensor_value_info(name, TYPES[of["dtype"]], of["shape"]) for name, of in side.items()]
        for side in signature(network)
    )
    built = helper.make_graph(
        [*before.nodes, *body.nodes, *after.nodes],
        network.name,
        inputs,
        outputs,
        initializer=[*weights, *before.constants, *body.constants, *after.constants],
    )
    for node in built.node:
        node.doc_string = ""
    result: ModelProto = helper.make_model(
        built, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="vitascope"
    )
    result.ir_version = 8
    checker.check_model(result, full_check=True)
    data: bytes = result.SerializeToString(deterministic=True)
    return data


def anchors(network: Network) -> NDArray[np.float32]:
    """Anchor centres (A, 2), x and y in pixels of the network's input, row by row."""
    grids = []
    for cells, each in network.grids:
        centre = (np.arange(cells) + 0.5) * network.size / cells
        y, x = np.meshgrid(centre, centre, indexing="ij")
        grids.append(np.repeat(np.column_stack([x.ravel(), y.ravel()]), each, axis=0))
    return np.concatenate(grids).astype(np.float32)


def decode(graph: Nodes, network: Network, places: str, scores: str, fitted: Letterbox) -> None:
    """Add what turns anchors into `faces`: `places` (A, 8, 2), relative to the anchors but for the size, `scores` (A,).

    Weighted non-maximum suppression (BlazeFace): the surest anchor takes along all that overlap it, and their places
    are averaged by their scores; then the surest of those left.
    """
    kept = graph.op("GreaterOrEqual", scores, graph.number(LOWEST_SCORE))
    scores = graph.op("Compress", scores, kept, axis=0)
    places = graph.op("Compress", places, kept, axis=0)
    origin = graph.op("Compress", graph.number(anchors(network)), kept, axis=0)
    origin = graph.op("Unsqueeze", graph.op("Sub", origin, fitted.corner), graph.whole([1]))
    moves = graph.number(np.array([1, 0, 1, 1, 1, 1, 1, 1]).reshape(1, 8, 1))
    places = graph.op("Mul", graph.op("Add", places, graph.op("Mul", origin, moves)), fitted.scale)

    centre = graph.op("Slice", places, graph.whole([0]), graph.whole([1]), graph.whole([1]))
    size = graph.op("Slice", places, graph.whole([1]), graph.whole([2]), graph.whole([1]))
    half = graph.op("Mul", size, graph.number(0.5))
    low, high = graph.op("Sub", centre, half), graph.op("Add", centre, half)  # (A, 1, 2)
    flat = graph.op("Squeeze", graph.op("Concat", low, high, axis=2), graph.whole([1]))
    leaders = graph.op(
        "NonMaxSuppression",
        graph.op("Unsqueeze", flat, graph.whole([0])),
        graph.op("Unsqueeze", scores, graph.whole([0, 1])),
        graph.whole([1000]),
        graph.number([SAME_FACE_IOU]),
    )
    leaders = graph.op("Gather", leaders, graph.whole(2), axis=1)  # (F,), surest first

    # Each anchor goes with the first leader it overlaps.
    area = graph.op("ReduceProd", size, graph.whole([2]), keepdims=0)  # (A, 1)
    low, high = (graph.op("Transpose", edge, perm=[1, 0, 2]) for edge in (low, high))  # (1, A, 2)
    first_low, first_high = (
        graph.op("Transpose", graph.op("Gather", edge, leaders, axis=1), perm=[1, 0, 2]) for edge in (low, high)
    )
    shared = graph.op("Sub", graph.op("Min", first_high, high), graph.op("Max", first_low, low))
    shared = graph.op("ReduceProd", graph.op("Max", shared, graph.number(0)), graph.whole([2]), keepdims=0)  # (F, A)
    either = graph.op("Add", graph.op("Gather", area, leaders, axis=0), graph.op("Transpose", area, perm=[1, 0]))
    either = graph.op("Sub", either, shared)
    over = graph.op("Greater", shared, graph.op("Mul", either, graph.number(SAME_FACE_IOU)))
    turn = graph.op("CumSum", graph.cast(over, TensorProto.FLOAT), graph.whole(0))
    member = graph.op("And", over, graph.op("Equal", turn, graph.number(1)))
    weight = graph.op("Mul", graph.cast(member, TensorProto.FLOAT), scores)
    weight = graph.op("Div", weight, graph.op("ReduceSum", weight, graph.whole([1]), keepdims=1))
    blended = graph.op("MatMul", weight, graph.op("Reshape", places, graph.whole([-1, 16])))
    corner_of_box = np.eye(16, dtype=np.float32)
    corner_of_box[2, 0] = corner_of_box[3, 1] = -0.5
    blended = graph.op("MatMul", blended, graph.number(corner_of_box))
    best = graph.op("Unsqueeze", graph.op("Gather", scores, leaders, axis=0), graph.whole([1]))
    graph.op("Concat", best, blended, axis=1, out="faces")


def to_picture(graph: Nodes, network: Network, points: str, square: Cut) -> None:
    """Add what takes `points` (K, 3) in pixels of the crop to `landmarks` in pixels of the picture."""
    half = (network.size - 1) / 2
    points = graph.op("Sub", points, graph.number([half, half, 0]))
    flat, depth = (
        graph.op("Slice", points, graph.whole([start]), graph.whole([end]), graph.whole([1]))
        for start, end in ((0, 2), (2, 3))
    )
    flat = graph.op("Add", graph.op("MatMul", flat, square.turn), square.centre)
    graph.op("Concat", flat, graph.op("Mul", depth, square.scale), axis=1, out="landmarks")


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


def card(network: Network, source: Path, converted: bytes, parity: dict[str, Any]) -> dict[str, Any]:
    """Everything the loader and a reader need to know about the file, from what was measured."""
    inputs, outputs = signature(network)
    return {
        "name": network.name,
        "sha256": hashlib.sha256(converted).hexdigest(),
        "bytes": len(converted),
        "task": network.task,
        "origin": {
            "project": "MediaPipe",
            "url": ORIGIN,
            "commit": COMMIT,
            "file": source.name,
            "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
            "changed": "converted from TFLite to ONNX; "
            + (
                "letterbox, scaling, anchors, sigmoid and weighted non-maximum suppression inside"
                if network.grids
                else "cropping, scaling, sigmoid and the way back to the picture's pixels inside, parametric ReLUs"
                " written out"
            ),
        },
        "licence": {"spdx": "Apache-2.0", "file": "NOTICE", "copyright": "The MediaPipe Authors"},
        "inputs": inputs,
        "outputs": outputs,
        "parity": parity,
        "limits": list(network.limits),
    }


def page(data: dict[str, Any]) -> str:
    """The card as a page for people."""
    origin = data["origin"]
    lines = [
        f"# {data['name']}",
        "",
        data["task"],
        "",
        f"- File: `model.onnx`, {data['bytes'] / 1e6:.2f} MB, sha256 `{data['sha256']}`",
        f"- Origin: [{origin['project']}]({origin['url']}), commit {origin['commit']}, `{origin['file']}`"
        f" (sha256 `{origin['sha256']}`)",
        f"- Changed: {origin['changed']}",
        f"- Licence: {data['licence']['spdx']}, {data['licence']['copyright']}; text in `models/NOTICE`",
        "",
        *model_card.signature(data),
    ]
    parity = data["parity"]
    lines += [
        "",
        f"Largest difference from the {parity['against']} over {parity['pictures']} made pictures"
        f" ({parity['faces']} faces):",
        "",
    ]
    for name, entry in parity["outputs"].items():
        lines.append(f"- `{name}`: {entry['max_abs_difference']:g}")
    return "\n".join([*lines, "", *model_card.ending(data)])


def main() -> None:
    """Convert, check and write all networks."""
    parser = argparse.ArgumentParser(description="Convert MediaPipe's face networks to ONNX and write their cards.")
    parser.add_argument("folder", type=Path, help="folder with the .tflite files and their LICENSE")
    parser.add_argument("--out", type=Path, default=MODELS, help="where the model folders are written")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for network in NETWORKS:
        source = arguments.folder / network.source
        converted = convert(network, source)
        data = card(network, source, converted, check(network, source, converted))
        model_card.write(arguments.out / network.name, converted, data, page(data))
        print(f"{network.name}: {len(converted) / 1e6:.2f} MB, {data['parity']['outputs']}")
    notice = (
        f"face_finder_short, face_finder_full and face_mesh are networks of MediaPipe ({ORIGIN}, commit {COMMIT}),\n"
        "Copyright The MediaPipe Authors, converted to ONNX by training/convert_mediapipe.py and used under:\n\n"
    )
    (arguments.out / "NOTICE").write_text(notice + (arguments.folder / "LICENSE").read_text())


if __name__ == "__main__":
    main()
