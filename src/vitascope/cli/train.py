"""`vitascope train`: one command from labelled pictures to a certified network."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.errors import InputError

if TYPE_CHECKING:
    from vitascope.training.run import Choice

GATE = "gate"


def train(
    check: Annotated[
        str, typer.Argument(metavar="CHECK", help="What to train: skin, outer_eye, fundus, lung_ct or gate.")
    ],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder that holds the sets of pictures.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Receives curves, state, network and card.")
    ] = Path("runs"),
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone", metavar="NAME", help="efficientnetv2_b0, mobilenet_v2 or small. Default: the recipe's."
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Epochs instead of the recipe's, in one run.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=32, metavar="N", help="Pictures an epoch instead of the recipe's.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same network on one machine.")] = 1,
    device: Annotated[str, typer.Option(metavar="NAME", help="cpu or cuda.")] = "cpu",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the state in the folder.")] = False,
    folds: Annotated[
        int | None, typer.Option(min=2, max=8, metavar="K", help="Cross-validate in K parts instead of training.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Train every backbone alike and write a table instead.")
    ] = False,
    sweep: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Try N settings and write what was best instead.")
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="PAGE.md", help="With --compare: put the table between marks in this page."),
    ] = None,
) -> None:
    """Train a photo check or the gate, certify it on pictures that taught it nothing, and write its file and card."""
    if find_spec("torch") is None or find_spec("onnx") is None:
        raise InputError("Training needs PyTorch and onnx: pip install 'vitascope[train]'.")
    if not data.is_dir():
        raise InputError(f"There is no folder {data}.")
    from vitascope.training.recipes import RECIPES

    if check != GATE and check not in RECIPES:
        raise InputError(f"There is no recipe called {check!r}; there are {', '.join([*RECIPES, GATE])}.")
    searching = folds is not None or compare or sweep is not None
    if page is not None and not compare:
        raise InputError("--page is for the table of --compare.")
    if check == GATE and searching:
        raise InputError("The gate has nothing to compare: its backbone stays as it is.")
    if sweep is not None and find_spec("optuna") is None:
        raise InputError("A sweep needs Optuna: pip install 'vitascope[train]'.")
    try:
        if check == GATE:
            folder = _gate(data, out)
        else:
            choice = _choice(check, backbone, epochs, samples, seed, device, resume)
            if searching:
                _search(check, data, out / check, choice, folds, compare, sweep, page)
                return
            folder = _check(check, data, out, choice)
    except (FileNotFoundError, KeyError) as error:
        raise InputError(f"Training could not start: {error}.") from error
    typer.echo(f"{folder / 'model.onnx'} and its card are written.")


def _gate(data: Path, out: Path) -> Path:
    from vitascope.training import gate

    gate.make(data, out / GATE)
    return out / GATE


def _choice(
    check: str,
    backbone: str | None,
    epochs: int | None,
    samples: int | None,
    seed: int,
    device: str,
    resume: bool,
) -> Choice:
    from vitascope.training import run
    from vitascope.training.recipes import RECIPES

    recipe = RECIPES[check]
    settings = replace(recipe.settings, seed=seed, device=device)
    later = replace(recipe.later, seed=seed, device=device) if recipe.later else None
    if epochs is not None:
        settings, later = replace(settings, epochs=epochs), None
    if samples is not None:
        settings = replace(settings, samples=samples)
    return run.Choice(backbone or recipe.backbone, settings, later, resume=resume)


def _check(check: str, data: Path, out: Path, choice: Choice) -> Path:
    from vitascope.training import run
    from vitascope.training.recipes import RECIPES

    run.check(RECIPES[check], data, choice, out / check)
    return out / check / f"check_{check}"


def _search(
    check: str,
    data: Path,
    out: Path,
    choice: Choice,
    folds: int | None,
    compare: bool,
    sweep: int | None,
    page: Path | None,
) -> None:
    from vitascope.evaluation.page import put_between
    from vitascope.training import search
    from vitascope.training.recipes import RECIPES

    recipe = RECIPES[check]
    out.mkdir(parents=True, exist_ok=True)
    if folds is not None:
        scores = search.cross_validate(recipe, data, choice, out, folds)
        typer.echo(f"scores of {folds} parts: {', '.join(f'{score:.4f}' for score in scores)}")
    if compare:
        table = search.table(search.compare(recipe, data, choice, out), choice)
        typer.echo(table, nl=False)
        if page is not None:
            put_between(page, f"vitascope train {check} --compare", table)
    if sweep is not None:
        best = search.sweep(recipe, data, choice, out, sweep)
        typer.echo(", ".join(f"{name} {value:.4g}" for name, value in best.items()))
