"""What a photo costs after loading, decoding apart: `OMP_NUM_THREADS=1 python -m pytest benchmarks`."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.photos import lesion
from vitascope.screening.check import NetworkCheck
from vitascope.screening.checks import REGISTRY
from vitascope.screening.entrance import admit
from vitascope.screening.reduce import reduced

CHECK_S = 0.015
BUSY = float(os.environ.get("VITASCOPE_BUSY", "1"))  # allow this many times as long on a machine that does other work
PICTURE = reduced(cv2.resize(lesion(), (4000, 3000)).astype(np.uint8))


@pytest.mark.parametrize("kind", [kind for kind, check in REGISTRY.items() if isinstance(check, NetworkCheck)])
def test_check(benchmark: BenchmarkFixture, kind: str) -> None:
    check = REGISTRY[kind]
    check.judge(PICTURE)
    benchmark(check.judge, PICTURE)
    if benchmark.stats:
        assert benchmark.stats.stats.median <= BUSY * CHECK_S


def test_gate(benchmark: BenchmarkFixture) -> None:
    admit(PICTURE, None)
    benchmark(admit, PICTURE, None)
    if benchmark.stats:
        assert benchmark.stats.stats.median <= BUSY * CHECK_S
