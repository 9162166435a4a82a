"""From a traced PyTorch module and the nodes before it to one ONNX file with float16 weights."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from crop_graph import Nodes
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from vitascope.training.export import packed

OPSET = 16
KINDS = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT}
# Smaller constants stay as they are: biases, and what turns numbers into haemoglobin.
LARGE = 256


def halved(net: nn.Module) -> nn.Module:
    """The same network with every large weight as float16 can hold it."""
    for parameter in net.parameters():
        if parameter.numel() > LARGE:
            parameter.data = parameter.data.half().float()
    return net


def build(
    name: str,
    before: Nodes,
    module: nn.Module,
    *,
    examples: Sequence[torch.Tensor],
    between: Sequence[str],
    dynamic: Mapping[str, Mapping[int, str]],
    inputs: Mapping[str, tuple[str, list[Any]]],
    outputs: Mapping[str, list[Any]],
    exact: Sequence[str] = (),
) -> bytes:
    """`before` makes the tensors named in `between`, `module` takes them and gives `outputs`. Deterministic.

    inputs: dtype and shape by name. exact: parts of the names of constants that must stay float32.
    """
    buffer = io.BytesIO()
    torch.onnx.export(
        module.eval(),
        tuple(examples),
        buffer,
        opset_version=OPSET,
        input_names=list(between),
        output_names=list(outputs),
        dynamic_axes={key: dict(axes) for key, axes in dynamic.items()},
        dynamo=False,
    )
    graph = onnx.load_model_from_string(buffer.getvalue()).graph
    weights = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype == np.float32 and array.size > LARGE and not any(part in tensor.name for part in exact):
            weights.append(numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}_half"))
            before.op("Cast", f"{tensor.name}_half", out=tensor.name, to=TensorProto.FLOAT)
        else:
            weights.append(tensor)
    built = helper.make_graph(
        [*before.nodes, *graph.node],
        name,
        [helper.make_tensor_value_info(key, KINDS[kind], shape) for key, (kind, shape) in inputs.items()],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()],
        initializer=[*weights, *before.constants],
    )
    return packed(built, OPSET)
