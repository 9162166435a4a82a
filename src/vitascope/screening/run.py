"""From a picture to a report: decode, gate, check, certainty. A series of CT slices gives one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.models.cards import versions
from vitascope.report import Finding, Quality, Report
from vitascope.screening import gate
from vitascope.screening.capture import EVERY_S
from vitascope.screening.check import Check, FrameCheck, NetworkCheck
from vitascope.screening.checks import AUTO, find
from vitascope.screening.checks.lung_ct import LUNG_CT
from vitascope.screening.entrance import admit
from vitascope.screening.frames import Captured, capture, film_frames, film_of
from vitascope.screening.heatmap import HeatMap
from vitascope.screening.reduce import reduced
from vitascope.screening.series import judge_series
from vitascope.screening.sources import Pictures, Source, open_source


@dataclass(frozen=True, slots=True)
class Examination:
    """A report, the picture it speaks of (for a series the most telling slice), and the heat maps by finding."""

    report: Report
    rgb: NDArray[np.uint8]
    maps: Mapping[str, HeatMap] = field(default_factory=dict)


def screen(source: Source, kind: str = AUTO, *, person: Mapping[str, str] | None = None) -> Report:
    """Look at a photo and say what is seen, how sure that is, or why it is not judged.

    source: a picture file, its bytes, (H, W, 3) uint8 RGB, a DICOM file of a lung CT, or several of them (files, or a
    folder) as one CT series. kind: `skin`, `outer_eye`, `fundus`, `lung_ct`, `nail`, or `auto` to recognise it; `nail`
    also takes a film of a hand, or its frames.
    person: what a check asks for about the person, as text by name.

    Raises InputError when the input cannot be used. A picture of another kind, or one that is not good enough, is not
    an error: its findings are `rejected` with the reason.
    """
    return examine(source, kind, person=person).report


def examine(
    source: Source,
    kind: str = AUTO,
    *,
    person: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Examination:
    """As `screen`, with the picture and the heat maps.

    names: what to call the files of `source`, where their own names say nothing. progress: told the share of a series
    that is done, 0..1.
    """
    check = find(kind)
    if isinstance(check, FrameCheck) and (film := film_of(source)) is not None:
        return _captured(check, capture(check, film_frames(film), person, progress))
    pictures = open_source(source, names)
    if isinstance(check, FrameCheck) and pictures.count > 1 and not pictures.dicom:
        frames = (rgb for _, rgb in pictures.decoded)
        return _captured(check, capture(check, frames, person, progress, pictures.count))
    if pictures.count > 1:
        return _examine_series(_series_check(check), pictures, progress)
    if pictures.dicom:
        check = _series_check(check)
    ((_, rgb),) = pictures.decoded
    small = reduced(rgb)
    view, check = admit(small, check)
    view = replace(view, width=rgb.shape[1], height=rgb.shape[0])
    if check is None:
        nothing = Finding.rejected("picture", "Photo check", str(view.refusal))
        return Examination(Report("photo", 0.0, findings={"picture": nothing}, picture=view, models=_versions()), rgb)
    judged = (
        check.reject(view.refusal)
        if view.refusal
        else check.judge(rgb if check.fine else small, view=view, person=person)
    )
    report = Report(
        kind=check.kind,
        duration_s=0.0,
        readings={reading.name: reading for reading in judged.readings},
        findings={finding.name: finding for finding in judged.findings},
        picture=view,
        boxes=judged.boxes,
        quality=Quality(messages=judged.messages),
        models=_versions(check),
    )
    return Examination(report, rgb, judged.maps)


def _captured(check: FrameCheck, captured: Captured) -> Examination:
    report = Report(
        kind=check.kind,
        duration_s=round((captured.frames - 1) * EVERY_S, 3),
        readings={reading.name: reading for reading in captured.judged.readings},
        picture=captured.view,
        boxes=captured.judged.boxes,
        quality=Quality(messages=captured.judged.messages),
        models=_versions(check),
    )
    return Examination(report, captured.rgb)


def _series_check(wanted: Check | None) -> NetworkCheck:
    check = wanted or LUNG_CT
    if not isinstance(check, NetworkCheck) or not check.series:
        raise InputError(
            f"Only {LUNG_CT.title} takes DICOM files or several pictures as one; give one picture at a time."
        )
    return check


def _examine_series(check: NetworkCheck, pictures: Pictures, progress: Callable[[float], None] | None) -> Examination:
    volume = judge_series(check, pictures, progress)
    report = Report(
        kind=check.kind,
        duration_s=0.0,
        findings={finding.name: finding for finding in volume.judged.findings},
        slices=volume.slices,
        quality=Quality(messages=(volume.message,)),
        models=_versions(check),
    )
    return Examination(report, volume.telling, volume.judged.maps)


def _versions(check: Check | None = None) -> dict[str, str]:
    return versions([gate.NETWORK, *(check.networks if check else ())])
