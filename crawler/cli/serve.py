"""``saqta serve``: Datasette over the catalogue."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from datasette.cli import cli as datasette

from archive.catalogue.reading import open_for_reading, writable
from archive.errors import InputError
from archive.folder import Folder
from archive.pages.metadata import SETTINGS, metadata
from archive.settings import load_settings
from crawler.cli.common import Exit, archive_option
from crawler.cli.console import err

HOST = "127.0.0.1"


@click.command()
@archive_option
@click.option("--port", type=click.IntRange(0, 65_535), help="Port; 0 for any free one. Default: settings.")
def serve(folder: Folder, port: int | None) -> int:
    """Search and read the archive with Datasette, on this machine only.

    \b
    Example:
      saqta serve --archive saqta-archive --port 8001
    """
    folder.require()
    serve_folder(folder, port)
    return Exit.WELL


def serve_folder(folder: Folder, port: int | None) -> None:
    """Serve until Ctrl-C; on a read-only medium the catalogue is opened as immutable."""
    with open_for_reading(folder.catalogue):
        pass
    chosen = (load_settings(folder.settings).serve.port if port is None else port) or _free_port()
    _refuse_a_taken_port(chosen)
    err.print(f"Serving {folder.root} at http://{HOST}:{chosen}/ (Ctrl-C ends it).")
    with tempfile.TemporaryDirectory(prefix="saqta-serve-") as place:
        described = Path(place) / "metadata.json"
        described.write_text(json.dumps(metadata()), encoding="utf-8")
        datasette.main(_arguments(folder, chosen, described), standalone_mode=False)


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(
                f"port {port} cannot be used ({error.strerror}); name another one with --port."
            ) from error


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def _arguments(folder: Folder, port: int, described: Path) -> Sequence[str]:
    how = [] if writable(folder.catalogue) else ["--immutable"]
    settings = [word for name, value in SETTINGS.items() for word in ("--setting", name, value)]
    return [
        "serve",
        *how,
        str(folder.catalogue),
        "--host",
        HOST,
        "--port",
        str(port),
        "--metadata",
        str(described),
        *settings,
    ]
