"""Reports and checks as tables in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from vitascope.report import Reading, Report
from vitascope.report.report import DISCLAIMER

stdout = Console()
stderr = Console(stderr=True)

STATUS_STYLE = {"ok": "green", "tentative": "yellow", "withheld": "dim", "absent": "yellow", "broken": "red"}


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error that vanishes when done; yields a function that takes the share done, 0..1."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"), TimeElapsedColumn(),
        console=stderr, transient=True, disable=not stderr.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task(escape(label), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def show_report(report: Report, *, title: str, truth: Mapping[str, float] | None = None) -> None:
    """Print a report as a table, with the painted `truth` beside the measurement where it is known."""
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for column in ("reading", *(["truth"] if truth else []), "value", "90 % interval", "confidence", "status"):
        table.add_column(column, justify="right" if column in ("truth", "value", "confidence") else "left")
    for reading in report.readings.values():
        known = [_number(truth.get(reading.name))] if truth else []
        table.add_row(
            reading.name.replace("_", " "), *known, _value(reading), _interval(reading), _confidence(reading),
            _status(reading), style=STATUS_STYLE[reading.status] if reading.status == "withheld" else "",
        )  # fmt: skip
    stdout.print(table)
    quality = report.quality
    facts = [f"{report.duration_s:.1f} s", f"{'★' * quality.stars}{'☆' * (5 - quality.stars)}"]
    if quality.fps is not None:
        facts.append(f"{quality.fps:.1f} frames/s")
    if quality.snr_db is not None:
        facts.append(f"self-SNR {quality.snr_db:.1f} dB")
    if quality.face_found is not None:
        facts.append(f"face in {100 * quality.face_found:.0f} % of frames")
    stdout.print(" · ".join(facts))
    for message in quality.messages:
        stdout.print(f"• {escape(message)}")
    stdout.print(f"[dim]{DISCLAIMER}[/dim]")


def show_checks(checks: Sequence[tuple[str, str, str]]) -> None:
    """Print what `doctor` found: what, state and detail."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, state, detail in checks:
        table.add_row(name, f"[{STATUS_STYLE[state]}]{state}[/]", escape(detail))
    stdout.print(table)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _value(reading: Reading) -> str:
    return "–" if reading.value is None else f"{_number(reading.value)} {reading.unit}".rstrip()


def _interval(reading: Reading) -> str:
    return f"{_number(reading.interval[0])} – {_number(reading.interval[1])}" if reading.interval else ""


def _confidence(reading: Reading) -> str:
    return "" if reading.confidence is None else f"{100 * reading.confidence:.0f} %"


def _status(reading: Reading) -> str:
    words: list[str] = [reading.status]
    if reading.band:
        words.append(f"({reading.band})")
    if reading.reason:
        words.append(f"– {escape(reading.reason)}")
    return f"[{STATUS_STYLE[reading.status]}]{' '.join(words)}[/]"
