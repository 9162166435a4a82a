"""The nail detector as one ONNX file: a picture of any size in, boxes without doubles out."""

from __future__ import annotations

import torch
from crop_graph import Nodes
from onnx import TensorProto
from onnx_file import build, halved
from torch import Tensor, nn

from nail.net import STRIDE, NailNet

AREA, STEP = 240 * 320, 16
CANDIDATES, MOST = 24, 12
OVERLAP = 0.45


class Decoded(nn.Module):  # type: ignore[misc]
    """Small picture (1, 3, h, w) to the MOST best nails, best first: nails (MOST, 4), skins (MOST, 4) as left, top,
    right, bottom in fractions of the picture, score (MOST,). A cell is a nail only where no neighbour scores more, and
    only where it does not overlap a better one."""

    def __init__(self, net: NailNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, small: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See the class."""
        logits, boxes = self.net(small)
        heat = torch.sigmoid(logits)
        width = torch.tensor(heat.shape[3])
        peaks = heat * (nn.functional.max_pool2d(heat, 3, 1, 1) == heat).float()
        score, at = torch.topk(peaks.flatten(), CANDIDATES)
        far = boxes[0].flatten(1)[:, at].t()
        y = torch.div(at, width, rounding_mode="floor")
        x = at - y * width
        middle = torch.stack([x, y], dim=1).float() * STRIDE + STRIDE / 2
        size = torch.stack([torch.tensor(small.shape[3]), torch.tensor(small.shape[2])]).float()
        nails = torch.cat([middle - far[:, 0:2], middle + far[:, 2:4]], dim=1)
        skins = torch.cat([middle - far[:, 4:6], middle + far[:, 6:8]], dim=1)
        low = torch.maximum(nails[:, None, :2], nails[None, :, :2])
        high = torch.minimum(nails[:, None, 2:], nails[None, :, 2:])
        common = (high - low).clamp(min=0).prod(dim=2)
        area = (nails[:, 2:] - nails[:, :2]).clamp(min=0).prod(dim=1)
        overlap = common / (area[:, None] + area[None, :] - common).clamp(min=1e-6)
        doubled = (torch.tril((overlap > OVERLAP).float(), diagonal=-1)).sum(dim=1) > 0
        best, order = torch.topk(score * (~doubled).float(), MOST)
        whole = torch.cat([size, size])
        return nails[order] / whole, skins[order] / whole, best


def small_picture(graph: Nodes) -> None:
    """`picture` (1, H, W, C) as `small` (1, 3, h, w): about AREA pixels, its shape kept to within STEP pixels."""
    rgb = graph.op("Slice", "picture", graph.whole([0]), graph.whole([3]), graph.whole([3]))
    sides = graph.part(graph.op("Shape", "picture"), 1, 3)
    exact = graph.cast(sides, TensorProto.FLOAT)
    scale = graph.op("Sqrt", graph.op("Div", graph.number(AREA), graph.op("ReduceProd", exact, axes=[0], keepdims=1)))
    steps = graph.op("Round", graph.op("Div", graph.op("Mul", exact, scale), graph.number(STEP)))
    steps = graph.op("Max", steps, graph.number(2.0))
    size = graph.cast(graph.op("Mul", steps, graph.number(STEP)), TensorProto.INT64)
    sizes = graph.op("Concat", graph.whole([1]), size, graph.whole([3]), axis=0)
    empty = graph.number([])
    resized = graph.op("Resize", rgb, empty, empty, sizes, mode="linear")
    graph.op("Transpose", graph.cast(resized, TensorProto.FLOAT), perm=[0, 3, 1, 2], out="small")


def onnx_of(net: NailNet) -> bytes:
    """The file."""
    before = Nodes("small_")
    small_picture(before)
    return build(
        "nail_detector",
        before,
        Decoded(halved(net)),
        examples=[torch.zeros(1, 3, 240, 320)],
        between=["small"],
        dynamic={"small": {2: "h", 3: "w"}},
        inputs={"picture": ("uint8", [1, "H", "W", "C"])},
        outputs={"nails": [MOST, 4], "skins": [MOST, 4], "score": [MOST]},
    )
