"""Adapters on small folders whose content is known, and references on known signals."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.made import BREATHS, RATE, development_folder, pulse
from vitascope.demo.clip import demo_frames, write_clip
from vitascope.errors import InputError
from vitascope.evaluation.datasets import DATASETS
from vitascope.evaluation.pulse import spans
from vitascope.evaluation.reference import beat_rate, breathing_rate, contact_rate, mean_of

PACKAGED = {
    "face_waveforms", "face_rgb", "face_rgb_5min", "finger_rr", "finger_hypoxia", "contact_ppg_peaks",
    "phone_ppg_quality", "respiration", "respiration_stress",
}  # fmt: skip
SECONDS, FPS = 10.0, 12.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return development_folder(tmp_path_factory.mktemp("pulse"))


@pytest.fixture(scope="module")
def painted() -> tuple[np.ndarray, np.ndarray]:
    time_s = np.arange(0, SECONDS, 1 / FPS)
    _, frames = demo_frames(time_s, heart_rate=RATE, respiration_rate=BREATHS, amplitude=0.02, noise=1.0)
    return time_s, np.stack([frame[::2, ::2] for frame in frames])


@pytest.mark.parametrize("name", sorted(PACKAGED))
def test_packaged_sets_are_found_and_their_truth_is_right(made: Path, name: str) -> None:
    recordings = [recording for item in DATASETS[name](made) for recording in item.load()]
    assert recordings
    for recording in recordings:
        assert recording.duration_s == pytest.approx(10 if name == "phone_ppg_quality" else 40, abs=0.1)
        for vital, truth in recording.truth.items():
            expected = {"heart_rate": RATE, "respiration_rate": BREATHS, "oxygen_saturation": 97}[vital]
            assert truth(0, min(30, recording.duration_s)) == pytest.approx(expected, abs=0.7), (recording.name, vital)
        measured = recording.measure(0, 20)
        if measured is not None and recording.good is not False:
            assert measured.course.bpm == pytest.approx(RATE, abs=1)


def test_a_set_is_also_found_when_its_own_folder_is_given(made: Path) -> None:
    assert len(DATASETS["face_waveforms"](made / "face_waveforms")) == 6
    assert not DATASETS["finger_rr"](made / "face_waveforms")


def check(items: list, name: str, person: str) -> None:
    (item,) = items
    (recording,) = item.load()
    assert (recording.name, recording.person) == (name, person)
    assert recording.truth["heart_rate"](0, SECONDS - 0.1) == pytest.approx(RATE, abs=0.7)
    measured = recording.measure()
    assert measured is not None
    assert measured.course.bpm == pytest.approx(RATE, abs=2)


def test_ubfc_rppg(tmp_path: Path, painted: tuple[np.ndarray, np.ndarray]) -> None:
    time_s, frames = painted
    folder = tmp_path / "DATASET_2" / "subject1"
    folder.mkdir(parents=True)
    write_clip(folder / "vid.avi", frames, time_s)
    clock, wave, _ = pulse(SECONDS, 30)
    rows = [wave, np.full(len(wave), RATE), clock]
    (folder / "ground_truth.txt").write_text("\n".join("  ".join(f"{x:.7e}" for x in row) for row in rows))
    check(DATASETS["UBFC-rPPG"](tmp_path), "subject1", "subject1")


def test_pure(tmp_path: Path, painted: tuple[np.ndarray, np.ndarray]) -> None:
    import cv2

    time_s, frames = painted
    folder = tmp_path / "01-02" / "01-02"
    folder.mkdir(parents=True)
    start = 1392643993642815000
    for t, frame in zip(time_s, frames, strict=True):
        cv2.imwrite(str(folder / f"Image{start + round(t * 1e9)}.png"), frame[..., ::-1])
    clock, wave, _ = pulse(SECONDS, 60)
    entries = [
        {"Timestamp": start + round(t * 1e9), "Value": {"waveform": w, "pulseRate": 66, "o2saturation": 98}}
        for t, w in zip(clock, wave, strict=True)
    ]
    (tmp_path / "01-02" / "01-02.json").write_text(json.dumps({"/FullPackage": entries, "/Image": []}))
    check(DATASETS["PURE"](tmp_path), "01-02", "01")


def test_ubfc_phys(tmp_path: Path, painted: tuple[np.ndarray, np.ndarray]) -> None:
    time_s, frames = painted
    folder = tmp_path / "s3"
    folder.mkdir()
    write_clip(folder / "vid_s3_T1.avi", frames, time_s)
    _, wave, _ = pulse(SECONDS, 64)
    (folder / "bvp_s3_T1.csv").write_text("\n".join(str(x) for x in wave))
    check(DATASETS["UBFC-Phys"](tmp_path), "s3_T1", "s3")


def test_mmpd(tmp_path: Path, painted: tuple[np.ndarray, np.ndarray]) -> None:
    from scipy.io import savemat

    _, frames = painted
    folder = tmp_path / "subject4"
    folder.mkdir()
    # The set runs at 30/s: the painted frames are held until the next one.
    at = np.minimum((np.arange(round(SECONDS * 30)) * FPS / 30).astype(int), len(frames) - 1)
    _, wave, _ = pulse(SECONDS, 30)
    savemat(folder / "p4_0.mat", {"video": frames[at].astype(np.float32) / 255, "GT_ppg": wave[None]})
    check(DATASETS["MMPD"](tmp_path), "p4_0", "p4")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("subject1/ground_truth.txt", "1 2 3\n4 5"),
        ("subject1/ground_truth.txt", "a b c"),
        ("subject1/ground_truth.txt", ""),
    ],
)
def test_a_damaged_reference_is_one_sentence(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "subject1").mkdir()
    (tmp_path / "subject1/vid.avi").write_bytes(b"")
    (tmp_path / name).write_text(text)
    (item,) = DATASETS["UBFC-rPPG"](tmp_path)
    with pytest.raises(InputError, match=r"ground_truth.txt of subject1 does not hold .*numbers\.$"):
        list(item.load())


def test_references_on_known_signals() -> None:
    time_s, wave, beats = pulse(60, 30)
    assert contact_rate(time_s, wave)(10, 40) == pytest.approx(RATE, abs=0.3)
    assert np.isnan(contact_rate(time_s, wave)(40, 70))
    assert beat_rate(beats)(0, 30) == pytest.approx(RATE, abs=0.7)
    assert np.isnan(beat_rate(beats)(50, 90))
    assert mean_of(np.arange(4.0), np.array([90, 92, np.nan, np.nan]))(0, 2) == 91
    assert np.isnan(mean_of(np.arange(4.0), np.array([90, 92, np.nan, np.nan]))(0, 4))


def test_breaths_are_counted_although_they_are_uneven_and_the_wave_has_holes() -> None:
    time_s = np.arange(0, 60, 0.01)
    phase = 2 * np.pi * (0.2 * time_s + 0.15 * np.sin(2 * np.pi * time_s / 23))
    wave = 100 + np.sin(phase)
    wave[700:720] = np.nan
    assert breathing_rate(time_s, wave)(0, 60) == pytest.approx(12, abs=0.6)
    assert np.isnan(breathing_rate(time_s, np.ones(len(time_s)))(0, 60))


@pytest.mark.parametrize(("duration", "length", "count"), [(60, 10, 6), (59.97, 60, 1), (50, 60, 0), (1000, 10, 12)])
def test_windows_fit_and_do_not_overlap(duration: float, length: float, count: int) -> None:
    cut = list(spans(duration, length))
    assert len(cut) == count
    assert all(stop - start == pytest.approx(length) for start, stop in cut)
    assert all(later[0] >= earlier[1] for earlier, later in itertools.pairwise(cut))
    if cut:
        assert cut[0][0] == 0
        assert cut[-1][1] == pytest.approx(duration, abs=length)
