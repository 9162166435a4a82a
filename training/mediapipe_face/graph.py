"""A network of MediaPipe as one ONNX file that takes a picture of any size and gives places in its pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from crop_graph import Cut, Letterbox, Nodes, cut, letterbox
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper
from prelu_graph import without_prelu

from mediapipe_face.networks import LOWEST_SCORE, SAME_FACE_IOU, Network, anchors, signature

OPSET = 18
TYPES = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT}


def convert(network: Network, source: Path) -> bytes:
    """The ONNX file of one network, with the changes that `convert_mediapipe` lists; always the same but for names."""
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
