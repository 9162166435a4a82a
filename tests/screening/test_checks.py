"""Every check in the registry: its names, its words, its network, and the same answer for the same picture."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.photos import chest_hu, eye, fundus, lesion
from vitascope.errors import InputError
from vitascope.media.dicom import window
from vitascope.models import cards, runtime
from vitascope.report import PictureView
from vitascope.report.finding import finding_line, set_line
from vitascope.screening.check import Check, NetworkCheck
from vitascope.screening.checks import REGISTRY, find, taking
from vitascope.screening.checks.skin import SKIN
from vitascope.screening.reduce import reduced, squared

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = [check for check in REGISTRY.values() if isinstance(check, NetworkCheck)]
CHEST = np.repeat(window(chest_hu(200).astype(np.float32), -600, 1500)[..., None], 3, axis=2)
DRAWN = {"skin": lesion(), "outer_eye": eye(), "fundus": fundus(), "lung_ct": CHEST}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("skin", "skin"),
        ("MOLE", "skin"),
        ("Skin-Lesion", "skin"),
        ("dermoscopy", "skin"),
        ("eye", "outer_eye"),
        ("outer eye", "outer_eye"),
        ("cataract", "outer_eye"),
        ("Redness", "outer_eye"),
        ("retina", "fundus"),
        ("retinopathy", "fundus"),
        ("CT", "lung_ct"),
        ("lung-ct", "lung_ct"),
        ("covid", "lung_ct"),
    ],
)
def test_a_check_is_found_by_each_of_its_names(said: str, kind: str) -> None:
    check = find(said)
    assert check is not None
    assert check.kind == kind


def test_auto_is_no_check_and_unknown_names_are_refused() -> None:
    assert find("auto") is None
    assert find("AUTO") is None
    for name in ("toe", "", "x" * 5000, "../skin"):
        with pytest.raises(InputError, match="There is no check called"):
            find(name)


def test_no_name_and_no_kind_of_picture_leads_to_two_checks() -> None:
    names = [name for check in REGISTRY.values() for name in (check.kind, *check.aliases)]
    kinds = [kind for check in REGISTRY.values() for kind in check.takes]
    assert len(set(names)) == len(names)
    assert len(set(kinds)) == len(kinds)
    assert all(taking(kind) is not None for kind in kinds)
    assert taking("other") is None


@pytest.mark.parametrize("check", NETWORKS, ids=lambda check: check.kind)
def test_every_class_of_the_network_has_its_words(check: NetworkCheck) -> None:
    heads = cards.load(check.networks[0]).details["heads"]
    for head in check.heads:
        card = heads[head.output]
        assert set(head.meanings) == set(card["classes"])
        assert set(head.scores) <= set(card.get("sums", {}))
        assert card["summary"].endswith(".")
        assert re.search(r"\d", card["summary"])


@pytest.mark.parametrize("check", REGISTRY.values(), ids=lambda check: check.kind)
def test_no_check_says_what_somebody_has(check: Check) -> None:
    judged = check.judge(DRAWN[check.kind]) if check.kind in DRAWN else check.reject("Take another picture.")
    for finding in judged.findings:
        told = finding.to_dict()
        words = [
            finding_line(finding), set_line(finding), finding.advice, finding.accuracy, *finding.limits, told["tip"],
            *(part for meaning in finding.meanings.values() for part in (meaning.what, meaning.next_step)),
            *(score.text for score in finding.scores.values()),
        ]  # fmt: skip
        for text in filter(None, words):
            assert text.endswith("."), text
            assert not re.search(r"\byou have\b|\byou are\b|\byou suffer\b|\byour (cancer|disease)\b", text, re.I), text
        assert finding.limits


@pytest.mark.parametrize("check", REGISTRY.values(), ids=lambda check: check.kind)
def test_every_check_is_documented(check: Check) -> None:
    page = (ROOT / "docs/screening.md").read_text(encoding="utf-8")
    assert f"`{check.kind}`" in page
    for finding in check.reject("Take another picture.").findings:
        assert f"`{finding.name}`" in page
        for name in finding.meanings:
            assert f"`{name}`" in page


@pytest.mark.parametrize("check", NETWORKS, ids=lambda check: check.kind)
def test_a_picture_gives_probabilities_a_set_and_a_map(check: NetworkCheck) -> None:
    judged = check.judge(DRAWN[check.kind])
    assert [finding.name for finding in judged.findings] == [head.name for head in check.heads]
    for finding in judged.findings:
        p = np.array(list(finding.probabilities.values()))
        assert p.sum() == pytest.approx(1, abs=1e-3)
        assert ((p >= 0) & (p <= 1)).all()
        first, second = np.sort(p)[::-1][:2]
        assert finding.status in ("ok", "unsure")
        if finding.status == "ok":
            assert first - second >= 0.5
            assert finding.probabilities[str(finding.top)] == first
        assert finding.prediction_set is not None
        assert finding.prediction_set.n is not None
        assert finding.prediction_set.n >= 9  # fewer cannot promise nine out of ten
        heat = judged.maps[finding.name]
        assert heat.label == max(finding.probabilities, key=lambda name: finding.probabilities[name])
        assert np.isfinite(heat.cells).all()
        for name, score in finding.scores.items():
            assert 0 <= score.probability <= 1
            card = cards.load(check.networks[0]).details["heads"][check.heads[0].output]
            if not check.heads[0].scores[name].output:
                summed = sum(finding.probabilities[c] for c in card["sums"][name])
                assert score.probability == pytest.approx(summed, abs=1e-6)


# The retinopathy's grades are drawn to their mean after the sum, so its answer is no plain sum.
SUMS = [(check, head.output) for check in NETWORKS for head in check.heads if head.output != "retinopathy"]


@pytest.mark.parametrize(("check", "output"), SUMS, ids=[output for _, output in SUMS])
def test_the_places_of_a_map_add_up_to_the_answer(check: NetworkCheck, output: str) -> None:
    card = cards.load(check.networks[0]).details

    def told(picture: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log-odds of the classes and the mean over the places of their maps, both relative to the mean class."""
        seen = squared(reduced(picture), card["size"])[None]
        given = dict(zip(card["outputs"], runtime.run(check.networks[0], picture=seen), strict=True))
        logs = np.log(given[output][0].astype(float))
        return logs - logs.mean(), given[f"{output}_map"][0].astype(float).mean(axis=(1, 2))

    plain, turned = told(DRAWN[check.kind]), told(np.ascontiguousarray(DRAWN[check.kind][::-1] // 2 + 40))
    changed = card["heads"][output]["temperature"] * (turned[0] - plain[0])
    assert np.abs(changed).max() > 0.1
    np.testing.assert_allclose(turned[1] - plain[1], changed, atol=0.02)


@pytest.mark.parametrize("check", NETWORKS, ids=lambda check: check.kind)
@pytest.mark.parametrize("size", [(32, 32), (32, 500), (700, 33), (1500, 2000)])
def test_a_picture_of_any_size_can_be_judged(check: NetworkCheck, size: tuple[int, int]) -> None:
    import cv2

    picture = cv2.resize(DRAWN[check.kind], size[::-1], interpolation=cv2.INTER_AREA)
    for finding in check.judge(picture.astype(np.uint8)).findings:
        assert sum(finding.probabilities.values()) == pytest.approx(1, abs=1e-3)


def test_large_photos_are_halved_and_small_ones_left_alone() -> None:
    small = DRAWN["skin"]
    assert reduced(small) is small
    large = np.repeat(np.repeat(small, 8, axis=0), 8, axis=1)
    assert (reduced(large) == small).all()
    assert reduced(np.zeros((3, 5000, 3), np.uint8)).shape[0] == 1
    for size in ((513, 513), (3001, 4001), (512, 512)):
        found = reduced(np.zeros((*size, 3), np.uint8))
        assert max(found.shape) <= 512
        assert found.shape[0] * size[1] == pytest.approx(found.shape[1] * size[0], rel=0.01)


def test_rejecting_names_every_finding_and_the_reason() -> None:
    for check in REGISTRY.values():
        judged = check.reject("Take another picture.")
        assert judged.findings or judged.readings
        for finding in judged.findings:
            assert (finding.status, finding.top, finding.reason) == ("rejected", None, "Take another picture.")
            assert not finding.probabilities


@pytest.mark.parametrize(("kind", "source"), [("skin", "PAD-UFES-20"), ("dermoscopy", "HAM10000")])
def test_beside_a_result_stands_how_right_it_was_on_such_pictures(kind: str, source: str) -> None:
    view = PictureView(kind, kind, 300, 300)
    lesion = SKIN.judge(np.full((300, 300, 3), 180, np.uint8), view=view).findings[0]
    card = cards.load("check_skin").details["heads"]["lesion"]["metrics"]["by_source"]
    figures = card[source]
    assert lesion.accuracy is not None
    assert source in lesion.accuracy
    assert f"{figures['n']:,}" in lesion.accuracy
    assert all(f"{other['n']:,}" not in lesion.accuracy for name, other in card.items() if name != source)
