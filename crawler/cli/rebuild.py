"""``saqta rebuild``: catalogue and index from reports/, captures/ and ledger/."""

from __future__ import annotations

import click

from archive.catalogue.catalogue import Catalogue
from archive.catalogue.rebuild import rebuild as rebuild_catalogue
from archive.folder import Folder
from archive.ledger import Ledger
from archive.recovery import set_open_files_aside
from archive.settings import load_settings
from archive.text.pool import ExtractionPool
from crawler.cli.common import Exit, archive_option
from crawler.cli.console import err, out
from crawler.sites import Sites
from crawler.texts import Texts


@click.command()
@archive_option
def rebuild(folder: Folder) -> int:
    """Make the catalogue and its index anew from what is kept.

    Outcomes are read from the captures, not judged again. A running 'saqta serve' goes on with the
    new contents.

    \b
    Example:
      saqta rebuild --archive saqta-archive
    """
    folder.require()
    settings = load_settings(folder.settings)
    sites = Sites.load()
    problems: list[str] = []
    with folder.locked("rebuild"), ExtractionPool(settings.extract) as pool:
        ledger = Ledger(folder.ledger)

        def take_texts(catalogue: Catalogue) -> None:
            texts = Texts(folder, catalogue, settings, sites, pool)
            texts.finish()
            problems.extend(texts.problems)

        problems += set_open_files_aside(folder, ledger)
        problems += rebuild_catalogue(folder, ledger, take_texts)
    for problem in problems:
        err.print(problem, style="yellow")
    out.print(f"The catalogue of {folder.root} was made anew.")
    return Exit.FAULT if problems else Exit.WELL
