"""The Datasette plugin: finds its way around the catalogue for a reader.

Only hooks that Datasette 0.65 and 1.0 share are used.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from markupsafe import Markup, escape

from archive.pages.metadata import DATABASE

if TYPE_CHECKING:
    from datasette.app import Datasette  # at run time Datasette itself loads this module first

_NOTHING = '"\U0010fffd"'
"""A query for a character that stands in no text."""
_LISTS = frozenset({"repairs", "flags", "candidates", "problems", "footnotes"})


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """Lead to what a reader looks for."""
    base = datasette.urls.database(DATABASE)
    return [
        {"href": f"{base}/page_text", "label": "Search the text"},
        {"href": f"{base}/footnote_status", "label": "Footnotes"},
        {"href": f"{base}/missing", "label": "What is missing"},
    ]


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Let every search box take whatever a person types (Datasette's own function fails on lone quotes)."""
    conn.create_function("escape_fts", 1, escape_fts, deterministic=True)


def escape_fts(query: str | None) -> str:
    """Turn words and phrases in quotes into an FTS5 query that cannot be wrong; nothing finds nothing."""
    words = re.findall(r'"([^"]*)"?|([^\s"]+)', (query or "").replace("\0", " "))
    phrases = [text.strip() for pair in words for text in pair if any(map(str.isalnum, text))]
    return " ".join(f'"{phrase}"' for phrase in phrases) or _NOTHING


@hookimpl
def render_cell(value: Any, column: str) -> Markup | None:
    """Show JSON lists as words, and addresses as text: no click leads to the live web by accident."""
    if not isinstance(value, str):
        return None
    if value.startswith(("http://", "https://")):
        return escape(value)
    if column not in _LISTS or not value.startswith("["):
        return None
    try:
        items = json.loads(value)
    except ValueError:
        return None
    return Markup("<br>").join(escape(_words(item)) for item in items)


def _words(item: Any) -> str:
    if isinstance(item, dict) and "rule" in item:
        return f"{item['rule']}: {item['before']} → {item['after']}"
    return str(item)
