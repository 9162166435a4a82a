"""What a photo check found, in a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from vitascope.cli.show import stdout
from vitascope.report import Finding, Report, line, tip
from vitascope.report.finding import percent, set_line, title_of
from vitascope.report.report import DISCLAIMER

STATUS_STYLE = {"ok": "green", "unsure": "yellow", "rejected": "red"}
READING_STYLE = {"ok": "green", "tentative": "yellow", "withheld": "red"}
BAR = 24


def show_findings(report: Report, *, title: str) -> None:
    """Print a report of a photo: each finding with its probabilities, what it means, what to do, how sure that is."""
    stdout.print(f"[bold]{escape(title)}[/bold]", highlight=False)
    for finding in report.findings.values():
        _show(finding)
    for reading in report.readings.values():
        stdout.print(f"[{READING_STYLE[reading.status]}]{reading.status}[/] {escape(line(reading))}", highlight=False)
        for sentence in (reading.reason if reading.value is not None else None, tip(reading)):
            if sentence:
                stdout.print(f"  {escape(sentence)}", highlight=False)
    for number, box in enumerate(report.boxes, 1):
        sure = "" if box.score is None else f" (found with {box.score:.2f})"
        stdout.print(f"  {escape(box.label)} {number}: {escape(box.text or '')}{sure}", highlight=False)
    for message in report.quality.messages:
        stdout.print(f"• {escape(message)}", highlight=False)
    for limit in dict.fromkeys(limit for finding in report.findings.values() for limit in finding.limits):
        stdout.print(f"[dim]• {escape(limit)}[/dim]", highlight=False)
    stdout.print(f"[dim]{DISCLAIMER}[/dim]")


def _show(finding: Finding) -> None:
    told = finding.to_dict()
    stdout.print(f"[{STATUS_STYLE[finding.status]}]{finding.status}[/] {escape(told['text'])}", highlight=False)
    if finding.probabilities:
        stdout.print(_bars(finding))
    for score in finding.scores.values():
        stdout.print(f"  {escape(score.title)}: {percent(score.probability)}. {escape(score.text)}", highlight=False)
    meaning = finding.meanings.get(finding.top or "")
    for sentence in (meaning and meaning.what, told["tip"], set_line(finding), finding.accuracy):
        if sentence:
            stdout.print(f"  {escape(sentence)}", highlight=False)


def _bars(finding: Finding) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 2))
    for name, share in sorted(finding.probabilities.items(), key=lambda item: -item[1]):
        serious = name in finding.meanings and finding.meanings[name].serious
        style = "magenta" if serious else "cyan"
        bar = "█" * round(BAR * share)
        table.add_row(escape(title_of(finding, name)), f"[{style}]{bar:<{BAR}}[/]", percent(share))
    return table
