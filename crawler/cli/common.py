"""Options and exit codes that the commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.errors import InputError
from archive.folder import DEFAULT_ARCHIVE, Folder
from crawler.recorder import parse_resolve_rule

F = TypeVar("F", bound=Callable[..., Any])


class Exit(IntEnum):
    """What the commands end with."""

    WELL = 0
    FAULT = 1
    WRONG_USE = 2
    NOT_ALL_CAPTURED = 3
    VERIFICATION_FAILED = 4
    INTERRUPTED = 130


class Delay(click.FloatRange):
    """Seconds; what is not a number of them is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number of seconds."""
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


def archive_option(command: F) -> F:
    """Add ``--archive``; the command gets a `Folder` named ``folder``."""
    return click.option(
        "--archive",
        "folder",
        metavar="DIR",
        envvar="SAQTA_ARCHIVE",
        default=DEFAULT_ARCHIVE,
        show_default=True,
        show_envvar=True,
        callback=lambda _context, _option, value: Folder(Path(value).absolute()),
        help="The archive's folder.",
    )(command)


def rehearsal_options(command: F) -> F:
    """Add ``--resolve`` and ``--ca-file``, named as in curl."""
    command = click.option(
        "--ca-file",
        metavar="FILE",
        callback=_existing,
        help="Trust the certificate authorities in FILE too (PEM). Such captures are labelled rehearsal.",
    )(command)
    return click.option(
        "--resolve",
        metavar="HOST:PORT:ADDRESS[:PORT]",
        multiple=True,
        callback=_resolve,
        help="Ask ADDRESS for HOST ('*' for any), also a private one. Repeatable; labelled rehearsal.",
    )(command)


def _existing(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    path = Path(value)
    if not path.is_file():
        raise InputError(f"the --ca-file {value} is not there.")
    return str(path.resolve())


def _resolve(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        parse_resolve_rule(value)
    return values
