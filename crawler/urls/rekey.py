"""Give every citation of a report its key once the rules of the sites are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from archive.ids import SourceKey
from archive.report import Citation, Footnote, Report
from archive.site import KeyRule
from crawler.urls.key import host_of, source_key

DUPLICATE_OF = "duplicate-of:"

RulesFor = Callable[[str], Sequence[KeyRule]]
"""From a host in lower case to the key rules of the site that it belongs to."""


def no_rules(host: str) -> Sequence[KeyRule]:  # noqa: ARG001 - the shape of RulesFor
    """Know no site: every key is generic."""
    return ()


def rekey(report: Report, rules_for: RulesFor) -> Report:
    """Set every citation's key by the rules of its host; a repetition is flagged ``duplicate-of:<label>``.

    The label is that of the first footnote with the same key. Applying it again replaces what it set.
    """
    first: dict[SourceKey, str] = {}
    footnotes = []
    for footnote in report.footnotes:
        citations = tuple(_keyed(citation, rules_for, first) for citation in footnote.citations)
        for citation in citations:
            first.setdefault(citation.key, footnote.label)
        footnotes.append(_with_citations(footnote, citations))
    return msgspec.structs.replace(report, footnotes=tuple(footnotes))


def _with_citations(footnote: Footnote, citations: tuple[Citation, ...]) -> Footnote:
    return msgspec.structs.replace(footnote, citations=citations)


def _keyed(citation: Citation, rules_for: RulesFor, first: dict[SourceKey, str]) -> Citation:
    key = source_key(citation.url, rules_for(host_of(citation.url)))
    flags = [flag for flag in citation.flags if not flag.startswith(DUPLICATE_OF)]
    if key in first:
        flags.append(f"{DUPLICATE_OF}{first[key]}")
    return msgspec.structs.replace(citation, key=key, flags=tuple(flags))
