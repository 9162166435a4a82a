"""What one frame costs the face stage."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from vitascope.face.finder import BlazeFace
from vitascope.face.mesh import crop_of_landmarks, place
from vitascope.face.picture import look_at
from vitascope.face.visibility import look
from vitascope.face.watcher import FaceWatcher
from vitascope.media.frames import Frame, Limits, open_clip

FRAMES = 300
REPEATS = 30


def evaluate_speed(path: Path) -> dict[str, Any]:
    """Processor time in ms of a frame of the clip at `path`, one thread, decoding left out, and of each network alone.

    Raises InputError when the clip cannot be used.
    """
    frames: list[Frame] = []
    with open_clip(path, Limits(min_seconds=0.0)) as clip:
        for frame in clip:
            frames.append(frame)
            if len(frames) == FRAMES:
                break
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        watcher = FaceWatcher()
        watcher.see(frames[0])  # opening the networks is no part of a frame's cost
        watcher.reset()
        start = time.process_time()
        sights = [watcher.see(frame) for frame in frames]
        each = 1000 * (time.process_time() - start) / len(frames)
        result: dict[str, Any] = {
            "clip": path.name,
            "frames": len(frames),
            "width": clip.width,
            "height": clip.height,
            "found": sum(sight.found for sight in sights) / len(sights),
            "frame_ms": each,
            "picture_ms": _each(lambda: look_at(frames[0].rgb)),
            "finder_ms": _each(lambda: BlazeFace().find(frames[0].rgb)),
        }
        seen = next((k for k, sight in enumerate(sights) if sight.landmarks is not None), None)
        if seen is not None:
            landmarks, rgb = sights[seen].landmarks, frames[seen].rgb
            assert landmarks is not None
            crop = crop_of_landmarks(landmarks)
            result["mesh_ms"] = _each(lambda: place(rgb, crop))
            result["visibility_ms"] = _each(lambda: look(rgb, crop))
    finally:
        cv2.setNumThreads(threads)
    return result


def _each(work: Any) -> float:
    """Median processor time of a call in ms."""
    work()
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1000 * float(np.median(taken))
