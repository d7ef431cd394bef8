"""From paper to report: which claim cites which note, and which addresses each note names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from archive.report import Citation, Claim, Footnote, Report
from archive.words import FootnoteKind
from crawler.reports.cite import citations_of, without_stray_letter
from crawler.reports.claims import Period, dateline
from crawler.reports.layout import Body, body_of, is_prose
from crawler.reports.paper import Note, Paper, Paragraph
from crawler.reports.typed import with_typed_notes
from crawler.reports.urllist import FORMAT as LIST
from crawler.urls.citation import mend_cut_extensions

MISSING_NOTE = "missing-note"
NOT_CITED = "not-cited"
NO_URL = "no-url"
EMPTY = "empty"
SAME_AS_BEFORE = "ibid"

_IBID = re.compile(r"\W{0,5}(?:ibid|ibidem|там же|сол жерде)\b", re.IGNORECASE)


def link(paper: Paper, *, file: str, sha256: str) -> Report:
    """Join a paper's marks and notes; keys are generic, and problems say what the user should know.

    Notes keep the order of the report, a mark without a note stands where its note would; addresses in
    the text follow. Labels are unique: the second note labelled 1 is called ``1-2``.
    """
    whole = with_typed_notes(paper)
    body = body_of(whole)
    labels = _labels(whole, body.paragraphs)
    book = _Book(labels=labels, period=body.period)
    for paragraph in body.paragraphs:
        book.add(paragraph)
    footnotes = _footnotes(whole, labels, book)
    return Report(
        file=file,
        sha256=sha256,
        format=whole.format,
        title=body.title,
        problems=tuple(_problems(whole, body, footnotes, book.claims)),
        claims=tuple(book.claims),
        footnotes=tuple(footnotes),
    )


@dataclass(slots=True)
class _Book:
    """The claims and the addresses in the text, collected paragraph by paragraph."""

    labels: dict[str, str]
    period: Period
    claims: list[Claim] = field(default_factory=list)
    inline: list[Footnote] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)

    def add(self, paragraph: Paragraph) -> None:
        """Take one paragraph: a claim if it cites, is dated or is prose."""
        places = [(mark.start, self.labels[mark.key]) for mark in paragraph.marks]
        is_address = False
        for cited in citations_of(paragraph, bare=False):
            footnote = self._inline(cited.citation)
            places.append((cited.at, footnote.label))
            is_address = is_address or _is_only_address(paragraph, cited.citation)
        labels = tuple(dict.fromkeys(label for _, label in sorted(places, key=lambda place: place[0])))
        if is_address and self.claims:
            self._give_to_last(labels)
            return
        line = dateline(paragraph.text, self.period)
        if not (labels or line or is_prose(paragraph)):
            return
        self.cited.update(labels)
        self.claims.append(
            Claim(
                position=len(self.claims) + 1,
                text=paragraph.text.strip(),
                date=line.date if line else None,
                date_end=line.date_end if line else None,
                place=line.place if line else None,
                footnotes=labels,
            )
        )

    def _inline(self, citation: Citation) -> Footnote:
        footnote = Footnote(
            label=f"inline-{len(self.inline) + 1}",
            kind=FootnoteKind.INLINE,
            printed=citation.printed,
            citations=(citation,),
        )
        self.inline.append(footnote)
        return footnote

    def _give_to_last(self, labels: tuple[str, ...]) -> None:
        """Give an address that stands alone in its paragraph to the claim above it."""
        last = self.claims[-1]
        self.claims[-1] = msgspec.structs.replace(last, footnotes=(*last.footnotes, *labels))
        self.cited.update(labels)


def _is_only_address(paragraph: Paragraph, citation: Citation) -> bool:
    return paragraph.text.strip(" \t\n\xa0.,;()<>[]") in (citation.printed, citation.url)


def _labels(paper: Paper, paragraphs: Sequence[Paragraph]) -> dict[str, str]:
    """Give every key its label in the report, notes first; a label used before gets ``-2``, ``-3`` …"""
    printed = {note.key: note.label for note in paper.notes}
    for paragraph in paragraphs:
        for mark in paragraph.marks:
            printed.setdefault(mark.key, mark.label)
    seen: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for key, label in printed.items():
        seen[label] += 1
        labels[key] = label if seen[label] == 1 else f"{label}-{seen[label]}"
    return labels


def _footnotes(paper: Paper, labels: dict[str, str], book: _Book) -> list[Footnote]:
    is_list = paper.format == LIST
    notes: list[Footnote] = []
    for note in paper.notes:
        notes.append(_note(note, labels[note.key], notes[-1] if notes else None, is_list=is_list))
        if labels[note.key] not in book.cited and not is_list:
            flags = (*notes[-1].flags, NOT_CITED)
            notes[-1] = msgspec.structs.replace(notes[-1], flags=flags)
    noted = {note.label for note in notes}
    for label in labels.values():
        if label not in noted and label in book.cited:
            _insert(notes, _missing(label))
    footnotes = [*notes, *(_flagged(one, book.cited) for one in book.inline)]
    return _with_mended_extensions(footnotes)


def _note(note: Note, label: str, previous: Footnote | None, *, is_list: bool) -> Footnote:
    stray = without_stray_letter(note.body, note.printed)
    citations = tuple(cited.citation for cited in citations_of(note.body, bare=True))
    flags: tuple[str, ...] = ()
    if not citations and previous is not None and _IBID.match(note.body.text):
        citations, flags = previous.citations, (SAME_AS_BEFORE,)
    elif not citations:
        flags = (EMPTY,) if note.body.is_blank else (NO_URL,)
    return Footnote(
        label=label,
        kind=FootnoteKind.LIST if is_list else FootnoteKind.NOTE,
        printed=note.printed,
        repairs=(*note.repairs, *((stray,) if stray else ())),
        flags=flags,
        citations=citations,
    )


def _missing(label: str) -> Footnote:
    return Footnote(label=label, kind=FootnoteKind.MARK, printed="", flags=(MISSING_NOTE,))


def _insert(notes: list[Footnote], missing: Footnote) -> None:
    """Put a missing note before the first note with a higher number, else last."""
    place = len(notes)
    if missing.label.isdecimal():
        number = int(missing.label)
        higher = (i for i, one in enumerate(notes) if one.label.isdecimal() and int(one.label) > number)
        place = next(higher, len(notes))
    notes.insert(place, missing)


def _flagged(footnote: Footnote, cited: set[str]) -> Footnote:
    is_cited = footnote.label in cited
    return footnote if is_cited else msgspec.structs.replace(footnote, flags=(*footnote.flags, NOT_CITED))


def _with_mended_extensions(footnotes: Iterable[Footnote]) -> list[Footnote]:
    ordered = list(footnotes)
    mended = iter(mend_cut_extensions([one for footnote in ordered for one in footnote.citations]))
    return [
        msgspec.structs.replace(footnote, citations=tuple(next(mended) for _ in footnote.citations))
        for footnote in ordered
    ]


def _problems(
    paper: Paper, body: Body, footnotes: Sequence[Footnote], claims: Sequence[Claim]
) -> Iterable[str]:
    yield from paper.problems
    missing = [footnote.label for footnote in footnotes if MISSING_NOTE in footnote.flags]
    if missing:
        yield (
            f"The text cites {_listed(missing)}, but this copy holds no such note: "
            "look it up in the original report; nothing else is shifted by the gap."
        )
    if any(footnote.citations for footnote in footnotes):
        return
    if paper.format == LIST:
        yield "No line of this list is a web address: write addresses in full, such as https://example.org/page."
    elif not claims:
        yield "There is no text to read in this file: give the report's web page (.html) or its text (.txt)."
    else:
        hint = f" although it refers to sources ({body.reference})" if body.reference else ""
        yield (
            f"This copy names no web address at all{hint}: its links were lost when it was copied; "
            "give the report's own web page, saved as .html, or its original file."
        )


def _listed(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:10]) + (" …" if len(labels) > 10 else "")
    return f"note {shown}" if len(labels) == 1 else f"notes {shown}"
