"""What a person sees: colours and a progress bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import os
import sys
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


# In a pipe a line stays a line; on a terminal it breaks between words.
class _Console(Console):
    """Takes every text as it is, and goes on in silence where nobody reads any more."""

    def __init__(self, *, stderr: bool, wrap: bool) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=not wrap)

    def on_broken_pipe(self) -> None:
        """Let a run end with its own exit code although its reader has left."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if self.stderr else sys.stdout).fileno())


out = _Console(stderr=False, wrap=sys.stdout.isatty())
err = _Console(stderr=True, wrap=sys.stderr.isatty())

_LONGEST_LINE = 300
"""Characters of an address that are shown while a run goes on; the catalogue has the whole of it."""


def outcome_text(outcome: str) -> Text:
    """Colour an outcome; everything that is not kept is red."""
    return Text(outcome, style=STYLES.get(outcome, "red"))


_NUMBERS = frozenset({"sources", "captured", "needs_review", "claims", "footnotes"})


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings; in a pipe a row is one line, and no address is cut or folded."""
    cells = [[cell if isinstance(cell, Text) else Text(str(cell)) for cell in row] for row in rows]
    if not out.is_terminal:
        _print_plain([list(columns), *([cell.plain for cell in row] for row in cells)])
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="right" if column in _NUMBERS else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    out.print(table, soft_wrap=False)


def _print_plain(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out.print(line.rstrip())


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
            line = Text.assemble(
                f"{self._done}/{self._total} ", outcome_text(outcome), f"{again}  {url[:_LONGEST_LINE]}"
            )
            err.print(line)

    def note(self, sentence: str) -> None:
        """Say something that the user should know."""
        err.print(Text(sentence, style="yellow"))
