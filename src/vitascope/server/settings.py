"""What the person who runs the server may decide, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from vitascope.errors import InputError

MEBIBYTE = 1024 * 1024

T = TypeVar("T")


def default_data_dir() -> Path:
    """Where the history is kept unless told otherwise: the place for data of the XDG base directory specification."""
    base = os.environ.get("XDG_DATA_HOME", "")
    # The specification asks to ignore a relative path.
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "vitascope"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one server. `docs/deployment.md` lists the environment variables they are read from."""

    data_dir: Path = field(default_factory=default_data_dir)
    database_url: str = ""  # empty: an SQLite file in data_dir
    static_dir: Path = Path(__file__).parent / "static"
    max_upload_bytes: int = 50 * MEBIBYTE
    job_timeout_s: float = 120.0  # a clip that takes longer to measure is given up
    idle_timeout_s: float = 30.0  # an upload or a live session from which nothing comes for so long is ended
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    max_waiting: int = 64  # clips that may wait for a worker or be in one
    max_live: int = 32  # live sessions at the same time
    allowed_origins: tuple[str, ...] = ()  # other sites whose pages may use this server
    log_file: Path | None = None

    @property
    def uploads_dir(self) -> Path:
        """Where a clip lies while it is measured; nothing stays there."""
        return self.data_dir / "uploads"

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Settings from `VITASCOPE_...` variables; what is not set keeps its default.

        Raises InputError naming the variable that cannot be used.
        """
        env = os.environ if env is None else env
        defaults = cls()

        def read(name: str, parse: Callable[[str], T], default: T) -> T:
            text = env.get(f"VITASCOPE_{name}", "").strip()
            if not text:
                return default
            try:
                return parse(text)
            except ValueError as error:
                raise InputError(f"VITASCOPE_{name}={text!r} cannot be used: {error}.") from error

        return cls(
            data_dir=read("DATA_DIR", lambda text: Path(text).expanduser().absolute(), defaults.data_dir),
            database_url=read("DATABASE_URL", str, defaults.database_url),
            max_upload_bytes=read(
                "MAX_UPLOAD_MB", lambda text: round(_positive(text) * MEBIBYTE), defaults.max_upload_bytes
            ),
            job_timeout_s=read("JOB_TIMEOUT_S", _positive, defaults.job_timeout_s),
            idle_timeout_s=read("IDLE_TIMEOUT_S", _positive, defaults.idle_timeout_s),
            workers=read("WORKERS", _count, defaults.workers),
            max_waiting=read("MAX_WAITING", _count, defaults.max_waiting),
            max_live=read("MAX_LIVE", _count, defaults.max_live),
            allowed_origins=read("ALLOWED_ORIGINS", _origins, defaults.allowed_origins),
            log_file=read("LOG_FILE", lambda text: Path(text).expanduser().absolute(), defaults.log_file),
        )


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError("it must be a number above 0")
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError("it must be a whole number above 0")
    return int(text)


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError("it must be a comma-separated list of origins such as https://clinic.example")
    return origins
