"""``saqta read``: what a report cites, claims, repairs and lacks."""

from __future__ import annotations

import csv
import sys

import click

from archive.errors import InputError
from archive.record import to_json
from archive.report import Citation, Footnote, Report
from crawler.cli.common import Exit
from crawler.cli.console import out, print_table
from crawler.cli.inputs import read_inputs
from crawler.sites import Sites


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="REPORT...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one per report.")
@click.option("--csv", "as_csv", is_flag=True, help="One line per citation.")
def read(inputs: tuple[str, ...], *, as_json: bool, as_csv: bool) -> int:
    """Show what a report cites: every footnote, its address, what was repaired, what is missing.

    Nothing is fetched and nothing is stored.

    \b
    Examples:
      saqta read monitoring-2021-12.txt
      saqta read --json report.html | jq '.footnotes[].citations[].url'
    """
    if as_json and as_csv:
        raise InputError("choose one of --json and --csv.")
    reports = [report for _, report in read_inputs(inputs, Sites.load().key_rules)]
    if as_csv:
        _write_csv(reports)
    for report in reports:
        if as_json:
            sys.stdout.write(to_json(as_contract(report)).decode("utf-8") + "\n")
        elif not as_csv:
            _print(report)
    return Exit.WELL


def as_contract(report: Report) -> dict[str, object]:
    """Shape a report as ``saqta read --json`` promises (docs/reference.md)."""
    head = {name: getattr(report, name) for name in ("file", "sha256", "format", "title", "problems")}
    return {"report": head, "claims": report.claims, "footnotes": report.footnotes}


def _write_csv(reports: list[Report]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("file", "label", "kind", "printed", "url", "key", "confidence", "repairs", "flags"))
    for report in reports:
        for note in report.footnotes:
            for citation in note.citations or (None,):
                writer.writerow((report.file, note.label, note.kind.value, *_columns(note, citation)))


def _columns(note: Footnote, citation: Citation | None) -> tuple[object, ...]:
    repairs = [repair.rule for repair in note.repairs]
    if citation is None:
        return (note.printed, "", "", "", " ".join(repairs), " ".join(note.flags))
    repairs += [repair.rule for repair in citation.repairs]
    flags = " ".join((*note.flags, *citation.flags))
    return (
        citation.printed,
        citation.url,
        citation.key,
        citation.confidence,
        " ".join(repairs),
        flags,
    )


def _print(report: Report) -> None:
    out.print(f"{report.title or report.file}", style="bold")
    rows = []
    for note in report.footnotes:
        for citation in note.citations or (None,):
            _, url, _, _, repairs, flags = _columns(note, citation)
            rows.append((note.label, url or "-", repairs, flags))
    print_table(("note", "address", "repaired", "flags"), rows)
    for problem in report.problems:
        out.print(problem, style="yellow")
    bare = [str(claim.position) for claim in report.claims if not claim.footnotes]
    if bare:
        out.print(f"Claims that cite nothing: {', '.join(bare)}.")
    sources = {citation.key for note in report.footnotes for citation in note.citations}
    notes = sum(1 for note in report.footnotes if note.citations)
    out.print(f"{len(report.claims)} claims, {notes} footnotes with an address, {len(sources)} sources.")
