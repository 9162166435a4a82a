"""A real server in a process of its own, and what tests do with it over the network."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from websockets.sync.client import ClientConnection, connect

from vitascope.server.app import create_app
from vitascope.server.settings import Settings

HEART_RATE = 78.0  # painted on every clip here
TOLERANCE = 3.0  # of a reading from a few seconds
PATIENCE_S = 60.0


@dataclass
class Running:
    """A server that runs."""

    url: str
    process: subprocess.Popen[str]
    data_dir: Path
    log: Path

    def client(self, **options: Any) -> httpx.Client:
        """A new person: a client without a cookie."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE_S, **options)

    def live(self, **options: Any) -> contextlib.AbstractContextManager[Live]:
        """A web socket to the live interface."""
        return live_socket(self.url, **options)

    def workers(self) -> list[int]:
        """The process ids of the server's worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [int(pid) for tasks in children.parent.parent.glob("*/children") for pid in tasks.read_text().split()]
        return [pid for pid in pids if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@dataclass
class Live:
    """The client's end of a live session."""

    socket: ClientConnection

    def send(self, **message: Any) -> None:
        """Send a command."""
        self.socket.send(json.dumps(message))

    def frame(self, jpeg: bytes, time_s: float) -> None:
        """Send a picture."""
        self.socket.send(struct.pack("<d", time_s) + jpeg)

    def event(self) -> dict[str, Any]:
        """The next event."""
        event = json.loads(self.socket.recv(timeout=PATIENCE_S))
        assert isinstance(event, dict)
        return event

    def until(self, kind: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The first event of a kind, and all before it."""
        before = []
        while (event := self.event())["type"] != kind:
            assert not event.get("fatal"), event
            before.append(event)
        return event, before


@contextlib.contextmanager
def live_socket(url: str, **options: Any) -> Iterator[Live]:
    """A web socket to the live interface of the server at `url`."""
    with connect(url.replace("http", "ws", 1) + "/api/live", max_size=None, **options) as socket:
        yield Live(socket)


@contextlib.contextmanager
def run_server(data_dir: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """`vitascope serve` on a free port; what it writes is in `data_dir`.log and must hold no traceback at the end."""
    log = data_dir.with_suffix(".log")
    command = [sys.executable, "-m", "vitascope", "serve", "--port", "0", *arguments]
    env = {**os.environ, "VITASCOPE_DATA_DIR": str(data_dir), "VITASCOPE_WORKERS": "1", **environment}
    with log.open("w") as errors:
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert " is at " in line, log.read_text()
        yield Running(line.split(" is at ")[1].split()[0], process, data_dir, log)
    finally:
        process.send_signal(signal.SIGTERM)
        with process:
            process.wait(PATIENCE_S)


@contextlib.contextmanager
def run_app(data_dir: Path, **settings: Any) -> Iterator[tuple[FastAPI, httpx.Client]]:
    """An application on a real socket but in this process, where a test can reach into it; and a client."""
    app = create_app(Settings(data_dir=data_dir, workers=1, **settings))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=PATIENCE_S) as client:
                yield app, client
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


def send_clip(client: httpx.Client, path: Path, name: str | None = None) -> dict[str, Any]:
    """Hand a clip over; the measurement as first answered."""
    with path.open("rb") as file:
        response = client.post("/api/measurements", files={"clip": (name or path.name, file)})
    assert response.status_code == 202, response.text
    measurement = response.json()
    assert isinstance(measurement, dict)
    return measurement


def wait_for(what: Callable[[], Any]) -> Any:
    """Ask again until the answer is true."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if answer := what():
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def measured(client: httpx.Client, id_: str) -> dict[str, Any]:
    """The measurement once it is over."""

    def over() -> dict[str, Any] | None:
        measurement: dict[str, Any] = client.get(f"/api/measurements/{id_}").json()
        return measurement if measurement["status"] in ("done", "failed") else None

    answer = wait_for(over)
    assert isinstance(answer, dict)
    return answer


def assert_one_sentence(text: str) -> None:
    """One plain sentence for a person: no path, no internals."""
    assert text[:1].isupper()
    assert text.endswith(".")
    assert "\n" not in text
    assert not any(word in text for word in ("Traceback", "Error", "Errno", "/tmp", "None", "Exception"))
