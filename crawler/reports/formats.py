"""Which format a report has, seen in its content; the name of the file does not decide.

To add a format: write a module with a function from bytes to `Paper`, and add a line to `READERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import InputError
from crawler.reports.decode import decode
from crawler.reports.html import read_html
from crawler.reports.paper import Paper
from crawler.reports.text import read_text
from crawler.reports.urllist import is_url_list, read_url_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A format that can be read: how its text is recognised and who reads it."""

    name: str
    recognises: Callable[[str], bool]
    read: Callable[[str], Paper]


_HTML = re.compile(
    r"<!doctype\s{1,9}html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:p|div|h1|article|table|ul|ol)(?:\s[^<>]{0,500})?>",
    re.IGNORECASE,
)
_HEAD = 4096

READERS: tuple[Reader, ...] = (
    Reader(name="html", recognises=lambda text: bool(_HTML.search(text[:_HEAD])), read=read_html),
    Reader(name="list", recognises=is_url_list, read=read_url_list),
    Reader(name="text", recognises=lambda _text: True, read=read_text),
)
"""Tried in this order; the last takes every text."""

_SAVE = "open it and save it as a web page (.html), or as plain text (.txt) if its addresses are written out"
_PICTURE = "give the report itself as a web page (.html) or as plain text (.txt)"
UNSUPPORTED: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF file", _SAVE),
    (b"PK\x03\x04", "a Word, OpenDocument, spreadsheet, EPUB or ZIP file", _SAVE),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file", _SAVE),
    (b"{\\rtf", "an RTF file", _SAVE),
    (b"MIME-Version:", "a web archive (MHTML) or an e-mail", "open it in a browser and save it as .html"),
    (b"From: <Saved by", "a web archive (MHTML)", "open it in a browser and save it as .html"),
    (b"bplist00", "a Safari web archive", "open it in Safari and save it as page source (.html)"),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it and give what is inside"),
    (b"7z\xbc\xaf", "a compressed file (7z)", "unpack it and give what is inside"),
    (b"Rar!", "a compressed file (RAR)", "unpack it and give what is inside"),
    (b"\x89PNG", "a picture", _PICTURE),
    (b"\xff\xd8\xff", "a picture", _PICTURE),
    (b"GIF8", "a picture", _PICTURE),
    (b"SQLite format 3", "a database", _PICTURE),
    (b"WARC/1.", "a WARC file", "give the report that cites its pages"),
)
"""(first bytes, what it is, what to do): formats that cannot be read yet."""


def read_paper(data: bytes, file: str) -> Paper:
    """Recognise and read one report; raises InputError, with what to do, for what cannot be read."""
    start = data[:_HEAD].lstrip()
    if not start:
        raise InputError(f"{file} is empty: give a report with text in it.")
    for magic, kind, advice in UNSUPPORTED:
        if start.startswith(magic):
            raise InputError(f"{file} is {kind}, which cannot be read here: {advice}.")
    text = decode(data, file)
    reader = next(reader for reader in READERS if reader.recognises(text))
    return reader.read(text)
