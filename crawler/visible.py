"""What a reader sees of a page: one pass over the tree, shared by every rule of the judge."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html
from w3lib.encoding import html_to_unicode

_HIDDEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select"})
_CONTROLS = frozenset({"a", "button", "form", "label", "nav", "option"})
_HEADINGS = frozenset({"h1", "h2"})
_PROSE_RUN = 40
"""Characters a run of text outside links and forms must have to be a sentence rather than a label."""
_MAX_TEXT = 20_000
"""Characters of visible text that are gathered; no rule asks whether there are more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A parsed page: its tree, its markup as text, and what of it is visible (at most 20,000 characters).

    ``prose`` is what is left of ``text`` without links, forms, navigation and short labels: what a
    reader reads. ``headings`` are its first and second level headings.
    """

    tree: lxml_html.HtmlElement
    markup: str
    title: str
    text: str
    prose: str
    headings: str
    has_password_field: bool


def read_page(body: bytes, content_type: str | None) -> Page | None:
    """Parse an HTML body; None where nothing in it can be parsed."""
    markup = html_to_unicode(content_type, body, default_encoding="utf-8")[1]
    try:
        tree = lxml_html.document_fromstring(markup.encode("utf-8"), lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return None
    title = tree.findtext(".//title") or ""
    seen = _Seen(tree)
    return Page(
        tree=tree,
        markup=markup,
        title=" ".join(title.split()),
        text=" ".join(seen.text),
        prose=" ".join(seen.prose),
        headings=" ".join(seen.headings),
        has_password_field=bool(
            tree.xpath("boolean(//input[translate(@type, 'PASWORD', 'pasword')='password'])")
        ),
    )


class _Seen:
    """Gathers visible text in one walk; counts how deep it is in hidden parts, controls and headings."""

    def __init__(self, tree: lxml_html.HtmlElement) -> None:
        self.text: list[str] = []
        self.prose: list[str] = []
        self.headings: list[str] = []
        self._size = 0
        self._hidden = self._controls = self._heading = 0
        for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
            if event in ("start", "end"):
                self._enter(str(element.tag), 1 if event == "start" else -1)
            piece = element.text if event == "start" else element.tail
            if piece and not self._hidden:
                self._take(" ".join(piece.split()))
            if self._size > _MAX_TEXT:
                break

    def _enter(self, tag: str, step: int) -> None:
        self._hidden += step * (tag in _HIDDEN)
        self._controls += step * (tag in _CONTROLS)
        self._heading += step * (tag in _HEADINGS)

    def _take(self, piece: str) -> None:
        if not piece:
            return
        self.text.append(piece)
        self._size += len(piece)
        if self._heading:
            self.headings.append(piece)
        if not self._controls and len(piece) >= _PROSE_RUN:
            self.prose.append(piece)
