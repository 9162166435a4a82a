"""Small folders in the layouts that `evaluate pulse` reads, from a pulse whose every beat is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.skin import BLOOD, SKIN
from vitascope.demo.pulse import beat_times, pulse_wave

RATE, BREATHS = 66.0, 15.0


def pulse(seconds: float, fps: float, rate: float = RATE) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, wave and beats from 0 on."""
    time_s = np.arange(0, seconds, 1 / fps)
    beats = beat_times(seconds, rate, BREATHS)
    return time_s, pulse_wave(time_s, beats, BREATHS), beats[(beats >= 0) & (beats < seconds)]


def development_folder(root: Path) -> Path:
    """One recording of each of the packaged development sets."""
    noise = np.random.default_rng(5)
    time_s, wave, beats = pulse(40, 30)
    rgb = SKIN * (1 - 0.01 * wave[:, None] * BLOOD) + 0.02 * noise.normal(size=(len(wave), 3))
    fast_s, fast, fast_beats = pulse(40, 100)
    breath = np.sin(2 * np.pi * BREATHS / 60 * fast_s)

    def save(name: str, **arrays: object) -> None:
        path = root / f"{name}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **arrays)  # type: ignore[arg-type]

    waves = {name: wave + 0.05 * noise.normal(size=len(wave)) for name in ("pos", "green", "lgi")}
    for clip in ("pure_00", "ubfc_00", "ubfc_01", "ubfc_02", "ubfc_03", "ubfc_04"):
        save(f"face_waveforms/{clip}", **waves, ppg=wave, fps=30.0)
    save("face_rgb/one", time_s=time_s, rgb=rgb, ppg=wave, hr_bpm=np.full(len(wave), RATE), ref_time_s=time_s)
    marks = np.zeros(len(wave), dtype=np.int8)
    marks[np.minimum(np.round(beats * 30).astype(int), len(wave) - 1)] = 1
    save(
        "face_rgb_5min/subject", time_ms=time_s * 1000, rgb_forehead=rgb, rgb_cheeks=rgb, ppg_time_ms=time_s * 1000,
        ppg=wave, ppg_peak=marks,
    )  # fmt: skip
    finger = np.array([220.0, 40, 20]) * (1 - 0.02 * wave[:, None] * [0.4, 1, 0.8])
    save("finger_rr/one", time_ms=time_s * 1000, rgb=finger, rr_ms=np.diff(beats) * 1000)
    save("finger_hypoxia/7_left", rgb=finger, fps=30.0)
    lines = ["\ufeffTime,SpO2 1,SpO2 2,Pulse 1,Pulse 2"] + ["10:00:00,97,0.0,66,67"] * 41
    (root / "finger_hypoxia/7_reference.csv").write_text("\n".join(lines), encoding="utf-8")
    save("contact_ppg_peaks/one", ppg=fast, peak_samples=np.round(fast_beats * 100).astype(int), fs=100.0)
    save("phone_ppg_quality/100001", ppg=wave[:300], good=1, hr_bpm=RATE, fps=30.0)
    save("phone_ppg_quality/101001", ppg=noise.normal(size=300), good=0, hr_bpm=RATE, fps=30.0)
    save("respiration/one", ppg=fast, co2=breath, fs=100.0)
    save(
        "respiration_stress/P1_easy",
        time_ms=5000 + fast_s * 1000,
        ppg_finger=fast,
        ppg_ear=fast,
        resp=breath,
        eda=breath,
    )
    return root
