"""Thirty frames, one value."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vitascope.screening.capture import FRAMES, LEAST, Capture


def test_outliers_do_not_count_and_the_spread_is_that_of_the_rest() -> None:
    values = [*np.linspace(11.8, 12.2, 20), 3.0, 19.0]
    said = Capture([float(v) for v in values]).together()
    assert said is not None
    assert (said.kept, said.valid) == (20, 22)
    assert abs(said.value - 12.0) < 1e-6
    assert said.spread < 0.3


def test_it_stops_when_ten_cannot_be_reached_any_more() -> None:
    capture = Capture()
    while not capture.hopeless:
        capture.add(None)
    assert len(capture.values) == FRAMES - LEAST + 1
    assert capture.together() is None


@given(st.lists(st.one_of(st.none(), st.floats(4, 20)), max_size=FRAMES))
def test_the_value_lies_among_the_frames(values: list[float | None]) -> None:
    given_ = [value for value in values if value is not None]
    said = Capture(values).together()
    assert (said is None) == (len(given_) < LEAST)
    if said is not None:
        assert min(given_) <= said.value <= max(given_)
        assert LEAST / 2 <= said.kept <= said.valid
