"""Turning the bytes of a page into characters as browsers do, whatever its server says of them."""

from __future__ import annotations

from w3lib.encoding import html_to_unicode


def decode_page(body: bytes, content_type: str | None) -> tuple[str, str]:
    """Give the encoding and the text: BOM, then the header's charset, then the page's own, then UTF-8.

    A name that is no charset of text (``hex``, ``idna``) counts as none.
    """
    try:
        return html_to_unicode(content_type, body, default_encoding="utf-8")
    except (LookupError, UnicodeError):
        return "utf-8", body.decode("utf-8", "replace")
