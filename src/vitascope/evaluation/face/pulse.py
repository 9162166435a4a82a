"""Whether the skin of the regions carries the pulse better than their plain outlines or the box of the face."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError
from vitascope.evaluation.datasets import pictures
from vitascope.evaluation.datasets.pictures import Picture
from vitascope.evaluation.face.painted import CLEAR_PULSE, WEAK_PULSE, WEARS, moving_face
from vitascope.evaluation.face.shares import middle, tone_groups
from vitascope.evaluation.pulse import spans
from vitascope.evaluation.tables import spread, table
from vitascope.face.regions import REGIONS, mean_colours, pixels
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame, Limits, open_clip
from vitascope.pulse.trace import Trace
from vitascope.report.plain import plain
from vitascope.vitals.assess import measure_waves, trace_waves

Floats = NDArray[np.float64]

SKIN, PLAIN, BOX = WAYS = ("skin of the regions", "plain regions", "box of the face")
WINDOW_S = 10.0
PAINTED = 64  # faces at most, each painted three times
KNOWN_RATE = re.compile(r"_(\d+)bpm\.")
NO_FACE_TO_MEASURE = ("no_face", "obstruct")  # how the names of such clips begin

HOW = """\
The same frames and the same mesh, measured in three ways: the skin of the regions as in a measurement, the regions'
plain outlines, and the mean of the box. Recorded clips are cut into windows of {window:g} s; the rate is known of those
that have it in their name. Painted ones are held-out faces, ten seconds each, that sway and roll under a light that
wavers, with sensor noise and whole levels, and a pulse painted where the colour is that of bare skin: of {clear:g} % of
its brightness, of {weak:g} %, and of {weak:g} % on the same faces with a drawn beard, clear glasses or a fringe.
Self-SNR is against the estimated rate; where no pulse can be read, it says little. Gain: self-SNR of the skin minus
that of the way, pairwise. Error, self-SNR and gain are over the windows that every way measured. A frame that the stage
refuses is left out of every way, and a window of which more is refused than measured counts as not measured."""


@dataclass(eq=False)
class Window:
    """One window measured in every way. tone: typology angle in degrees, or NaN. refused: share of its frames.

    error: of the rate in 1/min; snr_db: self-SNR; NaN where nothing could be measured.
    """

    source: str
    name: str
    tone: float
    refused: float
    error: dict[str, float]
    snr_db: dict[str, float]


@dataclass(eq=False)
class PulseByRegion:
    """All windows. skipped: damaged files, each with the reason."""

    window_s: float = WINDOW_S
    rows: list[Window] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Figures by source, and of the painted weak pulse by quartile of skin lightness."""
        sources = dict.fromkeys(row.source for row in self.rows)
        bare = [row for row in self.rows if row.source == WEAK]
        tones = tone_groups({row.name: row.tone for row in bare})
        by_tone = {group: [row for row in bare if tones.get(row.name) == group] for group in _ordered(tones)}
        whole: dict[str, Any] = plain(
            {
                "sources": [
                    line
                    for source in sources
                    for line in _lines(source, [row for row in self.rows if row.source == source])
                ],
                "tones": [line for group, rows in by_tone.items() for line in _lines(group, rows)],
                "window_s": self.window_s,
                "skipped": self.skipped,
            }
        )
        return whole

    def markdown(self, pictures: str | None = None) -> str:  # noqa: ARG002
        """The tables; there are no plots."""
        return "\n".join(page(self.to_dict())) + "\n"

    def draw(self, folder: Path) -> list[Path]:  # noqa: ARG002
        """There are no plots."""
        return []


def evaluate(
    folder: Path, windows_s: Sequence[float], progress: Callable[[float], None], limit: int | None = None
) -> PulseByRegion:
    """Evaluate the set `face_pulse`, the pulse part of the set `face`; see `vitascope.evaluation.evaluate`."""
    if len(windows_s) > 1:
        raise InputError("The face set takes one window length.")
    window_s = windows_s[0] if windows_s else WINDOW_S
    if not 5 <= window_s <= 60:
        raise InputError("A window must last 5 to 60 s.")
    clips, faces = clips_in(folder), pictures.faces(folder)
    if not (clips or faces):
        raise InputError(f"{folder} holds neither faces (face_utk) nor clips (video) to evaluate.")
    skipped: dict[str, str] = {}
    most = PAINTED if limit is None else min(PAINTED, limit)
    return evaluate_pulse(clips[:limit], faces[:most], window_s, skipped, progress)


def clips_in(folder: Path) -> list[Path]:
    """The clips of a folder, or of `video` in it, that show a face to be measured."""
    video = folder / "video" if (folder / "video").is_dir() else folder
    return [
        path
        for path in sorted(video.glob("*.*"))
        if path.suffix in {".mp4", ".mov", ".webm", ".avi"} and not path.name.startswith(NO_FACE_TO_MEASURE)
    ]


CLEAR, WEAK = (f"painted, pulse of {100 * strength:g} %" for strength in (CLEAR_PULSE, WEAK_PULSE))


def evaluate_pulse(
    clips: Sequence[Path],
    faces: Sequence[Picture],
    window_s: float,
    skipped: dict[str, str],
    progress: Callable[[float], None],
) -> PulseByRegion:
    """Windows of the clips, and three clips painted on each face."""
    result = PulseByRegion(window_s, skipped=skipped)
    steps = max(len(clips) + len(faces), 1)
    for k, path in enumerate(clips):
        progress(k / steps)
        known = KNOWN_RATE.search(path.name)
        try:
            with open_clip(path, Limits(min_seconds=0.0, max_seconds=600.0)) as frames:
                watched = watch(frames)
        except InputError as error:
            skipped[path.name] = str(error)
            continue
        for start_s, stop_s in spans(watched.seconds, window_s):
            rate = float(known[1]) if known else np.nan
            result.rows.append(measured(f"clip {path.name}", path.name, watched.part(start_s, stop_s), rate))
    for k, picture in enumerate(faces):
        progress((len(clips) + k) / steps)
        wears = WEARS[k % len(WEARS)]
        for source, strength, worn in (
            (CLEAR, CLEAR_PULSE, None),
            (WEAK, WEAK_PULSE, None),
            (f"{WEAK}, {wears}", WEAK_PULSE, wears),
        ):
            try:
                painted = moving_face(picture, strength, worn)
            except InputError as error:
                skipped[picture.name] = str(error)
                break
            if painted is not None:
                window = watch(painted.frames)
                result.rows.append(measured(source, picture.name, window, painted.rate, painted.tone))
    progress(1.0)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One face in all ways: time_s (N,); colour (N, R, 3) and share of skin (N, R) by way; refused (N,)."""

    time_s: Floats
    colours: dict[str, Floats]
    valid: Floats
    refused: NDArray[np.bool_]

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last."""
        n = len(self.time_s)
        return float(self.time_s[-1] - self.time_s[0]) * n / (n - 1) if n > 1 else 0.0

    def part(self, start_s: float, stop_s: float) -> Watched:
        """The frames from `start_s` to before `stop_s`."""
        inside = (self.time_s >= start_s - 1e-9) & (self.time_s < stop_s - 1e-9)
        colours = {way: colour[inside] for way, colour in self.colours.items()}
        return Watched(self.time_s[inside], colours, self.valid[inside], self.refused[inside])

    def trace(self, way: str) -> Trace:
        """What the pulse stage is given. Only the skin of the regions knows its share."""
        names, valid = (("face",), None) if way == BOX else (REGIONS, self.valid if way == SKIN else None)
        return Trace(self.time_s, self.colours[way], names, "face", valid)


def watch(frames: Iterable[Frame]) -> Watched:
    """One face in all `WAYS`, by the same mesh; refused frames are NaN in all of them."""
    watcher = FaceWatcher()
    time_s: list[float] = []
    refused: list[bool] = []
    valid: list[Floats] = []
    means: dict[str, list[Floats]] = {way: [] for way in WAYS}
    for frame in frames:
        sight = watcher.see(frame)
        time_s.append(sight.time_s)
        refused.append(sight.refusal is not None or not sight.found)
        valid.append(sight.valid)
        height, width = frame.rgb.shape[:2]
        outlined, box = np.full((len(REGIONS), 3), np.nan), np.full((1, 3), np.nan)
        if sight.box is not None and not refused[-1]:
            outlined = mean_colours(frame.rgb, pixels(sight.regions, width, height))
            x, y, w, h = (round(v) for v in sight.box)
            window = frame.rgb[max(y, 0) : y + h, max(x, 0) : x + w]
            if window.size:
                box = window.reshape(-1, 3).mean(axis=0, dtype=np.float64)[None]
        for way, colours in zip(WAYS, (sight.means, outlined, box), strict=True):
            means[way].append(colours)
    colours_of = {way: np.asarray(colours) for way, colours in means.items()}
    return Watched(np.asarray(time_s), colours_of, np.asarray(valid), np.asarray(refused))


def measured(source: str, name: str, watched: Watched, rate: float, tone: float = np.nan) -> Window:
    """One window in all `WAYS`, whose true rate in 1/min may be NaN."""
    share = float(watched.refused.mean()) if len(watched.refused) else 1.0
    row = Window(source, name, tone, share, dict.fromkeys(WAYS, np.nan), dict.fromkeys(WAYS, np.nan))
    for way in WAYS if share <= 0.5 else ():
        try:
            found = measure_waves(trace_waves(watched.trace(way), None), "face")
        except InputError:
            continue  # less than five seconds of it could be used
        if found.waves.seen_s > 0:
            row.error[way] = abs(found.course.bpm - rate)
            row.snr_db[way] = found.quality.snr_db
    return row


def _lines(source: str, rows: Sequence[Window]) -> Iterator[dict[str, Any]]:
    """A line for each way: share measured, and over what all ways measured error, self-SNR and gain of the skin."""
    shared = [row for row in rows if all(np.isfinite(row.snr_db[way]) for way in WAYS)]
    for way in WAYS:
        yield {
            "source": source,
            "way": way,
            "n": len(rows),
            "measured": sum(bool(np.isfinite(row.snr_db[way])) for row in rows) / len(rows),
            "error": middle([row.error[way] for row in shared], _mean),
            "snr_db": middle([row.snr_db[way] for row in shared], _mean),
            "gain_db": middle([row.snr_db[SKIN] - row.snr_db[way] for row in shared], _mean),
        }


def _mean(values: Floats) -> float:
    return float(values.mean())


def _ordered(tones: dict[str, str]) -> list[str]:
    from vitascope.evaluation.face.shares import QUARTERS

    return [group for group in QUARTERS if group in tones.values()]


def page(tables: dict[str, Any]) -> list[str]:
    """The tables of `PulseByRegion.to_dict` as Markdown."""
    lines = [HOW.format(window=tables["window_s"], clear=100 * CLEAR_PULSE, weak=100 * WEAK_PULSE), ""]
    lines += _table("source", tables["sources"])
    if tables["tones"]:
        lines += ["", f'The faces of "{WEAK}" by quartile of skin lightness (individual typology angle):', ""]
        lines += _table("skin", tables["tones"])
    return lines


def _table(first: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    return table(
        [first, "measured from", "n", "measured", "mean error, /min", "self-SNR, dB", "gain of the skin, dB"],
        [
            [
                row["source"], row["way"], str(row["n"]), f"{100 * row['measured']:.0f} %", spread(row["error"]),
                spread(row["snr_db"]), spread(row["gain_db"]),
            ]
            for row in rows
        ],
    )  # fmt: skip
