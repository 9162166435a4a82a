"""An evaluation of the pulse as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitascope.evaluation.summary import PulseEvaluation

TITLES = {
    "heart_rate": ("Heart rate", "/min"),
    "respiration_rate": ("Breathing", "/min"),
    "oxygen_saturation": ("Oxygen saturation", "%"),
}
PLOTS = ("bland_altman_heart_rate", "reliability", "risk_coverage", "bland_altman_respiration_rate")
HOW = """\
Each recording is cut into windows without overlap (at most twelve of a length, spread evenly over it) and each window
is measured as a recording of its own. "All" counts every window with its estimate, also where the reading is withheld
(only the heart rate has one there); "given" counts what is shown (ok or tentative), "ok" what is shown as ok. Yield
is the share of all windows. Square brackets hold 95 % intervals from 500 draws of people with replacement; with fewer
than five people there is none. Limits are Bland and Altman's for repeated measures. RMSE over what is given is A_RMS.
Gross: more than 10/min off (breathing 5/min, saturation 10 points). AUGRC: area under the generalised risk-coverage
curve for an error above 5/min, 0 at best. ECE: expected calibration error of the confidence.

References: the contact pulse wave by the same estimator (face_waveforms, face_rgb, public sets), marked beats
(face_rgb_5min, contact_ppg_peaks), chest strap (finger_rr), median of the oximeters (finger_hypoxia), the set's own
figure (phone_ppg_quality), count of breaths in belt or CO2 (respiration).

**What these figures can and cannot show.** The packaged confidence of the heart rate was fitted on windows of
face_waveforms, face_rgb, face_rgb_5min and finger_rr, so yields, ok errors and calibration on those sets are
in-sample here; the five-fold fits of `docs/vitals.md`, in which no person is in both parts, are the held-out figures.
The other sets had no part in that fit. A calibration of oxygen saturation is judged by leaving each person out
(`docs/vitals.md`), not by this table. The clips of face_waveforms count as a person each because who is in which is
not given; PURE shows ten people, so its intervals are too narrow."""


def page(result: PulseEvaluation, pictures: str | None) -> str:
    """All tables, with the plots in the folder `pictures` when there are any."""
    tables = result.tables
    lines = [
        f"{result.recordings} recordings, {len(result.rows)} readings compared in windows of "
        f"{', '.join(f'{length:g}' for length in result.windows_s)} s; {result.without_reference} without a known "
        f"reference and {result.too_few_samples} with too few samples were left out.",
        "",
        HOW,
    ]
    if result.skipped:
        lines += ["", "Not usable: " + "; ".join(f"{name} ({why})" for name, why in result.skipped.items())]
    for vital, (title, unit) in TITLES.items():
        rows = [row for row in tables["rates"] if row["vital"] == vital]
        if rows:
            lines += ["", f"## {title}", "", *rate_table(rows, unit, vital == "heart_rate")]
    if tables["confidence"]["n"]:
        lines += ["", "## Confidence of the heart rate", "", *confidence_table(tables["confidence"])]
    if tables["beats"]:
        lines += ["", "## Beats of contact waves", "", *beat_table(tables["beats"])]
    if tables["variability"]:
        lines += ["", "## Variability over whole recordings", "", *variability_table(tables["variability"])]
    if tables["readable"]["n"]:
        part = tables["readable"]
        lines += [
            "", "## Readable or not", "",
            f"Confidence of the heart rate as a judge of what experts called good ({part['good']} of {part['n']} waves "
            f"of ten seconds): AUC {spread(part['auc'], 3)}.",
        ]  # fmt: skip
    if pictures is not None:
        shown = [name for name in PLOTS if name in plots_of(result)]
        lines += ["", "## Plots", "", *(f"![{name.replace('_', ' ')}]({pictures}/{name}.png)" for name in shown)]
    return "\n".join(lines) + "\n"


def plots_of(result: PulseEvaluation) -> tuple[str, ...]:
    """The names of the plots that the rows suffice for."""
    vitals = {row.vital for row in result.rows if row.estimate is not None}
    names = [f"bland_altman_{vital}" for vital in TITLES if vital in vitals]
    return (*names, *(("reliability", "risk_coverage") if "heart_rate" in vitals else ()))


def rate_table(rows: Sequence[Mapping[str, Any]], unit: str, heart: bool) -> list[str]:
    """Two tables: what a person is shown, and everything with the fuller list of figures."""
    silent = [row for row in rows if not _known(row["all_mae"]["value"])]
    rows = [row for row in rows if _known(row["all_mae"]["value"])]
    none = [f"{row['source']} {row['window_s']:g} s (n = {row['n']})" for row in silent]
    withheld = [f"Withheld in every window: {', '.join(none)}.", ""] if none else []
    if not rows:
        return withheld[:-1]
    main = table(
        [
            "recordings", "window", "n (people)", "MAE all", "yield ok", "MAE ok", "gross ok", "yield given",
            "A_RMS given",
        ],
        [
            [
                row["source"], f"{row['window_s']:g} s", f"{row['n']} ({row['people']})",
                spread(row["all_mae"]), percent(row["ok_yield"]), spread(row["ok_mae"]), percent(row["ok_gross"]),
                percent(row["given_yield"]), spread(row["a_rms"]),
            ]
            for row in rows
        ],
    )  # fmt: skip
    extra = ["AUGRC", "ECE"] if heart else []
    detail = table(
        [
            "recordings", "window", "RMSE all", "MAPE all", "r all", "bias all", "limits all", "r ok", "bias ok",
            "limits ok", *extra,
        ],
        [
            [
                row["source"], f"{row['window_s']:g} s", number(row["all_rmse"]), f"{number(row['all_mape'], 1)} %",
                number(row["all_r"]), number(row["all_bias"]), _limits(row, "all"), number(row["ok_r"]),
                number(row["ok_bias"]), _limits(row, "ok"),
                *([number(row["augrc"], 3), number(row["ece"], 3)] if heart else []),
            ]
            for row in rows
        ],
    )  # fmt: skip
    return [*withheld, f"Errors in {unit}.", "", *main, "", *detail]


def confidence_table(part: Mapping[str, Any]) -> list[str]:
    """Calibration over tenths of the windows, with ECE and AUGRC."""
    return [
        f"{part['n']} windows of all lengths and sets ({part['people']} people); expected calibration error "
        f"{spread(part['ece'], 3)}, AUGRC {spread(part['augrc'], 3)}. {part['without_confidence']} windows whose "
        "signal could not be a pulse have none.",
        "",
        *table(
            ["tenth of the windows", "n", "mean confidence", "within 5/min", "MAE", "median error"],
            [
                [
                    str(k + 1), str(d["n"]), f"{d['confidence']:.3f}", f"{100 * d['right']:.1f} %", f"{d['mae']:.2f}",
                    f"{d['median_error']:.2f}",
                ]
                for k, d in enumerate(part["deciles"])
            ],
        ),
    ]  # fmt: skip


def beat_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """F1 within 100 ms by source."""
    return table(
        ["recordings", "n", "beats", "mean F1 within 100 ms", "worst"],
        [[r["source"], str(r["n"]), str(r["beats"]), spread(r["f1"], 4), f"{r['worst_f1']:.4f}"] for r in rows],
    )


def variability_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Errors of mean NN, RMSSD and SDNN in ms."""
    return table(
        ["recordings", "figure", "n", "given", "median error, ms", "mean error, ms", "bias, ms"],
        [
            [
                r["source"], r["name"], str(r["n"]), str(r["n_given"]), spread(r["median_error"], 1),
                spread(r["mae"], 1), number(r["bias"], 1),
            ]
            for r in rows
        ],
    )  # fmt: skip


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, line by line."""
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(line)} |" for line in body)]


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def number(figure: Mapping[str, Any], digits: int = 2) -> str:
    """A figure without its interval; a dash where it is not defined."""
    return f"{figure['value']:.{digits}f}" if _known(figure["value"]) else "–"


def spread(figure: Mapping[str, Any], digits: int = 2) -> str:
    """A figure with its interval in square brackets."""
    if not _known(figure["low"]) or not _known(figure["value"]):
        return number(figure, digits)
    return f"{number(figure, digits)} [{figure['low']:.{digits}f}, {figure['high']:.{digits}f}]"


def percent(figure: Mapping[str, Any]) -> str:
    """A share as a percentage, with its interval."""
    if not _known(figure["value"]):
        return "–"
    share = 100 * figure["value"]
    text = f"{share:.{1 if 0 < share < 10 else 0}f} %"
    return f"{text} [{100 * figure['low']:.0f}, {100 * figure['high']:.0f}]" if _known(figure["low"]) else text


def _limits(row: Mapping[str, Any], name: str) -> str:
    low, high = row[f"{name}_loa_low"], row[f"{name}_loa_high"]
    return f"{number(low, 1)} to {number(high, 1)}" if _known(low["value"]) else "–"
