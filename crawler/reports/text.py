"""Plain text: one paragraph a line, or lines that a program broke at a fixed width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from crawler.reports.paper import Paper, Paragraph

FORMAT = "text"

_WIDEST_WRAP = 120
_FEWEST_PAIRS = 6
_WRAPPED_SHARE = 0.75
_LABELLED = re.compile(
    r"\s{0,20}(?:[\[(]\d{1,4}[\])]|\d{1,4}[.)]\s|\d{1,4}\s{0,3}h?ttps?:|[⁰¹²³⁴⁵⁶⁷⁸⁹]|[•*–—-]\s)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…][”»\"’)]{0,2}(?:\s?\[\d{1,4}\])*$|\[\d{1,4}\]$")
_ADDRESS = re.compile(r"\s{0,20}(?:h?ttps?:|www\.)", re.IGNORECASE)
_ONLY_LABEL = re.compile(r"\s*[\[(]?\d{1,4}[\])]?[.:]?\s*")
_OPEN_URL = re.compile(r"(?:h?t?tps?:|www\.)[^\s<>\"«»“”]{3,}$", re.IGNORECASE)
_PIECE = re.compile(r"[^\s/?&=_-]*[/?&=_-]?")
_PART_OF_URL = re.compile(r"[\d/=&%_.?#-]")
_CONTINUES = tuple("/-_?&=%.#")


def read_text(text: str) -> Paper:
    """Read a decoded text; a blank line is a blank paragraph, for what stands next to what matters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    width = wrap_width(lines)
    if not width:
        return Paper(format=FORMAT, paragraphs=tuple(Paragraph(text=line) for line in lines))
    return Paper(format=FORMAT, paragraphs=tuple(_unwrapped(lines, width)))


def wrap_width(lines: Sequence[str]) -> int:
    """Give the width at which a program broke the lines; 0 where each line is a paragraph.

    In broken text, the first word of a line would hardly ever have fitted on the line before.
    """
    pairs = [
        (len(line.rstrip()), len(following.split(maxsplit=1)[0]))
        for line, following in pairwise(lines)
        if line.strip()
        and following.strip()
        and not _LABELLED.match(following)
        and not _ADDRESS.match(following)
    ]
    width = max((length for length, _ in pairs), default=0)
    if len(pairs) < _FEWEST_PAIRS or width > _WIDEST_WRAP:
        return 0
    tight = sum(length + 1 + word > width for length, word in pairs)
    return width if tight >= _WRAPPED_SHARE * len(pairs) else 0


def _unwrapped(lines: Sequence[str], width: int) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    text, previous = "", ""
    joins: list[int] = []
    for line in map(str.strip, lines):
        if not (line and previous) or _starts_paragraph(text, previous, line, width):
            paragraphs.append(Paragraph(text=text, joins=tuple(joins)))
            text, joins = line, []
        elif _breaks_address(text, previous, line, width):
            joins.append(len(text))
            text += line
        else:
            text += f" {line}"
        previous = line
    return [*paragraphs, Paragraph(text=text, joins=tuple(joins))][1:]


def _starts_paragraph(text: str, previous: str, line: str, width: int) -> bool:
    """Say whether a paragraph begins: with a label or an address, or because the line before had room.

    A label at the head of a line may be a mark, and an address may only have been too long to go before.
    """
    had_room = len(previous) + 1 + len(line.split(maxsplit=1)[0]) <= width
    if _LABELLED.match(line):
        return had_room or bool(_LABELLED.match(text))
    if _ADDRESS.match(line):
        return (had_room or bool(_ADDRESS.match(previous))) and not _ONLY_LABEL.fullmatch(previous)
    return had_room and bool(_SENTENCE_END.search(previous))


def _breaks_address(text: str, previous: str, line: str, width: int) -> bool:
    """Say whether an address goes on in this line: its next piece would not have fitted before."""
    last_word = text[max(text.rfind(" "), text.rfind("\xa0")) + 1 :]
    if not _OPEN_URL.search(last_word):
        return False
    token = line.split(maxsplit=1)[0]
    piece = _PIECE.match(token)
    fitted = len(previous) + (piece.end() if piece else 0) <= width
    looks_like_one = text.endswith(_CONTINUES) or _PART_OF_URL.search(token.rstrip(".,;:)"))
    return not fitted and bool(looks_like_one)
