"""Answers that are judged by the exchange: statuses, failures, certificates, what was cut off."""

from __future__ import annotations

from archive.closing import TlsSummary
from archive.words import Failure, Outcome, TlsVerdict, Truncation
from tests.pages.made import EN, LONG, bad, page

_INVALID = TlsSummary(
    version="TLSv1.3", cipher="X", chain_sha256=(), verdict=TlsVerdict.INVALID, reason="expired"
)

ANSWERS = (
    bad(Outcome.RATE_LIMITED, "status 429", page("Herald", *LONG), "status-429", exchange={"status": 429}),
    bad(Outcome.UNAVAILABLE, "status 403", page("Herald", *LONG), "status-4xx", exchange={"status": 403}),
    bad(
        Outcome.SERVER_ERROR,
        "status 503 with the article",
        page("Herald", *LONG),
        "status-5xx",
        exchange={"status": 503},
    ),
    bad(
        Outcome.SERVER_ERROR,
        "an answer that is no HTTP",
        page("Herald", *LONG),
        "no-status",
        exchange={"status": None},
    ),
    bad(Outcome.UNSUPPORTED, "status 204", b"", "status-other", exchange={"status": 204}),
    bad(
        Outcome.UNSUPPORTED,
        "a redirect that leads nowhere",
        page("Moved", *EN),
        "status-other",
        exchange={"status": 302},
    ),
    bad(
        Outcome.DNS_FAILED,
        "no such name",
        rule="failure-dns",
        exchange={"status": None, "failure": Failure.DNS},
    ),
    bad(
        Outcome.CONNECT_FAILED,
        "no connection",
        rule="failure-connect",
        exchange={"status": None, "failure": Failure.CONNECT},
    ),
    bad(
        Outcome.CONNECT_FAILED,
        "no proxy",
        rule="failure-proxy",
        exchange={"status": None, "failure": Failure.PROXY},
    ),
    bad(
        Outcome.TLS_FAILED,
        "no handshake",
        rule="failure-tls",
        exchange={"status": None, "failure": Failure.TLS},
    ),
    bad(
        Outcome.TIMED_OUT,
        "no answer in time",
        rule="failure-timeout",
        exchange={"status": None, "failure": Failure.TIMEOUT},
    ),
    bad(
        Outcome.REFUSED_UNSAFE,
        "an address of this machine",
        rule="failure-unsafe",
        exchange={"status": None, "failure": Failure.UNSAFE},
    ),
    bad(
        Outcome.TRUNCATED,
        "half an article",
        page("Ответ акимата", *LONG),
        "truncated-disconnect",
        exchange={"truncated": Truncation.DISCONNECT},
    ),
    bad(
        Outcome.TRUNCATED,
        "a line that broke before the head was whole",
        rule="failure-disconnected",
        exchange={"status": None, "failure": Failure.DISCONNECTED},
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "an article over a certificate that does not verify",
        page("Ответ акимата", *LONG),
        "certificate",
        exchange={"tls": _INVALID},
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "content that cannot be unpacked",
        b"",
        "not-decodable",
        fields=("Content-Type: text/plain",),
        exchange={"not_decoded": "the content coding 'br' is not known here"},
    ),
    bad(Outcome.EMPTY, "a page of nothing but spaces", b" \r\n ", "empty-body"),
    bad(Outcome.NEEDS_REVIEW, "a page that cannot be parsed", b"<!-- nothing -->", "not-html"),
    bad(
        Outcome.NEEDS_REVIEW,
        "a citation of a front page",
        page("Главные новости", *LONG),
        "no-document",
        url="https://news.example.kz/",
    ),
)
