"""Reports and checks as tables in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from vitascope.report import Reading, Report
from vitascope.report.report import DISCLAIMER

stdout = Console()
stderr = Console(stderr=True)

STATUS_STYLE = {"ok": "green", "tentative": "yellow", "absent": "yellow", "broken": "red"}


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
    given = [reading for reading in report.readings.values() if reading.status != "withheld"]
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for column in ("reading", *(["truth"] if truth else []), "value", "90 % interval", "confidence", "status"):
        table.add_column(column, justify="right" if column in {"truth", "value", "confidence"} else "left")
    for reading in given:
        known = [_number(truth.get(reading.name))] if truth else []
        table.add_row(
            _name(reading), *known, _value(reading), _interval(reading), _confidence(reading), _status(reading)
        )
    if given:
        stdout.print(table)
    withheld: dict[str, list[str]] = {}
    for reading in report.readings.values():
        if reading.status == "withheld":
            withheld.setdefault(reading.reason or "", []).append(_name(reading))
    for reason, names in withheld.items():
        stdout.print(f"[dim]withheld: {', '.join(names)}[/dim]\n  {escape(reason)}", highlight=False)
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


def show_face(told: Mapping[str, Any], *, title: str) -> None:
    """Print what `vitascope face --json` tells of a picture, or second by second of a clip."""
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False, show_header="seconds" in told)
    if "seconds" in told:
        for column in ("second", "face", "refused", "hidden", "seen on it", "reason"):
            table.add_column(column, justify="right" if column in {"second", "face", "refused"} else "left")
        for part in told["seconds"]:
            table.add_row(
                str(part["second"]), f"{part['found_share']:.0%}", f"{part['refused_share']:.0%}",
                _listed(part["hidden"]), _listed(part["by"]),
                escape(next(iter(part["refusals"]), "") or next(iter(part["messages"]), "")),
            )  # fmt: skip
        stdout.print(table)
        facts = f"{told['frames']} frames, {told['duration_s']:.1f} s"
        stdout.print(f"{facts} · face in {told['found_share']:.0%} · refused in {told['refused_share']:.0%}")
        return
    for name, value in _face_lines(told):
        table.add_row(name, escape(value))
    stdout.print(table)


def _face_lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    report = told["report"]
    if report is not None:
        yield "face", f"{100 * report['confidence']:.0f} % sure, {report['n_faces']} in the picture"
        yield "box", ", ".join(f"{value:.0f}" for value in told["box"]) + " (x, y, width, height)"
        for name in ("hidden", "by", "skin"):
            yield name, ", ".join(f"{part.replace('_', ' ')} {share:.2f}" for part, share in report[name].items())
        yield "distance", f"face {report['distance']:.0%} of the picture's width"
        yield "off centre", f"{report['offset'][0]:+.0%} across, {report['offset'][1]:+.0%} down"
        yield "turn, nod, roll", f"{report['turn']:.0f}, {report['nod']:.0f}, {report['roll']:.0f} degrees"
        light = (
            ("brightness", report["brightness"]),
            ("contrast", report["contrast"]),
            ("backlight", report["backlight"]),
        )
        for name, value in light:
            yield name, _number(value)
    yield "refused", told["refusal"] or ("no face" if report is None else "no")
    for message in told["messages"]:
        yield "advice", message


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _name(reading: Reading) -> str:
    return reading.name.replace("_", " ")


def _value(reading: Reading) -> str:
    return f"{_number(reading.value)} {reading.unit}".rstrip()


def _interval(reading: Reading) -> str:
    return f"{_number(reading.interval[0])} to {_number(reading.interval[1])}" if reading.interval else ""


def _confidence(reading: Reading) -> str:
    if reading.confidence is None:
        return ""
    # Nothing is certain: what would round to 100 % is said as what it is known to exceed.
    return "over 99 %" if reading.confidence > 0.99 else f"{100 * reading.confidence:.0f} %"


def _status(reading: Reading) -> str:
    words = f"{reading.status} ({reading.band})" if reading.band else reading.status
    return f"[{STATUS_STYLE[reading.status]}]{words}[/]"
