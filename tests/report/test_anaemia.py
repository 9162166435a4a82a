"""The cut-offs of the WHO (2024), for whom they hold, and what living high and smoking add to them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.errors import InputError
from vitascope.report.anaemia import LABELS, Profile, adjustment, cut_offs, scale, whom


@pytest.mark.parametrize(
    ("profile", "limits"),
    [
        (Profile(age=1), (7.0, 9.5, 10.5)),
        (Profile(age=3), (7.0, 10.0, 11.0)),
        (Profile(age=8), (8.0, 11.0, 11.5)),
        (Profile(age=13), (8.0, 11.0, 12.0)),
        (Profile(age=30, sex="female"), (8.0, 11.0, 12.0)),
        (Profile(age=30, sex="male"), (8.0, 11.0, 13.0)),
        (Profile(age=30, sex="female", pregnant=True, trimester=1), (7.0, 10.0, 11.0)),
        (Profile(age=30, sex="female", pregnant=True, trimester=2), (7.0, 9.5, 10.5)),
        (Profile(pregnant=True), (7.0, 10.0, 11.0)),
        (Profile(age=30, sex="male", elevation_m=2200), (9.4, 12.4, 14.4)),
        (Profile(age=30, sex="male", smoker=True, cigarettes=15), (8.5, 11.5, 13.5)),
    ],
)
def test_the_cut_offs_of_known_people(profile: Profile, limits: tuple[float, float, float]) -> None:
    assert cut_offs(profile) == pytest.approx(limits)
    dial = scale(profile)
    assert dial.label(limits[2]) == "not low"
    assert [dial.label(limit - 0.01) for limit in limits] == list(LABELS[:3])


@pytest.mark.parametrize(
    "profile",
    [Profile(), Profile(age=30), Profile(sex="male"), Profile(age=0.2), Profile(age=30, sex="male", elevation_m=6000)],
)
def test_where_the_person_is_not_known_well_enough_there_is_no_band(profile: Profile) -> None:
    assert cut_offs(profile) is None
    assert whom(profile) is None
    assert len(scale(profile).zones) == 1


@given(st.floats(-500, 4999), st.floats(-500, 4999), st.integers(0, 60))
def test_living_higher_and_smoking_never_lower_a_cut_off(low: float, high: float, cigarettes: int) -> None:
    low, high = sorted((low, high))
    less = adjustment(Profile(elevation_m=low))
    more = adjustment(Profile(elevation_m=high, smoker=cigarettes > 0, cigarettes=cigarettes))
    assert less is not None
    assert more is not None
    assert more >= less


@given(
    st.dictionaries(
        st.sampled_from(["sex", "age", "pregnant", "trimester", "elevation_m", "smoker"]), st.text(max_size=8)
    )
)
def test_any_text_gives_a_profile_or_one_sentence(told: dict[str, str]) -> None:
    try:
        profile = Profile.of(told)
    except InputError:
        return
    limits = cut_offs(profile)
    assert limits is None or (limits == tuple(sorted(limits)) and all(map(math.isfinite, limits)))


def test_words_from_forms_are_understood() -> None:
    assert Profile.of({"sex": "F", "age_months": "18", "smoker": "yes"}) == Profile("female", 1.5, smoker=True)
    assert Profile.of({"trimester": "2"}).pregnant
    with pytest.raises(InputError, match="male and pregnant"):
        Profile.of({"sex": "male", "trimester": "1"})
