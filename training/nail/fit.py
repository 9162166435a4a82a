"""Fitting the nail detector: focal loss on the heat (Law & Deng 2018), overlap and distance on boxes."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from nail.net import NailNet
from nail.scenes import Maker, targets

BATCH = 16
SIZES = ((240, 320), (320, 240))
RATE, BACKBONE_RATE, DECAY = 2e-3, 5e-4, 1e-4
AVERAGING = 0.998


class Scenes(IterableDataset[tuple[Tensor, ...]]):  # type: ignore[misc]
    """Batches without end, made as they are asked for; each worker of the loader makes its own."""

    def __init__(self, maker: Maker, seed: int) -> None:
        super().__init__()
        self.maker, self.seed = maker, seed

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            size = SIZES[int(rng.random() < 0.3)]
            scenes = [self.maker.scene(rng, size) for _ in range(BATCH)]
            told = [targets(scene) for scene in scenes]
            rgb = np.stack([scene.rgb for scene in scenes]).transpose(0, 3, 1, 2)
            yield (
                torch.from_numpy(np.ascontiguousarray(rgb)),
                *(torch.from_numpy(np.stack(t)) for t in zip(*told, strict=True)),
            )


def loss_of(heat: Tensor, boxes: Tensor, told: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Heat loss and box loss, each a mean a nail."""
    want, want_boxes, weight = told
    logits = heat[:, 0].float()
    p = torch.sigmoid(logits)
    one = want >= 0.999
    count = one.sum().clamp(min=1)
    positive = -torch.nn.functional.logsigmoid(logits) * (1 - p) ** 2 * one
    negative = -torch.nn.functional.logsigmoid(-logits) * p**2 * (1 - want.clamp(min=0)) ** 4 * ((want >= 0) & ~one)
    heat_loss = (positive.sum() + negative.sum()) / count
    got = boxes.float()
    nail, true = got[:, :4].clamp(min=0.1), want_boxes[:, :4]
    overlap = torch.minimum(nail, true)
    inter = (overlap[:, 0] + overlap[:, 2]).clamp(min=0) * (overlap[:, 1] + overlap[:, 3]).clamp(min=0)
    area = (nail[:, 0] + nail[:, 2]) * (nail[:, 1] + nail[:, 3])
    true_area = (true[:, 0] + true[:, 2]) * (true[:, 1] + true[:, 3])
    iou = inter / (area + true_area - inter).clamp(min=1e-3)
    side = true_area.clamp(min=16).sqrt()[:, None]
    far = torch.nn.functional.smooth_l1_loss(got / side, want_boxes / side, reduction="none", beta=0.1)
    box_loss = ((1 - iou + far[:, :4].mean(1) + 0.5 * far[:, 4:].mean(1)) * weight).sum() / count
    return heat_loss, box_loss


def fit(maker: Maker, net: NailNet, steps: int, seed: int, *, box_weight: float = 1.0, workers: int = 1) -> NailNet:
    """The network after `steps` batches, its weights averaged over the last ones. The first three blocks stay."""
    torch.manual_seed(seed)
    net = net.to(memory_format=torch.channels_last)
    for part in (net.stem, *net.blocks[:3]):
        part.requires_grad_(False)
    old = [p for p in net.blocks.parameters() if p.requires_grad]
    new = [p for name, p in net.named_parameters() if not name.startswith(("stem", "blocks"))]
    optimiser = torch.optim.AdamW(
        [{"params": old, "lr": BACKBONE_RATE}, {"params": new, "lr": RATE}], weight_decay=DECAY
    )
    warm = min(200, steps // 10 + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min(1, (k + 1) / warm) * (0.5 + 0.5 * math.cos(math.pi * min(1, k / steps)))
    )
    averaged = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGING)
    )
    batches = iter(
        DataLoader(Scenes(maker, seed), batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None)
    )
    began, sums = time.monotonic(), np.zeros(2)
    for step in range(1, steps + 1):
        rgb, *told = next(batches)
        with torch.autocast("cpu", torch.bfloat16):
            heat, boxes = net(rgb.float().to(memory_format=torch.channels_last))
        losses = loss_of(heat, boxes, (told[0], told[1], told[2]))
        optimiser.zero_grad()
        (losses[0] + box_weight * losses[1]).backward()
        torch.nn.utils.clip_grad_norm_([*old, *new], 5.0)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(net)
        sums += [float(v) for v in losses]
        if step % 50 == 0:
            print(
                f"step {step}: heat {sums[0] / 50:.3f} boxes {sums[1] / 50:.3f} {time.monotonic() - began:.0f} s",
                flush=True,
            )
            sums[:] = 0
    settled: NailNet = averaged.module
    settled.to(memory_format=torch.contiguous_format).eval()
    return settled
