"""The report: everything one session gave, in one shape for every way out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vitascope.report.bands import BANDS
from vitascope.report.finding import Finding
from vitascope.report.lines import line, tip
from vitascope.report.picture import Box, PictureView, SliceAnswer
from vitascope.report.reading import Reading

SCHEMA = "vitascope.report/1"
DISCLAIMER = "Vitascope is not a medical device: its readings are for information and never a diagnosis."


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the recording was. `snr_db` is a self-SNR: it is taken at the estimated rate, not at a reference."""

    snr_db: float | None = None
    face_found: float | None = None  # share of frames, 0..1
    fps: float | None = None
    stars: int = 0  # 0..5
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waveform:
    """Samples of a wave at `fps` per second from `start_s`; `marks_s` are times on the same clock (beats)."""

    fps: float
    samples: tuple[float, ...]
    start_s: float = 0.0
    marks_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One session's readings and findings. `report.heart_rate` is short for `report.readings["heart_rate"]`.

    Of a picture: `picture` is what kind it was taken for, `boxes` are places worth pointing at, `slices` are the
    answers for the pictures of a series one by one.
    """

    kind: str
    duration_s: float
    readings: Mapping[str, Reading] = field(default_factory=dict)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    picture: PictureView | None = None
    boxes: tuple[Box, ...] = ()
    slices: tuple[SliceAnswer, ...] = ()
    quality: Quality = field(default_factory=Quality)
    waveforms: Mapping[str, Waveform] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __getattr__(self, name: str) -> Reading:
        # "readings" itself comes here while a report is being unpickled: looking it up again would never end.
        if name == "readings" or name not in self.readings:
            raise AttributeError(f"this report has no reading called {name!r}")
        return self.readings[name]

    def to_dict(self) -> dict[str, Any]:
        """The published JSON shape (see `vitascope.report.schema`)."""
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "created": self.created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "duration_s": round(self.duration_s, 3),
            "readings": {
                name: reading.to_dict() | {"text": line(reading), "tip": tip(reading)}
                for name, reading in self.readings.items()
            },
            "findings": {name: finding.to_dict() for name, finding in self.findings.items()},
            "picture": self.picture.to_dict() if self.picture else None,
            "boxes": [box.to_dict() for box in self.boxes],
            "slices": [part.to_dict() for part in self.slices],
            "quality": {
                "snr_db": self.quality.snr_db,
                "face_found": self.quality.face_found,
                "fps": self.quality.fps,
                "stars": self.quality.stars,
                "messages": list(self.quality.messages),
            },
            "waveforms": {
                name: {
                    "fps": wave.fps,
                    "start_s": wave.start_s,
                    "samples": [round(v, 4) if math.isfinite(v) else None for v in wave.samples],
                    "marks_s": [round(v, 4) for v in wave.marks_s],
                }
                for name, wave in self.waveforms.items()
            },
            "scales": {
                name: scale.to_dict()
                for name, reading in self.readings.items()
                if (scale := reading.scale or BANDS.get(name)) is not None
            },
            "models": dict(self.models),
            "disclaimer": DISCLAIMER,
        }

    def to_json(self) -> str:
        """One line of JSON, standard-conforming (no NaN)."""
        return json.dumps(self.to_dict(), allow_nan=False, separators=(",", ":"))
