"""``saqta archive``: read, fetch, keep, extract, index."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

import click
import msgspec

from archive.catalogue.catalogue import Catalogue
from archive.catalogue.status import Status
from archive.errors import ArchiveError, InputError
from archive.folder import Folder
from archive.ledger import Event, Ledger
from archive.record import to_json
from archive.recovery import recover
from archive.report import Report
from archive.reports import keep_report
from archive.settings import Settings, load_settings, proxies_with_logins
from archive.text.pool import ExtractionPool
from archive.words import EventType, Outcome
from crawler.cli.common import Delay, Exit, archive_option, rehearsal_options
from crawler.cli.console import Live, err, out, outcome_text, print_table
from crawler.cli.inputs import read_inputs
from crawler.recorder import parse_proxy
from crawler.recorder.verdict import ChainJudge
from crawler.run import Run, Summary
from crawler.sites import Sites
from crawler.texts import Texts
from crawler.turns import PATIENT_SECONDS, Turns, longest_load
from crawler.workers import Workers

GRACE_SECONDS = 15.0
"""How long captures in hand may still take after Ctrl-C."""


@click.command()
@click.argument("inputs", nargs=-1, metavar="[REPORT|URL|LIST|-]...")
@archive_option
@rehearsal_options
@click.option("--delay", type=Delay(0, 86_400), help="Seconds between page loads of one host.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def archive(
    inputs: tuple[str, ...],
    folder: Folder,
    resolve: tuple[str, ...],
    ca_file: str | None,
    delay: float | None,
    *,
    as_json: bool,
) -> int:
    """Fetch and keep every source that the reports cite.

    A report may be plain text, a web page, or a list of URLs; '-' reads a list from standard input.
    The same command goes on where it was stopped. Without reports it tries again what is not kept.

    \b
    Examples:
      saqta archive monitoring-2021-12.txt
      saqta archive https://rus.azattyq.org/a/31588245.html
      cat urls.txt | saqta archive -
    """
    sites = Sites.load()
    settings = _settings(folder, delay)
    _refuse_what_workers_cannot_use(settings, ca_file)
    given = read_inputs(inputs, sites.key_rules)
    if given and not any(note.citations for _, report in given for note in report.footnotes):
        problems = " ".join(problem for _, report in given for problem in report.problems)
        raise InputError(f"there is no address in what was given. {problems}".strip())
    if not given and not folder.exists:
        raise InputError("give a report, a list or a URL to archive; 'saqta archive --help' has examples.")
    _refuse_a_lost_catalogue(folder)
    with folder.locked("archive") as lock, Catalogue(folder.catalogue) as catalogue:
        ledger = Ledger(folder.ledger)
        begin(folder, ledger, catalogue, settings)
        for data, report in given:
            keep_report(folder, ledger, catalogue, data, report, version("saqta"))
            _tell_problems(report)
        reports = [report.sha256 for _, report in given]
        summary = _work(folder, ledger, catalogue, settings, sites, lock, resolve, ca_file, reports)
        return _conclude(folder, catalogue, summary, reports, as_json=as_json)


def _refuse_a_lost_catalogue(folder: Folder) -> None:
    """Stop before a catalogue without reports says that nothing is missing."""
    if folder.ledger.exists() and not folder.catalogue.exists():
        raise ArchiveError(
            f"{folder.catalogue} is not there; run 'saqta rebuild' first, which makes it anew."
        )


def _refuse_what_workers_cannot_use(settings: Settings, ca_file: str | None) -> None:
    """Find a wrong proxy or authority before any worker is started."""
    for host, proxy in proxies_with_logins(settings, os.environ).items():
        try:
            parse_proxy(proxy)
        except InputError as error:
            raise InputError(f"the proxy of {host} cannot be used: {error}") from error
    ChainJudge(ca_file or "")


def _settings(folder: Folder, delay: float | None) -> Settings:
    settings = load_settings(folder.settings)
    if delay is not None:
        settings = msgspec.structs.replace(
            settings, fetch=msgspec.structs.replace(settings.fetch, delay=delay)
        )
    return settings


def begin(folder: Folder, ledger: Ledger, catalogue: Catalogue, settings: Settings) -> None:
    """Bring in order what a crash left, and note when the settings are not those of the last command."""
    recovered = recover(folder, ledger, catalogue)
    for leftover in folder.run.glob("*.json*"):
        leftover.unlink()
    if recovered.adopted:
        err.print(f"{recovered.adopted} captures of an interrupted run were entered.")
    for problem in recovered.problems:
        err.print(problem, style="yellow")
    if catalogue.last_event() < 0:
        fields: dict[str, object] = {"saqta": version("saqta"), "settings_sha256": settings.sha256}
        catalogue.add_events(ledger.append([Event(type=EventType.ARCHIVE_CREATED, fields=fields)]))
    elif catalogue.settings_in_force() != settings.sha256:
        fields = {"settings_sha256": settings.sha256, "settings": settings.without_people}
        catalogue.add_events(ledger.append([Event(type=EventType.SETTINGS_CHANGED, fields=fields)]))


def _work(
    folder: Folder,
    ledger: Ledger,
    catalogue: Catalogue,
    settings: Settings,
    sites: Sites,
    lock: int,
    resolve: tuple[str, ...],
    ca_file: str | None,
    reports: list[str],
) -> Summary:
    fetch = settings.fetch
    workers = Workers(folder, fetch.workers, inherit=(lock,))
    with (
        Turns(folder.run / "slots.db", fetch.delay, longest_load(fetch)) as turns,
        ExtractionPool(settings.extract) as pool,
        Live() as live,
    ):
        turns.forget_leases(max(fetch.delay, PATIENT_SECONDS))
        texts = Texts(folder, catalogue, settings, sites, pool)
        run = Run(
            folder=folder,
            settings=settings,
            ledger=ledger,
            catalogue=catalogue,
            sites=sites,
            workers=workers,
            texts=texts,
            turns=turns,
            reporter=live,
            resolve=resolve,
            ca_file=ca_file,
        )
        try:
            run.plan(reports)
            with _interruptible(run):
                return run.work()
        finally:
            run.leave()


@contextmanager
def _interruptible(run: Run) -> Iterator[None]:
    """Let the first Ctrl-C finish what is in hand, and the second end at once."""

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        err.print("Finishing what is in hand; press Ctrl-C again to stop at once.")
        run.stop(GRACE_SECONDS)

    before = signal.signal(signal.SIGINT, stop), signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


def _tell_problems(report: Report) -> None:
    for problem in report.problems:
        err.print(f"{report.file}: {problem}", style="yellow")


def _conclude(
    folder: Folder, catalogue: Catalogue, summary: Summary, reports: list[str], *, as_json: bool
) -> int:
    outcomes = Status(catalogue.connection).by_outcome(reports)
    if as_json:
        values = {"archive": str(folder.root), "by_outcome": outcomes, **msgspec.structs.asdict(summary)}
        sys.stdout.write(to_json(values).decode("utf-8") + "\n")
    else:
        _print_summary(folder, summary, outcomes)
    if summary.interrupted:
        return Exit.INTERRUPTED
    if summary.faults:
        return Exit.FAULT
    return Exit.WELL if set(outcomes) <= {Outcome.CAPTURED} else Exit.NOT_ALL_CAPTURED


def _print_summary(folder: Folder, summary: Summary, outcomes: dict[str, int]) -> None:
    print_table(("outcome", "sources"), [(outcome_text(word), number) for word, number in outcomes.items()])
    loads = ", ".join(f"{number} {what}" for what, number in sorted(summary.page_loads.items()))
    out.print(f"Requests of this run: {loads or 'none'}.")
    for host, number in summary.waiting.items():
        if not summary.interrupted:
            out.print(
                f"{number} sources wait on {host}, which cannot be reached from here. To send it through a "
                f'proxy, put into {folder.settings}: [proxies] "{host}" = "socks5://127.0.0.1:9050"',
            )
    if summary.interrupted:
        out.print("Stopped. Run the same command to go on where it stopped.")
    else:
        out.print(
            f"Kept in {folder.root}; 'saqta status --todo' lists what is missing, 'saqta serve' shows it."
        )
