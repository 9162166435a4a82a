"""Oxygen saturation: withheld until a calibration has been validated on people whose saturation was truly lowered.

The ratio of ratios needs constants that depend on camera, light and person; one constant pair does not carry over, so a
number from them would be made up.
"""

from __future__ import annotations

from vitascope.report.reading import Reading
from vitascope.vitals.observation import Observation


def oxygen(seen: Observation) -> dict[str, Reading]:
    """`oxygen_saturation`, always withheld with the reason."""
    reason = (
        "No calibration of oxygen saturation from a camera has been validated here; "
        "use a pulse oximeter if you need this figure."
    )
    return {"oxygen_saturation": seen.withheld("oxygen_saturation", "%", reason)}
