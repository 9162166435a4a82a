"""`face_rgb/*.npz`: mean facial colour with true frame times, and a finger pulse wave."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from vitascope.evaluation.recording import Found, Recording, arrays, folder_of
from vitascope.evaluation.reference import contact_rate


def find(root: Path) -> list[Found]:
    """The recordings under `root`."""
    paths = sorted(folder_of(root, "face_rgb").glob("*.npz"))
    return [Found(f"face_rgb/{path.stem}", partial(_load, path)) for path in paths]


def _load(path: Path) -> Iterator[Recording]:
    clip = arrays(path, "time_s", "rgb", "ref_time_s", "ppg")
    zero = clip["time_s"][0]
    truth = {"heart_rate": contact_rate(clip["ref_time_s"] - zero, clip["ppg"])}
    yield Recording("face_rgb", path.stem, path.stem, clip["time_s"] - zero, clip["rgb"][:, None], "face", truth)
