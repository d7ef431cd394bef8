"""What of a report is its title, what is its text, and what only stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.reports.claims import Period, has_dateline, period_of
from crawler.reports.paper import Paper, Paragraph
from crawler.urls.find import find_urls

_TITLE_WITHIN = 12
_LONGEST_TITLE = 300
_PROSE = 80
"""A paragraph of so many characters is prose even without a full stop."""
_FEWEST_WORDS = 4
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_SENTENCE_END = re.compile(r"[.!?…][»”\"’)\]\d\[]{0,12}$")
_REFERENCE = re.compile(
    r"(?:previous(?:ly)?\s(?:update|covered|reported)"
    r"|(?:covered|reported|described)\s(?:\w+\s){0,3}previous(?:ly)?"
    r"|as (?:previously )?(?:covered|reported)|see (?:the )?previous|read more|click here"
    r"|подробнее|читайте также)"
    r"(?:\s\w+){0,3}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The title, the period that it or another head names, and the paragraphs that may be claims.

    `reference` quotes a pointer to other texts, such as "as covered previously".
    """

    title: str
    period: Period
    paragraphs: tuple[Paragraph, ...]
    reference: str = ""


def body_of(paper: Paper) -> Body:
    """Find the title, and drop what stands before it and what follows the last list of notes."""
    text, tail = _parts(paper)
    start, title = (0, paper.title) if paper.title else _title(text)
    rest = [paragraph for paragraph in text[start:] if _words(paragraph.text) != _words(title)]
    rest += tail[: _end_of_text(tail)]
    return Body(
        title=title,
        period=_period(title, text),
        paragraphs=tuple(rest),
        reference=_reference(rest),
    )


def is_prose(paragraph: Paragraph) -> bool:
    """Say whether a paragraph states something: no heading, no caption, no line of an address."""
    text = paragraph.text.strip()
    if paragraph.is_heading or text.isupper() or len(text.split()) < _FEWEST_WORDS:
        return False
    return len(text) >= _PROSE or bool(_SENTENCE_END.search(text))


def _title(paragraphs: Sequence[Paragraph]) -> tuple[int, str]:
    """Give how many paragraphs the title takes, and it: a head that names a year, else the first long one."""
    heads: list[tuple[int, str]] = []
    for index, paragraph in enumerate(paragraphs[:_TITLE_WITHIN]):
        if not _may_be_title(paragraph):
            break
        heads.append((index + 1, paragraph.text.strip()))
    dated = [head for head in heads if _YEAR.search(head[1])]
    worded = [head for head in heads if len(head[1].split()) >= _FEWEST_WORDS]
    return next(iter([*dated, *worded, *heads]), (0, ""))


def _period(title: str, paragraphs: Sequence[Paragraph]) -> Period:
    """Read the period off the title; a title without a year leaves it to the other heads."""
    period = period_of(title)
    return period if period.years else period_of(_title(paragraphs)[1])


def _may_be_title(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    is_short = len(text) <= _LONGEST_TITLE and not _SENTENCE_END.search(text)
    return is_short and not paragraph.marks and not has_dateline(text) and not find_urls(text)


def _parts(paper: Paper) -> tuple[list[Paragraph], list[Paragraph]]:
    """Give what stands before the end of the last list of notes, and what follows it; no blank ones."""
    end = len(paper.paragraphs) if paper.text_end is None else paper.text_end
    text, tail = paper.paragraphs[:end], paper.paragraphs[end:]
    return [one for one in text if not one.is_blank], [one for one in tail if not one.is_blank]


def _end_of_text(tail: Sequence[Paragraph]) -> int:
    """Give the place behind the last paragraph that cites or is dated: the rest of a tail is furniture."""
    for index in range(len(tail), 0, -1):
        if tail[index - 1].marks or has_dateline(tail[index - 1].text):
            return index
    return 0


def _reference(paragraphs: Sequence[Paragraph]) -> str:
    for paragraph in paragraphs:
        match = _REFERENCE.search(paragraph.text)
        if match is not None:
            return f"“{match[0]}”"
    return ""


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
