"""What each check asks, what it learns from and how: one recipe a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from vitascope.evaluation import figures
from vitascope.evaluation.datasets import skin_around
from vitascope.evaluation.datasets.photos import LESIONS, Case
from vitascope.training.augment import Augmentation
from vitascope.training.fit import Logits, Score, Settings
from vitascope.training.pictures import UNKNOWN, Pictures, Prepare, joined, read

Views = Mapping[str, Prepare | None]
AS_IT_IS: Views = {"": None}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One check's questions and how its network is made.

    `views` gives the ways in which training shows a case; those named in `unseen` choose the epoch and never teach.
    `shown` gives the full pictures that the finished file is judged on. `own` names the sources whose pictures set
    each head's temperature and thresholds; other sources are reported beside them.
    """

    kind: str
    task: str
    heads: Mapping[str, Mapping[str, str]]  # head -> class -> title
    settings: Settings
    store: int
    score: Score
    own: Mapping[str, tuple[str, ...]]
    data: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    backbone: str = "efficientnetv2_b0"
    sums: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    views: Callable[[Case], Views] = lambda _: AS_IT_IS
    unseen: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset({"", "inpainted", "photo0"})
    shown: Callable[[Case], Views] = lambda _: AS_IT_IS
    fundus: bool = False
    # Heads whose classes are grades, and how far each answer is drawn to its mean grade.
    ordered: Mapping[str, float] = field(default_factory=dict)
    # Heads whose rare classes are to be named as readily as the common ones.
    fair: frozenset[str] = frozenset()
    # Temperatures and thresholds come from this many networks, each judged by folds that did not teach it; the one
    # that is shipped then learns from all of them. 0: from the shipped network's own answers to fold 7.
    crossed: int = 0
    # Whether the dense convolutions of the file are in 8 bits; the small networks are fast enough without.
    eight_bits: bool = True
    # A second run at another size goes on from the first; the file looks at `seen_at` pixels a side.
    later: Settings | None = None
    seen_at: int = 176

    def read(self, cases: list[Case]) -> Pictures:
        """Every view of every case at the size that training keeps."""
        by_view: dict[str, list[Case]] = {}
        for case in cases:
            for name in self.views(case):
                by_view.setdefault(name, []).append(case)
        parts = []
        for name, some in by_view.items():
            marked = [replace(case, details=case.details | {"view": name}) for case in some]
            parts.append(read(marked, self.store, partial(self._view, name)))
        return joined(parts)

    def _view(self, name: str, case: Case) -> Prepare | None:
        return self.views(case)[name]


def _known(lo: Logits, p: Pictures, head: str, source: str = "", view: str | None = None) -> tuple[Any, Any]:
    y = p.labels(head)
    kept = y != UNKNOWN
    if source:
        kept &= p.sources() == source
    if view is not None:
        kept &= p.views() == view
    return y[kept], softmax(lo[head][kept], axis=1)


def _skin_score(lo: Logits, p: Pictures) -> float:
    y, q = _known(lo, p, "lesion", "HAM10000")
    m, s = _known(lo, p, "malignant", "HAM10000")
    photo, t = _known(lo, p, "malignant", "PAD-UFES-20", "inpainted")
    parts = [figures.balanced_accuracy(y, q), figures.auc(m == 1, s[:, 1])]
    return float(np.nansum([*parts, figures.auc(photo == 1, t[:, 1])]))


def _by_source(head: str, cut: int = 1) -> Score:
    def score(lo: Logits, p: Pictures) -> float:
        seen = [_known(lo, p, head, source) for source in np.unique(p.sources())]
        return float(np.nanmean([figures.auc(y >= cut, q[:, cut:].sum(axis=1)) for y, q in seen if len(y)]))

    return score


def _eye_score(lo: Logits, p: Pictures) -> float:
    return float(np.nanmean([_by_source(head)(lo, p) for head in ("cataract", "redness")]))


def _fundus_score(lo: Logits, p: Pictures) -> float:
    y, q = _known(lo, p, "retinopathy", "APTOS (filtered)")
    e, r = _known(lo, p, "retinopathy", "EyePACS")
    c, s = _known(lo, p, "fundus_cataract", "ODIR-5K")
    plain = [figures.auc(e >= 2, r[:, 2:].sum(axis=1)), figures.auc(c == 1, s[:, 1])]
    return float(np.nansum([figures.kappa(y, q) if len(y) else np.nan, *plain]))


def _photo(seed: int) -> Prepare:
    def prepare(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return skin_around.photo(rgb, 240, np.random.default_rng([seed, int(rgb.sum()) % 100003]))

    return prepare


PHOTOS: Views = {f"photo{seed}": _photo(seed) for seed in range(5)} | {
    "inpainted": lambda rgb: skin_around.inpainted(rgb, 240)
}


def _skin_views(case: Case) -> Views:
    return PHOTOS if case.source == "PAD-UFES-20" else AS_IT_IS


def _skin_shown(case: Case) -> Views:
    return {"inpainted": PHOTOS["inpainted"]} if case.source == "PAD-UFES-20" else AS_IT_IS


def _filter(spread: float) -> Prepare:
    def prepare(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        import torch

        from vitascope.screening.reduce import squared
        from vitascope.training.fundus_filter import filtered

        pixels = torch.from_numpy(squared(rgb, 224)).permute(2, 0, 1)[None].float()
        return np.asarray(filtered(pixels, spread)[0].round().byte().permute(1, 2, 0).numpy(), dtype=np.uint8)

    return prepare


SPREADS: Views = {f"spread{n}": _filter(n / 224) for n in (1, 2, 4, 8)}


def _fundus_views(case: Case) -> Views:
    return AS_IT_IS if case.source == "APTOS (filtered)" else SPREADS


# Lesions differ in fine structure and colour, so both are changed a little only.
SKIN = Settings(
    samples=5600,
    smoothing=0.02,
    augmentation=Augmentation(zoom=(0.75, 1.1), stretch=0.1, colour=0.1, light=0.2, grey=0.0, spoil=0.15, erase=0.1),
)
FUNDUS = Settings(
    samples=2800,
    smoothing=0.0,
    graded=("retinopathy",),
    augmentation=Augmentation(turn=180, zoom=(0.75, 1.1), colour=0.05, light=0.3, grey=0.0, spoil=0.1, erase=0.1),
)


RECIPES: dict[str, Recipe] = {
    "skin": Recipe(
        "skin",
        "Say which of seven lesions a skin picture shows, and whether it looks malignant.",
        {
            "lesion": dict(
                zip(
                    LESIONS,
                    (
                        "Actinic keratosis or Bowen's disease",
                        "Basal cell carcinoma",
                        "Harmless keratosis",
                        "Dermatofibroma",
                        "Melanoma",
                        "Mole",
                        "Blood vessel spot",
                    ),
                    strict=True,
                )
            ),
            "malignant": {"benign": "Looks harmless", "malignant": "Looks malignant"},
        },
        replace(SKIN, size=128, epochs=10, rate=4e-4),
        200,
        _skin_score,
        {"lesion": ("HAM10000",), "malignant": ("HAM10000", "PAD-UFES-20")},
        (("HAM10000", "CC BY-NC-SA 4.0"), ("PAD-UFES-20", "CC BY 4.0")),
        (
            "Knows seven lesions; every other one gets the name of one of them.",
            "Phone pictures were learned from crops on painted skin; figures on real full pictures may be lower.",
            "Few dark skins in both sets: the figures by Fitzpatrick type have small n.",
        ),
        sums={"lesion": {"malignant": ("akiec", "bcc", "mel")}},
        views=_skin_views,
        unseen=frozenset({"inpainted"}),
        shown=_skin_shown,
        fair=frozenset({"lesion"}),
        later=replace(SKIN, size=192, epochs=11, rate=3e-4),
        seen_at=192,
    ),
    "lung_ct": Recipe(
        "lung_ct",
        "Say whether one lung CT slice shows the pattern of COVID-19 pneumonia.",
        {"covid": {"no": "No COVID-19 pattern", "yes": "COVID-19 pattern"}},
        Settings(
            size=192,
            epochs=9,
            rate=3e-4,
            augmentation=Augmentation(turn=15, flip_y=False, colour=0.0, grey=0.0, zoom=(0.75, 1.1), light=0.4),
        ),
        224,
        _by_source("covid"),
        {"covid": ("COVID-CT", "SARS-CoV-2")},
        (("COVID-CT", "public, from papers"), ("SARS-CoV-2 CT-scan", "CC BY-NC-SA 4.0")),
        (
            "Two sets, one from figures in papers: another scanner may do worse, as the figures across sets show.",
            "One slice at a time; other pneumonias look alike and were hardly among the pictures.",
        ),
        crossed=4,
    ),
    "outer_eye": Recipe(
        "outer_eye",
        "Say whether a photo of an eye from outside shows a cataract, and whether the eye is red.",
        {
            "cataract": {"normal": "Clear lens", "cataract": "Cataract"},
            "redness": {"healthy": "Not red", "infected": "Red, as in an infection"},
        },
        Settings(
            size=160,
            epochs=12,
            samples=1400,
            rate=4e-4,
            smoothing=0.02,
            augmentation=Augmentation(
                turn=30, flip_y=False, zoom=(0.7, 1.1), colour=0.12, light=0.3, spoil=0.15, erase=0.1
            ),
        ),
        208,
        _eye_score,
        {"cataract": ("eye_cataract",), "redness": ("eye_redness",)},
        (("eye_cataract", "public web set"), ("eye_redness", "public web set")),
        (
            "Small sets from the web; the pictures of sick and healthy eyes may differ in more than the illness.",
            "A cataract seen from outside is an advanced one; early ones need a slit lamp.",
        ),
        backbone="mobilenet_v2",
        eight_bits=False,
        seen_at=160,
    ),
    "fundus": Recipe(
        "fundus",
        "Grade diabetic retinopathy 0 to 4 in a fundus picture, and say whether a cataract veils it.",
        {
            "retinopathy": {
                "0": "None",
                "1": "Mild",
                "2": "Moderate",
                "3": "Severe",
                "4": "Proliferative",
            },
            "fundus_cataract": {"no": "Clear view", "yes": "Veiled as by a cataract"},
        },
        replace(FUNDUS, size=160, epochs=8, rate=4e-4),
        224,
        _fundus_score,
        {"retinopathy": ("APTOS (filtered)", "EyePACS"), "fundus_cataract": ("ODIR-5K",)},
        (("APTOS 2019", "Kaggle, research"), ("EyePACS", "Kaggle, research"), ("ODIR-5K", "public, research")),
        (
            "Grades come from two sets whose graders and cameras differ; figures are given within each.",
            "Small lesions vanish at the 224 pixels that it sees; mild retinopathy is often missed.",
        ),
        sums={"retinopathy": {"referable": ("2", "3", "4")}},
        views=_fundus_views,
        watched=frozenset({"", "spread4"}),
        fundus=True,
        ordered={"retinopathy": 0.5},
        later=replace(FUNDUS, size=224, epochs=12, rate=3e-4),
        seen_at=224,
    ),
}
