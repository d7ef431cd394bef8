"""The neutral form of a report: every reader makes it, one linker reads it.

Offsets count characters of the ``text`` they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.report import Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A hyperlink over ``text[start:end]``; `href` is exactly what the file has."""

    start: int
    end: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A note mark at ``text[start:end]`` (as printed, such as ``[12]``) that cites the note `key`.

    A key without a note is a mark whose note is missing; `label` is what print shows, without brackets.
    """

    start: int
    end: int
    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph in reading order.

    `number` is its number in an automatic list; `joins` are offsets at which the reader put two lines
    together without a space.
    """

    text: str
    links: tuple[Link, ...] = ()
    marks: tuple[Mark, ...] = ()
    number: int | None = None
    is_heading: bool = False
    joins: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read: no-break spaces are nothing."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note. `printed` is the whole note as printed, `body` its text without the label."""

    key: str
    label: str
    printed: str
    body: Paragraph
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole report: what a reader hands on.

    `problems` are sentences for the user; `text_end` is the number of paragraphs before the end of the
    last list of notes, where the notes stood among the paragraphs.
    """

    format: str
    title: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[str, ...] = ()
    text_end: int | None = None


def cut(paragraph: Paragraph, start: int, end: int) -> Paragraph:
    """Give ``text[start:end]`` with the links, marks and joins that lie in it, offsets moved along."""
    return Paragraph(
        text=paragraph.text[start:end],
        links=tuple(
            Link(start=max(link.start - start, 0), end=min(link.end, end) - start, href=link.href)
            for link in paragraph.links
            if link.start < end and link.end > start
        ),
        marks=tuple(
            Mark(start=mark.start - start, end=mark.end - start, key=mark.key, label=mark.label)
            for mark in paragraph.marks
            if start <= mark.start and mark.end <= end
        ),
        number=paragraph.number,
        is_heading=paragraph.is_heading,
        joins=tuple(offset - start for offset in paragraph.joins if start < offset < end),
    )


def stripped(paragraph: Paragraph) -> Paragraph:
    """Take white space off both ends, no-break spaces too."""
    text = paragraph.text
    start = len(text) - len(text.lstrip())
    return cut(paragraph, start, max(len(text.rstrip()), start))


def joined(paragraphs: list[Paragraph], separator: str = "\n") -> Paragraph:
    """Put paragraphs together to one; number and heading are lost, offsets are moved along."""
    texts: list[str] = []
    links: list[Link] = []
    marks: list[Mark] = []
    joins: list[int] = []
    at = 0
    for paragraph in paragraphs:
        links += (Link(start=x.start + at, end=x.end + at, href=x.href) for x in paragraph.links)
        marks += (Mark(start=x.start + at, end=x.end + at, key=x.key, label=x.label) for x in paragraph.marks)
        joins += (offset + at for offset in paragraph.joins)
        texts.append(paragraph.text)
        at += len(paragraph.text) + len(separator)
    return Paragraph(text=separator.join(texts), links=tuple(links), marks=tuple(marks), joins=tuple(joins))
