"""A sealed capture reads back as it was written, or is refused with the place where it does not."""

from __future__ import annotations

import gzip
import hashlib
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue.catalogue import Catalogue
from archive.closing import CONTENT_TYPE, capture_uri
from archive.errors import ArchiveError
from archive.folder import Folder
from archive.ledger import Ledger, read_ledger
from archive.record import to_json
from archive.recovery import adopt
from archive.warc.members import DamagedFileError, inventory, read_member, walk
from archive.warc.record import Block, WarcRecord, compressed
from tests.evidence import (
    MOMENT,
    URL,
    a_capture,
    a_capture_id,
    a_closing,
    a_job,
    an_answer,
    an_exchange,
    changed,
    enter,
    record_ids,
)

SMALL = an_answer(b"tiny")
IDLE = frozenset({4, 5, 6, 7, 8, 9})
"""Bytes of a gzip header that say nothing of the contents: time, strength, system (RFC 1952, 2.3.1)."""


def sealed(tmp_path: Path, *exchanges) -> Path:
    return a_capture(Folder(tmp_path), *(exchanges or [an_exchange(SMALL)])).path


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word: MTH({}), MTH({d[0]}) and MTH(D[n]) with the largest power below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_members(data: bytes) -> list[bytes]:
    """Split a file into its gzip members with nothing but zlib."""
    members = []
    while data:
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(data)
        assert unpacker.eof
        length = len(data) - len(unpacker.unused_data)
        members.append(data[:length])
        data = data[length:]
    return members


def a_record(data: bytes, uri: str = URL, number: int = 99) -> bytes:
    record = WarcRecord(
        type="metadata",
        id=record_ids(number)(),
        date=MOMENT,
        target_uri=uri,
        content_type=CONTENT_TYPE,
        block=Block.of(data),
        block_sha256=hashlib.sha256(data).hexdigest(),
    )
    return b"".join(compressed(record, 6))


# What is whole


def test_the_inventory_of_a_whole_file(tmp_path):
    """Size, hash, root and places are those of the file, and the closing record is read."""
    done = a_capture(Folder(tmp_path))
    found = inventory(done.path)
    assert (found.size, found.sha256) == (done.path.stat().st_size, done.sha256)
    assert found.records_root == done.records_root
    assert found.closing.capture == a_capture_id()
    assert list(found.offsets) == [f"<urn:uuid:00000000-0000-4000-8000-{n:012x}>" for n in range(4)]


@pytest.mark.parametrize("exchanges", [1, 2, 3, 4, 7])
def test_the_root_is_that_of_rfc_9162(tmp_path, exchanges):
    """`records_root` is the Merkle root over the compressed members, as a stranger computes it."""
    path = sealed(tmp_path, *(an_exchange(an_answer(b"%d" % n)) for n in range(exchanges)))
    members = naive_members(path.read_bytes())
    assert len(members) == 2 + 2 * exchanges
    assert inventory(path).records_root == naive_root(members).hex()


def test_every_place_leads_to_its_record(tmp_path):
    """Each offset and length cut one whole gzip member out, which holds the record of that name."""
    path = sealed(tmp_path)
    data = path.read_bytes()
    for name, (offset, length) in inventory(path).offsets.items():
        plain = gzip.decompress(data[offset : offset + length])
        assert f"WARC-Record-ID: {name}\r\n".encode() in plain
        assert read_member(path, offset).headers.get_header("WARC-Record-ID") == name


def test_a_record_larger_than_a_step(tmp_path):
    """A block of some megabytes that does not compress is walked over and read back whole."""
    body = random.Random(1).randbytes(3 << 20)
    path = sealed(tmp_path, an_exchange(an_answer(body)))
    found = inventory(path)
    (facts,) = found.closing.exchanges
    member = read_member(path, found.offsets[facts.response_record][0])
    assert member.block == an_answer(body)
    first = list(walk(path))[2]
    assert first.unpacked > len(first.beginning) == 1 << 16
    assert first.block == an_answer(body)[: len(first.block)]


def test_a_block_of_zeros(tmp_path):
    """A block that shrinks a thousandfold is walked over in bounded steps."""
    path = sealed(tmp_path, an_exchange(an_answer(bytes(5 << 20))))
    member = list(walk(path))[2]
    assert member.unpacked > 5 << 20
    assert member.length < 1 << 16
    assert inventory(path).size == path.stat().st_size


def test_a_long_closing_record_is_read_whole(tmp_path):
    """A closing record beyond the 64 KB that a walk keeps is read in full."""
    chain = {f"{n:064x}": "-----BEGIN CERTIFICATE-----" + "A" * 1_000 for n in range(100)}
    path = a_capture(Folder(tmp_path), certificates=chain).path
    assert inventory(path).closing.certificates == chain


@pytest.mark.parametrize("body", [b"", b"x", b"\r\n", b"\r\n\r\n", b"\r\n\r\n\r\n\r\n"])
def test_a_block_ends_where_it_ends(tmp_path, body):
    """The two line ends behind a block (WARC 1.1, section 4) are no part of it, whatever it ends with."""
    path = tmp_path / "one.warc.gz"
    path.write_bytes(a_record(body))
    assert read_member(path, 0).block == body


# What is damaged


def test_a_torn_tail_at_every_cut(tmp_path):
    """However much of the end is missing, the file is refused; what is whole before it is found."""
    path = sealed(tmp_path)
    data = path.read_bytes()
    ends = [member.offset + member.length for member in walk(path)]
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        with pytest.raises(DamagedFileError):
            inventory(path)
        assert len(list(walk(path))) == sum(end <= cut for end in ends)


def test_one_flipped_byte_anywhere(tmp_path):
    """Every byte of a capture is guarded: by the gzip CRC, or else by its hash in the ledger."""
    folder = Folder(tmp_path)
    folder.create()
    path = sealed(tmp_path)
    data, whole = path.read_bytes(), inventory(path)
    starts = [member.offset for member in walk(path)]
    unseen = set()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            found = inventory(path)
        except DamagedFileError:
            continue
        unseen.add(place)
        assert found.sha256 != whole.sha256
        assert found.records_root != whole.records_root
    assert unseen == {start + idle for start in starts for idle in IDLE}


def test_a_flipped_byte_that_gzip_does_not_guard_is_found_by_the_ledger(tmp_path):
    """A file whose gzip header was changed is not entered under the line that seals it."""
    folder = Folder(tmp_path)
    folder.create()
    done = a_capture(folder)
    with Catalogue(folder.catalogue) as first:
        enter(folder, first, done)
        line = first.connection.execute("select line from events").fetchone()[0]
    assert done.sha256 in line
    data = done.path.read_bytes()
    done.path.write_bytes(data[:4] + b"\xff" + data[5:])
    (sealing,) = read_ledger(folder.ledger)
    said = pytest.raises(DamagedFileError, match="not the file that line 1 of the ledger names")
    with Catalogue(tmp_path / "other.db") as other, said:
        adopt(folder, Ledger(folder.ledger), other, done.path, sealing)


@pytest.mark.parametrize(
    "more",
    [b"\x00", b"\r\n", bytes(512), b"not gzip", b"\x1f\x8b\x08", gzip.compress(b"not a record")],
    ids=["nul", "line end", "a block of nul", "text", "a torn member", "a member that is no record"],
)
def test_appended_bytes_are_refused(tmp_path, more):
    """A byte behind the closing record is no part of the capture."""
    path = sealed(tmp_path)
    path.write_bytes(path.read_bytes() + more)
    with pytest.raises(DamagedFileError):
        inventory(path)


def test_an_appended_record_is_refused(tmp_path):
    """A whole record behind the closing record makes the file another one."""
    path = sealed(tmp_path)
    path.write_bytes(path.read_bytes() + a_record(b"{}"))
    with pytest.raises(DamagedFileError, match="last record is not the closing record"):
        inventory(path)


def test_a_file_without_its_closing_record_is_refused(tmp_path):
    """A capture that was never closed says nothing of itself, however whole its records are."""
    path = sealed(tmp_path)
    path.write_bytes(b"".join(naive_members(path.read_bytes())[:-1]))
    with pytest.raises(DamagedFileError, match="last record is not the closing record"):
        inventory(path)


def test_an_empty_file_is_refused(tmp_path):
    """Nothing is no capture."""
    path = sealed(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(DamagedFileError, match=r"from byte 0 .*\(0 bytes"):
        inventory(path)


def test_a_file_under_another_name_is_refused(tmp_path):
    """A capture that was renamed to another one's name does not pass for it."""
    path = sealed(tmp_path)
    other = path.with_name(f"{a_capture_id(1)}.warc.gz")
    path.rename(other)
    with pytest.raises(DamagedFileError, match=f"not the closing record of {a_capture_id(1)}"):
        inventory(other)


def test_a_closing_record_of_another_capture_is_refused(tmp_path):
    """A closing record under the right name that speaks of another capture is refused."""
    path = sealed(tmp_path)
    members = naive_members(path.read_bytes())
    foreign = to_json(a_closing(a_capture_id(1), a_job()))
    path.write_bytes(b"".join(members[:-1]) + a_record(foreign, capture_uri(a_capture_id())))
    with pytest.raises(DamagedFileError, match=f"speaks of {a_capture_id(1)}"):
        inventory(path)


@pytest.mark.parametrize(
    "lie",
    [
        b"",
        b"{}",
        b"[1]",
        b"not JSON",
        b"\xff\xfe",
        to_json(changed(a_closing(a_capture_id(), a_job()), v="1")),
    ],
)
def test_an_unreadable_closing_record_is_refused(tmp_path, lie):
    """A closing record that is not what version 1 of the contract says is refused in a sentence."""
    path = sealed(tmp_path)
    members = naive_members(path.read_bytes())
    path.write_bytes(b"".join(members[:-1]) + a_record(lie, capture_uri(a_capture_id())))
    with pytest.raises(DamagedFileError, match="closing record cannot be read"):
        inventory(path)


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (b"", "does not end as a WARC record"),
        (b"WARC/1.1\r\nWARC-Record-ID: <urn:x>\r\n", "does not end as a WARC record"),
        (b"\r\n\r\n", "no WARC"),
        (b"hello\r\n\r\n\r\n\r\n", "no WARC record"),
        (b"HTTP/1.1 200 OK\r\n\r\n\r\n\r\n", "no WARC record"),
        (b"WARC/1.1\r\nWARC-Type: metadata\r\n\r\n\r\n\r\n", "no WARC-Record-ID"),
    ],
)
def test_a_member_that_is_no_record_is_refused(tmp_path, lie, said):
    """A gzip member in the middle that is no WARC record is named with its place."""
    path = sealed(tmp_path)
    members = naive_members(path.read_bytes())
    path.write_bytes(members[0] + gzip.compress(lie) + b"".join(members[1:]))
    with pytest.raises(DamagedFileError, match=said) as caught:
        inventory(path)
    assert f"at byte {len(members[0])}" in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_order_of_the_records_is_visible(tmp_path):
    """A file with two records exchanged reads well, and has another root and another hash."""
    path = sealed(tmp_path)
    before = inventory(path)
    one, two, three, last = naive_members(path.read_bytes())
    path.write_bytes(one + three + two + last)
    after = inventory(path)
    assert after.offsets.keys() == before.offsets.keys()
    assert after.records_root != before.records_root
    assert after.sha256 != before.sha256


def test_a_record_left_out_is_visible(tmp_path):
    """A file without its request has another root."""
    path = sealed(tmp_path)
    before = inventory(path).records_root
    members = naive_members(path.read_bytes())
    path.write_bytes(b"".join(members[:1] + members[2:]))
    assert inventory(path).records_root != before


def test_a_record_packed_anew_is_visible(tmp_path):
    """The same contents under another compression are not the bytes that were sealed."""
    path = sealed(tmp_path)
    before = inventory(path).records_root
    members = naive_members(path.read_bytes())
    packed = gzip.compress(gzip.decompress(members[2]), 1, mtime=1)
    path.write_bytes(b"".join([*members[:2], packed, members[3]]))
    assert inventory(path).records_root != before


@pytest.mark.parametrize("offset", [1, 10, 1 << 30])
def test_no_record_is_read_from_a_false_place(tmp_path, offset):
    """Reading at a byte where no member starts is an error of the archive, not a wrong record."""
    with pytest.raises(ArchiveError, match=f"no whole record at byte {offset}"):
        read_member(sealed(tmp_path), offset)


def test_no_record_is_read_from_a_torn_file(tmp_path):
    """A member that is cut off is not given in part."""
    path = sealed(tmp_path)
    offset = list(walk(path))[-1].offset
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedFileError, match="no whole record"):
        read_member(path, offset)


@settings(deadline=None)
@given(noise=st.binary(max_size=200))
def test_noise_is_no_member(noise, tmp_path_factory):
    """Behind the last member, bytes of any kind give no further one and no exception."""
    path = tmp_path_factory.mktemp("noise") / "x.warc.gz"
    whole = a_record(b"{}")
    path.write_bytes(whole + noise)
    assert [member.length for member in walk(path)][:1] == [len(whole)]
    assert sum(member.length for member in walk(path)) <= len(whole) + len(noise)
    assert len(list(walk(path, start=len(whole)))) == len(list(walk(path))) - 1
