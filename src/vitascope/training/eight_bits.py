"""A check's file with its dense convolutions in 8 bits: about two thirds of the time, the same answers.

Post-training quantisation (Jacob et al. 2018, arXiv:1712.05877): weights by channel, activations by the range that
they take on pictures that taught, but for one value in 100,000. Depthwise convolutions, the small ones of
squeeze-and-excitation and the first ones stay as they are: they cost little and lose most. Weights use seven of the
eight bits, so that processors whose 8-bit products saturate (AVX2 without VNNI) give the same answers.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

# Convolutions of fewer channels in or out cost more to put into 8 bits and back than they spare.
FEWEST = 16
# Measured on the skin check's fold 7, mean change of a probability: 0.06 with all of them and the whole range, 0.055
# with the percentile, 0.025 with the percentile and the first three left alone; without the seventh bit 0.02.
FIRST = 3
PERCENTILE = 99.999


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, pictures: Sequence[NDArray[np.uint8]]) -> None:
        self._left: Iterator[NDArray[np.uint8]] = iter(pictures)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The next picture as the file takes it."""
        picture = next(self._left, None)
        return None if picture is None else {"picture": picture[None]}


def dense(graph: onnx.GraphProto) -> list[str]:
    """Names of the convolutions worth it: of all channels with all, on more than one pixel, after the first ones."""
    sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    known = [*graph.value_info, *graph.output]
    shapes = {value.name: value.type.tensor_type.shape.dim for value in known}
    chosen = []
    for node in graph.node:
        if node.op_type != "Conv" or node.input[1] not in sizes:
            continue
        out, inner = sizes[node.input[1]][:2]
        seen = shapes.get(node.output[0])
        whole = seen is None or [side.dim_value for side in seen[2:]] != [1, 1]
        if min(out, inner) >= FEWEST and whole:
            chosen.append(node.name)
    return chosen[FIRST:]


def quantised(model: onnx.ModelProto, pictures: Sequence[NDArray[np.uint8]]) -> onnx.ModelProto:
    """`model` (float32 weights, one input `picture`) with its dense convolutions in 8 bits.

    pictures: (H, W, 3) uint8 as the file will see them; a hundred or more of every sort give the ranges.
    """
    # The library prints what it does; the recipe has a voice of its own.
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        given, path = Path(folder) / "given.onnx", Path(folder) / "model.onnx"
        onnx.save_model(model, given)
        quantize_static(
            given,
            path,
            _Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            nodes_to_quantize=dense(model.graph),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": PERCENTILE},
        )
        return onnx.load_model(path)
