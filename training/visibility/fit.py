"""Fit the network on chunks of samples, in two stages.

The first stage takes the sets at their word that no face in them is covered but by what was laid over it. Then the
network looks at every face of the training part as it is; where it disagrees with that word (sunglasses, hands and
glasses that the sets do hold) the second stage is not told that nothing is there.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from visibility.net import Visibility
from visibility.pool import CHUNK, chunk_path
from vitascope.face.visibility import OCCLUDERS, PARTS

BATCH = 50
RATE, WARM_STEPS, DECAY = 1.5e-3, 100, 0.02
FROZEN = 3  # blocks left as ImageNet made them: edges and colours are edges and colours here too
AVERAGE = 0.998
SKIN_WEIGHT, BY_WEIGHT = 1.0, 0.4
# A face counts as covered by itself only where the first stage is sure: it also doubts some beards, which must be
# taught as open.
SUSPECT, SURE = 0.9, 0.85
BENT_SHARE = 0.3
MIRRORED = [0, 2, 1, 3, 4, 5]
GLASSES, EYES = OCCLUDERS.index("glasses"), PARTS.index("eyes")


@dataclass(frozen=True, slots=True, eq=False)
class Doubts:
    """What the first stage saw on the faces as they are: hidden (F, 6) and by (F, 6), probabilities."""

    hidden: NDArray[np.float32]
    by: NDArray[np.float32]


def _chunk(cache: Path, number: int, doubts: Doubts | None) -> dict[str, NDArray[Any]]:
    path = chunk_path(cache, number)
    while not path.exists():
        time.sleep(1)
    kept = np.load(path)
    chunk = {key: kept[key] for key in kept.files}
    if doubts is not None:
        _correct(chunk, doubts)
    return chunk


def _correct(chunk: dict[str, NDArray[Any]], doubts: Doubts) -> None:
    hidden, by, base = chunk["hidden"], chunk["by"], chunk["base"]
    said = doubts.hidden[base]
    open_ = hidden[:, 0] < 0.5
    hidden[:, 1][open_ & (said > SUSPECT)] = 0
    dark = (doubts.by[base, GLASSES] > SURE) & (said[:, EYES] > SURE)
    hidden[:, 0, EYES][dark] = 1
    hidden[:, 1, EYES][dark] = 1
    glasses = doubts.by[base, GLASSES]
    unsaid = by[:, 0, GLASSES] == 0
    by[:, 1, GLASSES][unsaid] = np.where(glasses[unsaid] < 0.3, 1, 0)
    wears = unsaid & (glasses > 0.8)
    by[:, 0, GLASSES][wears] = 1
    by[:, 1, GLASSES][wears] = 1


def batches(
    cache: Path, chunks: list[int], doubts: Doubts | None, rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Batches of mirrored, bent and relit samples, chunk after chunk."""
    for number in chunks:
        chunk = _chunk(cache, number, doubts)
        order = rng.permutation(CHUNK)
        for start in range(0, CHUNK, BATCH):
            at = order[start : start + BATCH]
            picture = torch.from_numpy(chunk["picture"][at]).permute(0, 3, 1, 2).float()
            hidden = torch.from_numpy(chunk["hidden"][at])
            by = torch.from_numpy(chunk["by"][at])
            skin = torch.from_numpy(chunk["skin"][at]).float() / 255
            turn = torch.from_numpy(rng.random(BATCH) < 0.5)
            picture[turn] = picture[turn].flip(3)
            skin[turn] = skin[turn].flip(3)
            hidden[turn] = hidden[turn][:, :, MIRRORED]
            bent = torch.from_numpy(rng.random(BATCH) < BENT_SHARE)
            picture[bent], skin[bent] = _bend(picture[bent], skin[bent], rng)
            gain = np.exp(rng.normal(0, 0.1, (BATCH, 1, 1, 1)) + rng.normal(0, 0.04, (BATCH, 3, 1, 1)))
            picture = (picture * torch.from_numpy(gain.astype(np.float32))).clamp(0, 255)
            yield picture.contiguous(memory_format=torch.channels_last), hidden, by, skin


def _bend(picture: Tensor, skin: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The same faces from further below, above or aside than the sets show them: flattened, keystoned, sheared."""
    n = len(picture)

    def values(low: float, high: float) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, (n, 1, 1)).astype(np.float32))

    flat, key, lean, wide = values(1.0, 1.4), values(-0.3, 0.3), values(-0.15, 0.15), values(0.95, 1.1)

    def grid(size: int) -> Tensor:
        steps = (torch.arange(size) + 0.5) * 2 / size - 1
        y, x = torch.meshgrid(steps, steps, indexing="ij")
        return torch.stack([x * wide * (1 + key * y) + lean * y, y * flat], dim=-1)

    sample = nn.functional.grid_sample
    seen = sample(picture, grid(picture.shape[-1]), padding_mode="reflection", align_corners=False)
    return seen, sample(skin, grid(skin.shape[-1]), padding_mode="zeros", align_corners=False)


def _loss(net: nn.Module, batch: tuple[Tensor, Tensor, Tensor, Tensor]) -> tuple[Tensor, list[float]]:
    picture, hidden, by, skin = batch
    said_hidden, said_by, said_skin = net(picture)
    cost = nn.functional.binary_cross_entropy_with_logits
    of_hidden = (cost(said_hidden, hidden[:, 0], reduction="none") * hidden[:, 1]).mean()
    of_by = (cost(said_by, by[:, 0], reduction="none") * by[:, 1]).mean()
    known = skin[:, 1]
    of_skin = (cost(said_skin, skin[:, 0], reduction="none") * known).sum() / known.sum()
    total = of_hidden + BY_WEIGHT * of_by + SKIN_WEIGHT * of_skin
    return total, [float(of_hidden), float(of_by), float(of_skin)]


class Fit:
    """A network, its running average, and a learning rate that falls to nothing over `steps`."""

    def __init__(self, backbone: Path, steps: int) -> None:
        torch.manual_seed(0)
        torch.set_num_threads(1)
        self.net = Visibility()
        self.net.start_from(backbone)
        self.net = self.net.to(memory_format=torch.channels_last)
        for module in (self.net.stem, *list(self.net.blocks)[:FROZEN]):
            for parameter in module.parameters():
                parameter.requires_grad = False
        trained = [p for p in self.net.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(trained, RATE, weight_decay=DECAY)
        self.average = copy.deepcopy(self.net)
        self.steps, self.step = steps, 0

    def train(self, source: Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]) -> None:
        """One pass over `source`."""
        self.net.train()
        shown = np.zeros(3)
        begun = time.monotonic()
        for batch in source:
            share = self.step / self.steps
            rate = RATE * min(1.0, (self.step + 1) / WARM_STEPS) * 0.5 * (1 + np.cos(np.pi * min(share, 1.0)))
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            loss, parts = _loss(self.net, batch)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
            self.optimiser.step()
            self.step += 1
            self._average()
            shown += parts
            if self.step % 100 == 0:
                hidden, by, skin = shown / 100
                speed = 100 * BATCH / (time.monotonic() - begun)
                print(
                    f"{self.step}/{self.steps} hidden {hidden:.4f} by {by:.4f} skin {skin:.4f} {speed:.0f}/s",
                    flush=True,
                )
                shown[:] = 0
                begun = time.monotonic()

    def settled(self) -> Visibility:
        """The averaged network, ready to be used."""
        settled: Visibility = copy.deepcopy(self.average).eval()
        return settled

    def _average(self) -> None:
        """Move the average towards the network: quickly at first, so that it never remembers the start."""
        keep = min(AVERAGE, (1 + self.step) / (20 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)


def predict(net: nn.Module, pictures: NDArray[np.uint8 | np.float32]) -> tuple[NDArray[np.float32], ...]:
    """Probabilities hidden (N, 6), by (N, 6) and skin (N, 48, 48) for pictures (N, 96, 96, 3)."""
    answers = []
    with torch.inference_mode():
        for start in range(0, len(pictures), 100):
            batch = torch.from_numpy(pictures[start : start + 100]).permute(0, 3, 1, 2).float()
            answers.append([torch.sigmoid(part).numpy() for part in net(batch)])
    return tuple(np.concatenate(parts) for parts in zip(*answers, strict=True))
