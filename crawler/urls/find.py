"""Addresses as people print them: where they start, where they stop, and nothing about their meaning.

Every expression here is linear: a report may be one line of millions of characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from crawler.urls.hosts import is_possible_host
from crawler.urls.key import MAX_URL, host_of
from crawler.urls.repair import INVISIBLE, read_address

_SCHEME = r"https?://"
# htps ttps tps hhttp htttp hxxp h**p … followed by :// or what is left of it
_DAMAGED = (
    r"(?<![A-Za-z])(?:h{0,2}(?:t{1,3}|xx|\*\*)p{1,2}s{0,2}"
    r"(?:[ ]?(?:\[:(?://)?\]|[:;])[ ]?[/\\]{1,3}|(?<=p)[/\\]{2}|(?<=s)[/\\]{2}))"
)
_ANY = rf"(?:{_SCHEME}|{_DAMAGED})"
_START = re.compile(
    rf"{_ANY}(?:[{INVISIBLE}]{{0,4}}{_ANY}){{0,4}}|(?<![\w@./-])www\d?\.(?=\w)", re.IGNORECASE
)
_BODY = re.compile(r"[^\s<>\"“”„«»‹›|`\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BARE = re.compile(r"(?<![\w@./:-])(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?=/)", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}/?", re.IGNORECASE)
_WRAPPED = re.compile(r"(?:[/=?&]|%3d|%2f)$", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\[\d{1,4}\]$")
_OPENING = {")": "(", "]": "[", "}": "{"}
_STOPS = ".,;:!?'’‘*…–—" + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One address in a text: ``text[start:end] == printed``; `is_cut` if print shows it goes on."""

    start: int
    end: int
    printed: str
    is_cut: bool = False


def find_urls(text: str, *, bare: bool = False) -> list[Found]:
    """Find every address in a text, in order; a damaged scheme counts if a possible host follows.

    With `bare`, ``host.tld/path`` without a scheme counts too: right for notes and lists, not for prose.
    """
    starts = sorted((match.start(), match.end()) for match in _START.finditer(text))
    if bare:
        starts = sorted({*starts, *((m.start(), m.start()) for m in _BARE.finditer(text))})
    heads = [start for start, _ in starts]
    found: list[Found] = []
    position = 0
    for start, head_end in starts:
        if start < position:
            continue
        limit = _limit(text, heads, start, head_end)
        body = _BODY.match(text, head_end, limit)
        length = _length_in_print(body[0]) if body else 0
        if not length:
            continue
        end = head_end + length
        address = Found(start=start, end=end, printed=text[start:end], is_cut=_goes_on(text, start, end))
        position = end if end - start < MAX_URL else _run_end(text, end)
        if _is_address(address.printed):
            found.append(address)
    return found


def find_one(text: str) -> Found | None:
    """Read a whole text as one address, a bare host included; None where it is no single address."""
    stripped = text.strip()
    if not stripped or len(stripped.split()) > 1:
        return None
    found = find_urls(stripped, bare=True)
    if len(found) == 1 and found[0].start == 0:
        return found[0]
    if _BARE_HOST.fullmatch(stripped) and is_possible_host(stripped.rstrip("/").lower()):
        return Found(start=0, end=len(stripped), printed=stripped)
    return None


def _is_address(printed: str) -> bool:
    """Believe a whole scheme; a damaged or missing one only before a host that can exist."""
    if re.match(_SCHEME, printed, re.IGNORECASE):
        return True
    return is_possible_host(host_of(read_address(printed).url))


def _limit(text: str, heads: list[int], start: int, head_end: int) -> int:
    """End an address where another runs into it, unless it carries the other (an archive, a redirector)."""
    hard = start + MAX_URL
    index = bisect_left(heads, head_end)
    while index < len(heads) and heads[index] < hard:
        head = heads[index]
        if (
            not _WRAPPED.search(text, max(head - 3, head_end), head)
            and text[head : head + 4].lower() == "http"
        ):
            return head
        index += 1
    return min(hard, len(text))


def _goes_on(text: str, start: int, end: int) -> bool:
    is_full = end - start >= MAX_URL and _run_end(text, end) > end
    return is_full or text[end : end + 1] == "…" or text[end : end + 3] == "..."


def _run_end(text: str, position: int) -> int:
    rest = _BODY.match(text, position)
    return rest.end() if rest else position


def _length_in_print(body: str) -> int:
    """Drop the punctuation of the sentence and a glued note mark; keep brackets that are in balance."""
    end = len(body)
    counts = {sign: body.count(sign) for sign in "()[]{}"}
    while end:
        last = body[end - 1]
        mark = _NOTE_MARK.search(body, max(end - 6, 0), end) if last == "]" else None
        if mark is not None:
            counts["["] -= 1
            counts["]"] -= 1
            end = mark.start()
        elif last in _STOPS:
            end -= 1
        elif last in _OPENING and counts[last] > counts[_OPENING[last]]:
            counts[last] -= 1
            end -= 1
        else:
            return _before_open_bracket(body, end, counts)
    return 0


def _before_open_bracket(body: str, end: int, counts: dict[str, int]) -> int:
    opened = body.rfind("(", 0, end)
    if opened > 0 and counts["("] > counts[")"] and body[opened - 1] != "_":
        return opened
    return end
