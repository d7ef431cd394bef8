"""One page asked for by Scrapy's own command line, without the command that keeps ledger and catalogue.

The sealed capture is entered at the next start of `saqta`, like any other that a crash left.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from archive.errors import InputError
from archive.folder import DEFAULT_ARCHIVE, Folder
from archive.ids import new_token
from archive.job import Job
from archive.settings import load_settings
from archive.site import Site
from archive.words import Means
from crawler.chunk import Chunk
from crawler.turns import Turns, longest_load
from crawler.urls.key import fetch_url, source_key
from crawler.workbench import make_workbench


def adhoc_work(url: str | None, site: Site, settings: BaseSettings) -> dict[str, Any]:
    """Make the arguments of a `CaptureSpider` for one page; raises InputError where no URL was given."""
    if not url:
        raise InputError("give the page to capture, as in: scrapy crawl web -a url=https://example.org/")
    folder = Folder(Path(os.environ.get("SAQTA_ARCHIVE", DEFAULT_ARCHIVE)).absolute())
    held = ExitStack()
    held.enter_context(folder.locked("scrapy crawl"))
    ours = load_settings(folder.settings)
    job = Job(
        job=new_token(),
        visit=f"{new_token()}-0",
        attempt=1,
        previous=None,
        source_key=source_key(url, site.key_rules),
        url=fetch_url(url),
        means=Means.WIRE,
        not_before=None,
        cited=(),
        known=None,
        settings_sha256=ours.sha256,
    )
    chunk = Chunk(
        name=f"adhoc-{job.job}",
        archive=str(folder.root),
        jobs=(job,),
        settings=ours,
        resolve=tuple(settings.getlist("SAQTA_RESOLVE")),
        ca_file=settings.get("SAQTA_CA_FILE") or None,
    )
    turns = Turns(folder.run / "slots.db", ours.fetch.delay, longest_load(ours.fetch))
    return {
        "chunk": chunk,
        "jobs": (job,),
        "bench": make_workbench(chunk),
        "turns": turns,
        "release": held.close,
    }
