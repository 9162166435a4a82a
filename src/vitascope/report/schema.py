"""The published JSON Schema (2020-12) of a report."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast


def report_schema() -> dict[str, Any]:
    """The schema that every `Report.to_dict()` satisfies."""
    text = (files("vitascope.report") / "report.schema.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))
