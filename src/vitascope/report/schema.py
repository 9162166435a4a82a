"""The published JSON Schema of a report (draft 2020-12)."""

from __future__ import annotations

from typing import Any

from vitascope.report.report import SCHEMA

_NUMBER: dict[str, Any] = {"type": "number"}
_NUMBER_OR_NULL: dict[str, Any] = {"type": ["number", "null"]}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_SHARE_OR_NULL: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_READING: dict[str, Any] = {
    **_object(
        value=_NUMBER_OR_NULL,
        unit={"type": "string"},
        interval={"type": ["array", "null"], "items": _NUMBER, "minItems": 2, "maxItems": 2},
        status={"enum": ["ok", "tentative", "withheld"]},
        reason=_TEXT_OR_NULL,
        confidence=_SHARE_OR_NULL,
        window_s=_NUMBER_OR_NULL,
        band=_TEXT_OR_NULL,
        method=_TEXT_OR_NULL,
        loinc=_TEXT_OR_NULL,
        inputs={"type": "object", "additionalProperties": _NUMBER},
    ),
    "if": {"properties": {"status": {"const": "withheld"}}},
    "then": {"properties": {"value": {"type": "null"}, "reason": {"type": "string", "minLength": 1}}},
    "else": {"properties": {"value": {"type": "number"}}},
}

_QUALITY = _object(
    snr_db=_NUMBER_OR_NULL,
    face_found=_SHARE_OR_NULL,
    fps=_NUMBER_OR_NULL,
    stars={"type": "integer", "minimum": 0, "maximum": 5},
    messages={"type": "array", "items": {"type": "string"}},
)

_WAVEFORM = _object(
    fps={"type": "number", "exclusiveMinimum": 0},
    start_s=_NUMBER,
    samples={"type": "array", "items": _NUMBER_OR_NULL},
    marks_s={"type": "array", "items": _NUMBER},
)


def schema() -> dict[str, Any]:
    """The JSON Schema that every report of this version follows, wherever it comes from."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **_object(
            schema={"const": SCHEMA},
            kind={"enum": ["face", "finger", "waveform"]},
            created={"type": "string", "format": "date-time"},
            duration_s={"type": "number", "minimum": 0},
            readings={"type": "object", "additionalProperties": _READING},
            findings={"type": "object"},
            quality=_QUALITY,
            waveforms={"type": "object", "additionalProperties": _WAVEFORM},
            models={"type": "object", "additionalProperties": {"type": "string"}},
            disclaimer={"type": "string"},
        ),
    }
