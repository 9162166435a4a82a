"""Folder layouts of recordings with a reference, one file each: `find(root)` gives what it recognises under `root`.

Adding a data set is one file and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vitascope.evaluation.datasets import (
    contact_ppg_peaks,
    face_rgb,
    face_rgb_5min,
    face_waveforms,
    finger_hypoxia,
    finger_rr,
    mmpd,
    phone_ppg_quality,
    pure,
    respiration,
    respiration_stress,
    ubfc_phys,
    ubfc_rppg,
)
from vitascope.evaluation.recording import Found

DATASETS: dict[str, Callable[[Path], list[Found]]] = {
    "face_waveforms": face_waveforms.find,
    "face_rgb": face_rgb.find,
    "face_rgb_5min": face_rgb_5min.find,
    "finger_rr": finger_rr.find,
    "finger_hypoxia": finger_hypoxia.find,
    "contact_ppg_peaks": contact_ppg_peaks.find,
    "phone_ppg_quality": phone_ppg_quality.find,
    "respiration": respiration.find,
    "respiration_stress": respiration_stress.find,
    "UBFC-rPPG": ubfc_rppg.find,
    "PURE": pure.find,
    "UBFC-Phys": ubfc_phys.find,
    "MMPD": mmpd.find,
}

__all__ = ["DATASETS"]
