"""The December 2021 report, as real as it is: 133 claims, 123 marks, 122 notes, 118 sources."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.folder import Folder
from crawler.rehearsal import RehearsalWeb
from tests.commands import on_the_web, run_saqta

CORPUS = os.environ.get("SAQTA_CORPUS")
pytestmark = pytest.mark.skipif(CORPUS is None, reason="SAQTA_CORPUS is not set")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict, Counter[str]]:
    """Archive the report against a web that answers under the real host names."""
    place = tmp_path_factory.mktemp("december")
    folder = Folder(place / "archive")
    report = Path(CORPUS or "") / "reports" / "monitoring-2021-12.txt"
    with RehearsalWeb(place / "web") as web:
        done = run_saqta(
            "archive", report, "--archive", folder.root, "--delay", "0.1", "--json", *on_the_web(web)
        )
        assert done.returncode == 3, done.stderr
        hits = web.requests()
    status = json.loads(run_saqta("status", "--json", "--archive", folder.root).stdout)
    seen = Counter(f"{hit.scheme}://{hit.host}{hit.path}" for hit in hits)
    return json.loads(done.stdout), status, seen


def truth() -> list[dict[str, str]]:
    """Read what is known of the notes."""
    path = Path(CORPUS or "") / "reports" / "monitoring-2021-12.truth.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["row_type"] == "note" and row["url_fetch"]
        ]


def test_each_of_the_118_sources_has_its_capture(archived: tuple[dict, dict, Counter[str]]) -> None:
    """Every address that the truth names was asked for, and has a capture of its own."""
    _, status, seen = archived
    assert status["sources"] == 118
    assert sum(status["by_outcome"].values()) == 118
    assert "not_tried" not in status["by_outcome"]
    report = status["reports"][0]
    assert (report["claims"], report["sources"]) == (133, 118)
    captured = {row["url"] for row in status["captures"]}
    for row in truth():
        url = row["url_fetch"].partition("#")[0]
        assert url in captured, row["footnote"]
        parts = urlsplit(url)
        asked = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}" + (
            f"?{parts.query}" * bool(parts.query)
        )
        assert seen[asked] == 1, row["footnote"]


def test_requests_are_counted_apart_and_add_up(archived: tuple[dict, dict, Counter[str]]) -> None:
    """First loads, candidates, redirects and robots.txt together are what the server's log has."""
    summary, _, seen = archived
    assert summary["page_loads"]["first"] == 118
    assert sum(summary["page_loads"].values()) == sum(seen.values())
    robots = sum(number for url, number in seen.items() if url.endswith("/robots.txt"))
    assert summary["page_loads"]["robots"] == robots


def test_no_login_wall_counts_as_archived(archived: tuple[dict, dict, Counter[str]]) -> None:
    """What ended at a login page is called so; a captured Facebook post stayed at its own address."""
    _, status, _ = archived
    for row in status["captures"]:
        if urlsplit(row["final_url"]).path.startswith("/login"):
            assert row["outcome"] == "login_wall"
    facebook = [row for row in status["captures"] if "facebook.com" in row["url"]]
    assert {row["outcome"] for row in facebook} >= {"captured", "login_wall", "unavailable"}
