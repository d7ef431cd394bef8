"""Prints what the judge makes of the corpus: ``SAQTA_CORPUS=… python -m tests.judge_table``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from warcio.archiveiterator import ArchiveIterator

from archive.closing import Judgement
from tests.judgelab import CORPUS, judged, pages, rows

FOLDERS = ("news_en", "news_ru", "login", "dates", "facebook_2021")


def judgements(folder: str) -> Iterator[tuple[str, Judgement]]:
    """Judge every page of a folder; posts under their own address, the others under a made-up one."""
    if folder == "facebook_2021":
        for url, body in facebook_posts():
            yield url, judged(body, url)
        return
    for name, body in pages(folder):
        yield name, judged(body)


def facebook_posts() -> Iterator[tuple[str, bytes]]:
    """Give the address and the body of every page in the capture of a visitor without an account."""
    path = CORPUS / "pages" / "facebook_2021" / "facebook_loggedout_2021-06.warc.gz"
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response" and record.http_headers.get_statuscode() == "200":
                yield record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read()


def login_addresses() -> dict[str, str]:
    """Give the address of each login page by its file name."""
    return {row["file"]: row["url"] for row in rows("pages", "login", "INDEX.tsv")}


def table() -> dict[str, Counter[str]]:
    """Count outcomes by folder."""
    return {folder: Counter(found.outcome.value for _, found in judgements(folder)) for folder in FOLDERS}


def as_text(counts: dict[str, Counter[str]]) -> str:
    """Write the counts with a folder on each line."""
    outcomes = sorted({outcome for counted in counts.values() for outcome in counted})
    lines = ["".join(f"{word:>15}" for word in ("", *outcomes))]
    for folder, counted in counts.items():
        lines.append("".join(f"{word:>15}" for word in (folder, *(counted[outcome] for outcome in outcomes))))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(as_text(table()) + "\n")
