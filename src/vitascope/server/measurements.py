"""The history: every read and every delete names the owner, so that sessions cannot meet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session, undefer

from vitascope.server.database import wipe_deleted
from vitascope.server.models import MeasurementRow

INTERRUPTED = "The server was stopped before this clip was measured; please send it again."


class Measurement(BaseModel):
    """One measurement as the interface shows it: `failed` has a reason, `done` has a report."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    created: datetime
    source: Literal["live", "upload"]
    name: str | None
    kind: str
    status: Literal["queued", "running", "done", "failed"]
    progress: float = 0.0
    reason: str | None
    report: dict[str, Any] | None


class Measurements:
    """The measurements in one database. Every method is one transaction and may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        owner: str,
        *,
        source: Literal["live", "upload"],
        kind: str,
        name: str | None = None,
        report: dict[str, Any] | None = None,
    ) -> Measurement:
        """A new measurement: done when it comes with its report, else queued."""
        row = MeasurementRow(
            id=uuid4().hex,
            owner=owner,
            created=datetime.now(UTC),
            source=source,
            kind=kind,
            name=name,
            status="queued" if report is None else "done",
            **_split(report),
        )
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.add(row)
        return _shown(row, with_waveforms=True)

    def finish(self, id_: str, report: dict[str, Any]) -> None:
        """The clip was measured. Nothing happens when the person has deleted it meanwhile."""
        self._update(id_, status="done", kind=report["kind"], **_split(report))

    def fail(self, id_: str, reason: str) -> None:
        """The clip could not be measured, for `reason` (one sentence)."""
        self._update(id_, status="failed", reason=reason[:1000])

    def fail_interrupted(self) -> None:
        """At start: whatever was still open when the server last stopped will never be finished."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(MeasurementRow)
                .where(MeasurementRow.status == "queued")
                .values(status="failed", reason=INTERRUPTED)
            )

    def get(self, owner: str, id_: str) -> Measurement | None:
        """One measurement with its waveforms, if it is the owner's."""
        query = (
            select(MeasurementRow)
            .where(MeasurementRow.id == id_, MeasurementRow.owner == owner)
            .options(undefer(MeasurementRow.waveforms))
        )
        with Session(self._engine) as session:
            row = session.scalar(query)
            return None if row is None else _shown(row, with_waveforms=True)

    def recent(self, owner: str, limit: int, before: datetime | None = None) -> list[Measurement]:
        """The owner's measurements older than `before`, newest first, their reports without waveforms."""
        query = select(MeasurementRow).where(MeasurementRow.owner == owner)
        if before is not None:
            query = query.where(MeasurementRow.created < before)
        query = query.order_by(MeasurementRow.created.desc(), MeasurementRow.id).limit(limit)
        with Session(self._engine) as session:
            return [_shown(row, with_waveforms=False) for row in session.scalars(query)]

    def delete(self, owner: str, id_: str) -> bool:
        """Delete for good; whether there was such a measurement of this owner."""
        query = (
            delete(MeasurementRow)
            .where(MeasurementRow.id == id_, MeasurementRow.owner == owner)
            .returning(MeasurementRow.id)
        )
        with Session(self._engine) as session, session.begin():
            found = session.scalar(query) is not None
        if found:
            wipe_deleted(self._engine)
        return found

    def _update(self, id_: str, **values: Any) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(update(MeasurementRow).where(MeasurementRow.id == id_).values(**values))


def _split(report: dict[str, Any] | None) -> dict[str, Any]:
    if report is None:
        return {"report": None, "waveforms": None}
    return {
        "report": {key: value for key, value in report.items() if key != "waveforms"},
        "waveforms": report.get("waveforms", {}),
    }


def _shown(row: MeasurementRow, *, with_waveforms: bool) -> Measurement:
    shown = Measurement.model_validate(row)
    if shown.status == "done":
        shown.progress = 1.0
    if shown.report is not None and with_waveforms:
        shown.report = {**shown.report, "waveforms": row.waveforms}
    return shown
