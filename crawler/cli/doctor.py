"""``saqta doctor``: what is missing on this machine, what sites will see."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click
from rich.text import Text

from archive.errors import SaqtaError
from archive.folder import Folder
from archive.record import to_json
from archive.settings import Settings, load_settings, proxies_with_logins
from crawler.cli.common import Exit, archive_option
from crawler.cli.console import out
from crawler.clock import synchronised
from crawler.scrapy_settings import DEFAULT_REQUEST_HEADERS, user_agent
from crawler.workbench import software

_FREE_BYTES = 1 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was looked at. ``well`` is None where it is good to know and nothing more."""

    name: str
    well: bool | None
    says: str


@click.command()
@archive_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one per check.")
def doctor(folder: Folder, *, as_json: bool) -> int:
    """Say what is missing on this machine, and what sites will see of you.

    \b
    Example:
      saqta doctor --archive saqta-archive
    """
    checks = list(examine(folder))
    for check in checks:
        if as_json:
            values = {"name": check.name, "well": check.well, "says": check.says}
            sys.stdout.write(to_json(values).decode("utf-8") + "\n")
        else:
            mark, style = {True: ("ok", "green"), False: ("missing", "red"), None: ("note", "cyan")}[
                check.well
            ]
            out.print(Text.assemble((f"{mark:8}", style), f"{check.name}: {check.says}"))
    return Exit.FAULT if any(check.well is False for check in checks) else Exit.WELL


def examine(folder: Folder) -> Iterator[Check]:
    """Look at everything that a run needs, and at what would help it."""
    versions = software()
    yield Check(name="saqta", well=None, says=", ".join(f"{name} {text}" for name, text in versions.items()))
    yield _sqlite()
    yield _disk(folder)
    settings, check = _settings(folder)
    yield check
    yield _clock()
    yield _optional("uvloop", "a faster event loop", "pip install uvloop into saqta's environment")
    yield from what_sites_see(settings)


def _sqlite() -> Check:
    options = {row[0] for row in sqlite3.connect(":memory:").execute("pragma compile_options")}
    well = "ENABLE_FTS5" in options and sqlite3.sqlite_version_info >= (3, 37)
    says = f"version {sqlite3.sqlite_version}, full-text search {'is there' if well else 'is missing'}"
    return Check(name="SQLite", well=well, says=says + ("" if well else "; version 3.37 or newer is needed"))


def _disk(folder: Folder) -> Check:
    place = folder.root.absolute()
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        return Check(name="disk", well=False, says=f"{place} cannot be written; choose another --archive")
    free = shutil.disk_usage(place).free
    says = f"{free >> 20} MB free at {place}; a page takes about 1 MB"
    return Check(name="disk", well=free >= _FREE_BYTES, says=says)


def _settings(folder: Folder) -> tuple[Settings, Check]:
    try:
        settings = load_settings(folder.settings)
        proxies_with_logins(settings, os.environ)
    except SaqtaError as error:
        return Settings(), Check(name="settings", well=False, says=str(error))
    where = folder.settings if folder.settings.exists() else "the defaults; there is no saqta.toml"
    return settings, Check(name="settings", well=True, says=f"{where}")


def _clock() -> Check:
    in_step = synchronised()
    if in_step:
        return Check(name="clock", well=True, says="kept by a time service")
    says = "no time service keeps it" if in_step is False else "this system does not say who keeps it"
    return Check(name="clock", well=None, says=f"{says}; captures note that, and the servers' own times")


def _optional(module: str, what: str, how: str) -> Check:
    if importlib.util.find_spec(module):
        return Check(name=module, well=True, says=what)
    return Check(name=module, well=None, says=f"not installed ({what}): {how}")


def what_sites_see(settings: Settings) -> Iterator[Check]:
    """Give what every site learns from a request."""
    fetch = settings.fetch
    yield Check(name="sites see", well=None, says=f"User-Agent: {user_agent(fetch)}")
    for name, value in DEFAULT_REQUEST_HEADERS.items():
        yield Check(name="sites see", well=None, says=f"{name}: {value}")
    contact = fetch.contact or "none; set fetch.contact to give one"
    yield Check(name="sites see", well=None, says=f"contact: {contact}")
    yield Check(name="sites see", well=None, says="no cookies, no Referer, no login")
    if settings.proxies:
        hosts = ", ".join(sorted(settings.proxies))
        yield Check(name="sites see", well=None, says=f"the proxy's address instead of yours: {hosts}")
    yield Check(name="sites see", well=None, says="your network address everywhere else")
