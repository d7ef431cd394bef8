"""From HTML elements to paragraphs: reading order, links, marks, automatic numbers; no page furniture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from crawler.reports.furniture import is_block, is_furniture, is_heading
from crawler.reports.notemarks import MARK, Element, Notemarks, mark_text, text_of
from crawler.reports.paper import Link, Mark, Paragraph, cut

_ARROWS = re.compile(r"(?:[\s↩↑⤴⏎↵^\ufe0e\ufe0f.,\[\]()]|\d{1,4}|(?<![a-z])[a-z](?![a-z]))*", re.IGNORECASE)
"""What a way back shows: arrows, numbers, Wikipedia's single letters."""
_NUMBER = re.compile(r"\s*[\[(]?(\d{1,3})[\])]?\s*")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_NEW_LINE_LABEL = re.compile(r"\n(?=\s*(?:\[\d{1,4}\]|\d{1,4}[.)]\s|\d{1,4}\s{0,3}https?:))")
_AFTER_UNIT = re.compile(r"(?<!\w)(?:[кс]?м|[kc]?m)$")
_LONGEST_CONTINUATION = 5
_DEEPEST = 120
"""Levels of elements inside each other; sites of note stay below 60, and each level costs stack."""

Resolve = Callable[[str], str]
"""From an href to an absolute address, or to itself."""


@dataclass(slots=True)
class _Draft:
    """A paragraph in the making."""

    text: str = ""
    links: list[Link] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    number: int | None = None
    is_heading: bool = False

    def add_link(self, start: int, href: str) -> None:
        if not self.text[start:].strip():
            return
        last = self.links[-1] if self.links else None
        if last and last.href == href and last.end == start:  # editors split one link into several
            self.links[-1] = Link(start=last.start, end=len(self.text), href=href)
        else:
            self.links.append(Link(start=start, end=len(self.text), href=href))

    def add_mark(self, key: str, label: str) -> None:
        start = len(self.text)
        self.text += f"[{label}]" if label.isalnum() else label
        self.marks.append(Mark(start=start, end=len(self.text), key=key, label=label))

    def finished(self) -> list[Paragraph]:
        """Give the paragraph; several where line breaks set labelled lines or paragraphs apart."""
        whole = Paragraph(
            text=self.text,
            links=tuple(self.links),
            marks=tuple(self.marks),
            number=self.number,
            is_heading=self.is_heading,
        )
        breaks = [match.start() for match in re.finditer(r"\n\s*\n", self.text)]
        breaks += (match.start() for match in _NEW_LINE_LABEL.finditer(self.text))
        ends = [0, *sorted(set(breaks)), len(self.text)]
        return [cut(whole, start, end) for start, end in pairwise(ends)]


class Walker:
    """Walks elements once; what lies in a note's box goes to the note, everything else to the text."""

    def __init__(self, found: Notemarks, resolve: Resolve) -> None:
        self._found = found
        self._resolve = resolve
        self._text: list[_Draft] = []
        self._notes: dict[str, list[_Draft]] = {}
        self._out = self._text
        self._draft: _Draft | None = None
        self._counters: dict[Element, int] = {}
        self._depth = 0
        self.is_too_deep = False
        special = (*found.marks, *found.starts, *found.boxes)
        self._keep = {up for el in special for up in (el, *el.iterancestors())}

    def walk_text(self, root: Element) -> None:
        """Read an element and, apart, the notes that lie outside it."""
        self._children(root)
        for box in sorted(self._found.boxes, key=_place):
            if not any(self._found.starts.get(el) in self._notes for el in box.iter()):
                self._box(box)

    def paragraphs(self) -> list[Paragraph]:
        """Give the paragraphs of the text in reading order."""
        return [paragraph for draft in self._text for paragraph in draft.finished()]

    def notes(self) -> dict[str, list[Paragraph]]:
        """Give the paragraphs of every note by its key, in the order of the page."""
        return {
            key: [paragraph for draft in drafts for paragraph in draft.finished()]
            for key, drafts in self._notes.items()
        }

    def _current(self) -> _Draft:
        if self._draft is None:
            self._draft = _Draft()
            self._out.append(self._draft)
        return self._draft

    def _say(self, text: str | None, *, as_is: bool = False) -> None:
        if not text:
            return
        shown = text if as_is else _SPACE.sub(" ", text)
        if self._draft is None and not shown.strip(" \n"):
            return
        draft = self._current()
        if not draft.text or draft.text.endswith((" ", "\n")):
            shown = shown.lstrip(" ")
        draft.text += shown

    def _children(self, el: Element) -> None:
        as_is = el.tag == "pre"
        self._say(el.text, as_is=as_is)
        continuation = _continuations(el, self._found, self._keep)
        for child in el:
            if isinstance(child.tag, str) and child not in self._found.hidden:
                key = continuation.get(child)
                if key in self._notes:
                    self._into(self._notes[key], child)
                else:
                    self._element(child)
            self._say(child.tail, as_is=as_is)

    def _element(self, el: Element) -> None:
        found = self._found
        if el in found.boxes:
            self._box(el)
        elif el in found.marks:
            self._current().add_mark(*found.marks[el])
        elif el in found.starts:
            self._start_note(el)
        elif not self._is_skipped(el):
            self._plain(el)

    def _box(self, box: Element) -> None:
        """Read a note, or several in one box; the text around goes on behind it."""
        out, draft = self._out, self._draft
        self._out, self._draft = [], None
        if box in self._found.starts:
            self._notes.setdefault(self._found.starts[box], self._out)
        if box.tag == "li":
            self._current()
        self._children(box)
        self._out, self._draft = out, draft

    def _start_note(self, anchor: Element) -> None:
        self._out, self._draft = [], None
        self._notes.setdefault(self._found.starts[anchor], self._out)
        if not MARK.fullmatch(mark_text(anchor)):
            self._children(anchor)

    def _into(self, note: list[_Draft], el: Element) -> None:
        out, draft = self._out, self._draft
        self._out, self._draft = note, None
        self._element(el)
        self._out, self._draft = out, draft

    def _is_skipped(self, el: Element) -> bool:
        if el in self._found.backs or _is_way_back(el):
            return True
        return el not in self._keep and is_furniture(el)

    def _plain(self, el: Element) -> None:
        if self._depth >= _DEEPEST:
            self.is_too_deep = True
            self._say(" ".join(el.itertext()))
            return
        self._depth += 1
        self._by_kind(el)
        self._depth -= 1

    def _by_kind(self, el: Element) -> None:
        if el.tag == "br":
            if self._draft is not None:
                self._draft.text = self._draft.text.rstrip(" ") + "\n"
        elif is_block(el):
            self._block(el)
        elif self._is_typed_mark(el):
            self._say(_bracketed(el))
        elif el.tag == "a" and el.get("href"):
            self._link(el)
        else:
            self._children(el)

    def _is_typed_mark(self, el: Element) -> bool:
        """Say whether this is a number set high, or a bold one that opens a paragraph: typed by hand."""
        if not _NUMBER.fullmatch(mark_text(el)) or el.find(".//a") is not None:
            return False
        if el.tag == "sup":
            is_power = (
                mark_text(el) in ("2", "3") and self._draft and _AFTER_UNIT.search(self._draft.text[-4:])
            )
            return not is_power
        return el.tag in ("strong", "b") and not (self._draft and self._draft.text)

    def _link(self, el: Element) -> None:
        draft = self._current()
        start = len(draft.text)
        self._children(el)
        if draft is self._draft:
            draft.add_link(start, self._resolve((el.get("href") or "").strip()))

    def _block(self, el: Element) -> None:
        self._draft = None
        if el.tag == "li":
            self._current().number = self._item_number(el)
        elif is_heading(el):
            self._current().is_heading = True
        self._children(el)
        self._draft = None

    def _item_number(self, el: Element) -> int | None:
        parent = el.getparent()
        if parent is None or parent.tag != "ol":
            return None
        before = self._counters.get(parent, _integer(parent.get("start"), 1) - 1)
        self._counters[parent] = _integer(el.get("value"), before + 1)
        return self._counters[parent]


def _bracketed(el: Element) -> str:
    return _NUMBER.sub(r"[\1]", mark_text(el))


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text.strip()) else default


def _place(el: Element) -> tuple[int, ...]:
    path = [el, *el.iterancestors()]
    return tuple(parent.index(child) for child, parent in pairwise(path))[::-1]


def _is_way_back(el: Element) -> bool:
    names = el.get("class") or ""
    if "backlink" in names or "backref" in names:
        return True
    is_here = el.tag == "a" and (el.get("href") or "").startswith("#")
    return is_here and bool(_ARROWS.fullmatch(text_of(el)))


def _continuations(el: Element, found: Notemarks, keep: set[Element]) -> dict[Element, str]:
    """Map what stands between two notes of one parent to the note above: its further paragraphs."""
    result: dict[Element, str] = {}
    pending: list[Element] = []
    above = ""
    for child in el:
        if child in found.boxes:
            if above and len(pending) <= _LONGEST_CONTINUATION:
                result.update(dict.fromkeys(pending, above))
            above, pending = found.starts.get(child, ""), []
        elif child in keep or is_heading(child) or child.tag == "hr":
            above, pending = "", []
        elif isinstance(child.tag, str):
            pending.append(child)
    return result
