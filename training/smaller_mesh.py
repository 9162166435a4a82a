"""Would a cheaper landmark network do? A small one taught by the mesh, and the mesh in eight bits, beside the mesh.

    python training/smaller_mesh.py --work FOLDER [--steps N]

FOLDER holds the squares that `train_verifier.py` cut. The small network is MobileNetV2's first blocks on 96 pixels with
a linear layer on top; what the mesh says of the same square teaches it. Both are judged on faces of files that no
training used, by how far their landmarks lie from the mesh's in the same square, and by time on one core. The table
goes into docs/face.md; nothing here is shipped unless it costs less than half at the errors that the stage allows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import Tensor, nn
from verifier import squares as made
from verifier.fit import INPUT, matrix
from verifier.squares import CANVAS, PLAIN, Squares
from visibility.camera import degrade

from vitascope.evaluation.page import put_between
from vitascope.training.backbones import build
from vitascope.training.export import session

ROOT = Path(__file__).resolve().parent.parent
MESH = ROOT / "src/vitascope/models/face_mesh/model.onnx"
PAGE, RECIPE = ROOT / "docs/face.md", "training/smaller_mesh.py"
BLOCKS, NARROW, STEPS, BATCH, RATE, SEED = 14, 48, 1200, 64, 1e-3, 6
JUDGED, ROUNDS, CALIBRATED = 400, 200, 100
EYES = (33, 263)
Landmarks = NDArray[np.float64]
Predict = Callable[[NDArray[np.uint8]], Landmarks]


class Small(nn.Module):  # type: ignore[misc]
    """Pixels (N, 3, 96, 96) 0..255 of a square to landmarks (N, 468, 2) in sides of it, from its middle."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.blocks = build("mobilenet_v2", weights).blocks[:BLOCKS]
        self.narrow = nn.Conv2d(96, NARROW, 1)
        self.head = nn.Linear(NARROW * (INPUT // 16) ** 2, 468 * 2)

    def forward(self, pixels: Tensor) -> Tensor:
        x = torch.relu(self.narrow(self.blocks(pixels / 127.5 - 1)))
        return self.head(x.flatten(1).float()).view(-1, 468, 2) / 4


def shown(squares: Squares, index: int, rng: np.random.Generator, spoilt: bool) -> tuple[NDArray[np.uint8], Landmarks]:
    """A square (96, 96, 3) a little off the face, and where the landmarks are, in sides of it from its middle."""
    at = matrix(float(np.exp(rng.normal(0, 0.08))), rng.normal(0, 0.03, 2), float(np.deg2rad(rng.normal(0, 6))))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    square = cv2.warpAffine(squares.canvas[index], at, (INPUT, INPUT), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    places = (squares.landmarks[index].astype(np.float64) - at[:, 2]) @ np.linalg.inv(at[:, :2]).T
    pixels = degrade(rng, np.ascontiguousarray(square), places) if spoilt else np.asarray(square, np.uint8)
    return pixels, (places + 0.5) / INPUT - 0.5


def fit(squares: Squares, weights: Path, steps: int) -> Small:
    """The small network after `steps` batches."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    net = Small(weights).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.1)
    for step in range(steps):
        batch = [shown(squares, int(i), rng, rng.random() < 0.5) for i in rng.integers(len(squares.kind), size=BATCH)]
        pixels = torch.from_numpy(np.stack([p for p, _ in batch])).permute(0, 3, 1, 2).float()
        target = torch.from_numpy(np.stack([t for _, t in batch])).float()
        with torch.autocast("cpu", torch.bfloat16):
            found = net(pixels.contiguous(memory_format=torch.channels_last))
        loss = (found.float() - target).abs().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            print(f"{step + 1}/{steps} loss {float(loss):.5f}", flush=True)
    settled: Small = net.eval()
    return settled


class _Faces(CalibrationDataReader):  # type: ignore[misc]
    """Squares for the ranges of the eight bits."""

    def __init__(self, squares: Squares) -> None:
        self._rows: Iterator[NDArray[np.uint8]] = iter(squares.canvas[:: max(1, len(squares.canvas) // CALIBRATED)])

    def get_next(self) -> dict[str, NDArray[np.generic]] | None:
        canvas = next(self._rows, None)
        return None if canvas is None else {"picture": canvas[None], "crop": whole()}


def whole() -> NDArray[np.float32]:
    """The square that the canvas was cut around."""
    return np.array([(CANVAS - 1) / 2, (CANVAS - 1) / 2, CANVAS / made.REACH, 0.0], np.float32)


def of_mesh(mesh: onnxruntime.InferenceSession) -> Predict:
    """Landmarks (468, 2) on the canvas."""
    return lambda canvas: mesh.run(["landmarks"], {"picture": canvas[None], "crop": whole()})[0][:, :2]


def of_small(net: onnxruntime.InferenceSession) -> Predict:
    """The same from the small network."""
    at = matrix(1.0, np.zeros(2), 0.0)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

    def predict(canvas: NDArray[np.uint8]) -> Landmarks:
        square = cv2.warpAffine(canvas, at, (INPUT, INPUT), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        (found,) = net.run(None, {"pixels": np.moveaxis(square, 2, 0)[None].astype(np.float32)})
        return np.asarray(((found[0] + 0.5) * INPUT - 0.5) @ at[:, :2].T + at[:, 2])

    return predict


def row(name: str, predict: Predict, teacher: Predict, faces: NDArray[np.uint8], size: int) -> str:
    """Size, time and errors as a line of the table."""
    apart = []
    for canvas in faces:
        want = teacher(canvas)
        eyes = float(np.linalg.norm(want[EYES[0]] - want[EYES[1]]))
        apart.append(100 * float(np.linalg.norm(predict(canvas) - want, axis=1).mean()) / eyes)
    spent = []
    for k in range(ROUNDS):
        begin = time.perf_counter()
        predict(faces[k % len(faces)])
        spent.append(1000 * (time.perf_counter() - begin))
    middle, high = np.percentile(apart, (50, 95))
    return f"| {name} | {size / 1e6:.2f} | {np.median(spent):.2f} | {middle:.2f} % | {high:.2f} % | {len(faces)} |"


def _known(squares: Squares) -> Squares:
    """Those of open faces of which the mesh is sure."""
    kept = (squares.kind == PLAIN) & np.isfinite(squares.landmarks[:, 0, 0])
    parts = ("canvas", "inside", "landmarks", "kind", "name")
    return Squares(*(getattr(squares, name)[kept] for name in parts))


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="Compare cheaper landmark networks with the mesh.")
    parser.add_argument("--data", type=Path, required=True, help="folder with backbones/")
    parser.add_argument("--work", type=Path, required=True, help="folder with squares.npz of train_verifier.py")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    every = made.load(arguments.work / "squares.npz")
    taught, held = (_known(every.of(part)) for part in ("train", "test"))
    del every
    net = fit(taught, arguments.data / "backbones", arguments.steps)
    faces = held.canvas[:: max(1, len(held.canvas) // JUDGED)]
    teacher = of_mesh(session(MESH.read_bytes()))
    with tempfile.TemporaryDirectory() as folder:
        eight, small = Path(folder) / "eight.onnx", Path(folder) / "small.onnx"
        quantize_static(
            str(MESH), str(eight), _Faces(taught), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=["Conv"],
        )  # fmt: skip
        torch.onnx.export(net, (torch.zeros(1, 3, INPUT, INPUT),), str(small), input_names=["pixels"], dynamo=False)
        in_eight, taught_by_it = (session(path.read_bytes()) for path in (eight, small))
        half = small.stat().st_size // 2  # shipped files keep their weights in float16
        rows = [
            row("the mesh as shipped", teacher, teacher, faces, MESH.stat().st_size),
            row("its convolutions in eight bits", of_mesh(in_eight), teacher, faces, eight.stat().st_size),
            row("small network taught by it", of_small(taught_by_it), teacher, faces, half),
        ]
    lines = [
        "| network | MB | ms on one core | median distance | 95th percentile | faces |",
        "|---|---|---|---|---|---|",
    ]
    put_between(PAGE, RECIPE, "\n".join([*lines, *rows]))
    print("\n".join(rows))


if __name__ == "__main__":
    main()
