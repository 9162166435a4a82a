"""Puts the server together, and runs it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

import vitascope
from vitascope.errors import InputError
from vitascope.server.check_routes import router as check_router
from vitascope.server.database import open_database
from vitascope.server.jobs import Jobs
from vitascope.server.live import MAX_MESSAGE_BYTES, LivePlaces, LiveSocket
from vitascope.server.measurements import Measurements
from vitascope.server.page import Page
from vitascope.server.problems import PROBLEM_IN_OPENAPI, answer_with_problems
from vitascope.server.request_log import RequestLog, configure_logging
from vitascope.server.routes import router
from vitascope.server.screening import Screening
from vitascope.server.security import OriginGuard, SecurityHeaders
from vitascope.server.services import Services
from vitascope.server.sessions import SessionCookie
from vitascope.server.settings import Settings

GRACE_S = 5


def create_app(settings: Settings | None = None) -> FastAPI:
    """The server as an ASGI application; without `settings` they are read from the environment.

    The data folder is made and the database brought up to date here. Raises InputError when that cannot be done.
    """
    settings = settings or Settings.from_environment()
    _prepare_folders(settings)
    engine = open_database(settings)
    measurements = Measurements(engine)
    services = Services(
        settings, engine, measurements, Jobs(settings, measurements), Screening(settings), LivePlaces(settings)
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        measurements.fail_interrupted()
        services.jobs.start()
        yield
        # Ending workers takes a moment, and the last sockets still want to hear that the server is going.
        await asyncio.to_thread(services.jobs.close)
        await asyncio.to_thread(services.screening.close)
        services.live.close()
        engine.dispose()

    app = FastAPI(
        title="Vitascope",
        version=vitascope.__version__,
        description=vitascope.__doc__.partition("\n")[0],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        # The interactive pages load their scripts from another company's servers.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        responses={"default": PROBLEM_IN_OPENAPI},
        middleware=_middleware(settings),
        # Nothing is told to anybody, also where the machine has OpenTelemetry set up for something else.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.services = services
    answer_with_problems(app)
    app.include_router(router)
    app.include_router(check_router)

    @app.websocket("/api/live")
    async def live(websocket: WebSocket) -> None:
        await LiveSocket(websocket, websocket.state.owner, settings, services.live, measurements).serve()

    not_found, page = app.router.default, Page(settings.static_dir)

    async def otherwise(scope: Any, receive: Any, send: Any) -> None:
        await (page if scope["type"] == "http" else not_found)(scope, receive, send)

    # Not mounted at "/": a mount would also take what a route refuses because of its method.
    app.router.default = otherwise
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    stack = [
        Middleware(SecurityHeaders),
        Middleware(RequestLog),
        Middleware(OriginGuard, allowed=settings.allowed_origins),
        Middleware(SessionCookie),
    ]
    if settings.allowed_origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_credentials=True,
        )
        stack.insert(3, cors)
    return stack


def _prepare_folders(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Clips that a killed server left behind belong to nobody any more.
        shutil.rmtree(settings.uploads_dir, ignore_errors=True)
        settings.uploads_dir.mkdir(mode=0o700)
    except OSError as error:
        raise InputError(
            f"The data folder {settings.data_dir} cannot be written ({error.strerror}); set VITASCOPE_DATA_DIR."
        ) from error


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce."""
        await super().startup(sockets)
        if self.started:
            self._announce()


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    settings: Settings | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; port 0 takes a free one. `announce` is told the address (default: printed).

    Raises InputError when the port, the certificate, the data folder or the database cannot be used.
    """
    settings = settings or Settings.from_environment()
    _check_certificate(certificate, key)
    configure_logging(settings)
    listening = _listen(host, port)
    with contextlib.closing(listening):
        config = uvicorn.Config(
            create_app(settings),
            log_config=None,
            access_log=False,
            server_header=False,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,  # JPEG does not get smaller
            timeout_graceful_shutdown=GRACE_S,
        )
        lines = address_lines(host, listening.getsockname()[1], secure=certificate is not None)
        server = _Server(config, lambda: (announce or _print)(lines))
        # uvicorn repeats the signal it was stopped by; a stopped server is no failure.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with contextlib.suppress(KeyboardInterrupt):
            server.run([listening])


def _print(lines: str) -> None:
    sys.stdout.write(lines + "\n")
    sys.stdout.flush()


def address_lines(host: str, port: int, *, secure: bool) -> str:
    """What a person needs to know to open the page: its address, and whether the camera will work there."""
    everywhere = host in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
    local = everywhere or host in ("localhost", "::1") or host.startswith("127.")
    shown = "localhost" if everywhere else f"[{host}]" if ":" in host else host
    lines = [f"Vitascope is at {'https' if secure else 'http'}://{shown}:{port} (stop it with Ctrl-C)"]
    if not secure and (everywhere or not local):
        lines.append(
            "From other machines the page gets no camera over http: browsers give it only to https or localhost. "
            "Use --certificate and --key, or a proxy that ends TLS."
        )
    return "\n".join(lines)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)[0]  # noqa: S104
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise InputError(f"Cannot listen on {host} port {port}: {error.strerror or error}.") from error


def _check_certificate(certificate: Path | None, key: Path | None) -> None:
    if certificate is None and key is None:
        return
    if certificate is None:
        raise InputError("A TLS key needs its certificate: give --certificate too.")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"The TLS certificate {certificate} and its key cannot be used: {error.strerror or error}."
        ) from error
