"""A plain list of addresses: one a line, comments behind ``#``, blank lines anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.errors import InputError
from crawler.reports.paper import Note, Paper, Paragraph

FORMAT = "list"

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_ENTRY = re.compile(
    r"(?:\S{1,12}(?:://|\[://\]|[:;]/{1,2})|www\d?\.|(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?:[/:?]|$))\S*",
    re.IGNORECASE,
)
_LIST_SHARE = 0.8
"""So many of the lines must be one address each; a wrong line in a long list makes it no prose."""


def entries(text: str) -> Iterator[str]:
    """Give every line that is neither blank nor a comment, without the comment behind it."""
    for line in text.splitlines():
        entry = _COMMENT.sub("", line).strip()
        if entry:
            yield entry


def is_url_list(text: str) -> bool:
    """Say whether a text is a list of addresses and nothing else."""
    lines = list(entries(text))
    good = sum(bool(_ENTRY.fullmatch(line)) for line in lines)
    return bool(lines) and good >= _LIST_SHARE * len(lines)


def read_url_list(text: str) -> Paper:
    """Read a list: a note without a claim for each line, labelled by its place in the list."""
    notes = tuple(
        Note(key=str(place), label=str(place), printed=entry, body=Paragraph(text=entry))
        for place, entry in enumerate(entries(text), 1)
    )
    return Paper(format=FORMAT, notes=notes)


def read_urls(lines: Sequence[str]) -> bytes:
    """Make the bytes of a report in the format ``list`` from addresses given one by one.

    Blank lines and comments are kept. Raises InputError for a line that is no address, before anything
    is stored.
    """
    text = "\n".join(line.rstrip("\r\n") for line in lines) + "\n"
    found = list(entries(text))
    for entry in found:
        if not _ENTRY.fullmatch(entry):
            raise InputError(
                f"{entry[:200]!r} is neither a file nor a web address; "
                "write addresses in full, such as https://example.org/page."
            )
    if not found:
        raise InputError("There is no address to read: give at least one, such as https://example.org/page.")
    return text.encode("utf-8", "replace")
