"""A small report in words of our own, with the damages that copying does to footnotes."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

import pytest

from archive.report import Citation, Footnote, Report
from crawler.reports.formats import read_paper
from crawler.reports.linker import link
from crawler.urls.rekey import no_rules, rekey

SITE = "https://news.example.kz/a"
TITLE = "Monitoring of harvest festivals in the lake district from May 1 to May 31, 2020"
CLAIMS = (
    "On May 1, in Aktau, the choir sang on the pier[1].",
    "On May 2-3, the ministry of apples held its yearly congress[2].",
    "4 May, Semey, gardeners planted two hundred lindens [3].",
    "On May 5, in Talgar city, the brass band rehearsed in the rain.",
    "On May 6, in Aksu, Pavlodar region, a bridge was painted green[4].",
    "On May 7, in Almaty, the library stayed open all night.[5] On May 8, in Almaty, it slept.",
    "14 May, the list of prizes was published[6].",
    "On May 15, in Uralsk, a kite festival drew a crowd[7].",
    "On May 16, in Uralsk, the kites were mended[8].",
    "On May 17, the weather office reported clear skies[9].",
    "On May 18, in Atyrau, the anglers met[10].",
)
NOTES = (
    f"[1]{SITE}/31000001.html",
    f"[2]{SITE}/the-yearly–congress-of-apple-growers/31000002.html",
    f"3{SITE}/31000003.html",
    f"[4]{SITE}/31000004.htm",
    f"[5]{SITE}/31000005.html т",
    "[6]ttps://www.facebook.com/lindens/posts/600",
    "[8]https://blog.example.kz/wp-admin/post.php?post=77&action=edit",
    f"[9]{SITE}/31000009.html",
    f"[10]{SITE}/31000001.html?fbclid=IwAR0",
)
"""Note 7 is missing; note 10 repeats note 1 behind a tracking parameter."""

FULL = "\n\n".join([TITLE, *CLAIMS, *NOTES, "Share this page:"])

needs_corpus = pytest.mark.skipif("SAQTA_CORPUS" not in os.environ, reason="SAQTA_CORPUS is unset")


def corpus(*parts: str) -> Path:
    """Give a path in the corpus; only for tests that carry `needs_corpus`."""
    return Path(os.environ["SAQTA_CORPUS"]).joinpath(*parts)


def read(text: str | bytes, name: str = "report.txt") -> Report:
    """Read a report in this process: what the child does, without the child."""
    data = text.encode() if isinstance(text, str) else text
    return rekey(link(read_paper(data, name), file=name, sha256="0" * 64), no_rules)


def page(*blocks: str, title: str = TITLE) -> str:
    """Wrap blocks of HTML into a page with the furniture that sites put around."""
    return (
        f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head><body>"
        '<nav><a href="https://menu.example.kz/start">Start</a></nav>'
        f'<div class="entry-content">{"".join(blocks)}</div>'
        '<div class="sharedaddy"><a href="https://share.example.kz/x">Share</a></div></body></html>'
    )


def footnote(report: Report, label: str) -> Footnote:
    """Give the footnote with a label."""
    return next(one for one in report.footnotes if one.label == label)


def only_citation(report: Report, label: str) -> Citation:
    """Give the one citation of a footnote."""
    (citation,) = footnote(report, label).citations
    return citation


def rules(report: Report) -> list[tuple[str, str]]:
    """List every repair as (label, rule), those of the note before those of its address."""
    return [
        (one.label, repair.rule)
        for one in report.footnotes
        for repair in (*one.repairs, *(repair for citation in one.citations for repair in citation.repairs))
    ]
