"""What one session gave: readings, the report that holds them, and the shapes they are exported in."""

from vitascope.report.bands import BANDS, Scale, Zone, band
from vitascope.report.lines import line, tip
from vitascope.report.reading import Reading, Status
from vitascope.report.report import Quality, Report, Waveform
from vitascope.report.schema import report_schema

__all__ = [
    "BANDS",
    "Quality",
    "Reading",
    "Report",
    "Scale",
    "Status",
    "Waveform",
    "Zone",
    "band",
    "line",
    "report_schema",
    "tip",
]
