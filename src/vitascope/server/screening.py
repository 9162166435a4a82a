"""Looks at uploaded pictures in worker processes of their own, so that a photo never waits behind clips."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pebble import ProcessExpired
from pydantic import BaseModel, Field

from vitascope.errors import InputError
from vitascope.server.pool import Workers
from vitascope.server.problems import Problem
from vitascope.server.settings import Settings

if TYPE_CHECKING:
    from vitascope.screening import Examination

# Longest edge in pixels of what is sent back: a map has a few dozen cells, so a small layer loses nothing.
OVERLAY_EDGE, PREVIEW_EDGE = 256, 1024
MAX_WORKERS = 2
UNUSABLE = "Unprocessable picture"
CRASHED = "The picture made the decoder crash, so it cannot be looked at; please save or take it anew."
BUSY = "The server is busy with other pictures; please try again in a minute."
STOPPED = "The server was stopped before this picture was looked at; please send it again."

log = logging.getLogger("vitascope.server")


class Shown(BaseModel):
    """What a caller wants to see beside the report."""

    heatmap: Literal["overlay", "drawn", "none"] = Field(
        "overlay", description="A see-through layer to lay over the picture, the picture under it, or nothing."
    )
    preview: bool = Field(False, description="The picture as it was looked at: upright, small, CT in the lung window.")


class Screening:
    """The pictures that are being looked at."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers = Workers(min(MAX_WORKERS, settings.workers), settings.job_timeout_s)
        self._open = 0

    def warm(self) -> None:
        """Load the networks now, so that the first picture need not wait for them."""
        self._workers.schedule(load_networks)

    async def look(
        self, files: Sequence[tuple[Path, str]], kind: str, person: dict[str, str], shown: Shown
    ) -> dict[str, Any]:
        """Report, heat maps and preview of one picture or one series: `files` are paths with the names to show.

        Raises Problem when the pictures cannot be used or nobody has time for them.
        """
        if self._open >= self._settings.max_waiting:
            raise Problem(503, BUSY)
        self._open += 1
        try:
            result = await self._look(list(files), kind, person, shown)
        finally:
            self._open -= 1
        if isinstance(result, str):
            raise Problem(422, result, UNUSABLE)
        return result

    async def _look(self, *args: Any) -> dict[str, Any] | str:
        for again in (True, False):
            work: Future[dict[str, Any] | str] = await asyncio.to_thread(
                self._workers.schedule, look_at_pictures, *args
            )
            if work.cancelled():
                raise Problem(503, STOPPED)
            try:
                return await asyncio.wrap_future(work)
            except BrokenProcessPool as error:
                # All workers were lost at once, maybe through no fault of this picture.
                if not again:
                    raise Problem(503, BUSY) from error
            except TimeoutError as error:
                limit = f"{self._settings.job_timeout_s:g} seconds"
                advice = "fewer or smaller pictures take less"
                raise Problem(422, f"This took longer than {limit} and was stopped; {advice}.", UNUSABLE) from error
            except ProcessExpired as error:
                log.error("a worker ended while it looked at a picture (exit code %s)", error.exitcode)
                raise Problem(422, CRASHED, UNUSABLE) from error
        raise AssertionError("the second try either answers or raises")

    def close(self) -> None:
        """Stop the workers."""
        self._workers.close()


def load_networks() -> None:
    """In a worker: open every network that a picture may need."""
    from vitascope.models import runtime
    from vitascope.screening import gate
    from vitascope.screening.checks import REGISTRY

    for name in (gate.NETWORK, *(name for check in REGISTRY.values() for name in check.networks)):
        runtime.session(name)


def look_at_pictures(
    files: list[tuple[Path, str]], kind: str, person: dict[str, str], shown: Shown
) -> dict[str, Any] | str:
    """In a worker: report, heat maps and preview as JSON-ready dict, or the sentence that says why not."""
    from vitascope.screening import examine

    try:
        examined = examine([path for path, _ in files], kind, person=person, names=[name for _, name in files])
    except InputError as error:
        return str(error)
    return {
        "report": examined.report.to_dict(),
        "heatmaps": {} if shown.heatmap == "none" else _heatmaps(examined, drawn=shown.heatmap == "drawn"),
        "preview": _preview(examined) if shown.preview else None,
    }


def _heatmaps(examined: Examination, *, drawn: bool) -> dict[str, dict[str, str]]:
    import cv2

    from vitascope.report.finding import title_of
    from vitascope.screening.drawing import shown_size
    from vitascope.screening.heatmap import draw, overlay

    height, width = examined.rgb.shape[:2]
    scale = min(1.0, OVERLAY_EDGE / max(height, width))
    found = {}
    for name, heat in examined.maps.items():
        if drawn:
            rgb = shown_size(examined.rgb, PREVIEW_EDGE)
            picture = _data_url(".jpg", cv2.cvtColor(draw(rgb, heat.on(*rgb.shape[:2])), cv2.COLOR_RGB2BGR))
        else:
            layer = overlay(heat.on(max(1, round(height * scale)), max(1, round(width * scale))))
            picture = _data_url(".png", cv2.cvtColor(layer, cv2.COLOR_RGBA2BGRA))
        finding = examined.report.findings[name]
        found[name] = {"label": heat.label, "title": title_of(finding, heat.label), "picture": picture}
    return found


def _preview(examined: Examination) -> str:
    import cv2

    from vitascope.screening.drawing import shown_size

    return _data_url(".jpg", cv2.cvtColor(shown_size(examined.rgb, PREVIEW_EDGE), cv2.COLOR_RGB2BGR))


def _data_url(ending: str, pixels: Any) -> str:
    import cv2

    _, data = cv2.imencode(ending, pixels)
    kind = "jpeg" if ending == ".jpg" else "png"
    return f"data:image/{kind};base64,{base64.b64encode(data.tobytes()).decode('ascii')}"
