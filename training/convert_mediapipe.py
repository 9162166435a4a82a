"""Convert Google's public face networks (MediaPipe, TFLite) to ONNX, check them, and write their cards.

    python training/convert_mediapipe.py DATA/backbones/mediapipe

The folder holds `face_detection_short_range.tflite`, `face_detection_full_range.tflite`, `face_landmark.tflite` and
their `LICENSE`. Run it in an environment of its own: `pip install tensorflow-cpu tf2onnx 'numpy<2' onnxruntime`.

What is changed on the way: the picture goes in as uint8 RGB (the scaling to the network's range becomes part of the
graph), scores come out after their sigmoid, and weights that float16 holds exactly are stored as float16.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COMMIT = "63e679d9"
ORIGIN = "https://github.com/google-ai-edge/mediapipe"
OPSET = 13
TRIALS = 24
TOLERANCE = 2e-3  # of the output's own range; a conversion that is further off is refused
MODELS = Path(__file__).resolve().parent.parent / "src" / "vitascope" / "models"


@dataclass(frozen=True)
class Network:
    """One network to convert: where it comes from, what goes in and out, and what is known about its limits."""

    name: str
    source: str
    task: str
    size: int
    scale: float
    offset: float
    outputs: tuple[tuple[str, tuple[int, ...], bool, str], ...]  # name, shape, sigmoid inside, meaning
    limits: tuple[str, ...]


FINDER_OUTPUTS = "box centre x, y, width, height and 6 points (x, y), in pixels of the input relative to the anchor"
NETWORKS = (
    Network(
        name="face_finder_short",
        source="face_detection_short_range.tflite",
        task="Find faces within about 2 m of the camera (BlazeFace, short range).",
        size=128,
        scale=1 / 127.5,
        offset=-1.0,
        outputs=(
            ("boxes", (1, 896, 16), False, FINDER_OUTPUTS),
            ("scores", (1, 896), True, "probability that the anchor holds a face"),
        ),
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
        outputs=(
            ("boxes", (1, 2304, 16), False, FINDER_OUTPUTS),
            ("scores", (1, 2304), True, "probability that the anchor holds a face"),
        ),
        limits=(
            "Faces that fill most of the picture are found less surely than by the short-range network.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
        ),
    ),
    Network(
        name="face_mesh",
        source="face_landmark.tflite",
        task="Place 468 landmarks on one upright face that fills about two thirds of the picture.",
        size=192,
        scale=1 / 255.0,
        offset=0.0,
        outputs=(
            ("landmarks", (1, 468, 3), False, "x, y in pixels of the input; z on the same scale, smaller is nearer"),
            ("face", (1,), True, "probability that the picture holds a face"),
        ),
        limits=(
            "Landmarks behind a hand, a mask or the edge of the picture are guessed, not seen.",
            "Less exact when the head is turned by more than about 60 degrees.",
            "Google reports its accuracy on its own pictures; accuracy per skin type is not measured here.",
        ),
    ),
)


def convert(network: Network, source: Path) -> bytes:
    """The ONNX file of one network, with the changes the module's text lists. Deterministic."""
    import onnx
    import tf2onnx
    from onnx import TensorProto, helper, numpy_helper

    model, _ = tf2onnx.convert.from_tflite(str(source), opset=OPSET)
    graph = model.graph
    picture = graph.input[0].name
    shape = [1, network.size, network.size, 3]
    before = [
        helper.make_node("Cast", ["picture"], ["picture_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["picture_float", "picture_scale"], ["picture_scaled"]),
        helper.make_node("Add", ["picture_scaled", "picture_offset"], [picture]),
    ]
    constants = [
        numpy_helper.from_array(np.float32(network.scale), "picture_scale"),
        numpy_helper.from_array(np.float32(network.offset), "picture_offset"),
    ]
    after, outputs = [], []
    for old, (name, out_shape, sigmoid, _) in zip(graph.output, network.outputs, strict=True):
        constants.append(numpy_helper.from_array(np.array(out_shape, np.int64), f"{name}_shape"))
        flat = f"{name}_logit" if sigmoid else name
        after.append(helper.make_node("Reshape", [old.name, f"{name}_shape"], [flat]))
        if sigmoid:
            after.append(helper.make_node("Sigmoid", [flat], [name]))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, out_shape))
    weights = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        half = array.astype(np.float16) if array.dtype == np.float32 and array.size > 64 else None
        if half is not None and np.array_equal(half.astype(np.float32), array):
            weights.append(numpy_helper.from_array(half, f"{tensor.name}_half"))
            before.append(helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT))
        else:
            weights.append(tensor)
    built = helper.make_graph(
        [*before, *graph.node, *after],
        network.name,
        [helper.make_tensor_value_info("picture", TensorProto.UINT8, shape)],
        outputs,
        initializer=[*weights, *constants],
    )
    for node in built.node:
        node.doc_string = ""
    result = helper.make_model(built, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="vitascope")
    result.ir_version = 8
    onnx.checker.check_model(result, full_check=True)
    data: bytes = result.SerializeToString(deterministic=True)
    return data


def check(network: Network, source: Path, converted: bytes) -> dict[str, dict[str, float]]:
    """Largest difference between the ONNX file and the TFLite interpreter over random pictures, per output."""
    import onnxruntime
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(source), num_threads=1)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    session = onnxruntime.InferenceSession(converted, providers=["CPUExecutionProvider"])
    worst = {name: {"max_abs_difference": 0.0, "output_range": 0.0} for name, *_ in network.outputs}
    rng = np.random.default_rng(0)
    for _ in range(TRIALS):
        picture = _picture(rng, network.size)
        interpreter.set_tensor(inputs[0]["index"], picture[None].astype(np.float32) * network.scale + network.offset)
        interpreter.invoke()
        ours = session.run(None, {"picture": picture[None]})
        for (name, shape, sigmoid, _), detail, got in zip(network.outputs, outputs, ours, strict=True):
            want = interpreter.get_tensor(detail["index"]).reshape(shape).astype(np.float64)
            if sigmoid:
                want = 1 / (1 + np.exp(-want))
            entry = worst[name]
            entry["max_abs_difference"] = max(entry["max_abs_difference"], float(np.abs(want - got).max()))
            entry["output_range"] = max(entry["output_range"], float(np.ptp(want)), 1.0 if sigmoid else 0.0)
    for name, entry in worst.items():
        if not entry["max_abs_difference"] <= TOLERANCE * entry["output_range"]:
            raise SystemExit(f"{network.name}: output {name} differs from the original: {entry}")
    return {name: {key: float(f"{v:.2g}") for key, v in entry.items()} for name, entry in worst.items()}


def _picture(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    """A smooth random picture with noise on it: its activations look more like a photo's than white noise would."""
    import tensorflow as tf

    coarse = rng.uniform(0, 255, (1, 6, 6, 3))
    smooth = tf.image.resize(coarse, (size, size), method="bicubic").numpy()[0]
    noisy: NDArray[np.uint8] = np.clip(smooth + rng.normal(0, 8, smooth.shape), 0, 255).astype(np.uint8)
    return noisy


def card(network: Network, source: Path, converted: bytes, parity: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Everything the loader and a reader need to know about the file, from what was measured."""
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
            "changed": "converted from TFLite to ONNX; uint8 input scaled and scores passed through a sigmoid inside",
        },
        "licence": {"spdx": "Apache-2.0", "file": "NOTICE", "copyright": "The MediaPipe Authors"},
        "inputs": {"picture": {"shape": [1, network.size, network.size, 3], "dtype": "uint8", "meaning": "RGB"}},
        "outputs": {
            name: {"shape": list(shape), "dtype": "float32", "meaning": meaning}
            for name, shape, _, meaning in network.outputs
        },
        "parity": {"against": "TFLite interpreter", "pictures": TRIALS, "outputs": parity},
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
        "| in or out | shape | type | meaning |",
        "|---|---|---|---|",
    ]
    for kind in ("inputs", "outputs"):
        for name, spec in data[kind].items():
            shape = " x ".join(map(str, spec["shape"]))
            lines.append(f"| {kind[:-1]} `{name}` | {shape} | {spec['dtype']} | {spec['meaning']} |")
    parity = data["parity"]
    lines += ["", f"Largest difference from the {parity['against']} over {parity['pictures']} made pictures:", ""]
    for name, entry in parity["outputs"].items():
        lines.append(f"- `{name}`: {entry['max_abs_difference']:g} (the output ranges over {entry['output_range']:g})")
    lines += ["", "Known limits:", "", *(f"- {limit}" for limit in data["limits"]), ""]
    return "\n".join(lines)


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
        folder = arguments.out / network.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(converted)
        (folder / "card.json").write_text(json.dumps(data, indent=1) + "\n")
        (folder / "card.md").write_text(page(data))
        print(f"{network.name}: {len(converted) / 1e6:.2f} MB, {data['parity']['outputs']}")
    notice = (
        f"face_finder_short, face_finder_full and face_mesh are networks of MediaPipe ({ORIGIN}, commit {COMMIT}),\n"
        "Copyright The MediaPipe Authors, converted to ONNX by training/convert_mediapipe.py and used under:\n\n"
    )
    (arguments.out / "NOTICE").write_text(notice + (arguments.folder / "LICENSE").read_text())


if __name__ == "__main__":
    main()
