"""What Datasette is told about the catalogue: descriptions, order, facets, search."""

from __future__ import annotations

from typing import Any

from archive.catalogue.descriptions import DESCRIPTIONS
from archive.catalogue.schema import NOT_REBUILT

DATABASE = "catalog"

SETTINGS: dict[str, str] = {
    "default_page_size": "50",
    "suggest_facets": "off",  # 0.76 s to 0.12 s on a page of 100,000 rows
    "max_csv_mb": "0",  # full texts are large, and the export is the user's own
    "sql_time_limit_ms": "5000",
    "truncate_cells_html": "300",
    "default_cache_ttl": "0",  # the archive may grow while it is looked at
}

_TABLES: dict[str, dict[str, Any]] = {
    "reports": {"label_column": "file", "sort_desc": "received_at"},
    "claims": {"label_column": "text", "sort": "position", "facets": ["place"]},
    "footnotes": {"label_column": "label", "sort": "position", "facets": ["kind"]},
    "sources": {"label_column": "key", "facets": ["host"]},
    "citations": {"label_column": "printed"},
    "captures": {
        "label_column": "capture",
        "sort_desc": "started_at",
        "facets": ["outcome", "host", "kind"],
        "fts_table": "page_text_fts",
        "fts_pk": "id",
    },
    "page_text": {"label_column": "title", "facets": ["language"]},
    "source_status": {"facets": ["outcome", "host"], "sort": "host"},
    "footnote_status": {"facets": ["outcome"]},
    "exchanges": {"facets": ["role", "status"]},
}

_QUERIES: dict[str, dict[str, Any]] = {
    "missing": {
        "title": "What is missing",
        "hide_sql": True,
        "description": "Every cited source that is not captured, with the reason.",
        "sql": "select report, label, url, outcome, reason from footnote_status"
        " where outcome != 'captured' order by report, id",
    },
    "search": {
        "title": "Search the text",
        "hide_sql": True,
        "description": "Words, or a phrase in quotes.",
        "sql": "select c.url, t.title, snippet(page_text_fts, 1, '[', ']', ' … ', 24) as found,"
        " c.outcome, c.started_at, c.capture"
        " from page_text_fts join page_text t on t.id = page_text_fts.rowid"
        " join captures c on c.id = t.id"
        " where page_text_fts match escape_fts(:words) order by rank limit 100",
    },
}


def metadata() -> dict[str, Any]:
    """Give the metadata of a Datasette that serves one archive."""
    tables = {
        name: {
            "description": description,
            "columns": columns,
            "hidden": name in NOT_REBUILT,
            **_TABLES.get(name, {}),
        }
        for name, (description, columns) in DESCRIPTIONS.items()
    }
    views = {name: values for name, values in _TABLES.items() if name not in tables}
    return {
        "title": "saqta",
        "description": "The sources behind the footnotes, as they were when they were kept.",
        "databases": {DATABASE: {"tables": tables | views, "queries": _QUERIES}},
    }
