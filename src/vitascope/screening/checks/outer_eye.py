"""The outer eye: a clouded lens (cataract), and redness as in conjunctivitis or uveitis."""

from __future__ import annotations

from vitascope.report import Meaning
from vitascope.screening.check import Head, NetworkCheck

CATARACT = {
    "normal": Meaning(
        "Clear lens",
        "The pupil looks dark, as with a clear lens.",
        "Nothing needs doing; see an eye doctor if sight changes.",
    ),
    "cataract": Meaning(
        "Cataract",
        "The lens behind the pupil looks clouded. Cataracts are common with age and dim the sight slowly.",
        "Have an eye doctor look when sight is dim or glaring. Surgery replaces the lens when it is worth it.",
        serious=True,
    ),
}
REDNESS = {
    "healthy": Meaning("Not red", "The white of the eye looks white.", "Nothing needs doing."),
    "infected": Meaning(
        "Red eye",
        "The white of the eye is red, as with an inflamed or infected eye (conjunctivitis, uveitis and others), an "
        "allergy, or tiredness.",
        "Wash hands and leave contact lenses out. See a doctor today for pain, worse sight, strong glare or a contact "
        "lens wearer's red eye; otherwise when it lasts more than a few days.",
        serious=True,
    ),
}

OUTER_EYE = NetworkCheck(
    kind="outer_eye",
    title="Outer eye",
    aliases=("eye", "cataract", "redness"),
    takes=frozenset({"outer_eye"}),
    picture="one wide-open eye, close and sharp, looking into the camera, in daylight without reflections on the pupil",
    heads=(Head("cataract", "Cataract", CATARACT), Head("redness", "Redness", REDNESS)),
    advice="See an eye doctor if sight is worse, the eye hurts, or it stays red.",
    limits=(
        "It learned from a few hundred eyes on web photos: small data, of unknown cameras and people.",
        "An early cataract does not show in a photo. Redness does not tell its cause.",
    ),
)
