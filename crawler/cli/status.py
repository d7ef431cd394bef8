"""``saqta status``: what is kept, what is not and why."""

from __future__ import annotations

import csv
import sys
from typing import Any

import click

from archive.catalogue.reading import open_for_reading
from archive.catalogue.status import Status
from archive.errors import InputError
from archive.folder import Folder
from archive.record import to_json
from crawler.cli.common import Exit, archive_option
from crawler.cli.console import out, outcome_text, print_table


@click.command()
@archive_option
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="One line per capture.")
@click.option("--todo", is_flag=True, help="Only the citations whose source is not captured.")
def status(folder: Folder, *, as_json: bool, as_csv: bool, todo: bool) -> int:
    """Say what is kept, what is not and why, by report and host.

    \b
    Examples:
      saqta status
      saqta status --todo --csv > missing.csv
      saqta status --json | jq .by_outcome
    """
    if as_json and as_csv:
        raise InputError("choose one of --json and --csv.")
    folder.require()
    with open_for_reading(folder.catalogue) as connection:
        found = Status(connection)
        if as_json:
            sys.stdout.write(to_json(found.todo() if todo else as_contract(found)).decode("utf-8") + "\n")
        elif as_csv:
            _write_csv(found.todo() if todo else list(found.captures()))
        elif todo:
            _print_todo(found)
        else:
            _print(found)
    return Exit.WELL


def as_contract(found: Status) -> dict[str, Any]:
    """Shape the answer as ``saqta status --json`` promises (docs/reference.md)."""
    return {
        "sources": found.sources(),
        "by_outcome": found.by_outcome(),
        "reports": found.reports(),
        "captures": list(found.captures()),
    }


def _write_csv(rows: list[dict[str, Any]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)


def _harmless(value: Any) -> Any:
    """Keep a spreadsheet from taking a page's title for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def _print_todo(found: Status) -> None:
    rows = [
        (row["label"], outcome_text(row["outcome"]), row["url"], row["reason"] or "not tried yet")
        for row in found.todo()
    ]
    print_table(("note", "outcome", "address", "why"), rows)


def _print(found: Status) -> None:
    reports = found.reports()
    columns = ("file", "claims", "footnotes", "sources", "captured", "needs_review")
    print_table(columns, [[row[name] for name in columns] for row in reports])
    out.print()
    print_table(
        ("outcome", "sources"), [(outcome_text(word), number) for word, number in found.by_outcome().items()]
    )
    out.print()
    by_host = ("host", "sources", "captured", "needs_review")
    print_table(by_host, [[row[name] for name in by_host] for row in found.hosts()])
