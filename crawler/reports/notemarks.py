"""Footnotes in HTML, whatever made them: a short mark that links forward to a place in the same page.

Covers Word (``#_ftn1``), Wikipedia, Google Docs, the footnote plugins, tooltips, org-mode and plain
``<sup>`` with an id to go with it. A link backward is a note's way back; a target that is missing is a
mark whose note is missing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.reports.typed import MISSING

Element = etree._Element
"""lxml has no public name for it."""

MARK = re.compile(r"[\[(]{0,2}\s?(?:\d{1,4}|[ivxlc]{1,6}|[a-z]|[*†‡§¶#]{1,4})\s?[\])]{0,2}\.?", re.IGNORECASE)
_NUMBER = re.compile(r"[\[(]?(\d{1,3})[\])]?")
_NOTEISH = re.compile(r"fn|ftn|edn|note|cite|ref|remark|source|comment", re.IGNORECASE)
_NOTE_LINK = re.compile(r"_?(?:ftn|edn)\w+|.*footnote.*|fn.*|cite_.*|.*note.*|sdfootnote.*", re.IGNORECASE)
_WORD_BACK = re.compile(r"#(_(?:ftn|edn))ref(\w+)$")
_BACK = re.compile(r"ref\W{0,2}\w{0,9}$", re.IGNORECASE)
_TOOLTIP = re.compile(r"(?:foot|side)_?-?note|tooltip", re.IGNORECASE)
_ON_CLICK = re.compile(r"moveToReference\w*\('([^']+)'\)")
_TARGET_ATTRIBUTES = (
    "aria-describedby",
    "aria-controls",
    "data-footnote-id",
    "data-fn",
    "data-definition",
    "for",
)
_CARRIERS = ("a", "sup", "span", "label", "button")
_INLINE = ("a", "sup", "span", "b", "strong", "em", "i", "font", "small", "label", "input")
_NO_NOTE = ("h1", "h2", "h3", "h4", "h5", "h6", "body", "html", "main", "article", "nav")
_LONGEST_MARK = 12
_LONG_SPAN = 25
"""A span of so many characters holds a note; a shorter one only its number."""


@dataclass(slots=True)
class Notemarks:
    """What was found in one page.

    `marks`: the element of a mark to the key and label of its note; `starts`: the element at which a
    note begins to its key; `boxes`: elements that hold notes; `backs`: links back to the text; `hidden`:
    second prints of a note; `labels`: the label of every note by its key.
    """

    marks: dict[Element, tuple[str, str]] = field(default_factory=dict)
    starts: dict[Element, str] = field(default_factory=dict)
    boxes: set[Element] = field(default_factory=set)
    backs: set[Element] = field(default_factory=set)
    hidden: set[Element] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)


def text_of(element: Element) -> str:
    """Give all text inside an element, stripped."""
    return "".join(element.itertext()).strip()


def mark_text(element: Element) -> str:
    """Give the text of an element that may be a mark; nothing if it is longer than any mark."""
    text = ""
    for piece in element.itertext():
        text += piece
        if len(text.strip()) > _LONGEST_MARK:
            return ""
    return text.strip()


def _shape(fragment: str) -> str:
    """Make the fragments of one numbering alike."""
    return re.sub(r"\d+", "#", fragment)


def find_notemarks(root: Element) -> Notemarks:
    """Find every note mark of a page and the element that holds its note."""
    return _Finder(root).found


class _Finder:
    """The page's elements in order, its places, and what has been found so far."""

    def __init__(self, root: Element) -> None:
        self.order = {el: place for place, el in enumerate(root.iter()) if isinstance(el.tag, str)}
        self.places = self._places()
        self.targets: dict[str, Element] = {}
        self.tips: set[Element] = set()
        self.found = Notemarks()
        self._tooltips()
        self._links()
        self._dangling()
        self._superscripts()
        self._boxes()

    def _places(self) -> dict[str, Element]:
        places: dict[str, Element] = {}
        for el in self.order:
            for name in (el.get("id"), el.get("name") if el.tag == "a" else None):
                if name and el.tag != "input":
                    places.setdefault(name, el)
        for el in self.order:  # Word: "#_ftn1" may have no target but the note's own way back
            match = _WORD_BACK.search(el.get("href") or "") if el.tag == "a" else None
            if match:
                places.setdefault(match[1] + match[2], el)
        return places

    def _mark(self, el: Element, key: str, printed: str, target: Element | None) -> None:
        label = printed.strip("[]() .") or printed
        self.found.marks[el] = (key, label)
        if target is not None:
            self.targets.setdefault(key, target)
            self.found.labels.setdefault(key, label)

    def _is_taken(self, el: Element) -> bool:
        marks = self.found.marks
        return el in marks or any(up in marks for up in el.iterancestors())

    def _tooltips(self) -> None:
        """Take notes that a plugin puts right behind their marks, maybe all with the same id."""
        for el in self.order:
            if el.tag not in ("sup", "a", "span", "label") or not MARK.fullmatch(mark_text(el)):
                continue
            tip = _tooltip_of(el)
            if tip is None or self._is_taken(el):
                continue
            target = self.places.get(next(_fragments(el), ""))
            if target is None or target is tip or target.get("id") == tip.get("id"):
                self.tips.add(tip)
                self._mark(el, f"tip:{len(self.found.marks)}", text_of(el), tip)
            else:
                self.found.hidden.add(tip)

    def _links(self) -> None:
        candidates = list(self._candidates())
        shapes = Counter(_shape(key) for _, key, _ in candidates)
        for el, key, target in candidates:
            if self.order[target] < self.order[el]:
                self.found.backs.add(el)
                continue
            is_repeated = shapes[_shape(key)] > 1
            if (is_repeated or _is_noteish(el, key)) and self._may_hold_note(el, target):
                self._mark(el, key, text_of(el), target)

    def _candidates(self) -> Iterator[tuple[Element, str, Element]]:
        tips = {part for tip in (*self.targets.values(), *self.found.hidden) for part in tip.iter()}
        for el in self.order:
            mark = self._mark_of(el)
            if mark is None or el in tips or self._is_taken(el):
                continue
            for fragment in _fragments(el):
                target = self.places.get(fragment)
                if target is not None and target is not el:
                    yield mark, fragment, target
                    break

    def _may_hold_note(self, el: Element, target: Element) -> bool:
        box = _box_of(target)
        return box.tag not in _NO_NOTE and not any(up is box for up in el.iterancestors())

    def _dangling(self) -> None:
        """Keep a mark whose place is missing, if it looks like the others or like Word's."""
        shapes = {_shape(key) for key, _ in self.found.marks.values()}
        for el in self.order:
            mark = self._mark_of(el)
            fragment = next(_fragments(el), "") if mark is not None else ""
            is_note = _shape(fragment) in shapes or re.match(r"_(?:ftn|edn)\d", fragment)
            if mark is None or not fragment or fragment in self.places or not is_note:
                continue
            if el not in self.found.backs and not _BACK.search(fragment) and not self._is_taken(mark):
                self._mark(mark, MISSING + fragment, text_of(mark), None)

    def _mark_of(self, el: Element) -> Element | None:
        """Give the element that prints the mark: a whole carrier, or the number that ends a linked phrase."""
        if el.tag not in _CARRIERS:
            return None
        return el if MARK.fullmatch(mark_text(el)) else _mark_at_end(el)

    def _superscripts(self) -> None:
        """Link a bare ``<sup>1</sup>`` to an id such as ``fn1`` or ``footnote-1`` further down."""
        numbered: dict[str, Element] = {}
        for name, el in self.places.items():
            match = re.fullmatch(
                r"(?:.*\D)?(?:fn|footnote|endnote|note|ftn)\D{0,3}(\d{1,4})", name, re.IGNORECASE
            )
            if match and el not in self.targets.values():
                numbered.setdefault(match[1], el)
        for el in self.order:
            match = _NUMBER.fullmatch(mark_text(el)) if el.tag == "sup" else None
            target = numbered.get(match[1]) if match else None
            if target is None or self._is_taken(el) or el.find(".//a") is not None:
                continue
            if self.order[target] > self.order[el] and self._may_hold_note(el, target):
                self._mark(el, f"sup:{match[1]}" if match else "", text_of(el), target)

    def _boxes(self) -> None:
        """Find what holds each note; where several share one box, each starts at its own anchor."""
        shared: dict[Element, list[tuple[str, Element]]] = defaultdict(list)
        for key, target in self.targets.items():
            box = target if target in self.tips else _box_of(target)
            shared[box].append((key, target))
        for box, notes in shared.items():
            self.found.boxes.add(box)
            for key, target in notes:
                self.found.starts[box if len(notes) == 1 else target] = key


def _fragments(el: Element) -> Iterator[str]:
    """Give the places in this page that an element points at, by link or by what plugins use instead."""
    carrier = el if el.tag != "sup" else next((up for up in el.iterancestors("a")), el)
    href = carrier.get("href") or ""
    path, _, fragment = href.partition("#")
    is_here = not path or (not re.match(r"[a-z][a-z0-9+.-]*:|//", path, re.IGNORECASE))
    if fragment and (is_here or _NOTE_LINK.fullmatch(fragment)):
        yield fragment
    for name in _TARGET_ATTRIBUTES:
        if el.get(name):
            yield str(el.get(name))
    click = _ON_CLICK.search(el.get("onclick") or "")
    if click:
        yield click[1]


def _mark_at_end(el: Element) -> Element | None:
    """Give the superscript number that ends a linked phrase."""
    if el.tag != "a" or not len(el):
        return None
    last = el[-1]
    is_mark = last.tag == "sup" and not (last.tail or "").strip() and MARK.fullmatch(mark_text(last))
    return last if is_mark else None


def _is_noteish(el: Element, key: str) -> bool:
    near = [el, *list(el.iterancestors())[:2], *el]
    is_sup = any(one.tag == "sup" for one in near)
    return is_sup or bool(_NOTEISH.search(" ".join([key, *(one.get("class") or "" for one in near)])))


def _tooltip_of(el: Element) -> Element | None:
    if (el.tail or "").strip():
        return None
    tip = el.getnext()
    while tip is not None and tip.tag == "input" and not (tip.tail or "").strip():
        tip = tip.getnext()
    if tip is None or tip.tag not in ("span", "aside", "small", "div"):
        return None
    is_tip = tip.get("role") == "tooltip" or _TOOLTIP.search(tip.get("class") or "")
    return tip if is_tip and text_of(tip) and not MARK.fullmatch(mark_text(tip)) else None


def _box_of(target: Element) -> Element:
    """Climb from the anchor that a mark points at to the element that holds the whole note."""
    el = target
    while el.tag in _INLINE:
        parent = el.getparent()
        if parent is None or (el.tag == "span" and len(text_of(el)) > _LONG_SPAN):
            return el
        el = parent
    parent = el.getparent()
    return parent if el.tag in ("th", "td") and parent is not None and parent.tag == "tr" else el
