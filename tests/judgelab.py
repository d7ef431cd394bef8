"""Judges pages that a test writes down: the answer around a body, and the shell around a text."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.closing import ExchangeFacts, Judgement
from archive.http import parse_head
from archive.ids import SourceKey
from archive.site import Site
from archive.words import Outcome, Role
from crawler.judge import Answer, judge
from crawler.urls.key import source_key
from spiders.facebook import SITE as FACEBOOK
from spiders.web import SITE as WEB
from spiders.youtube import SITE as YOUTUBE
from tests.evidence import MOMENT

URL = "https://news.example.kz/2021/12/07/akimat-otvet"
FAMILIES = (FACEBOOK, YOUTUBE)
CORPUS = Path(os.environ.get("SAQTA_CORPUS", ""))
needs_corpus = pytest.mark.skipif("SAQTA_CORPUS" not in os.environ, reason="SAQTA_CORPUS is not set")


def facts(url: str = URL, **changes: Any) -> ExchangeFacts:
    """Make the facts of a whole answer over plain HTTP; `changes` are fields of `ExchangeFacts`."""
    fields: dict[str, Any] = dict.fromkeys(ExchangeFacts.__struct_fields__)
    fields |= {
        "role": Role.PAGE,
        "url": url,
        "method": "GET",
        "started_at": MOMENT,
        "ended_at": MOMENT,
        "status": 200,
        "complete": True,
        "sent_bytes": 100,
        "received_bytes": 100,
        "interim_bytes": 0,
        "surplus_bytes": 0,
        "rehearsal": False,
    }
    return ExchangeFacts(**fields | changes)


def site_of(url: str) -> Site:
    """Give the family that covers a URL."""
    host = urlsplit(url).hostname or ""
    return next((site for site in FAMILIES if site.covers(host)), WEB)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A page as it came: what was cited, where it came from, and what it is.

    ``rule`` is checked where it is given; ``exchange`` changes fields of the exchange's facts.
    """

    name: str
    want: Outcome
    body: str | bytes
    rule: str | None = None
    url: str = URL
    final_url: str | None = None
    fields: tuple[str, ...] = ("Content-Type: text/html; charset=utf-8",)
    exchange: Mapping[str, Any] = field(default_factory=dict)

    def judged(self) -> Judgement:
        """Judge the page as a worker does."""
        return judged(
            self.body if isinstance(self.body, bytes) else self.body.encode(),
            self.url,
            final_url=self.final_url,
            fields=self.fields,
            exchange=self.exchange,
        )


def judged(
    body: bytes,
    url: str = URL,
    *,
    final_url: str | None = None,
    fields: tuple[str, ...] = ("Content-Type: text/html",),
    exchange: Mapping[str, Any] | None = None,
) -> Judgement:
    """Judge a body that came for a URL, by the rules of the family that covers it."""
    site = site_of(url)
    final = facts(final_url or url, **(exchange or {}))
    head = parse_head("\r\n".join([f"HTTP/1.1 {final.status} X", *fields, "", ""]).encode())
    answer = Answer(
        url=url,
        source_key=SourceKey(source_key(url, site.key_rules)),
        final=final,
        head=head if final.status is not None else None,
        body=body,
        redirects=0 if final_url is None else 1,
    )
    return judge(answer, site).judgement


def pages(folder: str) -> Iterator[tuple[str, bytes]]:
    """Give the name and the bytes of every page in a folder of the corpus, unpacked."""
    for path in sorted((CORPUS / "pages" / folder).rglob("*")):
        if path.suffix == ".gz" and ".warc" not in path.suffixes:
            yield path.name, gzip.decompress(path.read_bytes())
        elif path.suffix == ".html":
            yield path.name, path.read_bytes()


def rows(*names: str) -> list[dict[str, str]]:
    """Read a table of the corpus; its values are not quoted."""
    with CORPUS.joinpath(*names).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
