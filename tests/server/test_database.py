"""The database: migrations make exactly the tables of the models, on SQLite and on PostgreSQL."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from tests.server.running import assert_one_sentence
from vitascope.errors import InputError
from vitascope.server.database import migrate, migration_config, open_database
from vitascope.server.measurements import Measurements
from vitascope.server.models import Base
from vitascope.server.settings import Settings


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL database; skips where there is no PostgreSQL."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if importlib.util.find_spec("psycopg") is None or not tools:
        pytest.skip("PostgreSQL or its Python package psycopg is not on this machine")
    user = "nobody" if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    # Not below pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data, options = folder / "data", f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
        control = tools[-1].with_name("pg_ctl")

        def run(*command: str | Path) -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)

        run(tools[-1], "--no-sync", "-A", "trust", "-U", "test", "-E", "UTF8", "-D", data)
        run(control, "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
        yield f"postgresql://test@/postgres?host={folder}"
        run(control, "-D", data, "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with an empty database of each kind."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    return Settings(data_dir=tmp_path, database_url=url)


def test_migrations_make_exactly_the_tables_of_the_models(settings: Settings) -> None:
    engine = open_database(settings)
    migrate(engine)  # a second time changes nothing
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    with engine.begin() as connection:
        command.downgrade(migration_config(connection), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_what_is_stored_comes_back_the_same(settings: Settings) -> None:
    report = {"kind": "face", "readings": {"heart_rate": {"value": 61.5}}, "waveforms": {"bvp": {"samples": [0.25]}}}
    engine = open_database(settings)
    history = Measurements(engine)
    queued = history.add("me", source="upload", kind="face", name="ü 🙂.mp4")
    history.finish(queued.id, report)
    done = history.get("me", queued.id)
    assert done is not None
    assert (done.status, done.progress, done.report, done.name) == ("done", 1.0, report, "ü 🙂.mp4")
    assert done.created == queued.created
    assert history.get("you", queued.id) is None
    assert not history.delete("you", queued.id)
    failed = history.add("me", source="upload", kind="face")
    history.fail(failed.id, "No.")
    open_still = history.add("me", source="upload", kind="face")
    history.fail_interrupted()
    assert [(m.id, m.status) for m in history.recent("me", 9)] == [
        (open_still.id, "failed"),
        (failed.id, "failed"),
        (queued.id, "done"),
    ]
    assert [m.id for m in history.recent("me", 9, failed.created)] == [queued.id]
    assert all(history.delete("me", id_) for id_ in (queued.id, failed.id, open_still.id))
    engine.dispose()


def test_sqlite_waits_logs_ahead_and_overwrites(tmp_path: Path) -> None:
    engine = open_database(Settings(data_dir=tmp_path))
    with engine.connect() as connection:
        modes = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "secure_delete")}
        assert modes == {"journal_mode": "wal", "secure_delete": 1}
        assert connection.scalar(text("PRAGMA busy_timeout")) >= 5000
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://localhost/x",
        "oracle+none://x/y",
        "sqlite:////proc/nothing/here.db",
        "postgresql://localhost:1/x",
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        open_database(Settings(data_dir=tmp_path, database_url=url))
    assert_one_sentence(str(raised.value))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "vitascope.db").write_text("This is a letter. " * 100)
    with pytest.raises(InputError, match="not a database"):
        open_database(Settings(data_dir=tmp_path))


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'vitascope.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    engine.dispose()
    with pytest.raises(InputError, match="newer Vitascope"):
        open_database(Settings(data_dir=tmp_path))
