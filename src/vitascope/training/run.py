"""A check from data to its certified folder: fit, calibrate, judge, write."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vitascope.evaluation.datasets.photos import Case, cases
from vitascope.training import backbones, card, judge
from vitascope.training.export import Calibration, Shipped, check_file, difference, halved
from vitascope.training.fit import Logits, Settings, fit, predict
from vitascope.training.net import INNER, CheckNet
from vitascope.training.pictures import Pictures
from vitascope.training.recipes import Recipe

TAUGHT = frozenset(range(7))
WATCHED = frozenset({7})


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run may change of its recipe."""

    backbone: str
    settings: Settings
    later: Settings | None = None
    inner: bool = True
    resume: bool = False


def new_net(recipe: Recipe, choice: Choice, weights: Path | None) -> CheckNet:
    """The network before training; ImageNet's weights come from folder `weights`."""
    heads = {name: len(classes) for name, classes in recipe.heads.items()}
    inner = INNER.get(choice.backbone, ()) if choice.inner else ()
    return CheckNet(backbones.build(choice.backbone, weights), heads, inner)


def parts(recipe: Recipe, pictures: Pictures, taught: frozenset[int], watched: frozenset[int]) -> list[Pictures]:
    """What teaches and what chooses the epoch, by fold; views that must not teach are only watched."""
    folds, views = pictures.folds(), pictures.views()
    teaches = np.isin(folds, list(taught)) & ~np.isin(views, list(recipe.unseen))
    watches = np.isin(folds, list(watched)) & np.isin(views, list(recipe.watched))
    return [pictures.take(teaches), pictures.take(watches)]


def train(recipe: Recipe, pictures: Pictures, choice: Choice, weights: Path | None, out: Path) -> CheckNet:
    """The fitted network of one run."""
    taught, watched = parts(recipe, pictures, TAUGHT, WATCHED)
    net = new_net(recipe, choice, weights)
    return fit(net, taught, watched, score=recipe.score, settings=choice.settings, folder=out, resume=choice.resume)


def cross_validated(
    recipe: Recipe, pictures: Pictures, choice: Choice, weights: Path | None, *, out: Path, count: int
) -> list[float]:
    """The recipe's score on each of `count` parts of folds 0 to 7 after training on the others, last epoch."""
    scores = []
    for part in range(count):
        watched = frozenset(f for f in range(8) if f % count == part)
        taught, seen = parts(recipe, pictures, frozenset(range(8)) - watched, watched)
        net = new_net(recipe, choice, weights)
        net = fit(net, taught, seen, score=recipe.score, settings=choice.settings, folder=out / f"fold{part}")
        scores.append(recipe.score(logits(net, seen, choice.settings), seen))
    return scores


def logits(net: CheckNet, pictures: Pictures, settings: Settings) -> Logits:
    """As the shipped file sees them: without mirroring."""
    return predict(net, pictures.rgb, settings.size, flips=False, device=settings.device)


def certify(recipe: Recipe, net: CheckNet, choice: Choice, every: list[Case], home: Path) -> dict[str, Any]:
    """Write `model.onnx`, `card.json` and `card.md` into `home`; returns the card."""
    net = halved(net.cpu().eval())
    name, size = f"check_{recipe.kind}", recipe.seen_at
    plain = {head: Calibration(1.0, (0.0,) * len(classes)) for head, classes in recipe.heads.items()}
    raw = check_file(Shipped(net, plain, recipe.fundus, False), size, name)
    kept = judge.ask(raw, recipe, every, judge.CALIBRATION)
    how = judge.calibrate(recipe, kept)
    shipped = Shipped(net, how, recipe.fundus, False)
    data = check_file(shipped, size, name)
    unseen = judge.ask(raw, recipe, every, judge.HELD_OUT)
    heads = {}
    for head in recipe.heads:
        rule = judge.rules(recipe, head, kept[head], how[head])
        rule["metrics"] = judge.measure(recipe, head, rule, unseen[head], how[head])
        rule["summary"] = card.summary(" and ".join(recipe.own[head]), rule["metrics"]["held_out"])
        heads[head] = rule
    parity = difference(shipped, data, size)
    written = card.details(recipe, data, shipped, heads=heads, choice=choice, parity=parity)
    home.mkdir(parents=True, exist_ok=True)
    (home / "model.onnx").write_bytes(data)
    (home / "card.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    (home / "card.md").write_text(card.page(written), encoding="utf-8")
    return written


def check(recipe: Recipe, data: Path, choice: Choice, out: Path) -> dict[str, Any]:
    """Everything: `out` receives the run's state and curve, and the certified folder `check_<kind>`."""
    torch.use_deterministic_algorithms(choice.settings.device == "cpu")
    every = cases(recipe.kind, data)
    weights = data / "backbones"
    pictures = recipe.read(every)
    net = train(recipe, pictures, choice, weights if weights.is_dir() else None, out)
    if choice.later:
        taught, watched = parts(recipe, pictures, TAUGHT, WATCHED)
        net = fit(
            net, taught, watched, score=recipe.score, settings=choice.later, folder=out / "later", resume=choice.resume
        )
    (out / "settings.json").write_text(json.dumps(asdict(choice.settings), indent=1) + "\n", encoding="utf-8")
    return certify(recipe, net, choice, every, out / f"check_{recipe.kind}")
