"""Vital signs and photo screening from an ordinary camera, each with its certainty. Not a medical device.

Names are loaded on first use, so `import vitascope` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from vitascope.errors import InputError
    from vitascope.live import LiveSession
    from vitascope.measure import measure, measure_trace, measure_waveform
    from vitascope.report import Finding, Reading, Report
    from vitascope.screening import screen

_HOME = {
    "Finding": "vitascope.report",
    "InputError": "vitascope.errors",
    "LiveSession": "vitascope.live",
    "Reading": "vitascope.report",
    "Report": "vitascope.report",
    "measure": "vitascope.measure",
    "measure_trace": "vitascope.measure",
    "measure_waveform": "vitascope.measure",
    "screen": "vitascope.screening",
}

__all__ = [
    "Finding",
    "InputError",
    "LiveSession",
    "Reading",
    "Report",
    "__version__",
    "measure",
    "measure_trace",
    "measure_waveform",
    "screen",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vitascope' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
