"""`vitascope doctor`: what is installed, and what to do about what is not."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from vitascope import __version__

CORE = ("numpy", "scipy", "av", "opencv-python-headless", "onnxruntime")
EXTRAS = {
    "dicom": ("pydicom",),
    "heic": ("pillow_heif",),
    "plot": ("matplotlib",),
    "server": ("fastapi", "uvicorn", "sqlalchemy", "alembic", "pebble"),
}
DECODERS = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg")


def doctor(as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False) -> None:
    """Say what is installed, whether the models are whole, and how to get a camera to work.

    Exit code 1 when something that every measurement needs is missing or broken.
    """
    checks = [*_python(), *_packages(), *_decoders(), *_models(), _page(), _cameras()]
    if as_json:
        import json

        typer.echo(
            json.dumps(
                {
                    "version": __version__,
                    "checks": [dict(zip(("name", "state", "detail"), c, strict=True)) for c in checks],
                }
            )
        )
    else:
        from vitascope.cli.show import show_checks

        show_checks(checks)
    if any(state == "broken" for _, state, _ in checks):
        raise typer.Exit(1)


Check = tuple[str, str, str]  # what, "ok" | "absent" | "broken", detail


def _python() -> list[Check]:
    version = platform.python_version()
    state = "ok" if sys.version_info >= (3, 11) else "broken"
    return [
        ("vitascope", "ok", __version__),
        ("python", state, f"{version} on {platform.system()} {platform.machine()}, {os.cpu_count()} processors"),
    ]


def _packages() -> list[Check]:
    found = []
    for name in CORE:
        try:
            found.append((name, "ok", metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, "broken", f"missing; pip install {name}"))
    for extra, names in EXTRAS.items():
        missing = [name for name in names if find_spec(name) is None]
        detail = f"missing {', '.join(missing)}; pip install 'vitascope[{extra}]'" if missing else ", ".join(names)
        found.append((f"extra {extra}", "absent" if missing else "ok", detail))
    return found


def _decoders() -> list[Check]:
    import av

    missing = [name for name in DECODERS if name not in av.codecs_available]
    detail = f"cannot decode {', '.join(missing)}" if missing else ", ".join(DECODERS)
    return [("video decoders", "absent" if missing else "ok", detail)]


def _models() -> list[Check]:
    import onnxruntime

    from vitascope.models import runtime
    from vitascope.models.cards import cards

    found: list[Check] = [("runtime", "ok", f"onnxruntime {onnxruntime.__version__}, CPU, one thread a model")]
    for card in cards():
        try:
            runtime.session(card.name)
        except Exception as error:  # a broken model must show as a line here, whatever is wrong with it
            found.append((f"model {card.name}", "broken", str(error)))
        else:
            found.append((f"model {card.name}", "ok", f"version {card.version}"))
    return found


def _page() -> Check:
    page = Path(__file__).parent.parent / "server" / "static" / "index.html"
    if page.is_file():
        return ("live page", "ok", "built")
    return ("live page", "absent", "not built; run `make page` in a checkout")


def _cameras() -> Check:
    hint = "the browser asks for the camera on https or localhost only"
    devices = sorted(str(path) for path in Path("/dev").glob("video*")) if Path("/dev").is_dir() else []
    if devices:
        return ("camera", "ok", f"{', '.join(devices)}; {hint}")
    return ("camera", "absent", f"none on this machine; a phone or laptop that opens the page has its own; {hint}")
