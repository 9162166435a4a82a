"""Lung CT: the pattern that COVID-19 leaves in a slice, and over a whole series."""

from __future__ import annotations

from vitascope.report import Meaning
from vitascope.screening.check import Head, NetworkCheck

CLASSES = {
    "no": Meaning(
        "No COVID-19 pattern",
        "The lungs do not show the pattern that the COVID-19 pictures share. Other diseases are not judged.",
        "A doctor reads the whole CT; this says nothing of other findings.",
    ),
    "yes": Meaning(
        "COVID-19 pattern",
        "The lungs show hazy or dense patches like those of the COVID-19 pictures. Other pneumonias can look the same.",
        "A doctor reads the whole CT; a swab test tells whether it is COVID-19.",
        serious=True,
    ),
}

LUNG_CT = NetworkCheck(
    kind="lung_ct",
    title="Lung CT",
    aliases=("ct", "covid"),
    takes=frozenset({"lung_ct"}),
    picture="an axial CT slice of the chest through the lungs, in the lung window, or its DICOM file",
    heads=(Head("covid", "COVID-19 pattern", CLASSES),),
    advice="Ask the doctor who ordered the CT.",
    limits=(
        "It learned from two public sets, one cut from figures of papers and one of a single country's hospitals. "
        "Taught by one of them alone, such a network says little about the other; expect worse on another scanner.",
        "It tells COVID-19 from the other patients of those sets, not from every pneumonia.",
    ),
    series=True,
)
