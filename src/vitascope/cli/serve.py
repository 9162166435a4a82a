"""`vitascope serve`: the page and the HTTP interface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitascope.errors import InputError


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 serves the whole network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    certificate: Annotated[
        Path | None, typer.Option(help="TLS certificate (PEM): browsers give the camera only to https or localhost.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="TLS private key (PEM).")] = None,
) -> None:
    """Serve the live page and the HTTP interface."""
    try:
        from vitascope.server.app import serve as run
    except ModuleNotFoundError as error:
        raise InputError("The server is not installed: pip install 'vitascope[server]'.") from error
    run(host, port, certificate=certificate, key=key)
