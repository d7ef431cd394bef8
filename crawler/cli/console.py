"""What a person sees: colours and a progress bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from archive.words import Outcome

STYLES: dict[str, str] = {
    Outcome.CAPTURED: "green",
    Outcome.NEEDS_REVIEW: "yellow",
    "not_tried": "dim",
}

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def outcome_text(outcome: str) -> Text:
    """Colour an outcome; everything that is not kept is red."""
    return Text(outcome, style=STYLES.get(outcome, "red"))


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None
) -> None:
    """Print rows under headings; in a pipe without lines and colours, columns apart by two spaces."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, column in enumerate(columns):
        numeric = column in ("sources", "captured", "number", "claims", "footnotes", "needs_review")
        table.add_column(column, justify="right" if numeric else "left", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    out.print(table, soft_wrap=False)


def duration(seconds: float) -> str:
    """Write a number of seconds as a person says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class Live:
    """Reports a run: a bar on a terminal, a line an attempt elsewhere. Everything goes to standard error."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self._task = self._progress.add_task("sources", total=None)
        self._done = 0
        self._total = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, jobs: int, seconds: float) -> None:
        """Say how many sources are asked for, and about how long it takes."""
        self._total = jobs
        self._progress.update(self._task, total=jobs)
        if jobs:
            err.print(f"{jobs} sources to fetch, about {duration(seconds)} at the set politeness.")
        else:
            err.print("Nothing to fetch: every source is kept already.")

    def sealed(self, host: str, outcome: Outcome, url: str, *, final: bool) -> None:
        """Say that an attempt has ended."""
        self._done += final
        self._progress.update(self._task, completed=self._done, description=host)
        if not err.is_terminal or outcome is not Outcome.CAPTURED:
            again = "" if final else ", tried again"
            line = Text.assemble(f"{self._done}/{self._total} ", outcome_text(outcome), f"{again}  {url}")
            err.print(line)

    def note(self, sentence: str) -> None:
        """Say something that the user should know."""
        err.print(Text(sentence, style="yellow"))
