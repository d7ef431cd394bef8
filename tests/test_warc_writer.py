"""A capture file holds the bytes of the wire in records that every reader of WARC 1.1 accepts."""

from __future__ import annotations

import hashlib
import os
import re
import resource
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc import warc as fastwarc
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.closing import ClosingRecord, capture_uri
from archive.errors import ArchiveError
from archive.folder import Folder
from archive.record import from_json
from archive.settings import People, Settings, Store
from archive.warc.members import inventory, walk
from archive.warc.record import Block, WarcRecord, compressed
from archive.words import Failure, Role, TlsVerdict, Truncation
from tests.evidence import (
    BODY,
    MOMENT,
    PEER,
    SOFTWARE,
    TLS,
    URL,
    a_capture,
    a_capture_file,
    a_capture_id,
    a_closing,
    a_job,
    an_answer,
    an_exchange,
    in_chunks,
    record_ids,
)

ROOT = Path(__file__).parent.parent
FASTWARC = Path(sys.executable).with_name("fastwarc")
RECORD_ID = re.compile(r"<urn:uuid:[0-9a-f-]{36}>")


@dataclass(frozen=True)
class Read:
    """A record as warcio reads it back."""

    type: str
    headers: dict[str, str]
    block: bytes

    @property
    def id(self) -> str:
        """Its WARC-Record-ID."""
        return self.headers["WARC-Record-ID"]


def read(path: Path) -> list[Read]:
    """Read the raw blocks of a file with warcio."""
    with path.open("rb") as stream:
        records = ArchiveIterator(stream, no_record_parse=True)
        return [Read(r.rec_type, dict(r.rec_headers.headers), r.raw_stream.read()) for r in records]


def check_digests(path: Path) -> None:
    """Let warcio and fastwarc check every block and payload digest, as their commands do."""
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            record.content_stream().read()
            assert record.digest_checker.passed in (True, None), record.digest_checker.problems
    with path.open("rb") as stream:
        for record in fastwarc.ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest(consume=False), record.headers
            if record.is_http and "WARC-Payload-Digest" in record.headers:
                record.parse_http()
                assert record.verify_payload_digest(), record.headers


def of_type(records: list[Read], *types: str) -> list[Read]:
    return [record for record in records if record.type in types]


def written(tmp_path: Path, *exchanges, **changes) -> list[Read]:
    return read(a_capture(Folder(tmp_path), *exchanges, **changes).path)


ANSWERS = {
    "plain": an_answer(),
    "no body": an_answer(b""),
    "in chunks": an_answer(in_chunks([b"one", b"two"]), "Transfer-Encoding: chunked"),
    "line ends alone": b"HTTP/1.1 200 OK\nContent-Type: text/html\n\nbody",
    "empty lines before": b"\r\n\r\n" + an_answer(),
    "two equal fields": an_answer(BODY, "Set-Cookie: a=1", "Set-Cookie: b=2"),
    "folded field": an_answer(BODY, "X-Long: one", "  two"),
    "bytes in a field": b"HTTP/1.1 200 OK\r\nX: \xff\xfe\x00\r\n\r\n\x00\x01",
    "a head cut off": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "a status alone": b"HTTP/1.1 200 OK\r\n\r\n",
    "a WARC inside": an_answer(b"WARC/1.1\r\nWARC-Type: response\r\n\r\n\r\n\r\n"),
    "line ends at the end": an_answer(b"\r\n\r\n\r\n\r\n"),
    "a long line": an_answer(BODY, "X-Long: " + "x" * 30_000),
    "a long head": an_answer(BODY, *(f"X-{number}: {'x' * 1_000}" for number in range(90))),
    "nothing of HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a head that is none": b"hello\r\nthis: that\r\n\r\nworld",
}


# What other programs say of a file


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_warcio_accepts_every_record(tmp_path, answer):
    """Warcio finds every block and every payload digest to be right, and the block is the wire's."""
    sealed = a_capture(Folder(tmp_path), an_exchange(answer))
    check_digests(sealed.path)
    (record,) = of_type(read(sealed.path), "response", "resource")
    assert record.block == answer


def test_fastwarc_accepts_every_record(tmp_path):
    """`fastwarc check` verifies the digests of a file with every kind of answer."""
    sealed = a_capture(Folder(tmp_path), *map(an_exchange, ANSWERS.values()))
    done = subprocess.run([FASTWARC, "check", "-p", sealed.path], capture_output=True, text=True)
    assert (done.returncode, "failed" in done.stdout.lower()) == (0, False), done.stdout


def test_fastwarc_would_refuse_a_false_digest(tmp_path):
    """The same check refuses a record whose digest is that of other bytes."""
    record = WarcRecord(
        type="resource",
        id=record_ids()(),
        date=MOMENT,
        target_uri=URL,
        content_type="text/plain",
        block=Block.of(b"these"),
        block_sha256=hashlib.sha256(b"others").hexdigest(),
    )
    path = tmp_path / "false.warc.gz"
    path.write_bytes(b"".join(compressed(record, 6)))
    done = subprocess.run([FASTWARC, "check", path], capture_output=True, text=True)
    assert done.returncode != 0
    with pytest.raises(Exception, match="digest"):
        check_digests(path)


def test_gzip_unpacks_the_file_whole(tmp_path):
    """The file is a row of gzip members, so that `gzip -t` and `zcat` work on it."""
    sealed = a_capture(Folder(tmp_path))
    assert subprocess.run(["gzip", "-t", sealed.path]).returncode == 0
    plain = subprocess.run(["zcat", sealed.path], capture_output=True).stdout
    assert plain.startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
    assert an_answer() in plain


def test_sha256_is_what_sha256sum_says(tmp_path):
    """What `seal` reports is what a stranger's sha256sum and stat report."""
    sealed = a_capture(Folder(tmp_path))
    line = subprocess.run(["sha256sum", sealed.path], capture_output=True, text=True).stdout
    assert sealed.sha256 == line.split()[0]
    assert sealed.size == sealed.path.stat().st_size


# The records of a capture


def test_the_records_of_one_exchange(tmp_path):
    """A capture begins with its warcinfo and ends with its closing record; request before response."""
    records = written(tmp_path)
    assert [record.type for record in records] == ["warcinfo", "request", "response", "metadata"]
    assert records[-1].headers["WARC-Target-URI"] == capture_uri(a_capture_id())
    assert records[-1].headers["Content-Type"] == "application/json"
    assert from_json(records[-1].block, ClosingRecord).capture == a_capture_id()


def test_the_closing_record_is_last_after_many_exchanges(tmp_path):
    """However many exchanges there were, the last record is the closing one and the only of its name."""
    records = written(tmp_path, *(an_exchange() for _ in range(5)))
    names = [record.headers.get("WARC-Target-URI") for record in records]
    assert names.index(capture_uri(a_capture_id())) == len(records) - 1


def test_every_record_names_its_warcinfo(tmp_path):
    """WARC 1.1, 5.10: every record but the warcinfo itself has WARC-Warcinfo-ID."""
    first, *others = written(tmp_path, an_exchange(), an_exchange(b"nothing of HTTP"))
    assert "WARC-Warcinfo-ID" not in first.headers
    assert {record.headers["WARC-Warcinfo-ID"] for record in others} == {first.id}


def test_record_ids_are_unique_uris(tmp_path):
    """WARC 1.1, 5.2: a WARC-Record-ID is a globally unique URI in angle brackets."""
    folder = Folder(tmp_path)
    job = a_job()
    files = [a_capture_file(folder, 1, job), a_capture_file(folder, 2, job)]
    ids = []
    for file in files:
        facts = file.add(an_exchange()).facts
        ids += [record.id for record in read(file.seal(a_closing(file.capture, job, [facts])).path)]
    assert len(set(ids)) == len(ids) == 8
    assert all(RECORD_ID.fullmatch(name) for name in ids)


def test_one_date_for_one_exchange(tmp_path):
    """Request and response share the start of their exchange, to the microsecond (WARC 1.1, 5.4)."""
    later = an_exchange(started_at=MOMENT + timedelta(hours=1, microseconds=5))
    dates = [record.headers["WARC-Date"] for record in written(tmp_path, an_exchange(), later)]
    first, second = "2026-11-22T10:15:30.123456Z", "2026-11-22T11:15:30.123461Z"
    assert dates == [first, first, first, second, second, first]


def test_request_and_response_name_each_other(tmp_path):
    """WARC 1.1, 5.7: WARC-Concurrent-To on both sides."""
    _, request, response, _ = written(tmp_path)
    assert request.headers["WARC-Concurrent-To"] == response.id
    assert response.headers["WARC-Concurrent-To"] == request.id


def test_the_address_of_the_server_stands_on_both(tmp_path):
    """WARC 1.1, 5.8: WARC-IP-Address where the server was asked directly, and none behind a proxy."""
    direct, proxied = an_exchange(), an_exchange(peer=None, proxy="socks5://127.0.0.1:9050")
    found = [
        record.headers.get("WARC-IP-Address")
        for record in written(tmp_path, direct, proxied)
        if record.type in ("request", "response")
    ]
    assert found == [PEER.address, PEER.address, None, None]


def test_content_types_of_http_records(tmp_path):
    """WARC 1.1, 6.3 and 6.4: application/http with its msgtype."""
    _, request, response, _ = written(tmp_path)
    assert request.headers["Content-Type"] == "application/http;msgtype=request"
    assert response.headers["Content-Type"] == "application/http;msgtype=response"
    assert request.headers["WARC-Target-URI"] == response.headers["WARC-Target-URI"] == URL


def test_the_warcinfo_names_the_software_and_the_job(tmp_path):
    """WARC 1.1, 6.2: fields as lines; the job stands there too, for a file that was never closed."""
    info = written(tmp_path)[0]
    fields = dict(line.split(": ", 1) for line in info.block.decode("utf-8").splitlines())
    assert fields["software"] == "saqta/0.1.0"
    assert fields["format"] == "WARC File Format 1.1"
    assert fields["isPartOf"] == capture_uri(a_capture_id())
    assert from_json(fields["saqta-job"], type(a_job())) == a_job()
    assert info.headers["WARC-Filename"] == f"{a_capture_id()}.warc.gz"


def test_no_request_record_without_bytes(tmp_path):
    """Where nothing was written to the wire, there is nothing to keep: only the closing record says so."""
    nothing = an_exchange(b"", sent=BytesIO(), status=None, failure=Failure.CONNECT)
    sealed = a_capture(Folder(tmp_path), nothing)
    assert [record.type for record in read(sealed.path)] == ["warcinfo", "metadata"]
    (facts,) = inventory(sealed.path).closing.exchanges
    assert (facts.request_record, facts.response_record, facts.wire_sha256) == (None, None, None)
    assert (facts.complete, facts.failure) == (False, Failure.CONNECT)


def test_a_request_without_an_answer_is_kept(tmp_path):
    """Bytes that were sent are kept, and point to no response."""
    sealed = a_capture(Folder(tmp_path), an_exchange(b"", failure=Failure.TIMEOUT))
    _, request, closing = read(sealed.path)
    assert request.type == "request"
    assert "WARC-Concurrent-To" not in request.headers
    assert closing.type == "metadata"


def test_an_answer_without_a_request_is_kept(tmp_path):
    """A server that speaks before it is asked is kept as it spoke."""
    _, response, _ = written(tmp_path, an_exchange(sent=BytesIO()))
    assert response.type == "response"
    assert "WARC-Concurrent-To" not in response.headers


@pytest.mark.parametrize("word", list(Truncation))
def test_a_cut_answer_says_why(tmp_path, word):
    """WARC 1.1, 5.13: WARC-Truncated on the response, and the same word in the closing record."""
    cut = an_exchange(truncated=word, failure=Failure.DISCONNECTED)
    sealed = a_capture(Folder(tmp_path), cut)
    records = read(sealed.path)
    assert [record.headers.get("WARC-Truncated") for record in records] == [None, None, word.value, None]
    (facts,) = inventory(sealed.path).closing.exchanges
    assert (facts.truncated, facts.complete) == (word, False)


def test_a_whole_answer_has_no_mark_of_a_cut(tmp_path):
    """No WARC-Truncated where nothing is missing."""
    assert not any("WARC-Truncated" in record.headers for record in written(tmp_path))


@pytest.mark.parametrize("name", ["nothing of HTTP", "a head that is none"])
def test_what_is_not_http_is_no_response(tmp_path, name):
    """Bytes that are no HTTP become a resource under a urn, so that no player shows them as the page."""
    _, request, resource, _ = written(tmp_path, an_exchange(ANSWERS[name]))
    assert request.type == "request"
    assert resource.type == "resource"
    assert resource.headers["WARC-Target-URI"] == f"urn:saqta:bytes:{resource.id[10:-1]}"
    assert resource.headers["Content-Type"] == "application/octet-stream"
    assert "WARC-Payload-Digest" not in resource.headers
    assert resource.block == ANSWERS[name]


def test_the_payload_digest_is_that_of_the_body(tmp_path):
    """WARC 1.1, 5.9: without chunks, the digest of everything behind the head."""
    response = written(tmp_path, an_exchange(an_answer(b"payload")))[2]
    assert response.headers["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(b'payload').hexdigest()}"


@pytest.mark.parametrize("name", ["line ends alone", "empty lines before", "a head cut off", "a long head"])
def test_no_payload_digest_where_readers_disagree(tmp_path, name):
    """Some readers end a head at CR LF only, skip no empty line or stop at 32 KiB: no digest is claimed."""
    response = written(tmp_path, an_exchange(ANSWERS[name]))[2]
    assert response.type == "response"
    assert "WARC-Payload-Digest" not in response.headers


@pytest.mark.parametrize(
    "fields",
    [
        ("Transfer-Encoding: chunked",),
        ("transfer-encoding: gzip, Chunked",),
        ("TE: x", "Transfer-Encoding: identity", "Transfer-Encoding: chunked"),
    ],
)
def test_no_payload_digest_over_chunks(tmp_path, fields):
    """The standard and the tools read a payload of chunks in two ways, so no digest of it is claimed."""
    response = written(tmp_path, an_exchange(an_answer(in_chunks([b"payload"]), *fields)))[2]
    assert "WARC-Payload-Digest" not in response.headers


def test_the_decoded_digest_of_chunks_stands_in_the_closing_record(tmp_path):
    """What the payload digest would have said is said where no tool can misread it."""
    answer = an_answer(in_chunks([b"pay", b"load"]), "Transfer-Encoding: chunked")
    (facts,) = inventory(a_capture(Folder(tmp_path), an_exchange(answer)).path).closing.exchanges
    assert facts.decoded_sha256 == hashlib.sha256(b"payload").hexdigest()
    assert (facts.decoded_bytes, facts.not_decoded) == (7, None)
    assert facts.wire_sha256 == hashlib.sha256(answer).hexdigest()


def test_a_body_that_does_not_unpack_is_kept_and_said(tmp_path):
    """A false coding loses no byte: the block is there, the closing record has the reason."""
    answer = an_answer(BODY, "Content-Encoding: br")
    sealed = a_capture(Folder(tmp_path), an_exchange(answer))
    (facts,) = inventory(sealed.path).closing.exchanges
    assert read(sealed.path)[2].block == answer
    assert facts.decoded_sha256 is None
    assert facts.not_decoded == "the content coding 'br' is not known here"


def test_interim_and_surplus_bytes_stay_out_of_the_block(tmp_path):
    """A 1xx response before and bytes behind the message are counted, not kept as part of it."""
    interim, surplus = b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 400 Bad\r\n\r\n"
    exchange = an_exchange(
        interim + an_answer() + surplus, interim_bytes=len(interim), surplus_bytes=len(surplus)
    )
    sealed = a_capture(Folder(tmp_path), exchange)
    (facts,) = inventory(sealed.path).closing.exchanges
    assert read(sealed.path)[2].block == an_answer()
    assert (facts.interim_bytes, facts.surplus_bytes) == (len(interim), len(surplus))
    assert (facts.received_bytes, facts.status) == (len(an_answer()), 200)


def test_the_facts_of_an_exchange(tmp_path):
    """What was seen of the connection is told in full, the certificates by their hash."""
    file = a_capture_file(Folder(tmp_path))
    kept = file.add(an_exchange(role=Role.REDIRECT, rehearsal=True, message="It went well."))
    file.close()
    facts = kept.facts
    assert (facts.role, facts.url, facts.method, facts.peer) == (Role.REDIRECT, URL, "GET", PEER)
    assert facts.tls is not None
    assert (facts.tls.version, facts.tls.cipher) == (TLS.version, TLS.cipher)
    assert (facts.tls.chain_sha256, facts.tls.verdict) == (TLS.chain_sha256, TlsVerdict.VALID)
    assert (facts.content_type, facts.rehearsal, facts.message) == ("text/html", True, "It went well.")
    assert file.certificates == dict(zip(TLS.chain_sha256, TLS.chain, strict=True))
    assert (kept.body, kept.head.status) == (BODY, 200)
    assert (file.capture, facts.complete) == (a_capture_id(), True)


def test_the_status_is_the_wires_own(tmp_path):
    """The block is believed, not what a parser made of it."""
    file = a_capture_file(Folder(tmp_path))
    facts = file.add(an_exchange(an_answer(status="404 Not Found"), status=200)).facts
    file.close()
    assert facts.status == 404


# People


def test_people_stand_in_a_record_of_their_own(tmp_path):
    """Operator and organisation can be left out of a copy: no other record speaks of them."""
    named = Settings(people=People(operator="A. Omarova", organisation="A Group"))
    records = written(tmp_path, settings=named)
    people = [
        r for r in records if r.headers.get("WARC-Target-URI") == f"urn:saqta:operator:{a_capture_id()}"
    ]
    assert [from_json(record.block, People) for record in people] == [named.people]
    others = b"".join(record.block for record in records if record not in people)
    assert b"Omarova" not in others
    assert b"A Group" not in others


def test_nobody_is_named_unasked(tmp_path):
    """Without a name in the settings there is no such record."""
    assert len(of_type(written(tmp_path), "metadata")) == 1


# Byte for byte


def test_the_same_input_gives_the_same_file(tmp_path):
    """With the seams for record id and clock, two captures of the same bytes are equal."""
    one, two = a_capture(Folder(tmp_path / "one")), a_capture(Folder(tmp_path / "two"))
    assert one.path.read_bytes() == two.path.read_bytes()
    assert (one.sha256, one.records_root) == (two.sha256, two.records_root)


def test_another_byte_gives_another_file(tmp_path):
    """One changed byte of the wire changes hash and root."""
    one = a_capture(Folder(tmp_path / "one"), an_exchange(an_answer(b"a")))
    two = a_capture(Folder(tmp_path / "two"), an_exchange(an_answer(b"b")))
    assert one.sha256 != two.sha256
    assert one.records_root != two.records_root


def test_a_record_as_it_stands_in_the_file(tmp_path):
    """The header section of a response, byte for byte (WARC 1.1, section 4)."""
    path = a_capture(Folder(tmp_path)).path
    member = list(walk(path))[2]
    head = member.beginning.partition(b"\r\n\r\n")[0].decode("ascii").splitlines()
    digest = hashlib.sha256(an_answer()).hexdigest()
    assert head == [
        "WARC/1.1",
        "WARC-Type: response",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000002>",
        "WARC-Date: 2026-11-22T10:15:30.123456Z",
        f"WARC-Target-URI: {URL}",
        f"WARC-Block-Digest: sha256:{digest}",
        "WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>",
        "WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-IP-Address: 192.0.2.7",
        f"WARC-Payload-Digest: sha256:{hashlib.sha256(BODY).hexdigest()}",
        "Content-Type: application/http;msgtype=response",
        f"Content-Length: {len(an_answer())}",
    ]


@pytest.mark.parametrize("level", [1, 9])
def test_the_level_of_compression_changes_no_record(tmp_path, level):
    """The setting decides the size of the file and nothing in it."""
    usual, other = tmp_path / "usual", tmp_path / "other"
    body = an_answer(b"again and again " * 1_000)
    one = a_capture(Folder(usual), an_exchange(body))
    two = a_capture(Folder(other), an_exchange(body), settings=Settings(store=Store(compression=level)))
    assert [r.block for r in read(one.path)][:3] == [r.block for r in read(two.path)][:3]
    assert one.sha256 != two.sha256


blocks = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=300).map(an_answer),
    st.lists(st.sampled_from([b"\r\n", b"\n", b"\r", b"\x00", b"WARC/1.1", b"HTTP/1.1 200 OK", b": "])).map(
        lambda parts: b"HTTP/1.1 200 OK" + b"".join(parts)
    ),
)


@settings(max_examples=40, deadline=None)
@given(sent=blocks, received=blocks)
def test_any_bytes_come_back_unchanged(sent, received):
    """WARC 1.1, 6.3: the block is 'the full response as received over the network', whatever it is."""
    with tempfile.TemporaryDirectory() as place:
        sealed = a_capture(Folder(Path(place)), an_exchange(received, sent=BytesIO(sent)))
        check_digests(sealed.path)
        records = read(sealed.path)
        assert [record.block for record in of_type(records, "request")] == ([sent] if sent else [])
        assert [r.block for r in of_type(records, "response", "resource")] == ([received] if received else [])
        for record in records:
            assert record.headers["WARC-Block-Digest"] == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
            assert int(record.headers["Content-Length"]) == len(record.block)
        assert inventory(sealed.path).sha256 == sealed.sha256


@settings(deadline=None)
@given(value=st.text(alphabet=st.characters(categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1))
def test_no_header_field_holds_a_line_end(value):
    """WARC 1.1, section 4: a field ends with its line; a value that would open another is refused."""
    record = WarcRecord(
        type="resource",
        id=record_ids()(),
        date=MOMENT,
        target_uri=f"https://example.org/{value}",
        content_type="text/plain",
        block=Block.of(b""),
        block_sha256=hashlib.sha256(b"").hexdigest(),
    )
    with pytest.raises(ValueError, match="WARC-Target-URI"):
        list(compressed(record, 6))


def test_a_block_is_read_in_pieces():
    """A block that lies in the middle of a stream is read and hashed without its surroundings."""
    data = os.urandom(3 << 20)
    block = Block(stream=BytesIO(b"before" + data + b"after"), start=6, length=len(data))
    assert b"".join(block.pieces()) == data
    assert max(map(len, block.pieces())) == 1 << 20
    assert block.sha256(5) == hashlib.sha256(data[5:]).hexdigest()


# The file on the disk


def test_the_file_is_open_until_it_is_sealed(tmp_path):
    """Nothing has the final name before everything is in it, and nothing else is left behind."""
    folder = Folder(tmp_path)
    file = a_capture_file(folder)
    facts = file.add(an_exchange()).facts
    day = folder.warc(a_capture_id()).parent
    assert [path.name for path in day.iterdir()] == [f"{a_capture_id()}.warc.gz.open"]
    sealed = file.seal(a_closing(file.capture, a_job(), [facts]))
    assert list(day.iterdir()) == [sealed.path] == [folder.warc(a_capture_id())]


def test_an_exchange_is_on_the_disk_when_add_returns(tmp_path):
    """A reader finds the whole records of an exchange before the capture goes on."""
    file = a_capture_file(Folder(tmp_path))
    file.add(an_exchange())
    path = next(tmp_path.rglob("*.open"))
    members = list(walk(path))
    file.close()
    assert len(members) == 3
    assert members[-1].offset + members[-1].length == path.stat().st_size
    assert path.exists()


def test_no_capture_is_written_twice(tmp_path):
    """A second file of the same name is refused, and the first is not touched."""
    file = a_capture_file(Folder(tmp_path))
    path = next(tmp_path.rglob("*.open"))
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match="File exists"):
        a_capture_file(Folder(tmp_path))
    file.close()
    assert path.read_bytes() == before


def test_a_folder_that_is_a_file_is_an_archive_error(tmp_path):
    """A place that cannot be written is told in a sentence."""
    (tmp_path / "captures").write_text("in the way")
    with pytest.raises(ArchiveError, match=r"captures.* cannot be written"):
        a_capture_file(Folder(tmp_path))


def test_a_seal_that_cannot_be_set_is_an_archive_error(tmp_path):
    """Where the rename fails, the error is a sentence and the file stays as it was."""
    folder = Folder(tmp_path)
    file = a_capture_file(folder)
    facts = file.add(an_exchange()).facts
    folder.warc(a_capture_id()).mkdir()
    with pytest.raises(ArchiveError, match="cannot be written"):
        file.seal(a_closing(file.capture, a_job(), [facts]))
    assert len(list(walk(next(tmp_path.rglob("*.open"))))) == 4


FULL_DISK = """
    import random, resource
    from pathlib import Path
    from archive.errors import ArchiveError
    from archive.folder import Folder
    from tests.evidence import a_capture_file, a_closing, a_job, an_answer, an_exchange
    file = a_capture_file(Folder(Path({root!r})))
    first = file.add(an_exchange())
    limit = {limit}
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    big = an_exchange(an_answer(random.Random(1).randbytes(200_000)))
    try:
        file.add(big)
    except ArchiveError as error:
        print("refused:", error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    if {go_on}:
        sealed = file.seal(a_closing(file.capture, a_job(), [first.facts]))
    file.close()
"""


def on_a_full_disk(root: Path, limit: int, *, go_on: bool = False) -> str:
    """Write a capture in a process whose files may not grow beyond `limit` bytes; gives what it says."""
    code = textwrap.dedent(FULL_DISK).format(root=str(root), limit=limit, go_on=go_on)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("limit", [3_000, 66_000, 180_000])
def test_a_full_disk_leaves_only_whole_records(tmp_path, limit):
    """When the disk is full the file ends with its last whole record, and the error says so."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    said = on_a_full_disk(tmp_path, limit)
    path = next(tmp_path.rglob("*.open"))
    members = list(walk(path))
    assert said.startswith(f"refused: {path} cannot be written (File too large)")
    assert members[-1].offset + members[-1].length == path.stat().st_size
    assert len(members) == 4  # warcinfo, request and response, and the second request
    assert subprocess.run(["gzip", "-t", "-S", ".open", path]).returncode == 0


def test_a_capture_goes_on_when_there_is_room_again(tmp_path):
    """After a record that did not fit, the next one follows the last whole one without a gap."""
    on_a_full_disk(tmp_path, 66_000, go_on=True)
    path = next(tmp_path.rglob("*.warc.gz"))
    found = inventory(path)
    check_digests(path)
    assert len(found.offsets) == 5
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.closing.software == SOFTWARE


def test_a_disk_that_is_full_from_the_start_is_an_archive_error(tmp_path):
    """A capture of which not even the first record fits is told in a sentence, without a warning."""
    code = textwrap.dedent(
        f"""
        import resource
        from pathlib import Path
        from archive.errors import ArchiveError
        from archive.folder import Folder
        from tests.evidence import a_capture_file
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        try:
            a_capture_file(Folder(Path({str(tmp_path)!r})))
        except ArchiveError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        """
    )
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "cannot be written (File too large)" in done.stdout
    assert done.stderr == ""
    assert next(tmp_path.rglob("*.open")).stat().st_size == 0
