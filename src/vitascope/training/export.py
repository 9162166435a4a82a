"""A fitted check as one ONNX file: any picture in, calibrated probabilities and heat maps out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn

from vitascope.training.eight_bits import quantised
from vitascope.training.fundus_filter import as_trained
from vitascope.training.net import CheckNet

# Resize shrinks without aliasing from this version on; the face networks use it too.
OPSET = 18
# Pixels kept a side for each pixel the network sees; larger pictures give every second, third ... pixel only.
KEPT = 4


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes logits (K,) probabilities: softmax((logits + bias) / temperature).

    With `order` b the classes are grades, and b (k - m)^2 is taken from the logits, m being the mean grade: the answer
    is drawn to where the weight lies, which a distance between grades (quadratic kappa) asks for.
    """

    temperature: float
    bias: tuple[float, ...]
    order: float = 0.0

    def probabilities(self, logits: Tensor) -> Tensor:
        """(N, K) of logits (N, K)."""
        scaled = (logits + torch.tensor([self.bias])) / self.temperature
        if self.order:
            grades = torch.arange(len(self.bias), dtype=torch.float32)
            middle = (torch.softmax(scaled, 1) * grades).sum(1, keepdim=True)
            scaled = scaled - self.order * (grades - middle).square()
        return torch.softmax(scaled, 1)


class Shipped(nn.Module):  # type: ignore[misc]
    """Squared pixels (1, 3, S, S) 0..255 to probabilities and maps of each head, looked at as it is and mirrored."""

    def __init__(self, net: CheckNet, calibration: Mapping[str, Calibration], fundus: bool, flips: bool) -> None:
        super().__init__()
        self.net, self.calibration, self.fundus, self.flips = net, dict(calibration), fundus, flips

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        if self.fundus:
            pixels = as_trained(pixels)
        if self.flips:
            pixels = torch.cat([pixels, pixels.flip(3)])
        logits, maps = self.net.with_maps(pixels)
        out = []
        for name, how in self.calibration.items():
            logit, cells = logits[name].mean(0, keepdim=True), maps[name]
            if self.flips:
                cells = (cells[:1] + cells[1:].flip(3)) / 2
            out.append(how.probabilities(logit))
            out.append(cells - cells.mean(1, keepdim=True))
        return tuple(out)


def halved(net: CheckNet) -> CheckNet:
    """The same network with every large weight as float16 can hold it."""
    for parameter in net.parameters():
        if parameter.numel() > 64:
            parameter.data = parameter.data.half().float()
    return net


def check_file(shipped: Shipped, size: int, name: str, pictures: Sequence[NDArray[np.uint8]] = ()) -> bytes:
    """The file of a check; with some `pictures` its dense convolutions are in 8 bits (`eight_bits.quantised`)."""
    outputs = [out for head in shipped.calibration for out in (head, f"{head}_map")]
    return onnx_of(shipped, outputs, size, name, pictures)


def onnx_of(
    module: nn.Module, outputs: list[str], size: int, name: str, pictures: Sequence[NDArray[np.uint8]] = ()
) -> bytes:
    """A module on squared pixels as a file that takes any picture: float16 weights, float32 arithmetic.

    With some `pictures` the dense convolutions are in 8 bits. The same network gives the same bytes.
    """
    buffer = io.BytesIO()
    torch.onnx.export(
        module.eval(),
        (torch.zeros(1, 3, size, size),),
        buffer,
        opset_version=OPSET,
        input_names=["pixels"],
        output_names=outputs,
        dynamo=False,
    )
    graph = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(buffer.getvalue())).graph
    own = {tensor.name for tensor in graph.initializer}
    nodes, numbers = _front(size)
    picture = helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, "H", "W", "C"])
    whole = helper.make_graph(
        [*nodes, *graph.node],
        name,
        [picture],
        graph.output,
        initializer=[*numbers, *graph.initializer],
        value_info=graph.value_info,
    )
    if pictures:
        whole = quantised(_model(whole, OPSET), pictures).graph
    return packed(_half(whole, own), OPSET)


def _half(graph: onnx.GraphProto, own: set[str]) -> onnx.GraphProto:
    """The graph with those of the network's own numbers that are still float32 and many kept as float16."""
    casts, weights = [], []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if tensor.name in own and array.dtype == np.float32 and array.size > 64:
            weights.append(numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}_half"))
            casts.append(helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT))
        else:
            weights.append(tensor)
    return helper.make_graph([*casts, *graph.node], graph.name, graph.input, graph.output, initializer=weights)


def packed(graph: onnx.GraphProto, opset: int) -> bytes:
    """The graph as a checked file; the same graph gives the same bytes on every machine."""
    for node in graph.node:
        node.doc_string = ""  # where the exporter names its own source files
    model = _model(graph, opset)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _model(graph: onnx.GraphProto, opset: int) -> onnx.ModelProto:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="vitascope")
    model.ir_version = 8
    return model


def _front(size: int) -> tuple[list[NodeProto], list[TensorProto]]:
    """Nodes from `picture` uint8 (1, H, W, C) to `pixels` float (1, 3, size, size): a square, antialiased."""
    numbers = {
        "zero3": [0, 0, 0], "three": [3], "one": [1], "axes": [1, 2, 3], "start": [1], "stop": [3],
        "kept": [KEPT * size], "target": [1, size, size, 3],
    }  # fmt: skip
    steps: list[tuple[str, list[str], str, dict[str, Any]]] = [
        ("Shape", ["picture"], "shape", {}),
        ("Slice", ["shape", "f_start", "f_stop"], "sides", {}),
        ("Div", ["sides", "f_kept"], "times", {}),
        ("Max", ["times", "f_one"], "strides2", {}),
        ("Concat", ["strides2", "f_one"], "strides", {"axis": 0}),
        ("Concat", ["sides", "f_three"], "ends", {"axis": 0}),
        ("Slice", ["picture", "f_zero3", "ends", "f_axes", "strides"], "thinned", {}),
        ("Resize", ["thinned", "", "", "f_target"], "square", {"mode": "linear", "antialias": 1}),
        ("Transpose", ["square"], "planes", {"perm": [0, 3, 1, 2]}),
        ("Cast", ["planes"], "pixels", {"to": TensorProto.FLOAT}),
    ]
    nodes = []
    for kind, inputs, output, attributes in steps:
        named = [n if n in ("picture", "") or n.startswith("f_") else f"f_{n}" for n in inputs]
        nodes.append(helper.make_node(kind, named, [output if output == "pixels" else f"f_{output}"], **attributes))
    return nodes, [numpy_helper.from_array(np.asarray(v, np.int64), f"f_{k}") for k, v in numbers.items()]


def session(data: bytes) -> onnxruntime.InferenceSession:
    """The file opened on one thread, as the program opens it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def difference(shipped: Shipped, data: bytes, size: int, trials: int = 12) -> float:
    """Largest difference of a probability from PyTorch's over made pictures of the network's own size."""
    opened, rng, worst = session(data), np.random.default_rng(0), 0.0
    heads = list(shipped.calibration)
    for _ in range(trials):
        coarse = rng.integers(0, 256, (6, 6, 3)).astype(np.float32)
        picture = torch.nn.functional.interpolate(
            torch.from_numpy(coarse).permute(2, 0, 1)[None], (size, size), mode="bicubic", align_corners=False
        )
        square = picture.clamp(0, 255).round()
        with torch.no_grad():
            want = shipped.eval()(square)[::2]
        got: list[NDArray[np.float32]] = opened.run(heads, {"picture": square.byte().permute(0, 2, 3, 1).numpy()})
        worst = max(worst, *(float(np.abs(g - w.numpy()).max()) for g, w in zip(got, want, strict=True)))
    return float(f"{worst:.2g}")
