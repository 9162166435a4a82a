"""The set `face`: how good the face stage is, on pictures and clips that no training saw.

Finder, mesh, what is hidden, what the skin regions gain for the pulse, and what it all costs, over all faces and by
group of people. The folder is the one that holds the packaged sets (`face_utk`, `face_masks`, …, `video`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from vitascope.errors import InputError
from vitascope.evaluation.datasets import pictures
from vitascope.evaluation.face.finding import Finding, evaluate_finding
from vitascope.evaluation.face.hiding import Hiding, evaluate_hiding
from vitascope.evaluation.face.pulse import WINDOW_S, PulseByRegion, clips_in, evaluate_pulse
from vitascope.evaluation.face.speed import evaluate_speed
from vitascope.evaluation.face.stability import Stability, evaluate_stability
from vitascope.report.plain import plain

SCHEMA = "vitascope.evaluation/1"
# How many faces each part takes at most: enough for its intervals, few enough for a quarter of an hour.
FINDING, STEADY, JITTER, HIDING, NO_FACE, PAINTED = 2000, 600, 200, 600, 300, 20
# Shares of the time that the parts take, for the progress bar.
TIMES = (0.25, 0.25, 0.3, 0.2)


@dataclass(eq=False)
class FaceEvaluation:
    """All that was measured. skipped: damaged files, each with the reason."""

    finding: Finding
    stability: Stability
    hiding: Hiding
    pulse: PulseByRegion
    speed: dict[str, Any] | None
    window_s: float
    skipped: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tables(self) -> dict[str, Any]:
        """Every figure with n and its interval."""
        groups = self.finding.groups
        return {
            "finder": self.finding.to_dict(),
            "mesh": self.stability.to_dict(groups),
            "obstruction": self.hiding.to_dict(groups),
            "pulse": self.pulse.to_dict(),
            "speed": self.speed,
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON."""
        whole: dict[str, Any] = plain(
            {"schema": SCHEMA, "set": "face", "window_s": self.window_s, "skipped": self.skipped, **self.tables}
        )
        return whole

    def markdown(self, pictures: str | None = None) -> str:
        """The page's tables."""
        from vitascope.evaluation.face.tables import page

        return page(self, pictures)

    def draw(self, folder: Path) -> list[Path]:
        """Figures by group, and what was refused."""
        from vitascope.evaluation.face.plots import draw

        return draw(self, folder)


def evaluate(
    folder: Path, windows_s: Sequence[float], progress: Callable[[float], None], limit: int | None = None
) -> FaceEvaluation:
    """Evaluate the face stage; see `vitascope.evaluation.evaluate`. One window length, for the pulse of the clips."""
    if len(windows_s) > 1:
        raise InputError("The face set takes one window length.")
    window_s = windows_s[0] if windows_s else WINDOW_S
    if not 5 <= window_s <= 60:
        raise InputError("A window must last 5 to 60 s.")

    def most(usual: int) -> int:
        return usual if limit is None else min(usual, limit)

    faces = pictures.faces(folder)
    masked, unmasked = pictures.masks(folder)
    others = {shows: found[: most(NO_FACE)] for shows, found in pictures.no_faces(folder).items()}
    video = folder / "video" if (folder / "video").is_dir() else folder
    clips = clips_in(folder)[: most(100)]
    hidden = sorted(video.glob("obstruct*.*"))[: most(100)]
    if not (faces or masked or clips or hidden):
        raise InputError(f"{folder} holds neither faces (face_utk, face_masks) nor clips (video) to evaluate.")
    skipped: dict[str, str] = {}
    parts = _parts(progress)
    finding = evaluate_finding(faces[: most(FINDING)], masked[: most(FINDING)], others, skipped, parts[0])
    stability = evaluate_stability(faces[: most(STEADY)], most(JITTER), skipped, parts[1])
    hiding = evaluate_hiding(
        faces=faces[: most(HIDING)],
        masked=masked[: most(HIDING)],
        unmasked=unmasked[: most(HIDING)],
        hands=pictures.hands(folder),
        clips=hidden,
        skipped=skipped,
        progress=parts[2],
    )
    pulse = evaluate_pulse(clips, faces[: most(PAINTED)], window_s, skipped, parts[3])
    timed = sorted(path for path in video.glob("*.mp4") if path.name not in skipped)
    timed.sort(key=lambda path: "640x480" not in path.name and "remophysio" not in path.name)
    speed = evaluate_speed(timed[0]) if timed else None
    progress(1.0)
    return FaceEvaluation(finding, stability, hiding, pulse, speed, window_s, skipped)


def _parts(progress: Callable[[float], None]) -> list[Callable[[float], None]]:
    """The progress of each part as its share of the whole."""

    def part(start: float, length: float) -> Callable[[float], None]:
        return lambda share: progress(start + length * share)

    return [part(sum(TIMES[:k]), length) for k, length in enumerate(TIMES)]
