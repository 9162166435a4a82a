"""Fitting a check's network: one loop for every check."""

from __future__ import annotations

import copy
import csv
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from vitascope.training.augment import Augmentation, augmented, pixels
from vitascope.training.net import CheckNet
from vitascope.training.pictures import UNKNOWN, Pictures

Logits = dict[str, NDArray[np.float64]]
Score = Callable[[Logits, Pictures], float]


# Part of the squared distance between grades in the loss, beside the cross-entropy.
GRADED = 0.5


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is made of; the seed makes it repeatable on one machine."""

    size: int = 192
    epochs: int = 15
    samples: int = 0  # pictures an epoch; 0: as many as there are
    batch: int = 32
    rate: float = 4e-4
    head_rate: float = 2e-3
    decay: float = 0.02
    balance: float = 0.5  # 0: as they come, 1: every class of the first known head equally often
    smoothing: float = 0.05
    focal: float = 0.0
    graded: tuple[str, ...] = ()  # heads whose classes are grades: the mean grade's squared distance counts too
    frozen: int = 6  # first blocks that stay as ImageNet left them: edges and colours, and half of the work of a step
    keep: float = 0.998  # of the moving average of the weights, a step
    last: bool = False  # keep the last epoch, whatever its score: what is watched then judges without having chosen
    patience: int = 0  # epochs without a better score before stopping; 0: never
    seed: int = 1
    device: str = "cpu"
    augmentation: Augmentation = field(default_factory=Augmentation)


def balanced(pictures: Pictures, heads: dict[str, int], power: float) -> NDArray[np.float64]:
    """(N,) chance of each picture in an epoch: rarer (source, class) pairs more often, by `power`.

    A case that is shown in several views counts once, so that views do not crowd out other sources.
    """
    keys = [
        f"{case.source}|{next((f'{h}{case.labels[h]}' for h in heads if h in case.labels), '')}"
        for case in pictures.cases
    ]
    paths = [str(case.path) for case in pictures.cases]
    views = _times(paths)
    _, index = np.unique(keys, return_inverse=True)
    count = np.bincount(index, 1 / views)
    weight = count[index] ** -power / views
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def _times(names: list[str]) -> NDArray[np.float64]:
    """(N,) how often each name occurs."""
    _, index, count = np.unique(names, return_inverse=True, return_counts=True)
    return np.asarray(count[index], dtype=np.float64)


def loss(logits: dict[str, Tensor], targets: dict[str, Tensor], settings: Settings) -> Tensor:
    """Mean cross-entropy over the heads that are known for each picture; targets (N, K), zero rows: not known."""
    total = torch.zeros((), device=next(iter(logits.values())).device)
    for name, target in targets.items():
        known = target.sum(1)
        if float(known.sum()) == 0:
            continue
        count = target.shape[1]
        soft = target * (1 - settings.smoothing) + known[:, None] * settings.smoothing / count
        logs = F.log_softmax(logits[name].float(), 1)
        if settings.focal:
            logs = logs * (1 - logs.exp()).pow(settings.focal)
        total = total - (soft * logs).sum() / known.sum().clamp(min=1)
        if name in settings.graded:
            grades = torch.arange(count, dtype=torch.float32, device=known.device)
            apart = logits[name].float().softmax(1) @ grades - target @ grades
            total = total + GRADED * (apart.square() * known).sum() / known.sum().clamp(min=1)
    return total


def predict(
    net: CheckNet, rgb: NDArray[np.uint8], size: int, *, batch: int = 64, flips: bool = True, device: str = "cpu"
) -> Logits:
    """Logits of every head (N, K); with `flips` the mean over the picture and its mirror image."""
    net.to(device).eval()
    out: dict[str, list[NDArray[np.float64]]] = {name: [] for name in net.heads}
    with torch.no_grad(), torch.autocast(device, torch.bfloat16):
        for start in range(0, len(rgb), batch):
            shown = pixels(rgb[start : start + batch], size).to(device)
            views = [net(shown), net(shown.flip(3))] if flips else [net(shown)]
            for name, rows in out.items():
                rows.append(
                    torch.stack([view[name].float() for view in views]).mean(0).cpu().numpy().astype(np.float64)
                )
    return {name: np.concatenate(parts) for name, parts in out.items()}


def fit(
    net: CheckNet,
    taught: Pictures,
    watched: Pictures,
    *,
    score: Score,
    settings: Settings,
    folder: Path,
    resume: bool = False,
) -> CheckNet:
    """The moving average of the weights after training, at its best epoch by `score` on `watched` (or its last).

    `folder` receives `curve.csv` (epoch, loss, score, seconds) and `state.pt`, from which `resume` goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    device = settings.device
    net = net.to(device, memory_format=torch.channels_last)
    heads = {name: head.out_features for name, head in net.heads.items()}
    labels = {name: taught.labels(name) for name in heads}
    chance = balanced(taught, heads, settings.balance)
    per_epoch = settings.samples or len(taught)
    steps = max(per_epoch // settings.batch, 1)
    for block in net.backbone.blocks[: settings.frozen]:
        block.requires_grad_(False)
    groups = [
        {
            "params": [p for p in net.backbone.parameters() if p.requires_grad],
            "lr": settings.rate,
            "top": settings.rate,
        },
        {"params": net.heads.parameters(), "lr": settings.head_rate, "top": settings.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=settings.decay)
    mean: CheckNet = copy.deepcopy(net).eval()
    best, best_score, since, first = copy.deepcopy(mean.state_dict()), -math.inf, 0, 0
    state = folder / "state.pt"
    if resume and state.exists():
        kept = torch.load(state, weights_only=False)
        net.load_state_dict(kept["net"])
        mean.load_state_dict(kept["mean"])
        optimiser.load_state_dict(kept["optimiser"])
        best, best_score, first, since = kept["best"], kept["score"], kept["epoch"] + 1, kept["since"]
        rng = kept["rng"]
    total = settings.epochs * steps
    for epoch in range(first, settings.epochs):
        began, losses = time.monotonic(), 0.0
        net.train()
        order = rng.choice(len(taught), steps * settings.batch, p=chance)
        for step in range(steps):
            done = (epoch * steps + step) / total
            speed = min(1.0, (epoch * steps + step + 1) / (0.05 * total + 1)) * 0.5 * (1 + math.cos(math.pi * done))
            for group in optimiser.param_groups:
                group["lr"] = group["top"] * max(speed, 0.01)
            chosen = order[step * settings.batch : (step + 1) * settings.batch]
            shown = augmented(taught.rgb[chosen], settings.size, settings.augmentation, rng)
            targets = {}
            for name, count in heads.items():
                known = torch.from_numpy(labels[name][chosen])
                targets[name] = F.one_hot(known.clamp(min=0), count).float() * (known != UNKNOWN)[:, None]
            if settings.augmentation.mixup and rng.random() < 0.5:
                share = float(rng.beta(settings.augmentation.mixup, settings.augmentation.mixup))
                other = torch.from_numpy(rng.permutation(len(chosen)))
                shown = share * shown + (1 - share) * shown[other]
                targets = {name: share * target + (1 - share) * target[other] for name, target in targets.items()}
            with torch.autocast(device, torch.bfloat16):
                logits = net(shown.to(device))
            targets = {name: target.to(device) for name, target in targets.items()}
            value = loss(logits, targets, settings)
            optimiser.zero_grad(set_to_none=True)
            value.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            losses += float(value.detach())
            keep = min(settings.keep, (1 + epoch * steps + step) / (10 + epoch * steps + step))
            with torch.no_grad():
                for slow, fast in zip(mean.parameters(), net.parameters(), strict=True):
                    slow.lerp_(fast, 1 - keep)
        reached = score(predict(mean, watched.rgb, settings.size, flips=False, device=device), watched)
        since += 1
        if reached > best_score or settings.last:
            best, best_score, since = copy.deepcopy(mean.state_dict()), reached, 0
        _note(folder / "curve.csv", epoch, losses / steps, reached, time.monotonic() - began)
        torch.save(
            {
                "net": net.state_dict(),
                "mean": mean.state_dict(),
                "optimiser": optimiser.state_dict(),
                "best": best,
                "score": best_score,
                "epoch": epoch,
                "since": since,
                "rng": rng,
            },
            state,
        )
        if settings.patience and since >= settings.patience:
            break
    mean.load_state_dict(best)
    return mean


def _note(path: Path, epoch: int, value: float, reached: float, seconds: float) -> None:
    new = not path.exists() or epoch == 0
    with path.open("w" if new else "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(["epoch", "loss", "score", "seconds"])
        writer.writerow([epoch, f"{value:.4f}", f"{reached:.4f}", f"{seconds:.1f}"])
