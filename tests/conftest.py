"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code: a loaded one failed tests by it.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of development recordings (`VITASCOPE_DATA`, else `../shared/data`); skips when it is not there."""
    folder = Path(os.environ.get("VITASCOPE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the development recordings are not on this machine (set VITASCOPE_DATA)")
    return folder
