"""The networks that ship with the package: their files are whole, opened once, shared, and freed."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from vitascope.models import cards
from vitascope.models.runtime import ModelError, Runtime

FACE = ("face_finder_full", "face_finder_short", "face_mesh")


def test_every_card_matches_its_file_and_says_where_it_comes_from() -> None:
    found = cards.cards()
    assert {card.name for card in found} >= set(FACE)
    assert {path.parent.name for path in cards.FOLDER.glob("*/model.onnx")} == {card.name for card in found}
    for card in found:
        text = card.path.with_name("card.json").read_text()
        json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        session = Runtime().session(card.name)  # raises when the sha256 differs
        assert [i.name for i in session.get_inputs()] == list(card.details["inputs"])
        assert [o.name for o in session.get_outputs()] == list(card.details["outputs"])
        for output in session.get_outputs():
            assert output.shape == card.details["outputs"][output.name]["shape"]
        page = card.path.with_name("card.md").read_text()
        assert card.sha256 in page
        assert card.licence in page
        assert card.details["limits"]


def test_the_licence_of_the_networks_is_kept() -> None:
    notice = (cards.FOLDER / "NOTICE").read_text()
    assert "MediaPipe" in notice
    assert "Apache License" in notice


def test_conversion_error_is_far_below_a_pixel() -> None:
    for name in FACE:
        parity = cards.load(name).details["parity"]
        assert parity["faces"] >= 20
        assert all(entry["max_abs_difference"] < 1e-3 for entry in parity["outputs"].values())


def test_versions_follow_the_file() -> None:
    assert cards.versions(["face_mesh"]) == {"face_mesh": cards.load("face_mesh").sha256[:12]}


def test_unknown_network() -> None:
    with pytest.raises(KeyError, match="no network called 'nonsense'"):
        Runtime().run("nonsense")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(cards.FOLDER / "face_finder_short", tmp_path / "face_finder_short")
    return tmp_path


def test_a_changed_file_is_refused(copied: Path) -> None:
    path = copied / "face_finder_short" / "model.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="is not the one its card describes"):
        Runtime(folder=copied).session("face_finder_short")


def test_a_missing_file_is_refused(copied: Path) -> None:
    (copied / "face_finder_short" / "model.onnx").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Runtime(folder=copied).session("face_finder_short")


def test_a_card_is_plain_json_a_reader_can_open(copied: Path) -> None:
    details = json.loads((copied / "face_finder_short" / "card.json").read_text())
    assert details["licence"]["spdx"] == "Apache-2.0"
    assert details["origin"]["commit"] == "63e679d9"


def test_threads_share_one_session_and_agree() -> None:
    runtime = Runtime()
    picture = np.random.default_rng(0).integers(0, 256, (1, 128, 128, 3), dtype=np.uint8)
    crop = np.array([64, 64, 100, 0.1], np.float32)
    ready = threading.Barrier(4)

    def work(_: int) -> tuple[int, bytes]:
        ready.wait()
        _, face = runtime.run("face_mesh", picture=picture, crop=crop)
        return id(runtime.session("face_mesh")), face.tobytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(work, range(4)))) == 1
    assert runtime.opened() == ("face_mesh",)


def test_release_and_open_again() -> None:
    runtime = Runtime()
    runtime.session("face_mesh")
    runtime.session("face_finder_short")
    runtime.release("face_mesh")
    assert runtime.opened() == ("face_finder_short",)
    runtime.release()
    assert runtime.opened() == ()
    runtime.session("face_mesh")
    assert runtime.opened() == ("face_mesh",)
    runtime.release()


def test_only_what_nobody_used_is_freed() -> None:
    runtime = Runtime(idle_s=3600)
    runtime.session("face_finder_short")
    runtime.release_idle()
    assert runtime.opened() == ("face_finder_short",)
    runtime.idle_s = 0.0
    runtime.release_idle()
    assert runtime.opened() == ()
