"""From a response record to the main text (step 9 of the way of a URL). Never changes an outcome."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import trafilatura
from lxml import etree
from lxml import html as lxml_html

from archive.html import decode_page
from archive.http import Head, NotDecodableError, decoded_body, parse_head
from archive.record import to_json
from archive.site import Selectors
from archive.text.model import EXTRACTOR, VERSION, PageText, TextTask
from archive.warc.members import read_member

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", ""})
OPTIONS: dict[str, Any] = {
    "include_comments": False,  # readers' comments are not what was cited
    "include_tables": True,
    "favor_precision": True,  # best on Russian news: F1 .83 against .78
    "with_metadata": True,
}

_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z])")


def extract(task: TextTask) -> PageText:
    """Read a record and take its text out; a record that is no HTML or plain text gives an empty text."""
    block = read_member(Path(task.warc), task.offset).block
    head = parse_head(block)
    if head is None or not head.start_line.startswith(b"HTTP/"):
        return _text(task, "", {})
    body = _body(block, head, task.max_decoded_bytes)
    if head.content_type == "text/plain":
        return _text(task, _decoded(body, head), {})
    if head.content_type not in HTML_TYPES:
        return _text(task, "", {})
    return _from_html(task, _decoded(body, head))


def _body(block: bytes, head: Head, limit: int) -> bytes:
    pieces = bytearray()
    try:
        for piece in decoded_body([block[head.length :]], head, limit):
            pieces += piece
    except NotDecodableError:
        pass  # the closing record says so; what unpacked before is still text
    return bytes(pieces)


def _decoded(body: bytes, head: Head) -> str:
    return decode_page(body, head.get("Content-Type"))[1]


def _from_html(task: TextTask, page: str) -> PageText:
    found = trafilatura.bare_extraction(page, url=task.url, **OPTIONS)
    values = found.as_dict() if found is not None else {}
    tree = _tree(page)
    values["language"] = _language(tree)
    text = _first(tree, task.selectors.text) or values.get("text") or ""
    for name, expressions in (
        ("title", task.selectors.title),
        ("author", task.selectors.author),
        ("date", task.selectors.published),
    ):
        values[name] = _first(tree, expressions) or values.get(name)
    return _text(task, text, values)


def _tree(page: str) -> lxml_html.HtmlElement | None:
    try:
        return lxml_html.document_fromstring(page.encode("utf-8"), lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return None


def _language(tree: lxml_html.HtmlElement | None) -> str | None:
    """Give the language that the page declares, without region or script (RFC 5646, section 2.2.1)."""
    declared = tree.get("lang") if tree is not None else None
    match = _LANGUAGE.match(declared.strip().lower()) if declared else None
    return match[0] if match else None


def _first(tree: lxml_html.HtmlElement | None, expressions: tuple[str, ...]) -> str | None:
    """Give the text of the first selector that finds any, one line per element found."""
    if tree is None:
        return None
    for expression in expressions:
        found = tree.xpath(expression)
        lines = (" ".join((item if isinstance(item, str) else item.text_content()).split()) for item in found)
        if text := "\n".join(line for line in lines if line):
            return text
    return None


def settings_sha256(selectors: Selectors) -> str:
    """Name what an extraction was told, so that another way of reading adds a text and hides none."""
    return hashlib.sha256(to_json({"options": OPTIONS, "selectors": selectors})).hexdigest()


def _text(task: TextTask, text: str, values: dict[str, Any]) -> PageText:
    return PageText(
        capture=task.capture,
        extractor=EXTRACTOR,
        extractor_version=VERSION,
        settings_sha256=settings_sha256(task.selectors),
        title=values.get("title") or None,
        author=values.get("author") or None,
        published_at=values.get("date") or None,
        language=values.get("language") or None,
        text=text,
        text_sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    )
