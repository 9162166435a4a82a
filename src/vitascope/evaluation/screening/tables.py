"""Figures of photo checks as Markdown."""

from __future__ import annotations

from typing import Any


def table(metrics: dict[str, Any]) -> list[str]:
    """One row for everything, each source and each subgroup (`answers.measure`)."""
    named = {"all": metrics["held_out"]} | metrics["by_source"] | metrics["by_group"]
    keys = [key for key, value in metrics["held_out"].items() if isinstance(value, list) and key != "risk_coverage"]
    lines = [
        f"| pictures | n | groups | {' | '.join(key.replace('_', ' ') for key in keys)} | calibration error |"
        " error of all | answered | error of those | in the set | set size |",
        "|---" * (len(keys) + 9) + "|",
    ]
    for name, row in named.items():
        answered, sets = row["answered"], row["sets"]
        error = "-" if answered["error"] is None else f"{100 * answered['error']:.1f} %"
        lines.append(
            f"| {name} | {row['n']} | {row['groups']} | {' | '.join(with_interval(row[key]) for key in keys)}"
            f" | {row['ece']:.3f}"
            f" | {100 * answered['error_of_all']:.1f} % | {100 * answered['coverage']:.0f} % | {error}"
            f" | {100 * sets['coverage']:.0f} % | {sets['size']:.2f} |"
        )
    return [*lines, ""]


def classes(per_class: dict[str, Any]) -> list[str]:
    """One row a class."""
    lines = ["| class | n | AUC against the rest | named rightly |", "|---|---|---|---|"]
    for label, row in per_class.items():
        lines.append(f"| {label} | {row['n']} | {with_interval(row['auc'])} | {100 * row['sensitivity']:.0f} % |")
    return [*lines, ""]


def risk_table(points: list[dict[str, float]]) -> list[str]:
    """The error among the surest pictures."""
    lines = ["| surest share | error |", "|---|---|"]
    return [*lines, *(f"| {100 * row['coverage']:.0f} % | {100 * row['error']:.1f} % |" for row in points), ""]


def with_interval(value: list[float | None]) -> str:
    """A figure and its interval; a dash where there is none."""
    if None in value:
        return "-"
    return f"{value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})"
