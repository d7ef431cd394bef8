"""The addresses of a paragraph or a note, as citations with their place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from archive.report import Citation, Repair
from crawler.reports.paper import Link, Paragraph
from crawler.urls.citation import cite_link, cite_printed
from crawler.urls.find import Found, find_one, find_urls

_NO_CITATION = re.compile(r"(?:mailto|tel|sms|javascript|data|about|blob):|#", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)|//|www\.|h?ttps?\W", re.IGNORECASE)
_STRAY = re.compile(r"\s+[\u0400-\u04ff]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation and the offset at which it stands."""

    at: int
    citation: Citation


def citations_of(paragraph: Paragraph, *, bare: bool) -> list[Cited]:
    """Cite every link and every printed address of a paragraph, in order.

    An address printed inside a link is the link's own text. `bare` lets ``host.tld/path`` count.
    """
    cited: list[Cited] = []
    linked: list[Link] = []
    for link in paragraph.links:
        href = link.href.strip()
        if _NO_CITATION.match(href) or not _ABSOLUTE.match(href):
            continue
        text = paragraph.text[link.start : link.end].strip()
        cited.append(Cited(at=link.start, citation=cite_link(href, text)))
        linked.append(link)
    for found in find_urls(paragraph.text, bare=bare):
        if any(link.start < found.end and found.start < link.end for link in linked):
            continue
        cited.append(Cited(at=found.start, citation=cite_printed(found, _as_printed(paragraph, found))))
    return sorted(cited, key=lambda one: one.at)


def _as_printed(paragraph: Paragraph, found: Found) -> str | None:
    """Put the line break back where the reader had joined two lines inside an address."""
    breaks = [offset for offset in paragraph.joins if found.start < offset < found.end]
    if not breaks:
        return None
    ends = [found.start, *breaks, found.end]
    return "\n".join(paragraph.text[start:end] for start, end in pairwise(ends))


def without_stray_letter(body: Paragraph, printed: str) -> Repair | None:
    """Name the single Cyrillic letter that stands behind an address and a space: a slip of the keyboard."""
    stray = _STRAY.search(body.text)
    if stray is None or find_one(body.text[: stray.start()]) is None:
        return None
    return Repair(rule="stray-letter", before=printed, after=_STRAY.sub("", printed), confidence=0.95)
