"""Notes that the author typed: a list of labelled paragraphs, and marks such as ``[12]`` that cite it.

A run of rising labels is a list of notes if at least half of them are cited outside it. A bare number
is a label only if an address follows at once: "14 December" is a date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from archive.report import Repair
from crawler.reports.paper import Mark, Note, Paper, Paragraph, cut, joined, stripped

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789")
_SCHEME = r"h{0,2}(?:t{1,3}|xx)ps?\s?[:;]|www\."
_LABEL = re.compile(
    rf"\s{{0,20}}(?:\[\^?(?P<bracket>\d{{1,4}})\]:?|\((?P<round>\d{{1,4}})\)|(?P<super>[{_SUPERSCRIPTS}]{{1,4}})"
    rf"|(?P<dot>\d{{1,4}})[.)](?=\s)|(?P<bare>\d{{1,4}})(?=\s{{0,5}}(?:{_SCHEME})))\s*",
    re.IGNORECASE,
)
_MARK = re.compile(
    rf"\[\^?(\d{{1,4}}(?:\s{{0,2}}[,;–-]\s{{0,2}}\d{{1,4}}){{0,30}})\](?!=|\(h)|([{_SUPERSCRIPTS}]{{1,4}})"
)
_UNIT = re.compile(r"(?<!\w)(?:[кс]?м|[kc]?m)$")
"""Square and cubic metres are no notes."""
_ADDRESS = re.compile(_SCHEME, re.IGNORECASE)
HEADING = re.compile(
    r"\W{0,5}(?:foot ?notes?|end ?notes?|notes?|references?|sources?|links?|примечани[ея]|сноски|источники"
    r"|ссылки|литература|сілтемелер|дереккөздер|ескертпелер)\W{0,5}",
    re.IGNORECASE,
)
_STEP = 5
"""Labels may skip so many: an author loses a note, but not a chapter of them."""
_INTERRUPTIONS = 3
_LONGEST_RANGE = 30
_SURE = ("bracket", "super", "bare")
MISSING = "missing:"
"""A mark's key where its note is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    index: int
    number: int
    end: int
    style: str


@dataclass(slots=True)
class _Run:
    items: list[_Item] = field(default_factory=list)
    interruptions: int = 0

    @property
    def last(self) -> _Item:
        return self.items[-1]

    def goes_on_with(self, item: _Item) -> bool:
        return self.last.number < item.number <= self.last.number + _STEP

    def covers(self, index: int) -> bool:
        return self.items[0].index <= index <= self.last.index


Resolve = Callable[[int], str | None]
"""From a printed number to the key of a note; None where the number is no mark."""


def with_typed_notes(paper: Paper) -> Paper:
    """Turn typed lists of notes into notes and typed marks into marks.

    Where the reader found real notes, only marks that the author typed beside them are added.
    """
    if paper.notes:
        numbered = {note.label: note.key for note in paper.notes}
        paragraphs = tuple(_with_marks(one, lambda n: _known(n, numbered)) for one in paper.paragraphs)
        return replace(paper, paragraphs=paragraphs)
    runs = _note_runs(paper.paragraphs)
    if not runs:
        return _all_missing(paper)
    taken: set[int] = set()
    notes: list[Note] = []
    for place, run in enumerate(runs):
        notes += _notes_of(paper.paragraphs, run, place, taken)
    body = tuple(
        _with_marks(one, partial(_resolve, index=index, runs=runs))
        for index, one in enumerate(paper.paragraphs)
        if index not in taken
    )
    text_end = sum(index not in taken for index in range(max(taken)))
    return replace(paper, paragraphs=body, notes=tuple(notes), text_end=text_end)


def _known(number: int, numbered: dict[str, str]) -> str | None:
    highest = max((int(label) for label in numbered if label.isdecimal()), default=0)
    if str(number) in numbered:
        return numbered[str(number)]
    return f"{MISSING}{number}" if 0 < number < highest else None


def _resolve(number: int, index: int, runs: Sequence[_Run]) -> str | None:
    """Cite the next list that has the label, else the last before; a label in no list is missing."""
    later = [place for place, run in enumerate(runs) if run.last.index > index]
    earlier = [place for place, run in enumerate(runs) if run.last.index <= index]
    for place in (*later, *reversed(earlier)):
        if any(item.number == number for item in runs[place].items):
            return f"{place}:{number}"
    highest = max(run.last.number for run in runs)
    return f"{MISSING}{number}" if 0 < number <= highest + 1 else None


def _all_missing(paper: Paper) -> Paper:
    """Take marks that count up from 1 for marks even where the list of notes was left behind."""
    numbers = {number for one in paper.paragraphs for _, found in _typed(one) for number in found}
    highest = max(numbers, default=0)
    if highest < 3 or highest > 1.25 * len(numbers):
        return paper
    marked = tuple(_with_marks(one, lambda n: f"{MISSING}{n}") for one in paper.paragraphs)
    return replace(paper, paragraphs=marked)


def _note_runs(paragraphs: Sequence[Paragraph]) -> list[_Run]:
    """Choose the lists that are notes; lists that go on numbering are judged together."""
    chains: list[list[_Run]] = []
    for run in _runs(paragraphs):
        if not _is_cited(run, paragraphs):
            continue
        if chains and chains[-1][-1].last.number + 1 == run.items[0].number:
            chains[-1].append(run)
        else:
            chains.append([run])
    good = [chain for chain in chains if _looks_like_notes(chain, paragraphs)]
    return [run for chain in good or chains[-1:] for run in chain]


def _runs(paragraphs: Sequence[Paragraph]) -> list[_Run]:
    runs: list[_Run] = []
    current: _Run | None = None
    for index, paragraph in enumerate(paragraphs):
        item = _label(index, paragraph)
        if item and current and current.goes_on_with(item):
            current.items.append(item)
            current.interruptions = 0
        elif item and (item.style in _SURE or item.number == 1 or _starts_list(paragraphs, index)):
            current = _Run([item])
            runs.append(current)
        elif current and not paragraph.is_blank:
            current.interruptions += 1
            current = current if current.interruptions <= _INTERRUPTIONS else None
    return runs


def _starts_list(paragraphs: Sequence[Paragraph], index: int) -> bool:
    """Say whether an automatic list begins here, whatever its first number: margin notes are such lists."""
    return paragraphs[index].number is not None and (index == 0 or paragraphs[index - 1].number is None)


def _label(index: int, paragraph: Paragraph) -> _Item | None:
    match = _LABEL.match(paragraph.text)
    if match and match.lastgroup:
        number = int(match[match.lastgroup].translate(_DIGITS))
        return _Item(index=index, number=number, end=match.end(), style=match.lastgroup)
    if paragraph.number is not None and not paragraph.is_blank:
        return _Item(index=index, number=paragraph.number, end=0, style="list")
    return None


def _is_cited(run: _Run, paragraphs: Sequence[Paragraph]) -> bool:
    own = {item.index for item in run.items}
    cited = {
        number
        for index, paragraph in enumerate(paragraphs)
        if index not in own
        for start, found in _typed(paragraph)
        if start
        for number in found
    }
    labels = {item.number for item in run.items}
    return len(labels & cited) * 2 >= len(labels)


def _looks_like_notes(chain: Sequence[_Run], paragraphs: Sequence[Paragraph]) -> bool:
    items = [item for run in chain for item in run.items]
    held = sum(_names_address(paragraphs[item.index]) for item in items)
    before = next((p for p in reversed(paragraphs[: items[0].index]) if not p.is_blank), None)
    return held * 2 >= len(items) or bool(before and HEADING.fullmatch(before.text))


def _names_address(paragraph: Paragraph) -> bool:
    return bool(paragraph.links or _ADDRESS.search(paragraph.text))


def _notes_of(paragraphs: Sequence[Paragraph], run: _Run, place: int, taken: set[int]) -> Iterator[Note]:
    styles = Counter(item.style for item in run.items)
    is_bracketed = styles["bracket"] * 2 > len(run.items)
    for item, following in zip(run.items, [*run.items[1:], None], strict=True):
        until = following.index if following else _end_of_last(paragraphs, item)
        indexes = [i for i in range(item.index + 1, until) if not paragraphs[i].is_blank]
        taken.update(range(item.index, until))
        first = paragraphs[item.index]
        body = joined([cut(first, item.end, len(first.text)), *(paragraphs[i] for i in indexes)])
        printed = "\n".join([first.text.strip(), *(paragraphs[i].text.strip() for i in indexes)])
        loose = item.style == "bare" and is_bracketed
        repair = Repair(
            rule="label-without-brackets",
            before=printed,
            after=f"[{item.number}]{body.text.strip()}",
            confidence=0.97,
        )
        yield Note(
            key=f"{place}:{item.number}",
            label=str(item.number),
            printed=printed,
            body=stripped(body),
            repairs=(repair,) if loose else (),
        )


def _end_of_last(paragraphs: Sequence[Paragraph], item: _Item) -> int:
    """Let the last note go on in the lines right below it until it has named an address."""
    index, has_address = item.index, False
    while not has_address:
        has_address = _names_address(paragraphs[index])
        index += 1
        if index == len(paragraphs) or paragraphs[index].is_blank or paragraphs[index].is_heading:
            break
    return index


def _typed(paragraph: Paragraph) -> Iterator[tuple[int, list[int]]]:
    """Give every typed mark: where it starts and the numbers it cites. At 0 it may be a label."""
    for match in _marks(paragraph.text):
        yield match.start(), _numbers(match)


def _marks(text: str) -> Iterator[re.Match[str]]:
    for match in _MARK.finditer(text):
        is_unit = match[2] in ("²", "³") and _UNIT.search(text, max(match.start() - 4, 0), match.start())
        if not is_unit:
            yield match


def _numbers(match: re.Match[str]) -> list[int]:
    if match[2]:
        return [int(match[2].translate(_DIGITS))]
    numbers: list[int] = []
    for part in re.split(r"\s*[,;]\s*", match[1]):
        first, _, last = part.replace("–", "-").partition("-")
        low, high = int(first), int(last or first)
        numbers += range(low, high + 1) if low <= high <= low + _LONGEST_RANGE else [low, high]
    return numbers


def _with_marks(paragraph: Paragraph, resolve: Resolve) -> Paragraph:
    marks = list(paragraph.marks)
    covered = [(mark.start, mark.end) for mark in paragraph.marks]
    for match in _marks(paragraph.text):
        if any(start < match.end() and match.start() < end for start, end in covered):
            continue
        for number in _numbers(match):
            key = resolve(number)
            if key is not None:
                marks.append(Mark(start=match.start(), end=match.end(), key=key, label=str(number)))
    return replace(paragraph, marks=tuple(sorted(marks, key=lambda mark: mark.start)))
