"""The HTTP interface of `docs/api.md`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel
from starlette.concurrency import run_in_threadpool

import vitascope
from vitascope.pulse.trace import Kind
from vitascope.report.bands import BANDS
from vitascope.report.schema import report_schema as published_schema
from vitascope.server.database import is_alive
from vitascope.server.jobs import Job
from vitascope.server.measurements import Measurement
from vitascope.server.problems import Problem
from vitascope.server.services import Services
from vitascope.server.uploads import CLIP, Upload, Wanted, receive

# What front ends that were written for other servers call the file.
SAVE_VIDEO = Wanted("clip", ("video", "clip", "file"))
VARIABILITY = ("mean_nn", "sdnn", "rmssd", "pnn50", "lf", "hf", "lf_hf")

router = APIRouter()


class Measured(BaseModel):
    """A list of measurements, newest first, their reports without waveforms."""

    items: list[Measurement]


class Health(BaseModel):
    """Whether the server can do its work."""

    status: Literal["ok", "failing"]
    version: str
    database: Literal["ok", "failing"]


def _services(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


def _owner(request: Request) -> str:
    return str(request.state.owner)


Server = Annotated[Services, Depends(_services)]
Owner = Annotated[str, Depends(_owner)]


@router.post(
    "/api/measurements",
    status_code=202,
    openapi_extra={
        "requestBody": {
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["clip"],
                        "properties": {
                            "clip": {"type": "string", "format": "binary"},
                            "kind": {"type": "string", "enum": ["face", "finger"]},
                        },
                    }
                }
            }
        }
    },
)
async def measure_upload(request: Request, services: Server, owner: Owner) -> Measurement:
    """Take a clip and measure it in the background."""
    measurement, _ = await _accept(request, services, owner, CLIP)
    return measurement


@router.post("/save_video")
async def save_video(request: Request, services: Server, owner: Owner) -> dict[str, Any]:
    """Take a clip, measure it, and answer everything in one JSON, also when it could not be measured."""
    measurement, job = await _accept(request, services, owner, SAVE_VIDEO)
    # A front end that goes away takes nothing with it: the result is in the history all the same.
    outcome = await asyncio.shield(asyncio.wrap_future(job.outcome))
    if isinstance(outcome, str):
        return {"id": measurement.id, "status": "failed", "error": outcome, "report": None}
    return {"id": measurement.id, "status": "done", "error": None, **_plain_values(outcome), "report": outcome}


def _plain_values(report: dict[str, Any]) -> dict[str, float | None]:
    """Each reading's value under its name; those of heart-rate variability also as `hrv_...`, as others call them."""
    values = {name: reading["value"] for name, reading in report["readings"].items()}
    return values | {f"hrv_{name}": values[name] for name in VARIABILITY if name in values}


async def _accept(request: Request, services: Services, owner: str, wanted: Wanted) -> tuple[Measurement, Job]:
    services.jobs.check_room()
    upload = await receive(request, services.settings, wanted)
    try:
        return await run_in_threadpool(_begin, services, owner, upload)
    except BaseException:
        upload.remove()
        raise


def _kind(wanted: str | None) -> Kind | None:
    match wanted:
        case None | "face" | "finger":
            return wanted
    raise Problem(422, "A clip shows a face or a fingertip; kind must be face or finger.", "Unusable value")


def _begin(services: Services, owner: str, upload: Upload) -> tuple[Measurement, Job]:
    kind = _kind(upload.fields.get("kind"))
    # Until a clip has been recognised it is taken for what most are.
    measurement = services.measurements.add(owner, source="upload", kind=kind or "face", name=upload.name)
    try:
        return measurement, services.jobs.submit(measurement.id, upload.path, kind)
    except Problem:
        services.measurements.delete(owner, measurement.id)
        raise


@router.get("/api/measurements")
def list_measurements(
    services: Server,
    owner: Owner,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: AwareDatetime | None = None,
) -> Measured:
    """The session's measurements, newest first; `before` (a `created`) asks for the next older ones."""
    open_jobs = services.jobs.open()
    items = services.measurements.recent(owner, limit, before)
    return Measured(items=[_with_progress(item, open_jobs.get(item.id)) for item in items])


@router.get("/api/measurements/{id}")
def get_measurement(id: str, services: Server, owner: Owner) -> Measurement:
    """One measurement of the session."""
    # The job first: when it is over between the two looks, the database knows the end.
    job = services.jobs.open().get(id)
    measurement = services.measurements.get(owner, id)
    if measurement is None:
        raise _unknown()
    return _with_progress(measurement, job)


@router.delete("/api/measurements/{id}", status_code=204)
def delete_measurement(id: str, services: Server, owner: Owner) -> Response:
    """Delete a measurement for good; a clip that is still being measured is dropped too."""
    if not services.measurements.delete(owner, id):
        raise _unknown()
    services.jobs.cancel(id)
    return Response(status_code=204)


def _unknown() -> Problem:
    return Problem(404, "There is no such measurement; it may have been deleted.")


def _with_progress(measurement: Measurement, job: Job | None) -> Measurement:
    if measurement.status == "queued" and job is not None:
        measurement.status = "running" if job.running else "queued"
        measurement.progress = job.progress
    return measurement


@router.get("/api/health", responses={503: {"model": Health}})
def health(services: Server, response: Response) -> Health:
    """Whether the server can do its work; 503 when it cannot."""
    database: Literal["ok", "failing"] = "ok" if is_alive(services.engine) else "failing"
    if database != "ok":
        response.status_code = 503
    return Health(status=database, version=vitascope.__version__, database=database)


@router.get("/api/schema")
def report_schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    return published_schema()


@router.get("/api/bands")
def bands() -> dict[str, Any]:
    """The scale of each reading: title, unit, ends and labelled zones, as a dial paints them."""
    return {name: scale.to_dict() for name, scale in BANDS.items()}
