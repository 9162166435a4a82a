"""A check from data to its certified folder: fit, calibrate, judge, write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from vitascope.evaluation.datasets.photos import Case, cases
from vitascope.training import backbones, card, judge
from vitascope.training.export import Calibration, Shipped, check_file, difference, halved
from vitascope.training.fit import Logits, Settings, fit, predict
from vitascope.training.net import INNER, CheckNet
from vitascope.training.pictures import Pictures
from vitascope.training.recipes import Recipe

TAUGHT = judge.TAUGHT
WATCHED = judge.CALIBRATION
LEARNED = TAUGHT | WATCHED
ALL = LEARNED | judge.HELD_OUT


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run may change of its recipe."""

    backbone: str
    settings: Settings
    later: Settings | None = None
    inner: bool = True
    resume: bool = False

    def to_the_end(self) -> Choice:
        """The same, but no epoch is chosen: what is watched then judges without having had a say."""
        later = replace(self.later, last=True) if self.later else None
        return replace(self, settings=replace(self.settings, last=True), later=later)


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
    return _fitted(recipe, parts(recipe, pictures, TAUGHT, WATCHED), choice, weights, out)


def cross_fitted(
    recipe: Recipe, pictures: Pictures, choice: Choice, weights: Path | None, *, out: Path, count: int
) -> Iterator[tuple[CheckNet, frozenset[int], Pictures]]:
    """For each of `count` parts of folds 0 to 7: a network taught by the others, to its last epoch, and the part."""
    for part in range(count):
        apart = frozenset(fold for fold in LEARNED if fold % count == part)
        taught, seen = parts(recipe, pictures, LEARNED - apart, apart)
        yield _fitted(recipe, [taught, seen], choice.to_the_end(), weights, out / f"fold{part}"), apart, seen


def cross_validated(
    recipe: Recipe, pictures: Pictures, choice: Choice, weights: Path | None, *, out: Path, count: int
) -> list[float]:
    """The recipe's score on each of `count` parts of folds 0 to 7 after training on the others, last epoch."""
    nets = cross_fitted(recipe, pictures, choice, weights, out=out, count=count)
    return [recipe.score(logits(net, seen, choice.later or choice.settings), seen) for net, _, seen in nets]


def out_of_fold(
    recipe: Recipe, pictures: Pictures, choice: Choice, every: list[Case], *, weights: Path | None, out: Path
) -> dict[str, judge.Raw]:
    """What networks that were not taught by a picture's fold answer to it, for all pictures of folds 0 to 7."""
    answers: list[dict[str, judge.Raw]] = []
    for net, apart, _ in cross_fitted(recipe, pictures, choice, weights, out=out, count=recipe.crossed):
        file = _plain_file(recipe, halved(net.cpu().eval()), judge.samples(recipe, every, LEARNED - apart))
        answers.append(judge.ask(file, recipe, every, apart))
    return {head: judge.Raw.joined([one[head] for one in answers]) for head in recipe.heads}


def across(
    recipe: Recipe, pictures: Pictures, choice: Choice, every: list[Case], *, weights: Path | None, out: Path
) -> dict[str, dict[str, judge.Raw]]:
    """By head and "one source to another": what a network taught by one source alone answers to all of the other."""
    found: dict[str, dict[str, judge.Raw]] = {head: {} for head in recipe.heads}
    sources = pictures.sources()
    for source in sorted(set(sources.tolist())):
        some = parts(recipe, pictures.take(sources == source), LEARNED, WATCHED)
        net = _fitted(recipe, some, choice, weights, out / source)
        own = [case for case in every if case.source == source]
        file = _plain_file(recipe, halved(net.cpu().eval()), judge.samples(recipe, own))
        for other in sorted(set(sources.tolist()) - {source}):
            answers = judge.ask(file, recipe, [case for case in every if case.source == other], ALL)
            for head, raw in answers.items():
                found[head][f"{source} to {other}"] = raw
    return found


def _fitted(
    recipe: Recipe, taught_watched: list[Pictures], choice: Choice, weights: Path | None, out: Path
) -> CheckNet:
    """The network after its one or two runs; what starts from nothing has no block to leave as it is."""
    taught, watched = taught_watched
    net = new_net(recipe, choice, weights)
    learned = weights is not None and choice.backbone in backbones.PRETRAINED
    for planned, folder in ((choice.settings, out), (choice.later, out / "later")):
        if planned:
            settings = planned if learned else replace(planned, frozen=0)
            net = fit(net, taught, watched, score=recipe.score, settings=settings, folder=folder, resume=choice.resume)
    return net


def _plain_file(recipe: Recipe, net: CheckNet, pictures: list[NDArray[np.uint8]]) -> bytes:
    plain = {head: Calibration(1.0, (0.0,) * len(classes)) for head, classes in recipe.heads.items()}
    return check_file(Shipped(net, plain, recipe.fundus, False), recipe.seen_at, f"check_{recipe.kind}", pictures)


def logits(net: CheckNet, pictures: Pictures, settings: Settings) -> Logits:
    """As the shipped file sees them: without mirroring."""
    return predict(net, pictures.rgb, settings.size, flips=False, device=settings.device)


def certify(
    recipe: Recipe,
    net: CheckNet,
    choice: Choice,
    every: list[Case],
    home: Path,
    *,
    kept: dict[str, judge.Raw] | None = None,
    strange: dict[str, dict[str, judge.Raw]] | None = None,
) -> dict[str, Any]:
    """Write `model.onnx`, `card.json` and `card.md` into `home`; returns the card.

    kept: answers that set temperatures and thresholds, where they are not the network's own to fold 7 but those of
    networks like it to folds that did not teach them. strange: answers across sources (`across`), for the card.
    """
    net = halved(net.cpu().eval())
    name, size = f"check_{recipe.kind}", recipe.seen_at
    pictures = judge.samples(recipe, every)
    raw = _plain_file(recipe, net, pictures)
    crossed = kept is not None
    kept = judge.ask(raw, recipe, every, judge.CALIBRATION) if kept is None else kept
    how = judge.calibrate(recipe, kept)
    shipped = Shipped(net, how, recipe.fundus, False)
    exact = check_file(shipped, size, name)
    data = check_file(shipped, size, name, pictures) if pictures else exact
    unseen = judge.ask(raw, recipe, every, judge.HELD_OUT)
    heads = {}
    for head in recipe.heads:
        rule = judge.rules(recipe, head, kept[head], how[head])
        rule["metrics"] = judge.measure(recipe, head, rule, unseen[head], how[head])
        if crossed:
            rule["out_of_fold"] = judge.measure(recipe, head, rule, kept[head], how[head])
        if strange:
            rule["across"] = {
                name: judge.measure(recipe, head, rule, raw, how[head])["held_out"]
                for name, raw in strange[head].items()
            }
        rule["summary"] = card.summary(" and ".join(recipe.own[head]), rule["metrics"]["held_out"])
        heads[head] = rule
    parity = difference(shipped, exact, size)
    moved = judge.apart(data, exact, recipe, every) if recipe.eight_bits else None
    written = card.details(recipe, data, shipped, heads=heads, choice=choice, parity=parity, eight_bits=moved)
    home.mkdir(parents=True, exist_ok=True)
    (home / "model.onnx").write_bytes(data)
    (home / "card.json").write_text(json.dumps(written, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    (home / "card.md").write_text(card.page(written), encoding="utf-8")
    return written


def check(recipe: Recipe, data: Path, choice: Choice, out: Path) -> dict[str, Any]:
    """Everything: `out` receives the run's state and curve, and the certified folder `check_<kind>`."""
    torch.use_deterministic_algorithms(choice.settings.device == "cpu")
    every = cases(recipe.kind, data)
    weights = data / "backbones"
    pictures = recipe.read(every)
    start = weights if weights.is_dir() else None
    kept = strange = None
    if recipe.crossed:
        kept = out_of_fold(recipe, pictures, choice, every, weights=start, out=out)
        # Fold 7 teaches too and chooses nothing: every run goes on to its end.
        choice = choice.to_the_end()
        net = _fitted(recipe, parts(recipe, pictures, LEARNED, WATCHED), choice, start, out)
        strange = across(recipe, pictures, choice, every, weights=start, out=out)
    else:
        net = train(recipe, pictures, choice, start, out)
    (out / "settings.json").write_text(json.dumps(asdict(choice.settings), indent=1) + "\n", encoding="utf-8")
    return certify(recipe, net, choice, every, out / f"check_{recipe.kind}", kept=kept, strange=strange)
