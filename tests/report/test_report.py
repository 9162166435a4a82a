from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.skin import face, skin_colour
from vitascope.report import BANDS, Quality, Reading, Report, Waveform, band, line, report_schema, tip
from vitascope.report.anaemia import LABELS
from vitascope.report.lines import NAMES, TIPS
from vitascope.vitals.assess import assess

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = Draft202012Validator(report_schema())
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(report_schema())


def report_of(noise: float, seconds: int, bpm: float) -> Report:
    time_s = np.arange(30 * seconds) / 30
    found = assess(face(time_s, skin_colour(time_s, bpm, noise=noise)))
    return Report(
        kind="face",
        duration_s=float(seconds),
        readings=found.readings,
        quality=Quality(found.snr_db, 1.0, found.fps, found.stars),
        waveforms=found.waveforms,
        models={"face_finder": "1"},
    )


@pytest.mark.parametrize("noise", [0.0, 0.2, 1.0, 20.0])
@pytest.mark.parametrize("seconds", [5, 10, 40, 130])
def test_real_reports_satisfy_the_schema(noise: float, seconds: int) -> None:
    data = json.loads(report_of(noise, seconds, 66).to_json())
    VALIDATOR.validate(data)
    assert set(data["scales"]) == set(data["readings"])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    name = draw(st.sampled_from([*BANDS, "another_vital"]))
    if draw(st.booleans()):
        return Reading.withheld(name, "/min", draw(st.text(min_size=1, max_size=40)))
    value = draw(NUMBERS)
    return Reading(
        name,
        "/min",
        value,
        draw(st.sampled_from(["ok", "tentative"])),
        interval=draw(st.none() | st.tuples(NUMBERS, NUMBERS)),
        confidence=draw(st.none() | st.floats(0, 1)),
        window_s=draw(st.none() | st.floats(0, 1e4)),
        band=band(name, value),
        inputs=draw(st.dictionaries(st.text(max_size=5), NUMBERS, max_size=2)),
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(readings(), max_size=6),
    st.lists(st.floats(), max_size=5),
    st.floats(0, 1e5),
    st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
)
def test_any_report_satisfies_the_schema(
    given_readings: list[Reading], samples: list[float], duration_s: float, created: datetime
) -> None:
    report = Report(
        "face",
        duration_s,
        {reading.name: reading for reading in given_readings},
        waveforms={"bvp": Waveform(30.0, tuple(samples))},
        created=created,
    )
    VALIDATOR.validate(json.loads(report.to_json()))


@pytest.mark.parametrize("breakage", [{"value": None}, {"status": "fine"}, {"extra": 1}, {"interval": [1]}])
def test_the_schema_refuses_what_is_wrong(breakage: dict[str, object]) -> None:
    data = report_of(0.0, 10, 66).to_dict()
    data["readings"]["heart_rate"] |= breakage
    assert not VALIDATOR.is_valid(data)


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("heart_rate", 59.9, "low"),
        ("heart_rate", 60, "normal"),
        ("heart_rate", 100, "normal"),
        ("heart_rate", 100.1, "high"),
        ("respiration_rate", 11.9, "low"),
        ("respiration_rate", 12, "normal"),
        ("respiration_rate", 20, "normal"),
        ("respiration_rate", 25, "high"),
        ("sdnn", 10, "very low"),
        ("sdnn", 40, "normal"),
        ("sdnn", 1e9, "high"),
        ("oxygen_saturation", 89.9, "low"),
        ("oxygen_saturation", 97, "normal"),
    ],
)
def test_bands_at_their_limits(name: str, value: float, label: str) -> None:
    assert band(name, value) == label


@pytest.mark.parametrize("name", BANDS)
def test_scales_are_whole(name: str) -> None:
    scale = BANDS[name]
    limits = [zone.upper for zone in scale.zones]
    assert limits == sorted(limits)
    assert limits[-1] == math.inf
    assert scale.low < scale.high
    assert all(scale.low <= limit <= scale.high for limit in limits[:-1])
    assert scale.label(limits[0]) == scale.zones[min(1, len(limits) - 1)].label


def test_bands_without_agreed_limits_stay_silent() -> None:
    assert band("rmssd", 40) is None
    assert band("unheard_of", 40) is None
    assert band("heart_rate", None) is None


def test_lines_say_what_was_seen_and_never_what_one_has() -> None:
    for name, scale in BANDS.items():
        for value in (scale.low, (scale.low + scale.high) / 2, scale.high):
            reading = Reading(name, scale.unit, value, "tentative", band=band(name, value))
            for text in (line(reading), tip(reading) or "."):
                assert text.endswith(".")
                assert not re.search(r"\byou have\b|\byou are (ill|sick)\b|\bdiagnos", text, re.IGNORECASE)
            assert "tentative" in line(reading)
    assert set(NAMES) == {*BANDS, "haemoglobin"}  # whose bands depend on the person
    labels = {(name, zone.label) for name, scale in BANDS.items() for zone in scale.zones}
    labels |= {("haemoglobin", label) for label in LABELS}
    assert set(TIPS) <= labels


def test_a_withheld_line_gives_the_reason() -> None:
    reading = Reading.withheld("heart_rate", "/min", "Hold still.")
    assert line(reading) == "Heart rate is not given. Hold still."
    assert tip(reading) is None


def test_every_reading_is_documented() -> None:
    page = (ROOT / "docs/vitals.md").read_text(encoding="utf-8")
    for name in report_of(0.0, 10, 66).readings:
        assert f"`{name}`" in page, name
        assert name in BANDS
