"""Measures uploaded clips in worker processes: a clip that hangs or crashes its worker takes nothing else with it."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pebble import ProcessExpired

from vitascope.pulse.trace import Kind
from vitascope.server.measurements import INTERRUPTED, Measurements
from vitascope.server.pool import Workers
from vitascope.server.problems import Problem
from vitascope.server.settings import Settings
from vitascope.server.worker import measure_clip, share_progress

CRASHED = "The clip made the video decoder crash, so it cannot be measured; please record or convert it anew."
BROKEN = "The server lost its workers twice before this clip was measured; please try again in a minute."
UNEXPECTED = "Something went wrong inside the server while it measured this clip; it has been written to the log."

log = logging.getLogger("vitascope.server")


@dataclass
class Job:
    """A clip on its way to a report. `outcome` is set, after the database, to the report or to the reason."""

    id: str
    path: Path
    kind: Kind | None  # None: to be recognised
    slot: int
    shares: Sequence[float]  # what the workers write, by slot
    work: Future[Any] | None = None
    retried: bool = False
    outcome: Future[dict[str, Any] | str] = field(default_factory=Future)

    @property
    def running(self) -> bool:
        """Whether the clip is in a worker."""
        return self.work is not None and self.work.running()

    @property
    def progress(self) -> float:
        """The share done, 0..1."""
        return self.shares[self.slot]


class Jobs:
    """The clips that are waiting for a worker or are in one."""

    def __init__(self, settings: Settings, measurements: Measurements) -> None:
        self._settings = settings
        self._measurements = measurements
        self._progress: Any = multiprocessing.get_context("spawn").RawArray("d", settings.max_waiting)
        self._free = list(range(settings.max_waiting))
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._workers = Workers(settings.workers, settings.job_timeout_s, share_progress, self._progress)

    def start(self) -> None:
        """Start the workers, so that the first clip need not wait for them."""
        self._workers.start()

    def check_room(self) -> None:
        """Raises Problem 503 when no more clips may wait."""
        if not self._free:
            raise Problem(503, "The server is busy with other clips; please try again in a minute.")

    def submit(self, id_: str, path: Path, kind: Kind | None = None) -> Job:
        """Measure the clip at `path`, of `kind` or of what it is recognised as.

        The file is removed when the job is over, however it ends.

        Raises Problem 503 when no more clips may wait; the file is the caller's then.
        """
        with self._lock:
            self.check_room()
            job = Job(id_, path, kind, self._free.pop(0), self._progress)
            self._jobs[id_] = job
        self._progress[job.slot] = 0.0
        self._begin(job)
        return job

    def _begin(self, job: Job) -> None:
        job.work = self._workers.schedule(measure_clip, job.path, job.kind, job.slot)
        job.work.add_done_callback(lambda work: self._over(job, work))

    def open(self) -> dict[str, Job]:
        """The jobs that are not over, by the id of their measurement."""
        return self._jobs.copy()

    def cancel(self, id_: str) -> None:
        """Stop measuring a clip that nobody wants any more."""
        job = self._jobs.get(id_)
        if job is not None and job.work is not None:
            job.work.cancel()

    def _over(self, job: Job, work: Future[Any]) -> None:
        # Runs in a thread of the pool, or in the caller's when the job was cancelled.
        if not work.cancelled() and isinstance(work.exception(), BrokenProcessPool) and not job.retried:
            # All workers were lost at once (out of memory, most likely), maybe through no fault of this clip. A broken
            # pool cannot be replaced from its own thread.
            job.retried = True
            threading.Thread(target=self._begin, args=(job,), daemon=True).start()
            return
        job.path.unlink(missing_ok=True)
        result = self._result(work)
        try:
            if isinstance(result, str):
                self._measurements.fail(job.id, result)
            else:
                self._measurements.finish(job.id, result)
        except Exception:
            log.exception("a result could not be stored")
            result = UNEXPECTED
        with self._lock:
            self._jobs.pop(job.id)
            self._free.append(job.slot)
        job.outcome.set_result(result)

    def _result(self, work: Future[Any]) -> dict[str, Any] | str:
        try:
            result: dict[str, Any] | str = work.result()
        except TimeoutError:
            return (
                f"Measuring took longer than {self._settings.job_timeout_s:g} seconds and was stopped; "
                "a shorter or smaller clip takes less."
            )
        except CancelledError:
            return INTERRUPTED
        except ProcessExpired as error:
            log.error("a worker ended while it measured a clip (exit code %s)", error.exitcode)
            return CRASHED
        except BrokenProcessPool:
            return BROKEN
        except Exception:
            log.exception("a clip could not be measured")
            return UNEXPECTED
        return result

    def close(self) -> None:
        """Stop the workers. Clips still open are marked as failed and their files removed."""
        self._workers.close()
        # A stopped pool leaves its futures as they are.
        for job in list(self._jobs.values()):
            assert job.work is not None
            job.work.cancel()
