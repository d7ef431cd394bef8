"""Names of captures and moments in time: one way to write them, and no other is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.exchange import Peer
from archive.ids import (
    CaptureId,
    capture_folder,
    new_capture_id,
    new_record_id,
    new_token,
    parse_capture_id,
    started_at,
)
from archive.job import Job, robots_key
from archive.record import from_json, to_json
from archive.times import in_utc, iso, now, parse_iso
from archive.words import Kind
from tests.evidence import MOMENT, a_job

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001


class Nowhere(tzinfo):
    """A time zone that does not know its offset, which leaves a moment naive."""

    def utcoffset(self, moment):  # noqa: D102
        return None


# Captures


def test_a_capture_id_as_the_contract_has_it():
    """The start in UTC with microseconds and eight random letters."""
    name = new_capture_id(MOMENT)
    assert re.fullmatch(r"20261122T101530123456Z-[a-z2-7]{8}", name)
    assert parse_capture_id(name) == name
    assert capture_folder(name) == "2026/11/22"
    assert started_at(name) == MOMENT


@settings(deadline=None)
@given(moment=moments)
def test_a_capture_id_keeps_its_moment(moment):
    """The start is read off the id to the microsecond, from whatever zone it came."""
    name = new_capture_id(moment)
    assert started_at(name) == moment
    assert parse_capture_id(name) == name
    assert capture_folder(name) == f"{in_utc(moment):%Y/%m/%d}"


@settings(deadline=None)
@given(one=moments, two=moments)
def test_capture_ids_sort_by_their_start(one, two):
    """Names in alphabetical order are captures in the order of time."""
    names = sorted([new_capture_id(one), new_capture_id(two)])
    assert [started_at(name) for name in names] == sorted([one, two])


def test_capture_ids_do_not_collide():
    """A thousand captures of one moment have a thousand names."""
    assert len({new_capture_id(MOMENT) for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    "lie",
    [
        "",
        "20261122T101530123456Z",
        "20261122T101530123456Z-abcdefg",
        "20261122T101530123456Z-abcdefghi",
        "20261122T101530123456Z-ABCDEFGH",
        "20261122T101530123456Z-abcdefg1",
        "20261122T101530Z-abcdefgh",
        "20261122T101530123456Z-abcdefgh\n",
        " 20261122T101530123456Z-abcdefgh",
        "../../../etc/T101530123456Z-abcdefgh",
        "20261322T101530123456Z-abcdefgh",
        "20260230T101530123456Z-abcdefgh",
        "20261122T251530123456Z-abcdefgh",
        "٢٠٢٦١١٢٢T101530123456Z-abcdefgh",
        "2026112²T101530123456Z-abcdefgh",
    ],
)
def test_what_is_no_capture_id_is_refused(lie):
    """A name that leads elsewhere, or to no day, is refused."""
    with pytest.raises(ValueError, match="not a capture id"):
        parse_capture_id(lie)


def test_a_folder_is_given_only_for_a_capture_id():
    """No path is made of a name that was not checked."""
    with pytest.raises(ValueError, match="not a capture id"):
        capture_folder(CaptureId("../../etc/passwd"))


def test_no_capture_starts_at_a_naive_moment():
    """A capture id of a time without a zone would be hours wrong."""
    with pytest.raises(ValueError, match="without a zone"):
        new_capture_id(datetime(2026, 11, 22))  # noqa: DTZ001


def test_record_ids_and_tokens_are_fresh():
    """Record ids are URIs (WARC 1.1, 5.2), tokens sixteen letters; neither repeats."""
    assert re.fullmatch(r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>", new_record_id())
    assert re.fullmatch(r"[a-z2-7]{16}", new_token())
    assert len({new_token() for _ in range(500)} | {new_record_id() for _ in range(500)}) == 1_000


# Moments


def test_a_moment_as_it_is_written():
    """RFC 3339 in UTC with all six digits, also where they are zeros (WARC 1.1, 5.4)."""
    assert iso(MOMENT) == "2026-11-22T10:15:30.123456Z"
    assert iso(MOMENT.replace(microsecond=0)) == "2026-11-22T10:15:30.000000Z"
    almaty = timezone(timedelta(hours=5))
    assert iso(datetime(2026, 11, 22, 15, 15, 30, 123456, tzinfo=almaty)) == iso(MOMENT)


@settings(deadline=None)
@given(moment=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones))  # noqa: DTZ001
def test_a_moment_comes_back(moment):
    """What was written is read as the same moment, in UTC, and sorts as text."""
    text = iso(moment)
    assert parse_iso(text) == moment
    assert parse_iso(text).tzinfo is UTC
    assert len(text) == 27


@settings(deadline=None)
@given(one=moments, two=moments)
def test_written_moments_sort_as_text(one, two):
    """SQLite compares times as text: the order is that of time."""
    assert (iso(one) < iso(two)) == (one < two)


@pytest.mark.parametrize("naive", [datetime(2026, 11, 22), datetime(2026, 11, 22, tzinfo=Nowhere())])  # noqa: DTZ001
def test_naive_times_are_refused(naive):
    """A time without a zone, or with one that knows no offset, is no evidence."""
    for function in (iso, in_utc):
        with pytest.raises(ValueError, match="without a zone"):
            function(naive)


@pytest.mark.parametrize("text", ["", "2026-11-22", "2026-11-22T10:15:30", "yesterday", "10:15:30Z"])
def test_text_that_is_no_aware_time_is_refused(text):
    """A date or a time of day alone is no moment."""
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        parse_iso(text)


def test_now_is_aware_and_in_utc():
    """The clock of the program has a zone."""
    assert now().tzinfo is UTC
    assert now() > MOMENT.replace(year=2020)


# Records


def test_a_record_refuses_a_naive_time():
    """No value of evidence can be made with a time that has no zone."""
    with pytest.raises(ValueError, match="without a zone"):
        a_job(not_before=datetime(2026, 11, 22))  # noqa: DTZ001
    with pytest.raises(msgspec.ValidationError, match="without a zone"):
        from_json(to_json(a_job(not_before=MOMENT)).replace(b"456Z", b"456"), Job)


def test_a_record_keeps_its_times_in_utc():
    """A time from another zone is the same moment in UTC."""
    almaty = timezone(timedelta(hours=5))
    job = a_job(not_before=MOMENT.astimezone(almaty))
    assert job == a_job(not_before=MOMENT)
    assert job.not_before is not None
    assert job.not_before.tzinfo is UTC


def test_a_record_is_read_as_it_was_written():
    """JSON with sorted keys and no spaces, which reads back as an equal value."""
    job = a_job(not_before=MOMENT)
    raw = to_json(job)
    assert from_json(raw, Job) == job
    assert raw.startswith(b'{"attempt":1,"cited":[{"label":"1",')
    assert b'"not_before":"2026-11-22T10:15:30.123456Z"' in raw


def test_a_field_that_nobody_knows_is_refused():
    """A record with a field too much was written by someone else."""
    with pytest.raises(msgspec.ValidationError, match="unknown field `extra`"):
        from_json(b'{"address":"192.0.2.7","port":1,"extra":1}', Peer)


def test_a_record_cannot_be_changed():
    """Evidence is written once."""
    with pytest.raises(AttributeError):
        a_job().url = "https://elsewhere.example/"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://User:x@WWW.Example.org:8443/a?b#c", "www.example.org"),
        ("http://[::1]/", "::1"),
        ("mailto:a@example.org", ""),
    ],
)
def test_the_host_of_a_job(url, host):
    """The host decides the lane: in lower case, without port and login."""
    assert a_job(url).host == host


def test_what_a_job_is_for():
    """Kind and run are read off the names that the job has."""
    assert (a_job().kind, a_job(visit="abc-17").run) == (Kind.PAGE, "abc")
    key = robots_key("https://example.org")
    assert (key, a_job(source_key=key).kind) == ("robots:https://example.org", Kind.ROBOTS)
