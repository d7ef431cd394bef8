"""Web pages: the report's own part of the page, its footnotes and its links.

The part that is the report is the smallest container around all note marks; notes are read wherever
they stand. trafilatura is not used here: it keeps the text and drops every source.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from lxml import etree

from crawler.reports.notemarks import Element, find_notemarks, text_of
from crawler.reports.paper import Note, Paper, Paragraph, cut, joined, stripped
from crawler.reports.typed import with_typed_notes
from crawler.reports.walk import Resolve, Walker
from crawler.urls.key import fetch_url, is_web, parse

FORMAT = "html"

_CONTAINERS = (
    "//*[@itemprop='articleBody']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' entry-content ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' post-content ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' article-content ')]",
    "//*[@id='mw-content-text']",
    "//article",
    "//main",
    "//*[@role='main']",
)
_CONTAINER_TAGS = ("article", "main", "section", "div", "td", "body")
_LEAST_SHARE = 0.3
"""What holds all marks is widened until it holds this share of the page's text."""
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
_LEAD = re.compile(r"[\s^↑]*")
_CUT_BY_PARSER = "xcessive depth"
_TOO_DEEP = (
    "This page is nested so deeply that links in a part of it could not be read: "
    "save it again from a browser as plain text and compare."
)


def read_html(text: str) -> Paper:
    """Read a decoded web page; a page without any text gives a paper without paragraphs."""
    # huge_tree: without it libxml2 drops what lies deeper than 256 elements; limits are the process's.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    clean = text.replace("\0", "")
    root = etree.fromstring(clean.encode("utf-8", "replace"), parser) if clean.strip() else None
    if root is None:
        return Paper(format=FORMAT)
    paper = _read_page(root, _resolver(root, clean))
    is_cut = any(_CUT_BY_PARSER in entry.message for entry in parser.error_log)
    return replace(paper, problems=(_TOO_DEEP,)) if is_cut else paper


def _read_page(root: Element, resolve: Resolve) -> Paper:
    body = root.find("body")
    page = body if body is not None else root
    found = find_notemarks(root)
    walker = Walker(found, resolve)
    walker.walk_text(_content_root(root, page, list(found.marks)))
    title = _title(root)
    notes = _notes(walker, found.labels)
    problems = (_TOO_DEEP,) if walker.is_too_deep else ()
    paper = Paper(
        format=FORMAT, title=title, paragraphs=tuple(walker.paragraphs()), notes=notes, problems=problems
    )
    if notes or with_typed_notes(paper).notes:
        return paper
    whole = Walker(found, resolve)  # typed notes may stand outside what looks like the article
    whole.walk_text(page)
    wider = replace(paper, paragraphs=tuple(whole.paragraphs()))
    return wider if with_typed_notes(wider).notes else paper


def _notes(walker: Walker, labels: dict[str, str]) -> tuple[Note, ...]:
    return tuple(_note(key, labels.get(key, key), paragraphs) for key, paragraphs in walker.notes().items())


def _note(key: str, label: str, paragraphs: list[Paragraph]) -> Note:
    """Take the label that the page prints before a note off its text."""
    whole = stripped(joined([one for one in paragraphs if not one.is_blank]))
    lead = _LEAD.match(whole.text)
    start = lead.end() if lead else 0
    printed_label = re.compile(rf"[\[(]?{re.escape(label)}[\])]?[.:)]?(?:\s+|(?=\D)|$)")
    match = printed_label.match(whole.text, start)
    body = stripped(cut(whole, match.end() if match else start, len(whole.text)))
    return Note(key=key, label=label, printed=whole.text[start:], body=body)


def _content_root(root: Element, page: Element, marks: list[Element]) -> Element:
    if marks:
        return _around(marks, page)
    for path in _CONTAINERS:
        hits = cast("list[Element]", root.xpath(path))
        if len(hits) == 1:
            return hits[0]
    return page


def _around(marks: list[Element], page: Element) -> Element:
    """Give the container around all marks, wide enough to be the report and not one of its paragraphs."""
    paths = [[*reversed(list(mark.iterancestors()))] for mark in marks]
    shared: list[Element] = [
        level[0] for level in zip(*paths, strict=False) if all(el is level[0] for el in level)
    ]
    wanted = _LEAST_SHARE * len(text_of(page))
    for el in reversed(shared):
        if el.tag in _CONTAINER_TAGS and len(text_of(el)) >= wanted:
            return el
    return page


def _title(root: Element) -> str:
    """Give the heading that the page's title repeats, else the title itself, else the only heading."""
    title = " ".join((root.findtext(".//title") or "").split())
    headings = [" ".join(text_of(el).split()) for el in root.iter("h1")]
    named = [heading for heading in headings if heading and heading in title]
    return next(iter([*named, *([title] if title else []), *headings]), "")


def _resolver(root: Element, text: str) -> Resolve:
    """Give the function that makes relative links absolute, if the page says where it was."""
    base = parse(_address_of_page(root, text))
    here = fetch_url(base.href) if base is not None else ""

    def resolve(href: str) -> str:
        if base is None or href.startswith("#") or re.match(r"[a-z][a-z0-9+.-]*:", href, re.IGNORECASE):
            return href
        try:
            whole = str((base + href).href)
        except ValueError:
            return href
        return "#" if "#" in whole and fetch_url(whole) == here else whole

    return resolve


def _address_of_page(root: Element, text: str) -> str:
    saved = _SAVED_FROM.search(text[:4096])
    found = [
        *(el.get("href") for el in root.iter("base")),
        *(el.get("href") for el in root.iter("link") if (el.get("rel") or "").lower() == "canonical"),
        *(el.get("content") for el in root.iter("meta") if el.get("property") == "og:url"),
        saved[1] if saved else "",
    ]
    return next((address for address in found if address and is_web(address)), "")
