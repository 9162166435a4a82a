"""What one session gave: readings, findings, the report that holds them, and the shapes they are exported in."""

from vitascope.report.bands import BANDS, Scale, Zone, band
from vitascope.report.finding import Finding, FindingStatus, Meaning, PredictionSet, Score
from vitascope.report.lines import line, tip
from vitascope.report.picture import Box, PictureView, SliceAnswer
from vitascope.report.reading import Reading, Status
from vitascope.report.report import Quality, Report, Waveform
from vitascope.report.schema import report_schema

__all__ = [
    "BANDS",
    "Box",
    "Finding",
    "FindingStatus",
    "Meaning",
    "PictureView",
    "PredictionSet",
    "Quality",
    "Reading",
    "Report",
    "Scale",
    "Score",
    "SliceAnswer",
    "Status",
    "Waveform",
    "Zone",
    "band",
    "line",
    "report_schema",
    "tip",
]
