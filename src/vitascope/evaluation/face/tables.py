"""An evaluation of the face stage as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vitascope.evaluation.face.pulse import page as pulse_page
from vitascope.evaluation.tables import number, spread, table

if TYPE_CHECKING:
    from vitascope.evaluation.face import FaceEvaluation

HOW = """\
Only pictures whose name puts them into the folds that taught no network (`vitascope.evaluation.split`) are used. The
finder's rules (how sure the verifier must be, which windows are looked at, which of two boxes is kept) were settled in
sight of pictures of these folds, some of them those of this page: its finding and false alarms may be slightly worse
elsewhere. So was what an open face may cost when the thresholds of what is hidden are set, on other scenes of these
folds and on the obstructions clip. Square brackets hold 95 % intervals: Wilson's of shares, a bootstrap's over pictures
of medians and means. Skin lightness: quartiles of the individual typology angle of the cheeks, arctan((L - 50) / b) in
Lab; pictures without colour have none. Race, sex and age are the set's own words. Groups of fewer than twenty
are left out."""

FINDER = """\
Aligned face crops are pasted at a random place and size on made grounds and on parts of pictures without a face, with
sensor noise. A face counts as found when a box overlaps its place with IoU 0.5 or more; its place is where the set's
alignment puts it. Masks are drawn on the same faces; of real photos of people with masks (some show several people
far away, or a mask alone) it is only known that a face should be found. A false alarm is any box of the finder on a
picture without a face; "stage" asks finder and mesh together, as in a measurement."""

MESH = """\
Faces of 240 px in 640 x 480. Jitter: a still face for two seconds under fresh sensor noise; how far a landmark strays
(root mean square over time, mean over landmarks) after smoothing. Changes: the whole stage looks at the changed
picture, landmarks are brought back and compared with those of the unchanged one, mean over the 468; for the mirrored
picture left and right are paired by the symmetry of the mean face. Both in percent of the distance of the eyes' outer
corners. A face that is not found again counts as outside the limit."""

HIDING = """\
Each picture is looked at once, as by `vitascope face`. Real masks and "other photos" are web photos with and without a
mask, looked at as they are; the rest is put on aligned face crops: hands cut out of photos of hands, laid over 70 % or
more of the part; drawn masks, sunglasses, glasses and beards; a face moved out of the
picture by 35 to 55 %. No drawing is shared with training. "Nothing in front" holds every held-out face of the set as
it is, also the few that wear sunglasses or hold a hand to the face, and its crops end at the chin and the hairline."""


def page(result: FaceEvaluation, pictures: str | None) -> str:
    """All tables, with the plots in the folder `pictures` when there are any."""
    tables = result.tables
    lines = [HOW]
    if result.skipped:
        lines += ["", "Not usable: " + "; ".join(f"{name} ({why})" for name, why in result.skipped.items())]
    if tables["finder"]["recall"]["n"] or tables["finder"]["false_alarms"]:
        lines += ["", "## Finder", "", FINDER, "", *finder_table(tables["finder"])]
    if tables["mesh"]["jitter"]["n"]:
        lines += ["", "## Mesh", "", MESH, "", *mesh_table(tables["mesh"])]
    if tables["obstruction"]["conditions"]:
        lines += ["", "## Obstruction", "", HIDING, "", *hiding_table(tables["obstruction"]["conditions"])]
    groups = group_table(tables)
    if groups:
        lines += ["", "## By group", "", *groups]
    for name, seconds in tables["obstruction"]["clips"].items():
        lines += ["", f"## {name} second by second", "", *second_table(seconds)]
    if tables["pulse"]["sources"]:
        lines += ["", "## Pulse by region", "", *pulse_page(tables["pulse"])]
    if tables["speed"]:
        lines += ["", "## Speed", "", *speed_lines(tables["speed"])]
    if pictures is not None:
        from vitascope.evaluation.face.plots import plots_of

        shown = plots_of(result)
        if shown:
            lines += ["", "## Plots", "", *(f"![{name.replace('_', ' ')}]({pictures}/{name}.png)" for name in shown)]
    return "\n".join(lines) + "\n"


def finder_table(part: Mapping[str, Any]) -> list[str]:
    """Recall, then false alarms."""
    recall = [
        ["all, 60 px and more", part["recall"]],
        *([row["size"], row] for row in part["sizes"]),
        ["with a drawn mask", part["drawn_masks"]],
        ["photos of people with masks, a face found", part["real_masks"]],
    ]
    return [
        *table(["faces", "n", "found"], [[name, str(row["n"]), fine(row)] for name, row in recall if row["n"]]),
        "",
        *table(
            ["pictures without a face", "n", "false alarms of the finder", "of the stage"],
            [
                [row["shows"], str(row["finder"]["n"]), fine(row["finder"]), fine(row["stage"])]
                for row in part["false_alarms"]
            ],
        ),
    ]  # fmt: skip


def mesh_table(part: Mapping[str, Any]) -> list[str]:
    """Jitter and the four changes."""
    rows = [("jitter on a still face", 0.3, part["jitter"]), *((row["change"], 3, row) for row in part["changes"])]
    return table(
        ["change", "n", "median, % of eye distance", "95th percentile", "limit", "within it"],
        [
            [
                name, str(row["n"]), spread(_hundred(row["median"]), 2), _number(100 * row["p95"], 2), f"{limit:g} %",
                fine(row["within"]),
            ]
            for name, limit, row in rows
        ],
    )  # fmt: skip


def hiding_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was refused, and with which words."""
    return table(
        ["picture", "n", "should be", "refused", "commonest answers"],
        [
            [
                row["condition"], str(row["refused"]["n"]), {"refuse": "refused", "accept": "accepted"}[row["should"]],
                fine(row["refused"]),
                "; ".join(f"{why['reason'].rstrip('.')} ({100 * why['share']:.0f} %)" for why in row["reasons"]),
            ]
            for row in rows
        ],
    )  # fmt: skip


def group_table(tables: Mapping[str, Any]) -> list[str]:
    """Recall, stability and false refusals of each group, and how far the worst is from the best."""
    columns = {
        "found": {(r["kind"], r["group"]): r for r in tables["finder"]["groups"]},
        "jitter": {(r["kind"], r["group"]): r for r in tables["mesh"]["groups_jitter"]},
        "moved": {(r["kind"], r["group"]): r for r in tables["mesh"]["groups_moved"]},
        "refused": {(r["kind"], r["group"]): r for r in tables["obstruction"]["groups"]},
    }
    body = []
    for kind, group in dict.fromkeys(key for column in columns.values() for key in column):
        found, jitter, moved, refused = (column.get((kind, group)) for column in columns.values())
        body.append(
            [
                kind, group,
                f"{fine(found)} ({found['n']})" if found else "–",
                f"{_number(100 * jitter['median']['value'], 3)} ({jitter['n']})" if jitter else "–",
                f"{fine(moved['within'])} ({moved['n']})" if moved else "–",
                f"{fine(refused)} ({refused['n']})" if refused else "–",
            ]
        )  # fmt: skip
    if not body:
        return []
    return [
        *table(
            ["kind", "group", "found (n)", "jitter, % of eye distance (n)", "all four changes within 3 % (n)",
             "refused with nothing in front (n)"],
            body,
        ),
        "",
        *worst_lines(columns, tables["mesh"]["groups_by_change"]),
    ]  # fmt: skip


def worst_lines(
    columns: Mapping[str, Mapping[tuple[str, str], Mapping[str, Any]]],
    by_change: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[str]:
    """The worst group against the best of each kind, in points of the share, and which change does it."""
    names = {"found": ("found", False), "moved": ("same landmarks after all four changes", False)}
    names["refused"] = ("refused with nothing in front", True)
    lines = []
    for column, (title, low_is_good) in names.items():
        for kind in sorted({kind for kind, _ in columns[column]}):
            shares = {
                group: float((row["within"] if column == "moved" else row)["value"])
                for (of, group), row in columns[column].items()
                if of == kind
            }
            if len(shares) > 1:
                best, worst = (f(shares, key=shares.__getitem__) for f in ((min, max) if low_is_good else (max, min)))
                points = 100 * abs(shares[best] - shares[worst])
                if points == 0:
                    lines.append(f"- {title}, by {kind}: {100 * shares[best]:.1f} % in every group.")
                    continue
                line = (
                    f"- {title}, by {kind}: best {best} {100 * shares[best]:.1f} %, "
                    f"worst {worst} {100 * shares[worst]:.1f} %, {points:.1f} points apart"
                )
                if column == "moved":
                    single = {
                        change: next(row for row in rows if (row["kind"], row["group"]) == (kind, worst))
                        for change, rows in by_change.items()
                    }
                    each = (f"{change} {100 * row['within']['value']:.0f} %" for change, row in single.items())
                    line += f" (there: {', '.join(each)})"
                lines.append(f"{line}.")
    return lines


def second_table(seconds: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was said in each second of a clip."""
    return table(
        ["second", "face", "refused", "hidden", "seen on it", "reason"],
        [
            [
                str(row["second"]), f"{100 * row['found']:.0f} %", f"{100 * row['refused']:.0f} %",
                ", ".join(row["hidden"]).replace("_", " "), ", ".join(row["by"]).replace("_", " "), row["reason"] or "",
            ]
            for row in seconds
        ],
    )  # fmt: skip


def speed_lines(speed: Mapping[str, Any]) -> list[str]:
    """Processor time of a frame and of its parts."""
    parts = [
        f"{name} {speed[f'{name}_ms']:.2f} ms" for name in ("finder", "mesh", "visibility") if f"{name}_ms" in speed
    ]
    return [
        f"{speed['clip']}, {speed['frames']} frames of {speed['width']} x {speed['height']}, a face in "
        f"{100 * speed['found']:.0f} %: **{speed['frame_ms']:.2f} ms of processor time a frame**, one thread, decoding "
        f"left out. A single picture takes {speed['picture_ms']:.1f} ms; one call of {', '.join(parts)}. Times depend "
        "on the machine and on what else it does; `benchmarks/` compares within one run.",
    ]


def fine(figure: Mapping[str, Any]) -> str:
    """A share in percent to one digit, with its interval."""
    if figure["value"] is None or not math.isfinite(figure["value"]):
        return "–"
    return f"{100 * figure['value']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"


def _hundred(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {key: 100 * figure[key] for key in ("value", "low", "high")}


def _number(value: float, digits: int) -> str:
    return number({"value": value}, digits)
