"""What a haemoglobin value means for one person: the cut-offs of the World Health Organization.

WHO (2024), Guideline on haemoglobin cutoffs to define anaemia in individuals and populations (ISBN 978-92-4-008854-2):
cut-offs by age, sex and stage of pregnancy; what to take off a value for living high and for smoking (there as Sharma
et al. 2019, doi:10.1111/nyas.14167, found it). Here the same is added to the cut-offs, so that the value stays what was
measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vitascope.errors import InputError
from vitascope.report.bands import Scale, Zone

Sex = Literal["female", "male"]
LOW, HIGH = 4.0, 18.0
LABELS = ("severely low", "moderately low", "mildly low", "not low")
COLOURS = ("red", "orange", "yellow", "green")
# g/dL below which a value is severe, moderate, mild.
INFANT, CHILD = (7.0, 9.5, 10.5), (7.0, 10.0, 11.0)
SCHOOL_AGE, YOUTH = (8.0, 11.0, 11.5), (8.0, 11.0, 12.0)
WOMAN, MAN = (8.0, 11.0, 12.0), (8.0, 11.0, 13.0)
PREGNANT = {1: (7.0, 10.0, 11.0), 2: (7.0, 9.5, 10.5), 3: (7.0, 10.0, 11.0)}
# From this many metres on, g/dL; the guideline ends at 5000 m.
ELEVATION = (
    *((500, 0.4), (1000, 0.8), (1500, 1.1), (2000, 1.4), (2500, 1.8)),
    *((3000, 2.1), (3500, 2.5), (4000, 2.9), (4500, 3.3)),
)
HIGHEST_M = 5000
# From this many cigarettes a day on, g/dL; also where somebody smokes and the number is not known: the first.
SMOKING = ((1, 0.3), (10, 0.5), (20, 0.6))


@dataclass(frozen=True, slots=True)
class Profile:
    """What the cut-offs depend on. Age in years; `trimester` 1..3 where pregnant, None where not known or not so.

    `cigarettes` a day; None where that is not known. Raises InputError for what cannot be.
    """

    sex: Sex | None = None
    age: float | None = None
    pregnant: bool = False
    trimester: int | None = None
    elevation_m: float = 0.0
    smoker: bool = False
    cigarettes: float | None = None

    def __post_init__(self) -> None:
        if self.age is not None and not 0 <= self.age <= 130:
            raise InputError("The age must be 0 to 130 years.")
        if not -500 <= self.elevation_m <= 9000:
            raise InputError("The elevation must be -500 to 9000 metres.")
        if self.trimester is not None and self.trimester not in PREGNANT:
            raise InputError("The trimester must be 1, 2 or 3.")
        if self.cigarettes is not None and not 0 <= self.cigarettes <= 200:
            raise InputError("The cigarettes a day must be 0 to 200.")
        if self.pregnant and self.sex == "male":
            raise InputError("The person is said to be male and pregnant; please check.")

    @classmethod
    def of(cls, person: Mapping[str, Any] | None) -> Profile:
        """From what is known of a person: sex, age (years) or age_months, pregnant, trimester, elevation_m, smoker,
        cigarettes_per_day; as numbers or as text. Other keys are left alone. Raises InputError for what makes no sense.
        """
        told = {key: value for key, value in (person or {}).items() if value is not None and value != ""}
        months = _number(told, "age_months")
        trimester = _number(told, "trimester")
        cigarettes = _number(told, "cigarettes_per_day")
        if trimester is not None and trimester != int(trimester):
            raise InputError("The trimester must be 1, 2 or 3.")
        return cls(
            sex=_sex(told.get("sex")),
            age=_number(told, "age") if months is None else months / 12,
            pregnant=_yes(told, "pregnant") or trimester is not None,
            trimester=None if trimester is None else int(trimester),
            elevation_m=_number(told, "elevation_m") or 0.0,
            smoker=_yes(told, "smoker") or bool(cigarettes),
            cigarettes=cigarettes,
        )


def cut_offs(profile: Profile) -> tuple[float, float, float] | None:
    """g/dL below which haemoglobin is severely, moderately and mildly low for this person; None where that is open.

    Without an age only a pregnancy says enough. Under six months there are no cut-offs, over 5000 m no adjustment.
    """
    base = _base(profile)
    more = adjustment(profile)
    return None if base is None or more is None else (base[0] + more, base[1] + more, base[2] + more)


def adjustment(profile: Profile) -> float | None:
    """g/dL that living high and smoking add to the cut-offs; None above the highest place the guideline knows."""
    if profile.elevation_m >= HIGHEST_M:
        return None
    height = max((more for least, more in ELEVATION if profile.elevation_m >= least), default=0.0)
    if not profile.smoker or profile.cigarettes == 0:
        return height
    cigarettes = 1 if profile.cigarettes is None else profile.cigarettes
    return height + max((more for least, more in SMOKING if cigarettes >= least), default=SMOKING[0][1])


def scale(profile: Profile) -> Scale:
    """The dial for this person; where the cut-offs are not known, one without bands."""
    limits = cut_offs(profile)
    if limits is None:
        return Scale("Haemoglobin", "g/dL", LOW, HIGH, (Zone(math.inf, "no band", "grey"),), digits=1)
    uppers = (*(round(limit, 2) for limit in limits), math.inf)
    zones = tuple(Zone(*zone) for zone in zip(uppers, LABELS, COLOURS, strict=True))
    return Scale("Haemoglobin", "g/dL", LOW, HIGH, zones, digits=1)


def whom(profile: Profile) -> str | None:
    """Whose cut-offs these are, in words; None where there are none."""
    if cut_offs(profile) is None:
        return None
    words = _group(profile)
    more = adjustment(profile)
    return f"{words}, {more:.1f} g/dL higher for elevation and smoking" if more else words


def _base(profile: Profile) -> tuple[float, float, float] | None:
    if profile.pregnant:
        # Where the trimester is not known, the cut-offs of the first and third, which miss less.
        return PREGNANT[profile.trimester or 1]
    if profile.age is None or profile.age < 0.5:
        return None
    for upper, limits in ((2, INFANT), (5, CHILD), (12, SCHOOL_AGE), (15, YOUTH)):
        if profile.age < upper:
            return limits
    if profile.sex is None:
        return None
    return WOMAN if profile.sex == "female" else MAN


def _group(profile: Profile) -> str:
    if profile.pregnant:
        return f"pregnancy, trimester {profile.trimester}" if profile.trimester else "pregnancy"
    assert profile.age is not None
    for upper, words in (
        (2, "children of 6 to 23 months"),
        (5, "children of 2 to 4 years"),
        (12, "children of 5 to 11 years"),
        (15, "12 to 14 years"),
    ):
        if profile.age < upper:
            return words
    return "women" if profile.sex == "female" else "men"


def _number(told: Mapping[str, Any], key: str) -> float | None:
    if key not in told:
        return None
    try:
        value = float(told[key])
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{key} must be a number.")
    return value


def _yes(told: Mapping[str, Any], key: str) -> bool:
    said = str(told.get(key, "no")).strip().lower()
    if said in ("yes", "true", "1", "on"):
        return True
    if said in ("no", "false", "0", "off"):
        return False
    raise InputError(f"{key} must be yes or no.")


def _sex(said: Any) -> Sex | None:
    if said is None:
        return None
    word = str(said).strip().lower()
    if word in ("female", "f", "woman"):
        return "female"
    if word in ("male", "m", "man"):
        return "male"
    raise InputError("sex must be female or male.")
