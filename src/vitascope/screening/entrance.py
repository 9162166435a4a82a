"""Whether a picture is one that a check judges: the right kind, and good enough. Else what to do about it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.report import PictureView
from vitascope.screening import gate
from vitascope.screening.check import Check
from vitascope.screening.checks import REGISTRY, taking

TITLES = {
    "face": "a face",
    "nail": "a hand with its nails",
    "skin": "a photo of skin",
    "dermoscopy": "skin seen through a dermatoscope",
    "outer_eye": "an eye from outside",
    "fundus": "the back of an eye",
    "lung_ct": "a CT slice of the lungs",
    "other": "something else",
}
# What a kind of picture is good for where no check takes it.
ELSEWHERE = {"face": "A face is measured from a short video: use the Measure page or `vitascope measure`."}


def admit(rgb: NDArray[np.uint8], wanted: Check | None) -> tuple[PictureView, Check | None]:
    """What the gate sees in a picture (H, W, 3) uint8 RGB, and the check for it: the wanted one, or the one that fits.

    The view's `refusal` says why the picture is not judged. The check is None when none was wanted and none fits.
    """
    seen = gate.look(rgb)
    check = wanted or taking(seen.kind)
    refusal = seen.refusal
    if check is None:
        refusal = _nothing_fits(seen.kind)
    elif seen.kind not in check.takes:
        refusal = _another(seen.kind, check)
    view = PictureView(
        kind=seen.kind,
        title=TITLES.get(seen.kind, seen.kind),
        width=rgb.shape[1],
        height=rgb.shape[0],
        probabilities=seen.probabilities,
        quality=seen.quality,
        refusal=refusal,
    )
    return view, check


def _another(kind: str, wanted: Check) -> str:
    fitting = taking(kind)
    if fitting is not None:
        return f"This looks like {TITLES[kind]}; choose the check “{fitting.title}” for it, or take {wanted.picture}."
    said = "This does not look like a picture for this check" if kind == "other" else f"This looks like {TITLES[kind]}"
    return " ".join([f"{said}; take {wanted.picture}.", *([ELSEWHERE[kind]] if kind in ELSEWHERE else [])])


def _nothing_fits(kind: str) -> str:
    if kind in ELSEWHERE:
        return f"This looks like {TITLES[kind]}, for which there is no photo check. {ELSEWHERE[kind]}"
    checks = ", ".join(check.title.lower() for check in REGISTRY.values())
    if kind == "other":
        return f"This does not look like a picture that any check fits; there are checks for: {checks}."
    return f"This looks like {TITLES[kind]}, for which there is no check yet; there are checks for: {checks}."
