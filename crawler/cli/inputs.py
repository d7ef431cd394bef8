"""What was given on the command line: report files, lists, URLs, standard input."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from archive.errors import InputError
from archive.report import Report
from crawler.reports.reader import read_report
from crawler.reports.urllist import read_urls
from crawler.urls.rekey import RulesFor

_WEB = ("http://", "https://")


def read_inputs(inputs: Sequence[str], rules_for: RulesFor) -> list[tuple[bytes, Report]]:
    """Read everything that was given, each with its bytes; URLs given one by one become one list.

    Raises InputError for the first that cannot be read, before anything is stored.
    """
    urls = [given for given in inputs if given.lower().startswith(_WEB)]
    read = []
    if urls:
        read.append(_read_bytes(read_urls(urls), "arguments.txt", rules_for))
    for given in inputs:
        if given == "-":
            read.append(_read_bytes(sys.stdin.buffer.read(), "standard-input.txt", rules_for))
        elif given not in urls:
            path = Path(given)
            report = read_report(path, rules_for=rules_for)
            read.append((_unchanged(path, report), report))
    return read


def _unchanged(path: Path, report: Report) -> bytes:
    """Give the bytes that were read; raises InputError where the file has changed since."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != report.sha256:
        raise InputError(f"{path.name} was changed while it was read; give it again when it is finished.")
    return data


def _read_bytes(data: bytes, name: str, rules_for: RulesFor) -> tuple[bytes, Report]:
    with tempfile.TemporaryDirectory(prefix="saqta-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        report = read_report(path, rules_for=rules_for)
    return data, msgspec.structs.replace(report, file=name)
