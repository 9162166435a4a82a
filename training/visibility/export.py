"""The fitted network as one ONNX file that cuts its crop from a picture of any size itself."""

from __future__ import annotations

import io

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from crop_graph import Nodes, cut
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from scipy import ndimage
from torch import Tensor, nn

from visibility.faces import crop_matrix
from visibility.fit import predict
from visibility.net import Visibility
from visibility.scene import CELLS, INPUT
from vitascope.face.mesh import Crop

OPSET = 16
TRIALS = 30
TOLERANCE = 5e-3


class _Answers(nn.Module):  # type: ignore[misc]
    """Logits of one picture as probabilities without the batch."""

    def __init__(self, net: Visibility) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden, by, skin = self.net(pixels)
        return torch.sigmoid(hidden)[0], torch.sigmoid(by)[0], torch.sigmoid(skin)[0]


def halved(net: Visibility) -> Visibility:
    """The same network with every large weight as float16 can hold it."""
    for parameter in net.parameters():
        if parameter.numel() > 64:
            parameter.data = parameter.data.half().float()
    return net


def onnx_of(net: Visibility) -> bytes:
    """The file. Deterministic."""
    buffer = io.BytesIO()
    torch.onnx.export(
        _Answers(net).eval(),
        (torch.zeros(1, 3, INPUT, INPUT),),
        buffer,
        opset_version=OPSET,
        input_names=["pixels"],
        output_names=["hidden", "by", "skin"],
        dynamo=False,
    )
    graph = onnx.load_model_from_string(buffer.getvalue()).graph
    before = Nodes("crop_")
    pixels = cut(before, INPUT).pixels
    before.op("Identity", pixels, out="pixels")
    weights = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype == np.float32 and array.size > 64:
            weights.append(numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}_half"))
            before.op("Cast", f"{tensor.name}_half", out=tensor.name, to=TensorProto.FLOAT)
        else:
            weights.append(tensor)
    shapes = (("hidden", [6]), ("by", [6]), ("skin", [CELLS, CELLS]))
    built = helper.make_graph(
        [*before.nodes, *graph.node],
        "face_visibility",
        [
            helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, "H", "W", "C"]),
            helper.make_tensor_value_info("crop", TensorProto.FLOAT, [4]),
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes],
        initializer=[*weights, *before.constants],
    )
    for node in built.node:
        node.doc_string = ""
    model = helper.make_model(built, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="vitascope")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def difference(net: Visibility, data: bytes) -> float:
    """Largest difference of any output from PyTorch's over made pictures, the crop cut by SciPy there."""
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    worst = 0.0
    for _ in range(TRIALS):
        coarse = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        picture = np.asarray(cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
        crop = Crop(rng.uniform(100, 540), rng.uniform(100, 380), rng.uniform(80, 400), rng.uniform(-0.5, 0.5))
        square = np.array([crop.x, crop.y, crop.side, crop.angle], np.float32)
        got = session.run(None, {"picture": picture[None], "crop": square})
        want = predict(net, _exactly(picture, crop)[None])
        worst = max(worst, *(float(np.abs(g - w[0]).max()) for g, w in zip(got, want, strict=True)))
    if worst > TOLERANCE:
        raise SystemExit(f"the exported network differs from the fitted one by {worst}")
    return float(f"{worst:.2g}")


def _exactly(picture: NDArray[np.uint8], crop: Crop) -> NDArray[np.float32]:
    """The crop (96, 96, 3); OpenCV rounds places to 1/32 of a pixel, the graph does not."""
    y, x = np.mgrid[0:INPUT, 0:INPUT]
    places = crop_matrix(crop, INPUT) @ np.stack([x.ravel(), y.ravel(), np.ones(INPUT * INPUT)])
    channels = [
        ndimage.map_coordinates(picture[..., c].astype(np.float32), places[::-1], order=1, mode="grid-constant")
        for c in range(3)
    ]
    return np.stack(channels, axis=-1).reshape(INPUT, INPUT, 3)
