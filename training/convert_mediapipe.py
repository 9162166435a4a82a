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
import os
from pathlib import Path

import model_card
from mediapipe_face import card, graph, parity
from mediapipe_face.networks import COMMIT, NETWORKS, ORIGIN

MODELS = Path(__file__).resolve().parent.parent / "src" / "vitascope" / "models"


def main() -> None:
    """Convert, check and write all networks."""
    parser = argparse.ArgumentParser(description="Convert MediaPipe's face networks to ONNX and write their cards.")
    parser.add_argument("folder", type=Path, help="folder with the .tflite files and their LICENSE")
    parser.add_argument("--out", type=Path, default=MODELS, help="where the model folders are written")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for network in NETWORKS:
        source = arguments.folder / network.source
        converted = graph.convert(network, source)
        data = card.card(network, source, converted, parity.check(network, source, converted))
        model_card.write(arguments.out / network.name, converted, data, card.page(data))
        print(f"{network.name}: {len(converted) / 1e6:.2f} MB, {data['parity']['outputs']}")
    notice = (
        f"face_finder_short, face_finder_full and face_mesh are networks of MediaPipe ({ORIGIN}, commit {COMMIT}),\n"
        "Copyright The MediaPipe Authors, converted to ONNX by training/convert_mediapipe.py and used under:\n\n"
    )
    (arguments.out / "NOTICE").write_text(notice + (arguments.folder / "LICENSE").read_text())


if __name__ == "__main__":
    main()
