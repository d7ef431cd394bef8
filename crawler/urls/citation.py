"""From one address in print, or one link, to a `Citation`; and the repairs that need its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from archive.report import Citation, Repair
from crawler.urls.find import Found, find_one
from crawler.urls.flags import CUT_SHORT, TEXT_DIFFERS, address_flags, public_readings
from crawler.urls.key import fetch_url, host_of, parse, source_key
from crawler.urls.repair import Reading, read_address

ENOUGH_SIBLINGS = 5
"""A cut extension is believed if this many addresses of the same host end in the whole one."""

_EXTENSIONS = {
    ".htm": ".html",
    ".ht": ".html",
    ".shtm": ".shtml",
    ".ph": ".php",
    ".asp": ".aspx",
    ".pd": ".pdf",
}
_EXTENSION = re.compile(r"\.[a-z]{2,5}$")


def cite_printed(found: Found, printed: str | None = None) -> Citation:
    """Make the citation of an address found in a text; `printed` where print broke it over lines."""
    reading = read_address(printed or found.printed)
    return _citation(printed or found.printed, reading, (CUT_SHORT,) if found.is_cut else ())


def cite_link(href: str, text: str) -> Citation:
    """Make the citation of a link. Where its text is an address too, that is what print shows.

    A text that names another source than the link gets the flag ``text-differs-from-link`` and is kept
    as a candidate: nobody can know which of the two the author meant.
    """
    reading = read_address(href)
    shown = find_one(text)
    if shown is None or shown.is_cut or _is_beginning(shown.printed, reading.url):
        return _citation(href.strip(), reading, ())
    other = read_address(shown.printed)
    if source_key(other.url) == source_key(reading.url):
        return _citation(shown.printed, reading, ())
    candidates = (*reading.candidates, other.url, *other.candidates)
    differing = Reading(url=reading.url, repairs=reading.repairs, candidates=candidates)
    return _citation(shown.printed, differing, (TEXT_DIFFERS,))


def _is_beginning(shown: str, url: str) -> bool:
    """Word processors and sites show long addresses shortened; that is no second address."""
    bare, whole = (re.sub(r"^\w+://(?:www\.)?", "", text) for text in (shown.rstrip("/"), url.rstrip("/")))
    return whole != bare and whole.startswith(bare) and "/" in bare


def _citation(printed: str, reading: Reading, flags: tuple[str, ...]) -> Citation:
    further = dict.fromkeys((*reading.candidates, *public_readings(reading.url)))
    further.pop(reading.url, None)
    named = dict.fromkeys((*address_flags(reading.url, printed), *flags))
    return Citation(
        printed=printed,
        url=reading.url,
        key=source_key(reading.url),
        confidence=reading.confidence,
        repairs=reading.repairs,
        candidates=tuple(further),
        flags=tuple(named),
    )


def mend_cut_extensions(citations: Sequence[Citation]) -> list[Citation]:
    """Complete ``.htm`` and its like where at least five siblings on the host end in the whole extension.

    The rule is named ``extension-cut``; the address as printed stays as the first candidate. Where
    fewer siblings say so it is a guess: the whole extension becomes the last candidate.
    """
    known = Counter((host_of(citation.url), _extension(citation.url)) for citation in citations)
    return [_mend_extension(citation, known) for citation in citations]


def _mend_extension(citation: Citation, known: Counter[tuple[str, str]]) -> Citation:
    host, cut = host_of(citation.url), _extension(citation.url)
    whole = _EXTENSIONS.get(cut, "")
    siblings = known[host, whole]
    parsed = parse(citation.url)
    if not whole or not siblings or parsed is None:
        return citation
    parsed.pathname = parsed.pathname[: -len(cut)] + whole
    url = fetch_url(parsed.href)
    if siblings < max(ENOUGH_SIBLINGS, known[host, cut] + 1):
        return msgspec.structs.replace(citation, candidates=tuple(dict.fromkeys((*citation.candidates, url))))
    repair = Repair(rule="extension-cut", before=citation.url, after=url, confidence=0.85)
    return msgspec.structs.replace(
        citation,
        url=url,
        key=source_key(url),
        confidence=round(citation.confidence * repair.confidence, 3),
        repairs=(*citation.repairs, repair),
        candidates=tuple(dict.fromkeys((citation.url, *citation.candidates))),
    )


def _extension(url: str) -> str:
    parsed = parse(url)
    match = _EXTENSION.search(parsed.pathname) if parsed is not None else None
    return match[0] if match else ""
