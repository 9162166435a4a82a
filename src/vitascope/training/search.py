"""What to choose for a check: backbones side by side, cross-validation, and a sweep over the numbers of a recipe.

All of it looks at folds 0 to 7 only; what is held out stays untouched.
"""

from __future__ import annotations

import csv
import json
import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vitascope.evaluation.datasets.photos import cases
from vitascope.training import run
from vitascope.training.backbones import BACKBONES, PRETRAINED
from vitascope.training.export import Calibration, Shipped, check_file, session
from vitascope.training.fit import Settings
from vitascope.training.net import CheckNet
from vitascope.training.pictures import Pictures
from vitascope.training.recipes import Recipe

# What else is tried on the recipe's own backbone; one thing at a time.
CHANGES: dict[str, dict[str, Any]] = {
    "focal loss, 2": {"focal": 2.0},
    "half of the pictures in white light": {"augmentation": {"constancy": 0.5}},
    "one operation of RandAugment": {"augmentation": {"operations": 1}},
    "no mixup": {"augmentation": {"mixup": 0.0}},
}
ROUNDS = 20
PICTURE = (480, 640, 3)


def compare(recipe: Recipe, data: Path, choice: run.Choice, out: Path) -> list[dict[str, Any]]:
    """Every backbone with and without its inner layers, and CHANGES on the recipe's own, trained alike.

    Writes `comparison.md` and `comparison.json`; resuming keeps the rows that are there. score: the recipe's on fold 7;
    ms: processor time of one 640x480 picture, everything inside the file, not in 8 bits.
    """
    pictures, weights = _opened(recipe, data)
    plain = replace(choice, later=None)
    tried = [
        (replace(plain, backbone=name, inner=inner), "")
        for name in BACKBONES
        for inner in ((True, False) if name in PRETRAINED else (False,))
    ]
    tried += [(replace(plain, settings=changed(choice.settings, how)), name) for name, how in CHANGES.items()]
    _, watched = run.parts(recipe, pictures, run.TAUGHT, run.WATCHED)
    known = out / "comparison.json"
    rows: list[dict[str, Any]] = []
    # Rows of other settings say nothing beside these.
    if choice.resume and known.exists() and (out / "comparison.md").read_text("utf-8").startswith(table([], choice)):
        rows = json.loads(known.read_text("utf-8"))
    for number, (one, change) in list(enumerate(tried))[len(rows) :]:
        net = run.train(recipe, pictures, one, weights, out / f"compared{number}")
        size, milliseconds = _cost(recipe, net, one.settings.size)
        rows.append(
            {
                "backbone": one.backbone,
                "inner": one.inner,
                "change": change,
                "score": round(recipe.score(run.logits(net, watched, one.settings), watched), 4),
                "megabytes": round(size / 1e6, 2),
                "milliseconds": round(milliseconds, 1),
            }
        )
        # Hours may lie between two rows; what is known is kept.
        known.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        (out / "comparison.md").write_text(table(rows, choice), encoding="utf-8")
    return rows


def changed(settings: Settings, how: dict[str, Any]) -> Settings:
    """The settings with some of them, or of their augmentation's, replaced."""
    own = {name: value for name, value in how.items() if name != "augmentation"}
    return replace(settings, augmentation=replace(settings.augmentation, **how.get("augmentation", {})), **own)


def table(rows: list[dict[str, Any]], choice: run.Choice) -> str:
    """The comparison as Markdown."""
    settings = choice.settings
    samples = f" of {settings.samples:,} pictures" if settings.samples else ""
    lines = [
        f"{settings.epochs} epochs{samples} at {settings.size} pixels, seed {settings.seed}; score: the recipe's, on"
        " fold 7.",
        "",
        "| backbone | inner layers | changed | score | MB | ms a picture |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        inner = "yes" if row["inner"] else "no"
        lines.append(
            f"| {row['backbone']} | {inner} | {row['change'] or '–'} | {row['score']:.3f} | {row['megabytes']:.1f}"
            f" | {row['milliseconds']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def cross_validate(recipe: Recipe, data: Path, choice: run.Choice, out: Path, count: int) -> list[float]:
    """The recipe's score on each of `count` parts of folds 0 to 7; writes `cross_validation.json`."""
    pictures, weights = _opened(recipe, data)
    scores = run.cross_validated(recipe, pictures, choice, weights, out=out, count=count)
    found = {"scores": scores, "mean": statistics.mean(scores), "sd": statistics.pstdev(scores)}
    (out / "cross_validation.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return scores


def sweep(recipe: Recipe, data: Path, choice: run.Choice, out: Path, trials: int) -> dict[str, float]:
    """The best numbers of `trials` runs (Optuna's TPE, unpromising runs go on to their end); writes `sweep.csv`."""
    import optuna

    pictures, weights = _opened(recipe, data)
    _, watched = run.parts(recipe, pictures, run.TAUGHT, run.WATCHED)
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def score(trial: optuna.Trial) -> float:
        settings = replace(
            choice.settings,
            rate=trial.suggest_float("rate", 1e-4, 1e-3, log=True),
            head_rate=trial.suggest_float("head_rate", 5e-4, 5e-3, log=True),
            decay=trial.suggest_float("decay", 1e-3, 0.1, log=True),
            balance=trial.suggest_float("balance", 0.0, 1.0),
            smoothing=trial.suggest_float("smoothing", 0.0, 0.1),
            augmentation=replace(
                choice.settings.augmentation,
                mixup=trial.suggest_float("mixup", 0.0, 0.4),
                erase=trial.suggest_float("erase", 0.0, 0.3),
                constancy=trial.suggest_float("constancy", 0.0, 0.5),
                operations=trial.suggest_int("operations", 0, 2),
            ),
        )
        one = replace(choice, settings=settings, later=None)
        net = run.train(recipe, pictures, one, weights, out / f"trial{trial.number}")
        return recipe.score(run.logits(net, watched, settings), watched)

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=choice.settings.seed))
    study.optimize(score, n_trials=trials)
    with (out / "sweep.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        names = list(study.best_params)
        writer.writerow(["trial", "score", *names])
        for trial in study.trials:
            writer.writerow([trial.number, trial.value, *(trial.params[name] for name in names)])
    return dict(study.best_params)


def _opened(recipe: Recipe, data: Path) -> tuple[Pictures, Path | None]:
    weights = data / "backbones"
    return recipe.read(cases(recipe.kind, data)), weights if weights.is_dir() else None


def _cost(recipe: Recipe, net: CheckNet, size: int) -> tuple[int, float]:
    plain = {head: Calibration(1.0, (0.0,) * len(classes)) for head, classes in recipe.heads.items()}
    file = check_file(Shipped(net.cpu().eval(), plain, recipe.fundus, False), size, "compared")
    opened = session(file)
    picture = np.random.default_rng(0).integers(0, 256, (1, *PICTURE), dtype=np.uint8)
    spent = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        opened.run(None, {"picture": picture})
        spent.append(1000 * (time.process_time() - begin))
    return len(file), statistics.median(spent)
