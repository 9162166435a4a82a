"""The haemoglobin model as one ONNX file: a picture and the boxes of its nails in, g/dL of each nail out."""

from __future__ import annotations

import onnxruntime
import torch
from crop_graph import Nodes
from onnx import TensorProto, helper
from onnx_file import OPSET, build, halved

from nail.hb_net import AROUND, CROP, INSIDE, LIGHT, SKIN, Haemoglobin
from vitascope.training.export import packed, session

PATCHES = {"around": CROP, "nail": SKIN, "skin": SKIN}
INPUTS = {
    "picture": ("uint8", [1, "H", "W", "C"]),
    "nails": ("float32", ["N", 4]),
    "skins": ("float32", ["N", 4]),
}


def patches(graph: Nodes) -> None:
    """Add the nodes that cut `around`, `nail` and `skin` (N, 3, S, S) out of `picture`; `nails` and `skins` (N, 4) are
    left, top, right, bottom in fractions of it. Each pixel is the mean of as many places as it covers (RoiAlign: He et
    al. 2017, arXiv:1703.06870), so that a large photo is not sampled but averaged."""
    rgb = graph.op("Slice", "picture", graph.whole([0]), graph.whole([3]), graph.whole([3]))
    planes = graph.op("Transpose", graph.cast(rgb, TensorProto.FLOAT), perm=[0, 3, 1, 2])
    sides = graph.cast(graph.op("Gather", graph.op("Shape", "picture"), graph.whole([2, 1, 2, 1])), TensorProto.FLOAT)
    nails, skins = graph.op("Mul", "nails", sides), graph.op("Mul", "skins", sides)
    first = graph.op("Slice", nails, graph.whole([0]), graph.whole([2]), graph.whole([1]))
    last = graph.op("Slice", nails, graph.whole([2]), graph.whole([4]), graph.whole([1]))
    middle = graph.op("Mul", graph.op("Add", first, last), graph.number(0.5))
    size = graph.op("Sub", last, first)
    side = graph.op("Sqrt", graph.op("ReduceProd", size, axes=[1], keepdims=1))
    count = graph.op("Shape", nails)
    index = graph.op(
        "ConstantOfShape", graph.part(count, 0, 1), value=helper.make_tensor("zero", TensorProto.INT64, [1], [0])
    )

    def cut(half: str, name: str) -> None:
        rois = graph.op("Concat", graph.op("Sub", middle, half), graph.op("Add", middle, half), axis=1)
        align(rois, name)

    def align(rois: str, name: str) -> None:
        edge = PATCHES[name]
        graph.op(
            "RoiAlign", planes, rois, index, out=name,
            output_height=edge, output_width=edge, sampling_ratio=0, mode="avg",
            coordinate_transformation_mode="half_pixel",
        )  # fmt: skip

    cut(graph.op("Mul", side, graph.number(AROUND / 2)), "around")
    cut(graph.op("Mul", size, graph.number(INSIDE / 2)), "nail")
    align(skins, "skin")


def cutter() -> onnxruntime.InferenceSession:
    """The cutting alone, for training: the same nodes, so the same pixels."""
    graph = Nodes("cut_")
    patches(graph)
    built = helper.make_graph(
        graph.nodes,
        "cut",
        [
            helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, "H", "W", "C"]),
            helper.make_tensor_value_info("nails", TensorProto.FLOAT, ["N", 4]),
            helper.make_tensor_value_info("skins", TensorProto.FLOAT, ["N", 4]),
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3, edge, edge])
            for name, edge in PATCHES.items()
        ],
        initializer=graph.constants,
    )
    return session(packed(built, OPSET))


def onnx_of(net: Haemoglobin) -> bytes:
    """The file."""
    before = Nodes("cut_")
    patches(before)
    return build(
        "nail_hb",
        before,
        halved(net),
        examples=[torch.full((2, 3, edge, edge), 128.0) for edge in PATCHES.values()],
        between=list(PATCHES),
        dynamic={name: {0: "N"} for name in (*PATCHES, "hb", "distance", "bare", "light")},
        inputs=INPUTS,
        outputs={"hb": ["N"], "distance": ["N"], "bare": ["N"], "light": ["N", len(LIGHT)]},
        exact=("weight_hb", "bare_weight", "centre", "scale", "axes"),
    )
