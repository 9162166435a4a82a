"""ONNX nodes that look at a picture of any size: cut a turned square out of it, or shrink all of it into a square.

Both take the picture as uint8 (1, H, W, C), C >= 3, of which the first three channels are R, G, B, and pixel centres at
integers. Only standard operators (opset 16 for the crop, 18 for the letterbox) that ONNX Runtime has on every CPU, its
WebAssembly build among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from onnx import NodeProto, TensorProto, helper, numpy_helper


@dataclass
class Nodes:
    """Nodes and constants of a graph under construction; every name they make up starts with `prefix`."""

    prefix: str
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def op(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        """Add one node; returns the name of its first output, `out` if given."""
        name = out or f"{self.prefix}{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def cast(self, value: str, kind: int) -> str:
        """Add a cast to one of `onnx.TensorProto`'s types."""
        return self.op("Cast", value, to=kind)

    def number(self, value: ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        """Add a constant; returns its name."""
        name = f"{self.prefix}constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def whole(self, value: ArrayLike) -> str:
        """Add a constant of int64; returns its name."""
        return self.number(value, np.int64)

    def part(self, vector: str, start: int, end: int) -> str:
        """Elements `start` to `end` of a vector."""
        return self.op("Slice", vector, self.whole([start]), self.whole([end]))


@dataclass(frozen=True)
class Cut:
    """Names of what `cut` added: the square's pixels, and what takes places in it back to the picture."""

    pixels: str  # float32 (1, 3, S, S), 0..255, or (1, S, S, 3)
    turn: str  # (2, 2): offsets from the square's middle in its own pixels @ turn = offsets in pixels of the picture
    scale: str  # (1,): picture pixels in one pixel of the square
    centre: str  # (2,): the square's middle in the picture, x, y


def cut(graph: Nodes, size: int, picture: str = "picture", crop: str = "crop", layout: str = "NCHW") -> Cut:
    """Add the nodes that cut `crop` out of `picture` to a square of `size` pixels; bilinear, zero outside the picture.

    crop: float32 (4,): centre x, y and side in pixels, angle in radians by which the square's x axis is turned. Only
    the part of the picture that the square touches is turned to float.
    """
    half = (size - 1) / 2
    centre = graph.part(crop, 0, 2)
    scale = graph.op("Mul", graph.part(crop, 2, 3), graph.number(1 / size))
    angle = graph.part(crop, 3, 4)
    cos = graph.op("Mul", graph.op("Cos", angle), scale)
    sin = graph.op("Mul", graph.op("Sin", angle), scale)
    across = graph.op("Concat", cos, sin, axis=0)  # one pixel to the right in the square, in the picture
    down = graph.op("Concat", graph.op("Neg", sin), cos, axis=0)
    turn = graph.op("Reshape", graph.op("Concat", across, down, axis=0), graph.whole([2, 2]))

    # The rectangle of the picture that holds the square; never empty, so that a crop outside comes out as zeros.
    shape = graph.op("Shape", picture)
    sides = graph.op("Gather", shape, graph.whole([2, 1]))  # W, H
    reach = graph.op("Mul", graph.op("Add", graph.op("Abs", across), graph.op("Abs", down)), graph.number(half))
    low = graph.cast(graph.op("Floor", graph.op("Sub", centre, reach)), TensorProto.INT64)
    low = graph.op("Max", graph.op("Min", low, graph.op("Sub", sides, graph.whole(1))), graph.whole(0))
    high = graph.op("Add", graph.op("Floor", graph.op("Add", centre, reach)), graph.number(2))
    high = graph.cast(high, TensorProto.INT64)
    high = graph.op("Min", graph.op("Max", high, graph.op("Add", low, graph.whole(1))), sides)
    starts = graph.op("Concat", low, graph.whole([0]), axis=0)
    ends = graph.op("Concat", high, graph.whole([3]), axis=0)
    window = graph.op("Slice", picture, starts, ends, graph.whole([2, 1, 3]))
    window = graph.cast(graph.op("Transpose", window, perm=[0, 3, 1, 2]), TensorProto.FLOAT)

    # Where each pixel of the square lies in that rectangle, from -1 at its left or upper edge to 1 at the other.
    unit = graph.op("Div", graph.number(2), graph.cast(graph.op("Sub", high, low), TensorProto.FLOAT))
    middle = graph.op("Sub", graph.op("Add", centre, graph.number(0.5)), graph.cast(low, TensorProto.FLOAT))
    middle = graph.op("Sub", graph.op("Mul", middle, unit), graph.number(1))
    # A row of the grid holds x and y by turns: a product makes it in a third of the time of sums over pairs.
    steps = np.arange(size) - half
    rows = graph.op("Mul", graph.number(steps.reshape(size, 1)), graph.op("Mul", down, unit))
    rows = graph.op("Add", rows, middle)
    columns = graph.op("Mul", graph.number(steps.reshape(size, 1)), graph.op("Mul", across, unit))
    columns = graph.op("Reshape", columns, graph.whole([1, 2 * size]))
    places = graph.op("Gemm", rows, graph.number(np.tile(np.eye(2), size)), columns)
    places = graph.op("Reshape", places, graph.whole([1, size, size, 2]))
    pixels = graph.op("GridSample", window, places, align_corners=0, mode="bilinear", padding_mode="zeros")
    if layout == "NHWC":
        pixels = graph.op("Transpose", pixels, perm=[0, 2, 3, 1])
    return Cut(pixels, turn, scale, centre)


@dataclass(frozen=True)
class Letterbox:
    """Names of what `letterbox` added: the square's pixels, and what takes places in it back to the picture."""

    pixels: str  # float32 (1, S, S, 3), 0..255
    scale: str  # (2,): picture pixels in one pixel of the square, x, y
    corner: str  # (2,): the upper left corner of the picture in the square, x, y; pixel edges at integers


def letterbox(graph: Nodes, size: int, picture: str = "picture") -> Letterbox:
    """Add the nodes that fit all of `picture` into the middle of a black square of `size` pixels, antialiased.

    A picture more than four times as large gives only every second, third ... pixel of every second, third ... row,
    such that at least two a side are left for each pixel of the square.
    """
    shape = graph.op("Shape", picture)
    sides = graph.part(shape, 1, 3)  # H, W
    long_side = graph.op("ReduceMax", sides, keepdims=1)
    stride = graph.op("Max", graph.op("Div", long_side, graph.whole([2 * size])), graph.whole([1]))
    strides = graph.op("Concat", stride, stride, graph.whole([1]), axis=0)
    end = graph.op("Concat", sides, graph.whole([3]), axis=0)
    thinned = graph.op("Slice", picture, graph.whole([0, 0, 0]), end, graph.whole([1, 2, 3]), strides)

    exact = graph.cast(sides, TensorProto.FLOAT)
    share = graph.op("Div", graph.number([size]), graph.cast(long_side, TensorProto.FLOAT))
    small = graph.op("Max", graph.op("Round", graph.op("Mul", exact, share)), graph.number(1))
    fitted = graph.cast(small, TensorProto.INT64)
    target = graph.op("Concat", graph.whole([1]), fitted, graph.whole([3]), axis=0)
    shrunk = graph.op("Resize", thinned, "", "", target, mode="linear", antialias=1)
    left_over = graph.op("Sub", graph.whole([size, size]), fitted)
    before = graph.op("Div", left_over, graph.whole(2))
    after = graph.op("Sub", left_over, before)
    none = graph.whole([0])
    margins = graph.op("Concat", none, before, none, none, after, none, axis=0)
    pixels = graph.cast(graph.op("Pad", shrunk, margins), TensorProto.FLOAT)
    x_first = graph.whole([1, 0])
    scale = graph.op("Gather", graph.op("Div", exact, small), x_first)
    corner = graph.op("Gather", graph.cast(before, TensorProto.FLOAT), x_first)
    return Letterbox(pixels, scale, corner)
