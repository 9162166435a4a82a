"""Opens the database and brings it up to date: SQLite by default, PostgreSQL by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from vitascope.errors import InputError
from vitascope.server.settings import Settings

BUSY_TIMEOUT_MS = 10_000


def open_database(settings: Settings) -> Engine:
    """An engine on a database whose tables are those of `vitascope.server.models`.

    Raises InputError when the database cannot be reached, read or written.
    """
    url = settings.database_url or f"sqlite:///{settings.data_dir / 'vitascope.db'}"
    try:
        engine = _engine(url)
        migrate(engine)
    except ModuleNotFoundError as error:
        raise InputError(f"This database needs the Python package {error.name}, which is not installed.") from error
    except ArgumentError as error:
        raise InputError("VITASCOPE_DATABASE_URL is not a database URL such as postgresql://host/name.") from error
    except CommandError as error:
        raise InputError("The database was made by a newer Vitascope; update this one.") from error
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise InputError(f"The database cannot be used: {cause.rstrip('.')}.") from error
    return engine


def migrate(engine: Engine) -> None:
    """Run every migration that has not been run yet."""
    with engine.begin() as connection:
        command.upgrade(migration_config(connection), "head")


def migration_config(connection: Any) -> Config:
    """Alembic's configuration for the migrations in this package, on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(text_url: str) -> Engine:
    url = make_url(text_url)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    # Parameters hold people's data: they stay out of error messages and so out of the log.
    if url.get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # Readers go on while a measurement is stored; what is deleted is overwritten, not only unlinked.
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def wipe_deleted(engine: Engine) -> None:
    """Take what was just deleted out of SQLite's write-ahead log as well; PostgreSQL has its own vacuum."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def is_alive(engine: Engine) -> bool:
    """Whether the database answers."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
