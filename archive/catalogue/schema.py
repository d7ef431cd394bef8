"""The tables of the catalogue, their checks and what each column means.

The descriptions are shown by Datasette and checked against the tables by a test. Every CHECK is made
from the enumeration that the code uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from archive.words import (
    AttemptKind,
    EventType,
    Failure,
    FootnoteKind,
    JobState,
    Kind,
    Method,
    Outcome,
    Role,
    TlsVerdict,
    Truncation,
)

VERSION = 1
"""Raised when a table changes; a catalogue of another version is rebuilt."""

NOT_REBUILT = frozenset({"jobs", "lanes"})
"""Tables of the run in hand, which a rebuild leaves empty."""


def _one_of(words: type[StrEnum]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


TABLES = f"""
create table reports (
    id integer primary key,
    sha256 text not null unique check (length(sha256) = 64),
    file text not null,
    format text not null,
    title text not null,
    received_at text not null,
    reader_version text not null,
    problems text not null check (json_valid(problems))
) strict;

create table claims (
    id integer primary key,
    report_id integer not null references reports (id),
    position integer not null,
    text text not null,
    date text,
    date_end text,
    place text,
    footnotes text not null check (json_valid(footnotes)),
    unique (report_id, position)
) strict;

create table footnotes (
    id integer primary key,
    report_id integer not null references reports (id),
    position integer not null,
    label text not null,
    kind text not null check (kind in {_one_of(FootnoteKind)}),
    printed text not null,
    repairs text not null check (json_valid(repairs)),
    flags text not null check (json_valid(flags)),
    unique (report_id, position)
) strict;

create table claim_footnotes (
    claim_id integer not null references claims (id),
    footnote_id integer not null references footnotes (id),
    primary key (claim_id, footnote_id)
) strict;

create table sources (
    id integer primary key,
    key text not null unique,
    host text not null,
    url text not null
) strict;

create table citations (
    id integer primary key,
    footnote_id integer not null references footnotes (id),
    position integer not null,
    source_id integer not null references sources (id),
    printed text not null,
    url text not null,
    confidence real not null check (confidence between 0 and 1),
    repairs text not null check (json_valid(repairs)),
    candidates text not null check (json_valid(candidates)),
    flags text not null check (json_valid(flags)),
    unique (footnote_id, position)
) strict;

create table captures (
    id integer primary key,
    capture text not null unique,
    source_id integer references sources (id),
    source_key text not null,
    kind text not null check (kind in {_one_of(Kind)}),
    method text not null check (method in {_one_of(Method)}),
    url text not null,
    final_url text not null,
    host text not null,
    outcome text not null check (outcome in {_one_of(Outcome)}),
    rule text not null,
    reason text not null,
    status integer,
    title text,
    started_at text not null,
    ended_at text not null,
    run text,
    visit text not null,
    attempt integer not null,
    attempt_kind text not null check (attempt_kind in {_one_of(AttemptKind)}),
    previous text,
    job text not null,
    logged_in integer not null check (logged_in in (0, 1)),
    tls_verdict text not null check (tls_verdict in {_one_of(TlsVerdict)}),
    proxy text,
    rehearsal integer not null check (rehearsal in (0, 1)),
    retry_after real,
    warc text not null unique,
    warc_size integer not null,
    warc_sha256 text not null,
    records_root text not null,
    ledger_line integer not null
) strict;

create table exchanges (
    id integer primary key,
    capture_id integer not null references captures (id),
    position integer not null,
    role text not null check (role in {_one_of(Role)}),
    method text not null,
    url text not null,
    status integer,
    content_type text,
    started_at text not null,
    ended_at text not null,
    request_record text,
    request_offset integer,
    response_record text,
    response_offset integer,
    peer text,
    tls_version text,
    tls_verdict text not null check (tls_verdict in {_one_of(TlsVerdict)}),
    truncated text check (truncated in {_one_of(Truncation)}),
    failure text check (failure in {_one_of(Failure)}),
    message text,
    sent_bytes integer not null,
    received_bytes integer not null,
    wire_sha256 text,
    decoded_sha256 text,
    unique (capture_id, position)
) strict;

create table page_text (
    id integer primary key references captures (id),
    capture text not null unique,
    extractor text not null,
    extractor_version text not null,
    settings_sha256 text not null,
    text_sha256 text not null,
    title text,
    author text,
    published_at text,
    language text,
    chars integer not null,
    text text not null
) strict;

create table older_texts (
    id integer primary key,
    capture text not null,
    extractor text not null,
    extractor_version text not null,
    settings_sha256 text not null,
    text_sha256 text not null,
    text text not null,
    unique (capture, extractor, extractor_version, settings_sha256)
) strict;

create table reviews (
    id integer primary key,
    capture text not null,
    outcome text not null check (outcome in {_one_of(Outcome)}),
    reviewed_by text not null,
    reason text not null,
    at text,
    unique (capture, reviewed_by, at)
) strict;

create table events (
    n integer primary key,
    at text not null,
    type text not null check (type in {_one_of(EventType)}),
    line text not null check (json_valid(line))
) strict;

create table lanes (
    host text primary key,
    lane integer not null,
    jobs integer not null
) strict, without rowid;

create table jobs (
    id integer primary key,
    job text not null unique,
    run text not null,
    source_key text not null,
    host text not null,
    lane integer not null,
    turn integer not null,
    state text not null check (state in {_one_of(JobState)}),
    not_before text,
    crashes integer not null default 0,
    spec text not null check (json_valid(spec))
) strict;

create index claims_report on claims (report_id);
create index footnotes_report on footnotes (report_id);
create index claim_footnotes_footnote on claim_footnotes (footnote_id);
create index citations_source on citations (source_id);
create index captures_source on captures (source_id, started_at);
create index captures_visit on captures (visit, attempt);
create index captures_key on captures (source_key, started_at);
create index captures_outcome on captures (outcome);
create index captures_host on captures (host);
create index exchanges_url on exchanges (url);
create index jobs_due on jobs (state, lane, turn, id);
create index jobs_source on jobs (source_key);
"""

JOIN_SOURCES = (
    "update captures set source_id = null where source_id not in (select source_id from citations)",
    "delete from sources where id not in (select source_id from citations)",
    """
    update sources set url = first.url, host = url_host(first.url) from (
        select s.id, z.url, row_number() over (
            partition by s.id order by r.received_at, r.sha256, f.position, z.position
        ) as place
        from sources s
        join citations z on z.source_id = s.id
        join footnotes f on f.id = z.footnote_id
        join reports r on r.id = f.report_id
    ) as first
    where first.id = sources.id and first.place = 1 and first.url != sources.url
    """,
    """
    update captures set source_id = (select id from sources where key = source_key)
    where source_id is null and kind != 'robots'
    """,
)
"""What keeps the sources equal, in whatever order reports and captures are entered."""

VIEWS = f"""
create view source_status as
select id, key, host, url, capture, coalesce(outcome, 'not_tried') as outcome, reason, started_at,
       captures, citations
from (
    select s.id, s.key, s.host, s.url, c.capture, c.outcome, c.reason, c.started_at,
           (select count(*) from captures x where x.source_id = s.id) as captures,
           (select count(*) from citations y where y.source_id = s.id) as citations,
           row_number() over (
               partition by s.id
               order by case c.outcome when '{Outcome.CAPTURED}' then 0 when '{Outcome.NEEDS_REVIEW}' then 1
                        else 2 end, c.started_at desc, c.id desc
           ) as place
    from sources s left join captures c on c.source_id = s.id and c.kind in ('page', 'import')
)
where place = 1;

create view footnote_status as
select f.id, r.file as report, f.label, coalesce(t.outcome, 'no_address') as outcome, t.reason, t.url,
       f.printed, t.key as source, t.capture
from footnotes f
join reports r on r.id = f.report_id
left join citations z on z.footnote_id = f.id
left join source_status t on t.id = z.source_id;
"""

DESCRIPTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "reports": (
        "Every report that was given, once.",
        {
            "id": "internal number",
            "sha256": "SHA-256 of the file; its name under reports/",
            "file": "name of the file as it was given",
            "format": "what it was read as",
            "title": "title of the report",
            "received_at": "when it was given, UTC",
            "reader_version": "version of saqta that read it",
            "problems": "sentences for the user, JSON list",
        },
    ),
    "claims": (
        "The paragraphs of a report, as printed.",
        {
            "id": "internal number",
            "report_id": "the report",
            "position": "place in the report, from 1",
            "text": "the paragraph as printed",
            "date": "date it states about itself, ISO 8601",
            "date_end": "end of a range of dates",
            "place": "place it states",
            "footnotes": "labels of the notes it cites, JSON list",
        },
    ),
    "footnotes": (
        "The notes of a report and the addresses inside its text.",
        {
            "id": "internal number",
            "report_id": "the report",
            "position": "order in the report, from 1",
            "label": "number or mark as cited",
            "kind": "note, inline, list, or a mark without a note",
            "printed": "the note as printed",
            "repairs": "named changes to the note, JSON list",
            "flags": "weaknesses that nobody may repair, JSON list",
        },
    ),
    "claim_footnotes": (
        "Which claim cites which note.",
        {"claim_id": "the claim", "footnote_id": "the note"},
    ),
    "sources": (
        "What the citations name; every spelling of one address is one source.",
        {
            "id": "internal number",
            "key": "identity of the source",
            "host": "host that is asked first",
            "url": "address that is fetched first",
        },
    ),
    "citations": (
        "The addresses in a note, with what was repaired.",
        {
            "id": "internal number",
            "footnote_id": "the note",
            "position": "order within the note, from 1",
            "source_id": "the source it names",
            "printed": "the address as printed, never changed",
            "url": "address to fetch first",
            "confidence": "how sure the reading is, 0 to 1",
            "repairs": "named changes, JSON list",
            "candidates": "further readings, best first, JSON list",
            "flags": "weaknesses, JSON list",
        },
    ),
    "captures": (
        "Every attempt at an address, successful or not; one WARC file each.",
        {
            "id": "internal number",
            "capture": "name of the capture",
            "source_id": "the source; empty for robots.txt",
            "source_key": "identity of what was asked for",
            "kind": "page, robots, probe or import",
            "method": "how the evidence came to us",
            "url": "address that was asked for",
            "final_url": "address that answered in the end",
            "host": "host of the address that was asked for",
            "outcome": "what it came to; only 'captured' counts as archived",
            "rule": "rule that decided",
            "reason": "the decision in a sentence",
            "status": "HTTP status of the final answer",
            "title": "title of the page",
            "started_at": "start, UTC",
            "ended_at": "end, UTC",
            "run": "the run of the command",
            "visit": "joins the attempts at one source in one run",
            "attempt": "number of the attempt within its visit",
            "attempt_kind": "first, retry or candidate",
            "previous": "the capture before in its visit",
            "job": "the job that asked for it",
            "logged_in": "1 where a session of the user was sent",
            "tls_verdict": "check of the certificate of the final answer",
            "proxy": "proxy in use, without credentials",
            "rehearsal": "1 where --resolve or --ca-file was in force",
            "retry_after": "seconds that the server asked to wait",
            "warc": "the file, relative to the archive",
            "warc_size": "its size in bytes",
            "warc_sha256": "its SHA-256",
            "records_root": "RFC 9162 root over its gzip members",
            "ledger_line": "number of its line in the ledger",
        },
    ),
    "exchanges": (
        "Every request and answer inside the captures.",
        {
            "id": "internal number",
            "capture_id": "the capture",
            "position": "order within the capture, from 1",
            "role": "page, redirect, robots, requisite or probe",
            "method": "HTTP method",
            "url": "address",
            "status": "HTTP status",
            "content_type": "media type as sent",
            "started_at": "start, UTC",
            "ended_at": "end, UTC",
            "request_record": "WARC-Record-ID of the request",
            "request_offset": "byte at which it starts in the file",
            "response_record": "WARC-Record-ID of the response",
            "response_offset": "byte at which it starts in the file",
            "peer": "address of the server",
            "tls_version": "TLS version",
            "tls_verdict": "check of the certificate",
            "truncated": "why the block is shorter than the message",
            "failure": "why there is no whole answer",
            "message": "the failure in a sentence",
            "sent_bytes": "bytes of the request",
            "received_bytes": "bytes of the response block",
            "wire_sha256": "SHA-256 of the response block",
            "decoded_sha256": "SHA-256 of the body without chunks and coding",
        },
    ),
    "page_text": (
        "The text of captured pages; search it with the box above.",
        {
            "id": "the capture (internal number)",
            "capture": "name of the capture",
            "extractor": "what took the text out",
            "extractor_version": "its version",
            "settings_sha256": "hash of its settings",
            "text_sha256": "SHA-256 of the text as UTF-8",
            "title": "title of the document",
            "author": "author as the page names it",
            "published_at": "date as the page names it",
            "language": "language as the page declares it",
            "chars": "length of the text",
            "text": "the main text",
        },
    ),
    "older_texts": (
        "Texts that an earlier extractor took out of the same capture.",
        {
            "id": "internal number",
            "capture": "name of the capture",
            "extractor": "what took the text out",
            "extractor_version": "its version",
            "settings_sha256": "hash of its settings",
            "text_sha256": "SHA-256 of the text",
            "text": "the text",
        },
    ),
    "reviews": (
        "Second opinions on an outcome, by a person or by the extraction; they stand beside it.",
        {
            "id": "internal number",
            "capture": "name of the capture",
            "outcome": "what it should be called",
            "reviewed_by": "who says so",
            "reason": "why",
            "at": "when a person said it, UTC; empty for a machine",
        },
    ),
    "events": (
        "The lines of the ledger.",
        {
            "n": "number of the line",
            "at": "when, UTC",
            "type": "what happened",
            "line": "the other fields, JSON",
        },
    ),
    "lanes": (
        "Which hosts one crawl process has at a time (run in hand).",
        {"host": "host", "lane": "number of the lane", "jobs": "jobs made for this host"},
    ),
    "jobs": (
        "The queue of the run in hand.",
        {
            "id": "internal number",
            "job": "name of the job",
            "run": "the run",
            "source_key": "what is asked for",
            "host": "host that is asked",
            "lane": "lane of the host",
            "turn": "order within the host",
            "state": "queued, in_hand or done",
            "not_before": "earliest start, UTC",
            "crashes": "workers that ended with this job in hand",
            "spec": "the job itself, JSON",
        },
    ),
}


def checked_words(table: str, column: str) -> Iterable[StrEnum]:
    """Give the enumeration that a CHECK of this column is made from; raises KeyError where it has none."""
    return {
        ("footnotes", "kind"): FootnoteKind,
        ("captures", "kind"): Kind,
        ("captures", "method"): Method,
        ("captures", "outcome"): Outcome,
        ("captures", "attempt_kind"): AttemptKind,
        ("captures", "tls_verdict"): TlsVerdict,
        ("exchanges", "role"): Role,
        ("exchanges", "tls_verdict"): TlsVerdict,
        ("exchanges", "truncated"): Truncation,
        ("exchanges", "failure"): Failure,
        ("reviews", "outcome"): Outcome,
        ("events", "type"): EventType,
        ("jobs", "state"): JobState,
    }[table, column]
