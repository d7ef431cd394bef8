"""What an answer says before anything on the page is read: the exchange, its status, its address, its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from archive.closing import ExchangeFacts
from archive.http import Head
from archive.words import Failure, Outcome, Truncation

Found = tuple[Outcome, str, str, dict[str, str]]
"""An outcome, the name of the rule, a sentence for people, and what the rule saw."""

_CONSENT = re.compile(r"^(?:[\w-]+\.)*consent\.|^[^/]+/(?:cookie/)?consent(?:/|$)", re.IGNORECASE)
"""Searched in ``host/path``."""
_LOGIN = re.compile(r"/(?:log-?in|sign[-_]?in)(?:\.\w{3,4})?(?:/|$)", re.IGNORECASE)
_NOT_FOUND = re.compile(r"/(?:404|not-?found|error-?404)(?:\.\w{3,4})?(?:/|$)", re.IGNORECASE)
_FRONT_PATHS = frozenset(
    {"", "index.html", "index.php", "home", "main", "ru", "kk", "kz", "kaz", "qaz", "rus", "en", "eng"}
)
_NO_DOCUMENT = frozenset(
    {"lang", "language", "locale", "hl", "l", "from", "ref", "error", "redirect", "r", "msg"}
)
"""Names in a query that say how one came, or in which language one reads, and not which document is shown."""

_STATUS: dict[int, tuple[Outcome, str]] = {
    401: (Outcome.LOGIN_WALL, "The server asks for a login (401)."),
    402: (Outcome.PAYWALL, "The server asks for a payment (402)."),
    404: (Outcome.GONE, "The server says that there is no such page (404)."),
    410: (Outcome.GONE, "The server says that the page was taken away (410)."),
    429: (Outcome.RATE_LIMITED, "The server says that it was asked too often (429)."),
    451: (Outcome.GEO_BLOCKED, "The server withholds the page for legal reasons (451)."),
}

_FAILURES: dict[Failure, Outcome] = {
    Failure.DNS: Outcome.DNS_FAILED,
    Failure.CONNECT: Outcome.CONNECT_FAILED,
    Failure.CONNECT_TIMEOUT: Outcome.CONNECT_FAILED,
    Failure.HANDSHAKE: Outcome.CONNECT_FAILED,
    Failure.PROXY: Outcome.CONNECT_FAILED,
    Failure.TLS: Outcome.TLS_FAILED,
    Failure.TIMEOUT: Outcome.TIMED_OUT,
    Failure.DISCONNECTED: Outcome.TRUNCATED,
    Failure.TOO_LARGE: Outcome.TRUNCATED,
    Failure.UNREADABLE: Outcome.SERVER_ERROR,
    Failure.UNSAFE: Outcome.REFUSED_UNSAFE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one capture brought: the URL that was cited, the last exchange, its head and decoded body.

    ``source_key`` is what a site's proof rule looks for; ``redirects`` counts the steps before.
    """

    url: str
    source_key: str
    final: ExchangeFacts
    head: Head | None
    body: bytes
    redirects: int = 0


def by_exchange(answer: Answer) -> Iterator[Found]:
    """Find why no answer came."""
    failure = answer.final.failure
    if failure is not None:
        yield _FAILURES[failure], f"failure-{failure}", answer.final.message or "No answer came.", {}


def by_status(answer: Answer) -> Iterator[Found]:
    """Find what the status says (RFC 9110, section 15), where it is not that the page is there."""
    status = answer.final.status
    if status is None:
        yield Outcome.SERVER_ERROR, "no-status", "The answer is no HTTP message.", {}
    elif status in _STATUS:
        outcome, reason = _STATUS[status]
        yield outcome, f"status-{status}", reason, {"status": str(status)}
    elif status >= 500:
        yield (
            Outcome.SERVER_ERROR,
            "status-5xx",
            f"The server has a fault of its own ({status}).",
            {"status": str(status)},
        )
    elif status >= 400:
        yield (
            Outcome.UNAVAILABLE,
            "status-4xx",
            f"The server refuses the page ({status}).",
            {"status": str(status)},
        )
    elif status in (206, 226):
        reason = f"The server gives a part of the page that nobody asked for ({status})."
        yield Outcome.TRUNCATED, "status-part", reason, {"status": str(status)}
    elif not 200 <= status < 300 or status in (204, 205):
        yield (
            Outcome.UNSUPPORTED,
            "status-other",
            f"The server gives no page ({status}).",
            {"status": str(status)},
        )


def by_address(answer: Answer) -> Iterator[Found]:
    """Find a server that leads away from what was cited."""
    asked, got = urlsplit(answer.url), urlsplit(answer.final.url)
    evidence = {"final_url": answer.final.url}
    if _CONSENT.search(got.netloc + got.path) and not _CONSENT.search(asked.netloc + asked.path):
        yield Outcome.CONSENT_WALL, "consent-address", "The server leads to a consent page.", evidence
    if _LOGIN.search(got.path) and not _LOGIN.search(asked.path):
        yield Outcome.LOGIN_WALL, "login-address", "The server leads to a login page.", evidence
    if not answer.redirects:
        return
    if _NOT_FOUND.search(got.path) and not _NOT_FOUND.search(asked.path):
        yield (
            Outcome.SOFT_404,
            "not-found-address",
            "The server leads to a page for what it has not.",
            evidence,
        )
    if _is_deep(asked) and not _is_deep(got):
        yield (
            Outcome.REDIRECTED_HOME,
            "redirected-home",
            "The server leads from the cited page to a front page.",
            evidence,
        )


def _is_deep(address: SplitResult) -> bool:
    if address.path.strip("/").lower() not in _FRONT_PATHS:
        return True
    return any(
        name.lower() not in _NO_DOCUMENT for name, _ in parse_qsl(address.query, keep_blank_values=True)
    )


def by_truncation(answer: Answer) -> Iterator[Found]:
    """Find an answer that is not whole, or that has nothing in it."""
    cut = answer.final.truncated
    if cut is not None:
        reasons = {
            Truncation.LENGTH: "The answer is larger than the limit; the rest was not fetched.",
            Truncation.TIME: "The answer took longer than the limit; the rest was not fetched.",
            Truncation.DISCONNECT: "The server ended the connection before the answer was whole.",
            Truncation.UNSPECIFIED: "The answer is not whole.",
        }
        yield Outcome.TRUNCATED, f"truncated-{cut}", reasons[cut], {}
    if not answer.body.strip() and not answer.final.not_decoded:
        yield Outcome.EMPTY, "empty-body", "The answer has no content.", {}
