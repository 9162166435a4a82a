"""The fitted network as one ONNX file that cuts its crop from a picture of any size itself."""

from __future__ import annotations

import crop_net
import torch
from torch import Tensor, nn

from visibility.fit import predict
from visibility.net import Visibility
from visibility.scene import CELLS, INPUT


class _Answers(nn.Module):  # type: ignore[misc]
    """Logits of one picture as probabilities without the batch."""

    def __init__(self, net: Visibility) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden, by, skin = self.net(pixels)
        return torch.sigmoid(hidden)[0], torch.sigmoid(by)[0], torch.sigmoid(skin)[0]


def onnx_of(net: Visibility) -> bytes:
    """The file."""
    shapes = {"hidden": [6], "by": [6], "skin": [CELLS, CELLS]}
    return crop_net.onnx_of(_Answers(net), shapes, INPUT, "face_visibility")


def difference(net: Visibility, data: bytes) -> float:
    """Largest difference of any output from PyTorch's."""
    return crop_net.difference(data, INPUT, lambda square: predict(net, square))
