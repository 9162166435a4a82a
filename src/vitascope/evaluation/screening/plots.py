"""What answering only the surest pictures gains, for every question of the photo checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vitascope.errors import InputError

NAME = "screening_risk.png"


def draw(heads: dict[str, dict[str, Any]], folder: Path) -> list[Path]:
    """Error over the share answered, a line a question. Raises InputError when it cannot be written."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for kind, questions in heads.items():
        for name, metrics in questions.items():
            points, n = metrics["held_out"]["risk_coverage"], metrics["held_out"]["n"]
            shares, errors = [row["coverage"] for row in points], [row["error"] for row in points]
            axes.plot(shares, errors, "o-", markersize=3, label=f"{kind}: {name} (n = {n})")
    axes.set(xlabel="share of pictures answered, surest first", ylabel="share of them answered wrongly", xlim=(0, 1))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    path = folder / NAME
    try:
        figure.savefig(path, dpi=100, metadata={"Software": None})
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
    return [path]
