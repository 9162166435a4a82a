"""The back of the eye: diabetic retinopathy, grade 0 to 4 of the international scale (Wilkinson 2003), and cataract."""

from __future__ import annotations

from vitascope.report import Meaning
from vitascope.screening.check import Head, NetworkCheck, ScoreWords

YEARLY = "With diabetes, have the back of the eyes looked at once a year."
GRADES = {
    "0": Meaning("No retinopathy", "No damage by diabetes is seen.", YEARLY),
    "1": Meaning(
        "Mild retinopathy",
        "A few tiny bulges of small vessels (microaneurysms), which do not yet harm the sight.",
        YEARLY,
    ),
    "2": Meaning(
        "Moderate retinopathy",
        "Bleeding spots, deposits or swelling of small vessels beyond the first stage.",
        "Show it to an eye doctor within a few months, and have blood sugar and blood pressure looked after.",
        serious=True,
    ),
    "3": Meaning(
        "Severe retinopathy",
        "Many bleeding spots or misshapen veins: the retina lacks oxygen and sight is at risk.",
        "Show it to an eye doctor within weeks; treatment keeps sight.",
        serious=True,
    ),
    "4": Meaning(
        "Proliferative retinopathy",
        "New, fragile vessels grow on the retina and may bleed or pull on it.",
        "Show it to an eye doctor within days; treatment keeps sight.",
        serious=True,
    ),
}
CATARACT = {
    "no": Meaning("Clear view", "The picture is as clear as with a clear lens.", "Nothing needs doing."),
    "yes": Meaning(
        "Cataract",
        "The whole picture is hazy, as seen through a clouded lens.",
        "Have an eye doctor look at the lens; a dirty or unfocused camera gives the same haze.",
        serious=True,
    ),
}

FUNDUS = NetworkCheck(
    kind="fundus",
    title="Back of the eye",
    aliases=("retina", "retinopathy"),
    takes=frozenset({"fundus"}),
    # The other set was filtered before it was published, which no camera does.
    closest={"fundus": "EyePACS"},
    picture="the back of one eye taken with a fundus camera, in colour, the whole round field in the picture",
    heads=(
        Head(
            "retinopathy",
            "Diabetic retinopathy",
            GRADES,
            scores={
                "referable": ScoreWords(
                    "Retinopathy that an eye doctor should see (grade 2 or more)",
                    "The picture shows signs of a grade that an eye doctor should see.",
                    "The picture shows few signs of a grade that an eye doctor should see.",
                    "Whether an eye doctor should see this cannot be told from this picture.",
                )
            },
        ),
        Head("fundus_cataract", "Cataract, seen from the haze", CATARACT),
    ),
    advice="Have an eye doctor look, above all with diabetes or when sight changes.",
    limits=(
        "It learned from a few public sets of two or three cameras; another camera may do worse.",
        "Swelling of the macula, which needs depth to see, is not judged.",
    ),
)
