"""What one session gave: readings, the report that holds them, and the shapes they are exported in."""

from vitascope.report.reading import Reading, Status
from vitascope.report.report import Quality, Report, Waveform

__all__ = ["Quality", "Reading", "Report", "Status", "Waveform"]
