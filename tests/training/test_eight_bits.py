"""Putting dense convolutions into 8 bits: which ones, and that the answers stay."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from vitascope.training import eight_bits

SIZE, CHANNELS = 24, 32


def network(seed: int = 0) -> onnx.ModelProto:
    """Picture uint8 (1, H, W, 3) to a mean of 32 channels: dense convolutions, one depthwise, one on a pixel."""
    rng = np.random.default_rng(seed)
    layers = [("stem", 3, 1), *((f"dense{k}", CHANNELS, 1) for k in range(5)), ("depthwise", CHANNELS, CHANNELS)]
    weights, last = [], "pixels"
    nodes = [
        helper.make_node("Transpose", ["picture"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["bytes"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["bytes", "most"], ["pixels"]),
    ]
    weights.append(numpy_helper.from_array(np.float32(255), "most"))
    for name, inner, groups in layers:
        shape = (CHANNELS, inner // groups, 3, 3)
        spread = np.sqrt(2 / (shape[1] * 9))
        weights.append(numpy_helper.from_array(rng.normal(0, spread, shape).astype(np.float32), f"{name}_weight"))
        inputs = [last, f"{name}_weight"]
        nodes.append(helper.make_node("Conv", inputs, [f"{name}_sum"], name=name, group=groups, pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"{name}_sum"], [name]))
        last = name
    weights.append(numpy_helper.from_array(rng.normal(0, 0.2, (CHANNELS, CHANNELS, 1, 1)).astype(np.float32), "last"))
    nodes += [
        helper.make_node("GlobalAveragePool", [last], ["mean"]),
        helper.make_node("Conv", ["mean", "last"], ["answer"], name="on_one_pixel"),
    ]
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("answer", TensorProto.FLOAT, [1, CHANNELS, 1, 1])],
        initializer=weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 8
    return onnx.shape_inference.infer_shapes(model)


def pictures(count: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, rng.integers(60, 256), (SIZE, SIZE, 3), dtype=np.uint8) for _ in range(count)]


def answers(model: onnx.ModelProto, shown: list[np.ndarray]) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.array([session.run(None, {"picture": picture[None]})[0].ravel() for picture in shown])


def test_only_dense_convolutions_after_the_first_ones_are_chosen() -> None:
    assert eight_bits.dense(network().graph) == [f"dense{k}" for k in range(eight_bits.FIRST, 5)]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_answers_stay_on_pictures_that_told_no_range(seed: int) -> None:
    model = network(seed)
    small = eight_bits.quantised(model, pictures(40, 1))
    kept = {node.op_type for node in small.graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kept
    unseen = pictures(30, 2)
    exact, found = answers(model, unseen), answers(small, unseen)
    assert np.abs(found - exact).mean() < 0.03 * exact.std()
    assert np.abs(found - exact).max() < 0.2 * exact.std()
    assert small.ByteSize() < 0.8 * model.ByteSize()


def test_the_same_network_gives_the_same_file() -> None:
    once, again = (eight_bits.quantised(network(), pictures(20, 1)).SerializeToString(deterministic=True) for _ in "ab")
    assert once == again
