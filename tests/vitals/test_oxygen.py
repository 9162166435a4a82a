from __future__ import annotations

import numpy as np
import pytest

from vitascope.pulse.trace import Trace
from vitascope.report.reading import Reading
from vitascope.vitals.assess import assess
from vitascope.vitals.oxygen import baseline_ratios, card, ratios, saturation

FPS = 30.0


def fingertip(
    seconds: float = 150.0,
    *,
    level: tuple[float, float, float] = (55.0, 60.0, 45.0),
    pulse: tuple[float, float, float] = (0.010, 0.016, 0.012),
    late_red: float = 1.0,
) -> Trace:
    """Colours of a fingertip with 66 beats a minute; from 100 s on the level of red is `late_red` times as high."""
    time_s = np.arange(int(seconds * FPS)) / FPS
    phase = 2 * np.pi * 1.1 * time_s
    wave = np.sin(phase) + 0.3 * np.sin(2 * phase - 1)
    rgb = np.array(level) * (1 - np.array(pulse) * wave[:, None])
    rgb[:, 0] *= np.where(time_s > 100, late_red, 1.0)
    return Trace(time_s, rgb[:, None], ("finger",), "finger")


def oxygen(trace: Trace) -> Reading:
    return assess(trace).readings["oxygen_saturation"]


def test_ratios_by_hand() -> None:
    rgb = fingertip().rgb[:, 0]
    figures = ratios(rgb, FPS, np.full(len(rgb), 1.1))
    assert figures["ratio_red"] == pytest.approx(10 / 16, rel=0.01)
    assert figures["ratio_blue"] == pytest.approx(12 / 16, rel=0.01)
    assert figures["colour_red"] == pytest.approx(55 / 60, rel=0.01)
    assert figures["perfusion"] == pytest.approx(1.6, rel=0.05)  # the band-pass takes a little at 66/min
    assert baseline_ratios(rgb, FPS, np.full(len(rgb), 1.1)) == pytest.approx(figures, rel=0.01)


def test_nothing_changed_is_the_baseline() -> None:
    reading = oxygen(fingertip())
    assert reading.value == pytest.approx(97.5, abs=0.3)
    assert reading.status == "tentative"
    assert "Experimental" in (reading.reason or "")
    assert reading.loinc == "2708-6"
    assert reading.interval is not None
    assert reading.interval[0] < 97.5 - 5
    assert {"ratio_red", "ratio_blue", "colour_red", "perfusion", "ratio_red_first_minute"} <= set(reading.inputs)


def test_darker_red_moves_it_as_the_card_says() -> None:
    reading = oxygen(fingertip(late_red=0.9))
    expected = 97.5 + card()["weights"]["colour_red"] * np.log(0.9)
    assert reading.value == pytest.approx(expected, abs=0.3)


def test_saturation_by_hand() -> None:
    model = {"baseline": 97.5, "weights": {"ratio_red": -10.0}}
    assert saturation({"ratio_red": np.e}, {"ratio_red": 1.0}, model) == pytest.approx(87.5)


def test_it_never_leaves_the_range_it_was_tested_in() -> None:
    assert oxygen(fingertip(late_red=0.4)).value == 70
    assert oxygen(fingertip(late_red=1.3)).value == 100


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        (fingertip(60), "two minutes"),
        (fingertip(level=(240.0, 12.0, 8.0)), "colours"),
        (fingertip(pulse=(0.0005, 0.001, 0.0007)), "warm the finger"),
        (Trace(fingertip().time_s, fingertip().rgb, ("cheek",), "face"), ""),
    ],
    ids=["short", "red alone", "low perfusion", "face"],
)
def test_withheld_outside_its_evidence(trace: Trace, words: str) -> None:
    reading = oxygen(trace)
    assert reading.status == "withheld"
    assert words in (reading.reason or "")


def test_a_missing_part_is_withheld() -> None:
    trace = fingertip()
    trace.rgb[2000:2600] = np.nan
    assert oxygen(trace).status == "withheld"


def test_the_card_beats_the_mean_and_says_how_far_it_can_be_trusted() -> None:
    model = card()
    assert model["figures"]["mae"] <= 5.0 < model["figures_of_the_mean"]["mae"]
    assert set(model["figures"]) == set(model["figures_chosen_inside"])
    assert model["figures"]["people"] == 4
