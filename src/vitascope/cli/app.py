"""`vitascope`: one command per job, each in a file of its own."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from vitascope import __version__
from vitascope.cli.demo import demo
from vitascope.cli.doctor import doctor
from vitascope.cli.evaluate import CONTEXT, evaluate
from vitascope.cli.face import face
from vitascope.cli.measure import measure
from vitascope.cli.pulse import pulse
from vitascope.cli.screen import screen
from vitascope.cli.serve import serve
from vitascope.cli.train import train
from vitascope.errors import InputError

app = typer.Typer(
    name="vitascope",
    help="Vital signs and photo screening from an ordinary camera, each with its certainty. Not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (measure, pulse, face, screen, demo, serve, doctor, train):
    app.command()(command)
app.command(context_settings=CONTEXT)(evaluate)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vitascope {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Vital signs and photo screening from an ordinary camera, each with its certainty. Not a medical device."""


def main() -> None:
    """Run the command line: exit code 0 also with withheld readings, 2 on input that cannot be used."""
    try:
        app()
    except InputError as error:
        typer.echo(f"vitascope: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) has gone: nothing is wrong, and Python must not complain while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
