"""Worker processes: what hangs or crashes in one takes nothing else with it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from pebble import ProcessPool

log = logging.getLogger("vitascope.server")


def give_way() -> None:
    """Called in each worker: live sessions must keep up with their cameras, what is in a worker can wait."""
    if hasattr(os, "nice"):
        os.nice(5)


class Workers:
    """A pool of worker processes that is replaced when it breaks. `initializer` runs once in each worker."""

    def __init__(
        self, count: int, timeout_s: float, initializer: Callable[..., None] = give_way, *initargs: Any
    ) -> None:
        self._count = count
        self._timeout_s = timeout_s
        self._initializer = initializer
        self._initargs = initargs
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._closed = False
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._count, context=self._context, initializer=self._initializer, initargs=self._initargs
        )

    def start(self) -> None:
        """Start the workers, so that the first task need not wait for them."""
        assert self._pool.active

    def schedule(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Run `function` in a worker for at most the pool's time. The future is cancelled when the pool is closed."""
        pool = self._pool
        try:
            return self._send(pool, function, args)
        except RuntimeError:
            with self._lock:
                if not self._closed and self._pool is pool:
                    log.error("the worker pool broke and is replaced")
                    self._pool = self._new_pool()
            if self._closed:
                never: Future[Any] = Future()
                never.cancel()
                return never
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
            return self._send(self._pool, function, args)

    def _send(self, pool: ProcessPool, function: Callable[..., Any], args: tuple[Any, ...]) -> Future[Any]:
        work: Future[Any] = pool.schedule(function, args=args, timeout=self._timeout_s)
        return work

    def close(self) -> None:
        """Stop the workers. A stopped pool leaves its futures as they are."""
        with self._lock:
            self._closed = True
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
