"""The gate: which kind of picture this is, how like the pictures it knows, and how good, from one small network.

MobileNetV2 as ImageNet left it looks at 128 pixels; a small head on the means of five of its layers names the kind.
The distance joins two views: the log-odds of "something else" against the known kinds, and how much of the features
lies outside of the directions in which pictures of the nearest kind differ (virtual-logit matching: Wang 2022).
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from vitascope.evaluation.split import HELD_OUT, fold
from vitascope.screening.reduce import squared
from vitascope.training import backbones, gate_pictures
from vitascope.training.export import onnx_of, session
from vitascope.training.gate_pictures import KINDS

SIZE = 128
LAYERS = (7, 11, 14, 17, 18)
OTHER = KINDS.index("other")
DIRECTIONS = 256
# How much what lies outside of the known directions counts beside the log-odds: more of it lets smooth pictures pass.
WEIGHT = 0.7
HIDDEN, STEPS, BATCH, RATE, DECAY, GRAIN = 256, 1500, 256, 2e-3, 0.05, 0.15
QUALITY = ("sharpness", "brightness", "contrast", "dark_share", "bright_share")
DARK, BRIGHT = 16.0, 247.0
GLARING = 248.0  # mean brightness at which nothing can be seen, whatever was taught
FALSE_REFUSALS = 0.005
# Pictures of every kind and set, how often those of small sets are shown, and where a room is seen beside the face.
EACH, TIMES, BESIDE = 1600, {"nail_yakimov": 8, "PAD-UFES-20": 2, "eye_redness": 3}, ("spoof_nuaa", "spoof_replay")
Floats = NDArray[np.float64]


class GateNet(nn.Module):  # type: ignore[misc]
    """Squared pixels (1, 3, S, S) 0..255 to kind (1, 8), distance (1,) and quality (1, 5)."""

    def __init__(self, backbone: backbones.Backbone) -> None:
        super().__init__()
        self.backbone = backbone
        width = self.features(torch.zeros(1, 3, 64, 64)).shape[1]
        self.head = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(width, HIDDEN), nn.SiLU(), nn.Dropout(0.3), nn.Linear(HIDDEN, len(KINDS))
        )
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))
        self.register_buffer("centres", torch.zeros(OTHER, width))
        self.register_buffer("directions", torch.zeros(width, DIRECTIONS))
        self.register_buffer("level", torch.zeros(2))

    def features(self, pixels: Tensor) -> Tensor:
        """(N, F) means of the layers."""
        x, kept = (pixels - self.backbone.mean) / self.backbone.std, []
        for index, block in enumerate(self.backbone.blocks):
            x = block(x)
            if index in LAYERS:
                kept.append(x.mean((2, 3)))
        return torch.cat(kept, 1)

    def outside(self, z: Tensor) -> Tensor:
        """(N,) logarithm of the distance from the nearest kind, outside of the known directions."""
        off = z[:, None, :] - self.centres[None]
        inside = off @ self.directions
        square = off.square().sum(2) - inside.square().sum(2)
        return 0.5 * torch.log(square.amin(1).clamp(min=1e-3))

    def judge(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N, 8) and distance (N,) of features (N, F)."""
        z = (features - self.mean) / self.spread
        logits = self.head(z)
        odds = logits[:, OTHER] - torch.logsumexp(logits[:, :OTHER], 1)
        return logits, odds + WEIGHT * (self.outside(z) - self.level[0]) / self.level[1]

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, distance = self.judge(self.features(pixels))
        return torch.softmax(logits, 1), distance, quality(pixels)


def quality(pixels: Tensor) -> Tensor:
    """(N, 5) in the order of QUALITY, on pixels (N, 3, S, S).

    sharpness: mean size of the Laplacian over the spread of the brightness; shares: of pixels nearly black or white.
    """
    weights = torch.tensor([0.299, 0.587, 0.114], device=pixels.device).view(1, 3, 1, 1)
    grey = (pixels * weights).sum(1, keepdim=True)
    brightness = grey.mean((1, 2, 3))
    contrast = (grey - brightness.view(-1, 1, 1, 1)).square().mean((1, 2, 3)).sqrt()
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]], device=pixels.device).view(1, 1, 3, 3)
    sharpness = F.conv2d(grey, kernel).abs().mean((1, 2, 3)) / (contrast + 1)
    dark, bright = (grey < DARK).float().mean((1, 2, 3)), (grey > BRIGHT).float().mean((1, 2, 3))
    return torch.stack([sharpness, brightness, contrast, dark, bright], 1)


def pictures(data: Path, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Pictures (N, 160, 160, 3) as taken, their kinds and folds; made other things are as many as half of the rest."""
    rng, shown, kinds, folds = np.random.default_rng(seed), [], [], []
    skins = gate_pictures.windows_of_skin(data)
    by_side = [[rgb for f, rgb in skins if (f in HELD_OUT) == held] for held in (False, True)]

    def add(rgb: gate_pictures.Picture, kind: int, where: int, turn: bool = True) -> None:
        shown.append(squared(gate_pictures.taken(rgb, rng, turn), 160))
        kinds.append(kind)
        folds.append(where)

    for case in gate_pictures.known(data, EACH):
        kind, where = case.labels["kind"], fold(case.group)
        turn = KINDS[kind] not in ("face", "lung_ct")
        for _ in range(TIMES.get(case.source, 1)):
            rgb = gate_pictures.shown(case, rng, by_side[where in HELD_OUT])
            add(rgb, kind, where, turn)
        if rng.random() < 0.6:
            add(gate_pictures.other(rng, rgb), OTHER, where)
        if case.source in BESIDE and (piece := gate_pictures.background(case, rng)) is not None:
            add(piece, OTHER, where)
    for where, rgb in skins:
        add(rgb, KINDS.index("skin"), where)
    return np.stack(shown), np.array(kinds), np.array(folds)


def look(net: GateNet, rgb: NDArray[np.uint8]) -> tuple[Tensor, Floats]:
    """Features (N, F) and quality (N, 5) of pictures."""
    features, good = [], []
    with torch.no_grad():
        for start in range(0, len(rgb), 64):
            batch = torch.from_numpy(rgb[start : start + 64]).permute(0, 3, 1, 2).float()
            batch = F.interpolate(batch, (SIZE, SIZE), mode="bilinear", antialias=True, align_corners=False)
            features.append(net.features(batch))
            good.append(quality(batch).numpy())
    return torch.cat(features), np.concatenate(good).astype(np.float64)


def fit(net: GateNet, features: Tensor, kinds: Tensor) -> None:
    """Set every number of `net` but the backbone from features (N, F) and kinds (N,) of training pictures."""
    net.mean.copy_(features.mean(0))
    net.spread.copy_(features.std(0) + 1e-3)
    z = (features - net.mean) / net.spread
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    chance = torch.bincount(kinds, minlength=len(KINDS)).double()[kinds].rsqrt().numpy()
    chance /= chance.sum()
    optimiser = torch.optim.AdamW(net.head.parameters(), RATE, weight_decay=DECAY)
    net.head.train()
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * step / STEPS))
        chosen = torch.from_numpy(rng.choice(len(z), BATCH, p=chance))
        shown = z[chosen] + GRAIN * torch.randn(BATCH, z.shape[1])
        value = F.cross_entropy(net.head(shown), kinds[chosen], label_smoothing=0.02)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        optimiser.step()
    net.head.eval()
    with torch.no_grad():
        known = kinds != OTHER
        some, which = z[known], kinds[known]
        net.centres.copy_(torch.stack([some[which == k].mean(0) for k in range(OTHER)]))
        off = (some - net.centres[which])[torch.randperm(len(some), generator=torch.Generator().manual_seed(0))[:4000]]
        net.directions.copy_(torch.linalg.svd(off, full_matrices=False).Vh[:DIRECTIONS].T)
        outside = net.outside(some)
        net.level.copy_(torch.stack([outside.mean(), outside.std()]))


def limits(quality_of: Floats, kinds: NDArray[np.int64]) -> dict[str, dict[str, list[float | None]]]:
    """Lowest and highest of each quality for each kind: a little beyond what pictures of that kind reach."""
    out: dict[str, dict[str, list[float | None]]] = {}
    for k, kind in enumerate(KINDS[:OTHER]):
        rows = quality_of[kinds == k]
        low, high = np.quantile(rows, [0.006, 0.994], axis=0)
        bounds: list[list[float | None]] = [
            [float(0.85 * low[0]), None],
            [float(0.8 * low[1]), min(float(high[1] + 8), GLARING)],
        ]
        bounds += [[float(0.75 * low[2]), None], [None, float(high[3] + 0.08)], [None, float(high[4] + 0.08)]]
        out[kind] = dict(zip(QUALITY, bounds, strict=True))
    return out


def distance_limits(distance: Floats, named: NDArray[np.int64], chosen: NDArray[np.bool_]) -> dict[str, float]:
    """How far a picture named as each kind may lie from all known ones: FALSE_REFUSALS of the chosen lie beyond.

    Kinds with few pictures are drawn towards what holds for all, since an extreme quantile of few is mere chance.
    """
    every = float(np.quantile(distance[chosen], 1 - FALSE_REFUSALS))
    out = {}
    for k, kind in enumerate(KINDS[:OTHER]):
        own = distance[chosen & (named == k)]
        weight = len(own) / (len(own) + 100)
        out[kind] = weight * float(np.quantile(own, 1 - FALSE_REFUSALS)) + (1 - weight) * every if len(own) else every
    return out


def make(data: Path, out: Path, seed: int = 7) -> dict[str, Any]:
    """Train, calibrate, judge and write the gate's folder `out`; returns the card."""
    cv2.setNumThreads(1)
    rgb, kinds, folds = pictures(data, seed)
    net = GateNet(backbones.build("mobilenet_v2", data / "backbones")).eval()
    features, good = look(net, rgb)
    taught = folds <= 6
    fit(net, features[taught], torch.from_numpy(kinds[taught]))
    for tensor in (*net.parameters(), net.centres, net.directions):
        if tensor.numel() > 64:
            tensor.data = tensor.data.half().float()
    with torch.no_grad():
        logits, distance = (value.numpy().astype(np.float64) for value in net.judge(features))
    bounds = limits(good[taught], kinds[taught])
    known = kinds != OTHER
    named = logits[:, :OTHER].argmax(axis=1)
    limit = distance_limits(distance, named, (folds == 7) & known)
    held = folds >= 8
    refused = distance > np.array([limit[kind] for kind in KINDS[:OTHER]])[named]
    right = {
        kind: {"n": int(some.sum()), "right": round(float((named[some] == k).mean()), 4),
               "refused": round(float(refused[some].mean()), 4),
               "not_good_enough": round(float(np.mean([bool(poor(row, bounds[kind])) for row in good[some]])), 4)}
        for k, kind in enumerate(KINDS[:OTHER])
        if (some := held & (kinds == k)).any()
    }  # fmt: skip
    file = onnx_of(net, ["kind", "distance", "quality"], SIZE, "gate")
    card = {
        "name": "gate",
        "task": "Say what kind of picture this is, how unlike the pictures it knows, and how good.",
        "sha256": hashlib.sha256(file).hexdigest(),
        "bytes": len(file),
        "size": SIZE,
        "classes": list(KINDS),
        "quality": list(QUALITY),
        "distance_limit": {kind: round(value, 4) for kind, value in limit.items()},
        "limits_of_quality": {kind: {name: _rounded(b) for name, b in of.items()} for kind, of in bounds.items()},
        "inputs": {
            "picture": {"shape": [1, "H", "W", "C"], "dtype": "uint8", "meaning": "RGB first, any size from 32 pixels"}
        },
        "outputs": {
            "kind": {"shape": [1, len(KINDS)], "dtype": "float32", "meaning": f"probabilities of {list(KINDS)}"},
            "distance": {"shape": [1], "dtype": "float32", "meaning": "how unlike all known kinds"},
            "quality": {"shape": [1, len(QUALITY)], "dtype": "float32", "meaning": f"{list(QUALITY)} at {SIZE} pixels"},
        },
        "metrics": {
            "held_out": {
                "n": int((held & known).sum()),
                "right_among_kinds": round(float((named == kinds)[held & known].mean()), 4),
                "refused_as_something_else": round(float(refused[held & known].mean()), 4),
                "made_other_things": {
                    "n": int((held & ~known).sum()),
                    "refused": round(float(refused[held & ~known].mean()), 4),
                },
            },
            "by_kind": right,
        },
        "origin": {
            "project": "Vitascope",
            "recipe": "vitascope train gate",
            "backbone": "MobileNetV2 1.0, ImageNet (The TensorFlow Authors, Apache-2.0); folded, not trained further",
            "seed": seed,
        },
        "licence": {"spdx": "Apache-2.0", "copyright": "The Vitascope contributors; backbone: The TensorFlow Authors"},
        "limits": [
            "Most of 'something else' that it learned was drawn by a program or is a room; strange photos are told by"
            " their distance.",
            "Photos of lesions are made from cut-outs laid on skin; whole phone photos were not among the pictures.",
            "Quality is judged at 128 pixels: finer blur goes unnoticed, as it nearly does in the checks.",
        ],
    }  # fmt: skip
    opened = session(file)
    rng = np.random.default_rng(0)
    made = rng.integers(0, 256, (1, SIZE, SIZE, 3), dtype=np.uint8)
    with torch.no_grad():
        want = net(torch.from_numpy(made).permute(0, 3, 1, 2).float())
    got = opened.run(None, {"picture": made})
    card["parity"] = {
        "against": "PyTorch",
        "max_abs_difference": float(
            f"{max(float(np.abs(g - w.numpy()).max()) for g, w in zip(got, want, strict=True)):.2g}"
        ),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.onnx").write_bytes(file)
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (out / "card.md").write_text(page(card), encoding="utf-8")
    return card


def _rounded(bounds: list[float | None]) -> list[float | None]:
    return [None if bound is None else round(bound, 4) for bound in bounds]


def poor(row: Floats, bounds: dict[str, list[float | None]]) -> list[str]:
    """The qualities of one picture, in the order of QUALITY, that lie outside of the bounds."""
    out = []
    for name, value in zip(QUALITY, row, strict=True):
        low, high = bounds[name]
        if (low is not None and value < low) or (high is not None and value > high):
            out.append(name)
    return out


def page(card: dict[str, Any]) -> str:
    """The contents of `card.md`."""
    held = card["metrics"]["held_out"]
    lines = [
        "# gate", "", card["task"], "",
        f"- File: `model.onnx`, {card['bytes'] / 1e6:.2f} MB, sha256 `{card['sha256']}`",
        f"- Made by `{card['origin']['recipe']}`, seed {card['origin']['seed']};"
        f" backbone: {card['origin']['backbone']}",
        f"- Licence: {card['licence']['spdx']}",
        "",
        f"On {held['n']} pictures of groups that taught and calibrated nothing: {100 * held['right_among_kinds']:.2f} %"
        f" get the right kind among the known ones, {100 * held['refused_as_something_else']:.2f} % are refused as"
        f" something else; of {held['made_other_things']['n']} made other things"
        f" {100 * held['made_other_things']['refused']:.2f} % are.",
        "",
        "| kind | n | right among kinds | refused as something else | not good enough |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for kind, row in card["metrics"]["by_kind"].items():
        lines.append(
            f"| {kind} | {row['n']} | {100 * row['right']:.1f} % | {100 * row['refused']:.1f} %"
            f" | {100 * row['not_good_enough']:.1f} % |"
        )
    return "\n".join([*lines, "", "Known limits:", "", *(f"- {limit}" for limit in card["limits"]), ""])
