"""What the routes of one server share."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from vitascope.server.jobs import Jobs
from vitascope.server.live import LivePlaces
from vitascope.server.measurements import Measurements
from vitascope.server.screening import Screening
from vitascope.server.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """One server's settings, database, workers for clips and pictures, and places for live sessions."""

    settings: Settings
    engine: Engine
    measurements: Measurements
    jobs: Jobs
    screening: Screening
    live: LivePlaces
