"""What on a page is its furniture and not the report: menus, share buttons, comments, hidden parts."""

from __future__ import annotations

import re

from crawler.reports.notemarks import Element

_BLOCKS = re.compile(
    "p|div|li|dd|dt|td|th|h[1-6]|blockquote|section|article|aside|header|footer|main|ul|ol|table|tr|figure"
    "|figcaption|pre|body|hr|address|details|summary|dl|tbody|thead|center"
)
_DROPPED = re.compile(
    "script|style|noscript|template|svg|math|iframe|nav|form|button|select|textarea|head|object|video|audio"
    "|canvas|map|input|label"
)
_ROLES = re.compile("navigation|banner|contentinfo|search|complementary|menu")
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|sharedaddy|addtoany\w*|social|breadcrumbs?|sidebar|widget|menu|navbar"
    r"|navigation|cookies?|newsletter|subscribe|jp-relatedposts|related|comments?|comment-respond|pagination"
    r"|screen-reader-text|noprint|mw-editsection|catlinks)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_block(el: Element) -> bool:
    """Say whether an element starts a paragraph."""
    return bool(_BLOCKS.fullmatch(str(el.tag)))


def is_heading(el: Element) -> bool:
    """Say whether an element is a heading of any level."""
    return el.tag in ("h1", "h2", "h3", "h4", "h5", "h6")


def is_furniture(el: Element) -> bool:
    """Say whether an element and all inside it stand around the report; classes and ids count for blocks."""
    if _DROPPED.fullmatch(str(el.tag)) or _ROLES.fullmatch(el.get("role") or ""):
        return True
    if _HIDDEN.search(el.get("style") or "") or el.get("hidden") is not None:
        return True
    names = f"{el.get('class') or ''} {el.get('id') or ''}"
    return el.tag != "body" and is_block(el) and bool(_NAMES.search(names))
