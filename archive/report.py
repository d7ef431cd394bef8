"""What a report says and cites, as its reader found it (steps 1 and 2 of the way of a URL)."""

from __future__ import annotations

from archive.ids import SourceKey
from archive.record import Record
from archive.words import FootnoteKind


class Repair(Record, frozen=True, kw_only=True):
    """One named change that made a printed text into a usable address.

    ``confidence`` is between 0 and 1; ``before`` and ``after`` are the whole text around the change.
    """

    rule: str
    before: str
    after: str
    confidence: float


class Citation(Record, frozen=True, kw_only=True):
    """One address that a footnote or a sentence points at.

    ``printed`` is never changed. ``url`` is the address to fetch first, without tracking parameters;
    ``candidates`` are further readings, best first. ``flags`` name weaknesses that nobody may repair.
    """

    printed: str
    url: str
    key: SourceKey
    confidence: float = 1.0
    repairs: tuple[Repair, ...] = ()
    candidates: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class Footnote(Record, frozen=True, kw_only=True):
    """One note of a report, or one address inside its text; ``repairs`` changed the note, not the URL."""

    label: str
    kind: FootnoteKind
    printed: str
    repairs: tuple[Repair, ...] = ()
    flags: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class Claim(Record, frozen=True, kw_only=True):
    """One paragraph of the report as printed; ``position`` counts from 1.

    ``date`` and ``date_end`` are ISO 8601 calendar dates; without a year ``--12-14``.
    ``footnotes`` are the labels it cites, in order.
    """

    position: int
    text: str
    date: str | None = None
    date_end: str | None = None
    place: str | None = None
    footnotes: tuple[str, ...] = ()


class Report(Record, frozen=True, kw_only=True):
    """Everything that was read out of one report file; ``problems`` are sentences for the user."""

    file: str
    sha256: str
    format: str
    title: str
    problems: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
