"""Settings from the environment."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.server.running import assert_one_sentence
from vitascope.errors import InputError
from vitascope.server.settings import Settings


def test_without_an_environment_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert Settings.from_environment({}).data_dir == Path("/somewhere/vitascope")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert Settings.from_environment({}).data_dir == Path.home() / ".local/share/vitascope"
    assert Settings.from_environment({}).max_upload_bytes == 50 * 1024 * 1024


def test_every_variable_is_read() -> None:
    settings = Settings.from_environment(
        {
            "VITASCOPE_DATA_DIR": "/data",
            "VITASCOPE_DATABASE_URL": "postgresql://host/name",
            "VITASCOPE_MAX_UPLOAD_MB": "1.5",
            "VITASCOPE_JOB_TIMEOUT_S": "7",
            "VITASCOPE_IDLE_TIMEOUT_S": "8",
            "VITASCOPE_WORKERS": "3",
            "VITASCOPE_MAX_WAITING": "4",
            "VITASCOPE_MAX_LIVE": " 5 ",
            "VITASCOPE_ALLOWED_ORIGINS": "https://a.example, http://b.example:8080/",
            "VITASCOPE_LOG_FILE": "/log",
        }
    )
    assert settings == Settings(
        data_dir=Path("/data"),
        database_url="postgresql://host/name",
        max_upload_bytes=1024 * 1536,
        job_timeout_s=7,
        idle_timeout_s=8,
        workers=3,
        max_waiting=4,
        max_live=5,
        allowed_origins=("https://a.example", "http://b.example:8080"),
        log_file=Path("/log"),
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAX_UPLOAD_MB", "many"),
        ("MAX_UPLOAD_MB", "nan"),
        ("MAX_UPLOAD_MB", "inf"),
        ("JOB_TIMEOUT_S", "0"),
        ("IDLE_TIMEOUT_S", "-1"),
        ("WORKERS", "1.5"),
        ("WORKERS", "²"),
        ("MAX_LIVE", "0"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://a.example/path"),
        ("ALLOWED_ORIGINS", "ftp://a.example"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, text: str) -> None:
    with pytest.raises(InputError, match=f"VITASCOPE_{name}") as raised:
        Settings.from_environment({f"VITASCOPE_{name}": text})
    assert_one_sentence(str(raised.value))


def test_every_variable_is_documented() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()
    variables = {"max_upload_bytes": "MAX_UPLOAD_MB"}
    for setting in fields(Settings):
        if setting.name != "static_dir":  # for tests of the page alone
            assert f"`VITASCOPE_{variables.get(setting.name, setting.name.upper())}`" in page
