"""What a certificate of a capture must state, and where each of it stands in what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from archive.catalogue.catalogue import Catalogue
from archive.closing import (
    Authority,
    ClockFacts,
    ClosingRecord,
    Judgement,
    Redirect,
    Requisite,
    RobotsAnswer,
    WorkerLine,
)
from archive.folder import Folder
from archive.ids import SourceKey
from archive.ledger import Ledger, read_ledger
from archive.record import from_json, to_json, to_plain
from archive.report import Citation, Repair
from archive.reports import keep_report
from archive.settings import Fetch, People, Settings
from archive.warc.members import inventory, walk
from archive.warc.writer import Sealed
from archive.words import Failure, Outcome, RobotsPolicy, Role, Truncation
from tests.evidence import (
    MOMENT,
    SOFTWARE,
    URL,
    a_capture,
    a_capture_id,
    a_clock,
    a_job,
    a_report,
    an_answer,
    an_exchange,
    changed,
    enter,
)

START = "http://www.example.org/page?fbclid=x"

# What stands in every certificate of a capture (Berkeley Protocol, ISO/IEC 27037, FRE 902(13) and (14),
# eIDAS 41 and 42), and where it is kept. A place is a path: what is read, then its keys; "*" is every
# element of a list.
CERTIFICATE = {
    # Source
    "address as printed in the report": "closing.job.cited.*.printed",
    "hash of the report file": "closing.job.cited.*.report_sha256",
    "number of the footnote": "closing.job.cited.*.label",
    "name of the report file": "reading.report.file",
    "claim that cites it": "reading.report.claims.*.text",
    "each change to the printed address": "reading.report.footnotes.*.citations.*.repairs.*.rule",
    "address that was fetched": "closing.job.url",
    "each redirect": "closing.redirects.*.to",
    "status of each redirect": "closing.redirects.*.status",
    "address that answered": "closing.final_url",
    # Fetch
    "start": "closing.started_at",
    "end": "closing.ended_at",
    "start of each exchange": "closing.exchanges.*.started_at",
    "end of each exchange": "closing.exchanges.*.ended_at",
    "source of the time: the system's synchronisation": "closing.clock.synchronised",
    "source of the time: the server's clock": "closing.clock.server_date",
    "source of the time: the difference": "closing.clock.difference_seconds",
    "address of the server": "closing.exchanges.*.peer.address",
    "port of the server": "closing.exchanges.*.peer.port",
    "TLS version": "closing.exchanges.*.tls.version",
    "cipher": "closing.exchanges.*.tls.cipher",
    "hashes of the certificate chain": "closing.exchanges.*.tls.chain_sha256.*",
    "verdict on the chain": "closing.exchanges.*.tls.verdict",
    "the certificates themselves": "closing.certificates",
    "request as it was sent": "records.request",
    "method": "closing.exchanges.*.method",
    "status": "closing.status",
    "status of each exchange": "closing.exchanges.*.status",
    "complete or not": "closing.exchanges.*.complete",
    "why it is cut": "closing.exchanges.*.truncated",
    "why there is no whole answer": "closing.exchanges.*.failure",
    "bytes sent": "closing.exchanges.*.sent_bytes",
    "bytes received": "closing.exchanges.*.received_bytes",
    "bytes of interim responses": "closing.exchanges.*.interim_bytes",
    "bytes behind the message": "closing.exchanges.*.surplus_bytes",
    # Files
    "hash of the WARC": "ledger.sha256",
    "size of the WARC": "ledger.size",
    "path of the WARC": "ledger.path",
    "record id of each request": "closing.exchanges.*.request_record",
    "record id of each response": "closing.exchanges.*.response_record",
    "block digest of each request": "headers.request.WARC-Block-Digest",
    "block digest of each response": "headers.response.WARC-Block-Digest",
    "hash of the answer on the wire": "closing.exchanges.*.wire_sha256",
    "hash of the decoded body": "closing.exchanges.*.decoded_sha256",
    # Process
    "software and versions": "closing.software.saqta",
    "software, in the file's first record": "warcinfo.software",
    "settings": "closing.settings.fetch.delay",
    "hash of the settings": "closing.job.settings_sha256",
    "robots policy": "closing.robots.policy",
    "what robots.txt answered": "closing.robots.allowed",
    "capture of robots.txt": "closing.robots.capture",
    "logged in or not": "closing.logged_in",
    "proxy": "closing.proxy",
    "mapped addresses": "closing.resolve.*",
    "an authority of our own": "closing.ca_file.sha256",
    "outcome": "closing.judgement.outcome",
    "rule that decided": "closing.judgement.rule",
    "what the rule saw": "closing.judgement.evidence.title",
    "version of the rules": "closing.judgement.rules_version",
    "parts of the page and their fate": "closing.requisites.*.fate",
    # People, in a record of their own
    "operator": "people.operator",
    "organisation": "people.organisation",
    # Proof
    "number of the ledger line": "ledger.n",
    "root over the records": "ledger.records_root",
}

# The fields of the closing record in the contract, version 1.
CLOSING = {
    "v", "capture", "job", "kind", "judgement", "started_at", "ended_at", "final_url", "status", "title",
    "retry_after", "exchanges", "certificates", "redirects", "requisites", "robots", "proxy", "logged_in",
    "resolve", "ca_file", "settings", "software", "clock",
}  # fmt: skip
EXCHANGE = {
    "role", "url", "method", "request_record", "response_record", "started_at", "ended_at", "status",
    "content_type", "peer", "proxy", "tls", "complete", "truncated", "failure", "message", "sent_bytes",
    "received_bytes", "interim_bytes", "surplus_bytes", "wire_sha256", "decoded_bytes", "decoded_sha256",
    "not_decoded", "rehearsal",
}  # fmt: skip
JOB = {
    "v", "job", "visit", "attempt", "previous", "source_key", "url", "means", "not_before", "cited", "known",
    "settings_sha256",
}  # fmt: skip
LEDGER_LINE = {"n", "prev", "at", "type", "id", "path", "size", "sha256", "records_root"}
WORKER_LINE = {
    "v", "job", "capture", "path", "size", "sha256", "outcome", "rule", "status", "final_url", "started_at",
    "ended_at", "retry_after",
}  # fmt: skip


def a_full_capture(folder: Folder) -> Sealed:
    """Seal a capture in which everything that can be said is said."""
    interim, surplus = b"HTTP/1.1 103 Early Hints\r\n\r\n", b"x"
    received = interim + an_answer(status="301 Moved") + surplus
    moved = an_exchange(
        received, START, interim_bytes=len(interim), surplus_bytes=len(surplus), tls=an_exchange().tls
    )
    cut = an_exchange(
        role=Role.REDIRECT,
        truncated=Truncation.TIME,
        failure=Failure.TIMEOUT,
        message="It took too long.",
        proxy="socks5://127.0.0.1:9050",
        rehearsal=True,
    )
    settings = Settings(fetch=Fetch(delay=2.0), people=People(operator="A. Omarova", organisation="A Group"))
    return a_capture(
        folder,
        moved,
        cut,
        job=a_job(START, source_key=SourceKey("example.org/page"), settings_sha256=settings.sha256),
        settings=settings,
        judgement=Judgement(
            outcome=Outcome.TRUNCATED,
            rule="truncated",
            reason="It is cut.",
            evidence={"title": "A page"},
            rules_version=1,
        ),
        redirects=(Redirect(url=START, status=301, to=URL),),
        requisites=(Requisite(url="https://example.org/a.css", fate="left out: time"),),
        robots=RobotsAnswer(
            policy=RobotsPolicy.RECORD,
            url="https://example.org/robots.txt",
            capture=a_capture_id(9),
            status=200,
            allowed=False,
        ),
        proxy="socks5://127.0.0.1:9050",
        resolve=("*:443:127.0.0.1:8443",),
        ca_file=Authority(name="ca.pem", sha256="ab" * 32),
        clock=ClockFacts(
            server_date="Sun, 22 Nov 2026 10:15:31 GMT", difference_seconds=0.6, synchronised=True
        ),
        retry_after=5.0,
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> dict[str, Any]:
    """Keep a report and a full capture, and read everything back from the disk."""
    folder = Folder(tmp_path_factory.mktemp("archive"))
    folder.create()
    repair = Repair(rule="tracking-parameter", before=START, after=URL, confidence=1.0)
    citation = Citation(printed=START, url=URL, key=SourceKey("example.org/page"), repairs=(repair,))
    report = a_report()
    report = changed(report, footnotes=(changed(report.footnotes[0], citations=(citation,)),))
    sealed = a_full_capture(folder)
    with Catalogue(folder.catalogue) as catalogue:
        keep_report(
            folder, Ledger(folder.ledger, a_clock()), catalogue, b"<html>", report, "0.1.0", a_clock()
        )
        enter(folder, catalogue, sealed)
    records = [(member.headers, member.block) for member in walk(sealed.path)]
    of_type = {headers.get_header("WARC-Type"): (headers, block) for headers, block in records}
    (sealing,) = [line for line in read_ledger(folder.ledger) if "id" in line.fields]
    (people,) = [
        block for headers, block in records if "operator" in (headers.get_header("WARC-Target-URI") or "")
    ]
    return {
        "closing": json.loads(records[-1][1]),
        "people": json.loads(people),
        "warcinfo": dict(line.split(": ", 1) for line in records[0][1].decode().splitlines()),
        "records": {name: block for name, (_, block) in of_type.items()},
        "headers": {name: dict(headers.headers) for name, (headers, _) in of_type.items()},
        "ledger": {"n": sealing.n, "prev": sealing.prev, "at": 0, "type": sealing.type} | sealing.fields,
        "reading": json.loads((folder.reports / f"{report.sha256}.json").read_bytes()),
        "path": sealed.path,
    }


def at(value: Any, path: str) -> Iterator[Any]:
    """Give what stands at a path; raises KeyError where the path leads nowhere."""
    key, _, rest = path.partition(".")
    for found in value if key == "*" else [value[key]]:
        yield from at(found, rest) if rest else [found]


@pytest.mark.parametrize("field", CERTIFICATE)
def test_every_field_of_a_certificate_is_kept(kept, field):
    """Each statement of a certificate can be read off the disk, and is not empty in a full capture."""
    values = list(at(kept, CERTIFICATE[field]))
    assert values
    assert any(value not in (None, "", [], {}) for value in values), CERTIFICATE[field]


def test_the_look_for_a_field_can_fail():
    """A place that is not there is found missing."""
    with pytest.raises(KeyError):
        list(at({"a": [{"b": 1}]}, "a.*.c"))
    assert list(at({"a": []}, "a.*.b")) == []


def test_the_closing_record_has_the_fields_of_the_contract(kept):
    """Exactly these, on the disk and in the class; what is unknown is null and not left out."""
    closing = kept["closing"]
    assert set(closing) == set(ClosingRecord.__struct_fields__) == CLOSING
    assert [set(exchange) for exchange in closing["exchanges"]] == [EXCHANGE] * 2
    assert set(closing["job"]) == JOB
    assert set(closing["judgement"]) == {"outcome", "rule", "reason", "evidence", "rules_version"}
    assert set(closing["exchanges"][0]["tls"]) == {"version", "cipher", "chain_sha256", "verdict", "reason"}
    assert set(closing["robots"]) == {"policy", "url", "capture", "status", "allowed"}
    assert set(closing["clock"]) == {"server_date", "difference_seconds", "synchronised"}
    assert closing["v"] == closing["job"]["v"] == 1


def test_what_is_unknown_is_null_and_not_left_out(tmp_path):
    """A bare capture has every field too."""
    bare = a_capture(Folder(tmp_path), an_exchange(b"", sent=BytesIO(), tls=None, peer=None))
    closing = json.loads(list(walk(bare.path))[-1].block)
    assert set(closing) == CLOSING
    assert set(closing["exchanges"][0]) == EXCHANGE


def test_the_ledger_line_has_the_fields_of_the_contract(kept):
    """Exactly these for a sealed capture."""
    assert set(kept["ledger"]) == LEDGER_LINE


def test_the_worker_line_has_the_fields_of_the_contract():
    """Exactly these, read back as they were written."""
    line = WorkerLine(
        job="job0",
        capture=a_capture_id(),
        path="captures/x",
        size=1,
        sha256="ab" * 32,
        outcome=Outcome.CAPTURED,
        rule="document",
        status=200,
        final_url=URL,
        started_at=MOMENT,
        ended_at=MOMENT + timedelta(seconds=1),
        retry_after=None,
    )
    assert set(to_plain(line)) == WORKER_LINE
    assert from_json(to_json(line), WorkerLine) == line


def test_times_have_microseconds_and_a_zone(kept):
    """Every time of the closing record is in UTC with six digits."""
    times = [kept["closing"]["started_at"], kept["closing"]["ended_at"]]
    times += at(kept, "closing.exchanges.*.started_at")
    assert times[0] == "2026-11-22T10:15:30.123456Z"
    assert {(len(text), text[-1]) for text in times} == {(27, "Z")}


def test_the_closing_record_names_nobody(kept):
    """Operator and organisation stand in one record, which a public export leaves out."""
    assert kept["closing"]["settings"]["people"] == {"operator": None, "organisation": None}
    assert kept["people"] == {"operator": "A. Omarova", "organisation": "A Group"}


def test_the_settings_and_their_hash_belong_together(kept):
    """The hash in the job is that of the settings that stand beside it."""
    closing = inventory(kept["path"]).closing
    assert closing.settings.sha256 == closing.job.settings_sha256


def test_the_closing_record_is_canonical_json(kept):
    """Written once and read back, it is the same bytes."""
    raw = kept["records"]["metadata"]
    assert to_json(from_json(raw, ClosingRecord)) == raw


def test_the_records_are_those_that_the_closing_record_names(kept):
    """The record ids of the exchanges are the ids of the records in the file."""
    found = inventory(kept["path"])
    named = [
        *at(kept, "closing.exchanges.*.request_record"),
        *at(kept, "closing.exchanges.*.response_record"),
    ]
    assert len(set(named)) == 4
    assert set(named) < set(found.offsets)
    digest = kept["headers"]["response"]["WARC-Block-Digest"]
    assert digest == f"sha256:{kept['closing']['exchanges'][-1]['wire_sha256']}"
    assert set(kept["closing"]["exchanges"][0]["tls"]["chain_sha256"]) == set(kept["closing"]["certificates"])
    assert kept["warcinfo"]["software"] == f"saqta/{SOFTWARE['saqta']}"
