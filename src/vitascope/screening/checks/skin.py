"""Skin lesions: the seven classes of HAM10000 (Tschandl 2018), and whether the malignant ones together are likely."""

from __future__ import annotations

from vitascope.report import Meaning
from vitascope.screening.check import Head, NetworkCheck, ScoreWords

WATCH = "Nothing needs doing. Show it to a doctor if it grows, changes, bleeds or itches."
CLASSES = {
    "akiec": Meaning(
        "Actinic keratosis or Bowen's disease",
        "A scaly patch of sun-damaged skin, an early stage that can turn into a skin cancer over years.",
        "Show it to a skin doctor in the coming weeks; found early it is simple to treat.",
        serious=True,
    ),
    "bcc": Meaning(
        "Basal cell carcinoma",
        "The commonest skin cancer. It grows slowly, hardly ever spreads, and harms the skin around it when left.",
        "Show it to a skin doctor in the coming weeks; it is usually cut out or treated on the spot.",
        serious=True,
    ),
    "bkl": Meaning(
        "Harmless keratosis",
        "A seborrhoeic keratosis, sun spot or similar growth: rough or waxy, very common with age, and harmless.",
        WATCH,
    ),
    "df": Meaning(
        "Dermatofibroma", "A small firm knot in the skin, often on a leg after a small injury. Harmless.", WATCH
    ),
    "mel": Meaning(
        "Melanoma",
        "A cancer of the skin's pigment cells, which can spread early. Only tissue under a microscope tells for sure.",
        "Show it to a doctor within days, not weeks.",
        serious=True,
    ),
    "nv": Meaning(
        "Mole",
        "A harmless group of pigment cells (naevus). Most people have many.",
        "Nothing needs doing. Look again every few months; show it to a doctor if it becomes uneven in shape, edge or "
        "colour, grows past 6 mm, or changes at all.",
    ),
    "vasc": Meaning(
        "Blood vessel spot",
        "A spot of small blood vessels, such as a cherry angioma or a bleed in the skin. Nearly always harmless.",
        WATCH,
    ),
}

SKIN = NetworkCheck(
    kind="skin",
    title="Skin lesion",
    aliases=("skin_lesion", "mole", "lesion", "dermoscopy"),
    takes=frozenset({"skin", "dermoscopy"}),
    closest={"skin": "PAD-UFES-20", "dermoscopy": "HAM10000"},
    picture="one skin spot, close and sharp, filling about half of the picture, in even light without flash",
    heads=(
        Head(
            "skin",
            "Skin lesion",
            CLASSES,
            output="lesion",
            scores={
                "malignant": ScoreWords(
                    "Malignant or its early stage",
                    "The picture shows more signs of a malignant growth or its early stage than of a harmless one.",
                    "The picture shows few signs of a malignant growth. A picture cannot rule one out.",
                    "Whether this is harmless cannot be told from this picture.",
                    output="malignant",
                )
            },
        ),
    ),
    advice="Have a skin doctor look at any spot that is new, changes, bleeds, or looks unlike your others.",
    limits=(
        "It learned mostly from dermatoscope pictures of light skin. Networks of that kind fell to an AUC of 0.67 on "
        "ordinary photos of all skin colours (DDI, Daneshjou 2022) and did worse on dark skin: there, a harmless "
        "answer must not reassure.",
        "Photos taken with a phone do worse than pictures taken through a dermatoscope.",
        "It knows seven classes; anything else is pressed into one of them.",
    ),
)
