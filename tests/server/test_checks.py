"""Photos over HTTP: answered at once, kept in the history without the picture, or refused with a sentence."""

from __future__ import annotations

import base64
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import httpx
import jsonschema
import numpy as np
import pytest

from tests.photos import chest_hu, dicom, encoded, fundus, lesion
from tests.server.running import Running, assert_one_sentence, run_server, wait_for
from vitascope.screening.checks import REGISTRY

PICTURE = encoded(lesion(), "JPEG", quality=92)


def check(client: httpx.Client, kind: str, *files: bytes, name: str = "mole.jpg", **query: Any) -> httpx.Response:
    parts = [("picture", (name, data)) for data in files]
    return client.post(f"/api/checks/{kind}", files=parts, params=query)


def pixels(url: str) -> np.ndarray:
    """The picture in a data URL, as OpenCV orders its channels."""
    head, data = url.split(",", 1)
    assert head in ("data:image/png;base64", "data:image/jpeg;base64")
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def test_a_picture_is_answered_at_once_and_kept_without_itself(server: Running, client: httpx.Client) -> None:
    answer = check(client, "skin", PICTURE, preview=True)
    assert answer.status_code == 200, answer.text
    checked = answer.json()
    jsonschema.validate(checked["report"], client.get("/api/schema").json())
    assert (checked["kind"], checked["name"], checked["status"]) == ("skin", "mole.jpg", "done")
    assert pixels(checked["preview"]).shape == (300, 400, 3)
    kept = client.get(f"/api/measurements/{checked['id']}").json()
    assert kept["report"] == checked["report"]
    assert not {"heatmaps", "preview"} & kept.keys()
    assert [item["id"] for item in client.get("/api/measurements").json()["items"]] == [checked["id"]]
    assert not list((server.data_dir / "uploads").iterdir())
    stored = b"".join(path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file())
    assert PICTURE[200:400] not in stored
    assert b"base64" not in stored


def test_a_heat_map_is_a_layer_or_drawn_or_not_wanted(client: httpx.Client) -> None:
    if check(client, "skin", PICTURE).json()["report"]["findings"]["skin"]["status"] == "rejected":
        pytest.skip("the gate does not take the drawn picture for skin")
    layer = check(client, "skin", PICTURE).json()
    assert layer["preview"] is None
    assert layer["heatmaps"]["skin"]["label"] in layer["report"]["findings"]["skin"]["probabilities"]
    assert pixels(layer["heatmaps"]["skin"]["picture"]).shape == (192, 256, 4)
    drawn = check(client, "skin", PICTURE, heatmap="drawn").json()
    assert pixels(drawn["heatmaps"]["skin"]["picture"]).shape == (300, 400, 3)
    assert check(client, "skin", PICTURE, heatmap="none").json()["heatmaps"] == {}


@pytest.mark.parametrize("field", ["picture", "image", "photo", "file"])
def test_other_names_for_the_file_and_the_kind(field: str, client: httpx.Client) -> None:
    answer = client.post("/api/checks/Skin-Lesion", files={field: ("a.jpg", PICTURE)})
    assert answer.status_code == 200
    assert answer.json()["kind"] == "skin"


def test_another_kind_of_picture_is_an_answer_with_the_reason(client: httpx.Client) -> None:
    checked = check(client, "lung_ct", PICTURE).json()
    finding = checked["report"]["findings"]["covid"]
    assert finding["status"] == "rejected"
    assert finding["reason"]
    assert checked["heatmaps"] == {}


def test_auto_tells_what_it_took_the_picture_for(client: httpx.Client) -> None:
    for data in (PICTURE, encoded(fundus())):
        report = check(client, "auto", data).json()["report"]
        assert report["picture"]["title"]
        assert report["findings"]


def test_the_files_of_a_series_are_one_answer(client: httpx.Client) -> None:
    slices = [dicom(chest_hu(128, seed), number=seed) for seed in range(5)]
    checked = check(client, "lung_ct", *slices, name="slice.dcm").json()
    assert checked["name"] == "slice.dcm and 4 more"
    assert [part["number"] for part in checked["report"]["slices"]] == [1, 2, 3, 4, 5]
    assert {part["source"] for part in checked["report"]["slices"]} == {"slice.dcm"}
    assert "Nobody" not in str(checked)


REFUSED: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "unknown check": (404, "no check called", "toe", {"files": {"picture": ("a.jpg", PICTURE)}}),
    "no picture": (422, "not a picture", "skin", {"files": {"picture": ("a.jpg", b"only words " * 50)}}),
    "empty": (422, "The picture is empty.", "skin", {"files": {"picture": ("a.jpg", b"")}}),
    "cut short": (422, "damaged", "skin", {"files": {"picture": ("a.jpg", PICTURE[:3000])}}),
    "another field": (422, "no file called", "skin", {"files": {"clip": ("a.jpg", PICTURE)}}),
    "not a form": (415, "as a form", "skin", {"content": PICTURE, "headers": {"Content-Type": "image/jpeg"}}),
    "too large": (413, "larger than 8 MB", "skin", {"files": {"picture": ("a.jpg", bytes(9 * 1024 * 1024))}}),
    "several of skin": (422, "one picture at a time", "skin", {"files": [("picture", ("a.jpg", PICTURE))] * 2}),
    "unknown wish": (422, "heatmap", "skin?heatmap=gold", {"files": {"picture": ("a.jpg", PICTURE)}}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_looked_at_is_refused(name: str, server: Running, client: httpx.Client) -> None:
    status, words, kind, request = REFUSED[name]
    answer = client.post(f"/api/checks/{kind}", **request)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in problem["detail"]
    assert_one_sentence(problem["detail"])
    assert client.get("/api/measurements").json()["items"] == []
    assert not list((server.data_dir / "uploads").iterdir())


def test_people_at_the_same_time_each_get_their_own(server: Running) -> None:
    sent = [("skin", PICTURE, "mole.jpg"), ("fundus", encoded(fundus()), "retina.png")] * 4

    def send(one: tuple[str, bytes, str]) -> tuple[str, str, int]:
        with server.client() as person:
            checked = check(person, one[0], one[1], name=one[2]).json()
            return checked["kind"], checked["name"], len(person.get("/api/measurements").json()["items"])

    with ThreadPoolExecutor(8) as people:
        assert list(people.map(send, sent)) == [(kind, name, 1) for kind, _, name in sent]


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with run_server(tmp_path / "data") as server, server.client() as client:
        assert check(client, "skin", PICTURE).status_code == 200
        for pid in wait_for(server.workers):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: check(client, "skin", PICTURE).status_code == 200)


def test_a_picture_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    many = [dicom(chest_hu(512, 1), number=i) for i in range(12)]
    with run_server(tmp_path / "data", VITASCOPE_JOB_TIMEOUT_S="0.05") as server, server.client() as client:
        answer = check(client, "lung_ct", *many)
        assert answer.status_code == 422
        assert "longer than 0.05 seconds" in answer.json()["detail"]
        assert not list((tmp_path / "data" / "uploads").iterdir())


def test_the_checks_are_listed_and_described(client: httpx.Client) -> None:
    listed = client.get("/api/checks").json()
    assert [item["kind"] for item in listed["items"]] == list(REGISTRY)
    assert all(item["title"] and item["picture"] for item in listed["items"])
    operation = client.get("/openapi.json").json()["paths"]["/api/checks/{kind}"]["post"]
    assert "multipart/form-data" in operation["requestBody"]["content"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {"kind", "heatmap", "preview"}
