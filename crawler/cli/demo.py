"""``saqta demo``: the whole way on a web of its own, offline."""

from __future__ import annotations

from pathlib import Path

import click

from archive.folder import Folder
from crawler.cli.archive import archive
from crawler.cli.common import Exit
from crawler.cli.console import err
from crawler.cli.serve import serve_folder
from crawler.cli.status import status
from crawler.rehearsal import RehearsalWeb
from crawler.rehearsal.sample import sample_report

DEFAULT_DEMO = "saqta-demo"


@click.command()
@click.option(
    "--archive",
    "folder",
    metavar="DIR",
    default=DEFAULT_DEMO,
    show_default=True,
    callback=lambda _context, _option, value: Folder(Path(value).absolute()),
    help="Where the demonstration's archive is made.",
)
@click.option("--serve/--no-serve", "serving", default=True, help="Show the pages afterwards.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port of the pages.")
@click.pass_context
def demo(context: click.Context, folder: Folder, port: int | None, *, serving: bool) -> int:
    """Show the whole way on a web of its own on this machine; nothing reaches the internet.

    A sample report is read, its sources are fetched from a local server that answers under the real
    host names, kept, extracted and indexed; then the pages are served. All of it is labelled as a
    rehearsal.

    \b
    Example:
      saqta demo --no-serve
    """
    folder.create()
    err.print("A rehearsal: a server on this machine answers for every host of a sample report.")
    with RehearsalWeb(folder.run / "rehearsal") as web:
        code = context.invoke(
            archive,
            inputs=(str(sample_report()),),
            folder=folder,
            resolve=web.resolve,
            ca_file=str(web.ca_file),
            delay=0.2,
        )
    if code not in (Exit.WELL, Exit.NOT_ALL_CAPTURED):
        return int(code)
    context.invoke(status, folder=folder)
    if serving:
        serve_folder(folder, port)
    return Exit.WELL
