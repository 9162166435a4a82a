"""ONNX Runtime sessions: each opened once, shared between threads, freed when nobody has used it for a while."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.models import cards

IDLE_S = 300.0


class ModelError(RuntimeError):
    """A network's file is missing or is not the one its card describes: the installation is damaged."""


class Runtime:
    """Keeps one session a network. Safe to use from several threads at once."""

    def __init__(self, idle_s: float = IDLE_S, folder: Path = cards.FOLDER) -> None:
        self.idle_s = idle_s
        self._folder = folder
        self._lock = threading.Lock()
        self._sessions: dict[str, Any] = {}
        self._used: dict[str, float] = {}
        self._timer: threading.Timer | None = None

    def session(self, name: str) -> Any:
        """The ONNX Runtime session of network `name`, opened on first use.

        Raises KeyError for an unknown name and ModelError when the file does not match its card.
        """
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = _open(cards.load(name, self._folder))
            self._used[name] = time.monotonic()
            self._watch()
            return self._sessions[name]

    def run(self, name: str, **inputs: NDArray[Any]) -> list[NDArray[np.float32]]:
        """The outputs of network `name`, in the order of its card. Raises what `session` raises."""
        outputs: list[NDArray[np.float32]] = self.session(name).run(None, inputs)
        return outputs

    def opened(self) -> tuple[str, ...]:
        """Names of the networks that are in memory now."""
        with self._lock:
            return tuple(sorted(self._sessions))

    def release(self, name: str | None = None) -> None:
        """Free one network, or all of them. A call that is running keeps its own until it is done."""
        with self._lock:
            for held in [name] if name is not None else list(self._sessions):
                self._sessions.pop(held, None)
                self._used.pop(held, None)
            if not self._sessions and self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def release_idle(self) -> None:
        """Free the networks that nobody has used for `idle_s` seconds."""
        now = time.monotonic()
        with self._lock:
            for name in [name for name, used in self._used.items() if now - used >= self.idle_s]:
                del self._sessions[name], self._used[name]
            self._timer = None
            self._watch()

    def _watch(self) -> None:
        if self._sessions and self._timer is None:
            self._timer = threading.Timer(self.idle_s, self.release_idle)
            self._timer.daemon = True
            self._timer.start()


def _open(card: cards.Card) -> Any:
    import onnxruntime

    try:
        data = card.path.read_bytes()
    except OSError as error:
        raise ModelError(f"The file of the network {card.name} cannot be read; install Vitascope again.") from error
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise ModelError(f"The file of the network {card.name} is not the one its card describes; install again.")
    options = onnxruntime.SessionOptions()
    # One thread each: these networks are so small that handing work to a second core costs more than it saves.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


_SHARED = Runtime()
run = _SHARED.run
session = _SHARED.session
opened = _SHARED.opened
release = _SHARED.release
