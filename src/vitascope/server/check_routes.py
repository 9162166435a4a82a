"""Photo checks over HTTP: which there are, and one picture or one CT series through one of them."""

from __future__ import annotations

import importlib.util
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from vitascope.errors import InputError
from vitascope.media.limits import SeriesLimits
from vitascope.screening.check import Check
from vitascope.screening.checks import REGISTRY, find
from vitascope.server.measurements import Measurement
from vitascope.server.problems import Problem
from vitascope.server.routes import Owner, Server
from vitascope.server.screening import Shown
from vitascope.server.uploads import Upload, Wanted, receive

PICTURE = Wanted("picture", ("picture", "image", "photo", "file"), SeriesLimits().max_slices)

router = APIRouter()


class Asked(BaseModel):
    """Something about the person that a check would like to know, as a field of the form beside the picture.

    One of `options` {value: label}, or a number where there are none.
    """

    name: str
    title: str
    options: dict[str, str]


class CheckOffered(BaseModel):
    """One photo check: its name, what picture it takes, whether several may be one series, what it asks."""

    kind: str
    title: str
    picture: str
    series: bool
    asks: list[Asked]


class Checks(BaseModel):
    """The photo checks, and the formats beyond JPEG, PNG, WebP and BMP that this server reads."""

    items: list[CheckOffered]
    formats: list[str]


class HeatmapShown(BaseModel):
    """Where the picture speaks for the class `label`, called `title`; `picture` is a data URL."""

    label: str
    title: str
    picture: str


class Checked(Measurement):
    """A measurement as the history keeps it; with it, and kept nowhere, heat maps by finding and a preview."""

    heatmaps: dict[str, HeatmapShown]
    preview: str | None


@router.get("/api/checks")
def list_checks(services: Server) -> Checks:
    """The photo checks. Asking loads their networks, so that the first picture need not wait for them."""
    services.screening.warm()
    formats = [
        name for name, module in (("HEIC", "pillow_heif"), ("DICOM", "pydicom")) if importlib.util.find_spec(module)
    ]
    return Checks(items=[_offered(check) for check in REGISTRY.values()], formats=formats)


def _offered(check: Check) -> CheckOffered:
    asks = [Asked(name=ask.name, title=ask.title, options=dict(ask.options)) for ask in check.asks]
    return CheckOffered(kind=check.kind, title=check.title, picture=check.picture, series=check.series, asks=asks)


@router.post(
    "/api/checks/{kind}",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["picture"],
                        "properties": {
                            "picture": {
                                "description": "One picture; for lung_ct also the files of one series, each a part.",
                                "type": "array",
                                "items": {"type": "string", "format": "binary"},
                            }
                        },
                    }
                }
            },
        }
    },
)
async def check_picture(
    request: Request, services: Server, owner: Owner, kind: str, shown: Annotated[Shown, Query()]
) -> Checked:
    """Look at a picture and answer at once. `kind` is a check, one of its other names, or `auto`.

    The report is kept in the history; of the picture nothing is.
    """
    try:
        find(kind)
    except InputError as error:
        raise Problem(404, str(error)) from error
    upload = await receive(request, services.settings, PICTURE)
    try:
        files = [(file.path, file.name or "picture") for file in upload.files]
        found = await services.screening.look(files, kind, _person(upload), shown)
    finally:
        await run_in_threadpool(upload.remove)
    report = found["report"]
    kept = await run_in_threadpool(
        services.measurements.add, owner, source="upload", kind=report["kind"], name=_name(upload), report=report
    )
    return Checked(**kept.model_dump(), heatmaps=found["heatmaps"], preview=found["preview"])


def _person(upload: Upload) -> dict[str, str]:
    """What the form says of the person, for checks that ask for it."""
    return {name: value.strip() for name, value in upload.fields.items() if value.strip()}


def _name(upload: Upload) -> str | None:
    others = len(upload.files) - 1
    return upload.name if not others else f"{upload.name or 'series'} and {others} more"
