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
