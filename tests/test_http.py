"""HTTP messages are read as browsers read them, and nothing they hold can break the reader."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.http import Head, NotDecodableError, decoded_body, parse_head
from tests.evidence import in_chunks

LIMIT = 1 << 20
BODY = "Слово, которое было сказано. ".encode() * 50


def head_of(*lines: str) -> Head:
    head = parse_head("".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *lines, "")).encode("latin-1"))
    assert head is not None
    return head


def decode(body: bytes, *lines: str, limit: int = LIMIT, step: int = 0) -> bytes:
    """Decode a body under these header lines, given whole or `step` bytes at a time."""
    pieces = [body[at : at + step] for at in range(0, len(body), step)] if step else [body]
    return b"".join(decoded_body(pieces, head_of(*lines), limit))


def taken(pieces: Iterable[bytes], *lines: str, limit: int = 1 << 30) -> tuple[bytes, str | None]:
    """Decode as far as it goes; gives what came out, and the reason where it was refused."""
    got = bytearray()
    try:
        for piece in decoded_body(pieces, head_of(*lines), limit):
            got += piece
    except NotDecodableError as error:
        return bytes(got), str(error)
    return bytes(got), None


def zlib_of(data: bytes) -> bytes:
    return zlib.compress(data)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    """Cut bytes at these places, in any order and also twice at one, which gives empty pieces."""
    at = 0
    for place in sorted(place % (len(data) + 1) for place in places):
        yield data[at:place]
        at = place
    yield data[at:]


CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zlib": zlib_of, "raw": raw_deflate}


# Heads


def test_a_head_as_it_was_sent():
    """Start line, names and values come as sent, and the length reaches the body."""
    data = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/HTML; charset=utf-8\r\n"
        b"Set-Cookie: a\r\nset-cookie: b\r\n\r\nbody"
    )
    head = parse_head(data)
    assert head is not None
    assert head.start_line == b"HTTP/1.1 200 OK"
    assert head.fields == (
        (b"Content-Type", b"text/HTML; charset=utf-8"),
        (b"Set-Cookie", b"a"),
        (b"set-cookie", b"b"),
    )
    assert data[head.length :] == b"body"
    assert (head.status, head.content_type) == (200, "text/html")
    assert (head.get("SET-COOKIE"), head.get("Date")) == ("a", None)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_both_line_ends(end):
    """RFC 9112, 2.2: a recipient may take a single LF as a line end."""
    head = parse_head(end.join([b"HTTP/1.1 200 OK", b"A: 1", b"", b"body"]))
    assert head is not None
    assert (head.fields, head.length) == (((b"A", b"1"),), 19 + 3 * len(end))


def test_empty_lines_before_the_start_line():
    """Some servers send them; browsers skip them."""
    head = parse_head(b"\r\n\nHTTP/1.1 204 No Content\r\n\r\n")
    assert head is not None
    assert (head.status, head.length) == (204, 30)


def test_folded_lines_are_one_value():
    """RFC 9112, 5.2: obs-fold is a space."""
    assert head_of("A: one", "\ttwo", "   three").fields == ((b"A", b"one two three"),)


def test_a_fold_without_a_field_before_it_is_no_field_value():
    """A line that begins with a space right behind the status line belongs to nothing before it."""
    head = head_of(" B: 2", "A: 1")
    assert (head.start_line, head.get("A")) == (b"HTTP/1.1 200 OK", "1")


def test_lines_without_a_colon_are_skipped():
    """A line that is no field hides none of the others."""
    assert head_of("nonsense", "A: 1", "B").fields == ((b"A", b"1"),)


def test_values_may_hold_any_byte():
    """Values are read as latin-1, which every byte has."""
    assert head_of("A: \xff\x80").get("a") == "\xff\x80"


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK\r\nA: 1\r\n", b"\r\n\r\n", b"\n"]
)
def test_a_head_without_an_end_is_none(data):
    """A head that was cut off is not read in part."""
    assert parse_head(data) is None


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.1 200 OK", 200),
        ("HTTP/1.0 404", 404),
        ("HTTP/1.1  503  Busy", 503),
        ("HTTP/2 200", 200),
        ("HTTP/1.1", None),
        ("ICY 200 OK", None),
        ("HTTP/1.1 OK", None),
        ("HTTP/1.1 -20", None),
        ("HTTP/1.1 20", None),
        ("HTTP/1.1 2000", None),
        ("HTTP/1.1 " + "9" * 5_000, None),
        ("HTTP/1.1 ²⁰⁰", None),
    ],
)
def test_a_status_is_three_digits(line, status):
    """RFC 9112, 4: status-code = 3DIGIT; anything else is none, however long it is."""
    head = parse_head(line.encode("utf-8") + b"\r\n\r\n")
    assert head is not None
    assert head.status == status


def test_a_head_folded_for_ever_is_read_in_time():
    """A megabyte of folded lines does not cost the square of its size."""
    start = time.process_time()
    head = parse_head(b"HTTP/1.1 200 OK\r\nA: 1\n" + b" x\n" * 350_000 + b"\n")
    assert head is not None
    assert len(head.fields[0][1]) == 1 + 2 * 350_000
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("lines", "codings"),
    [
        ((), ()),
        (("Content-Encoding: identity",), ()),
        (("Content-Encoding: ",), ()),
        (("Content-Encoding: GZIP",), ("gzip",)),
        (("Content-Encoding: deflate, gzip",), ("deflate", "gzip")),
        (("Content-Encoding: deflate", "content-encoding: , gzip,"), ("deflate", "gzip")),
    ],
)
def test_codings_in_the_order_they_were_applied(lines, codings):
    """RFC 9110, 8.4 and 5.3: a list, which may stand in more than one line."""
    assert head_of(*lines).encodings == codings


@pytest.mark.parametrize(
    ("lines", "chunked"),
    [
        ((), False),
        ((CHUNKED,), True),
        (("transfer-encoding: gzip, Chunked",), True),
        (("Transfer-Encoding: identity", CHUNKED), True),
        (("Transfer-Encoding: identity",), False),
        (("X-Transfer-Encoding: chunked",), False),
    ],
)
def test_chunks_are_recognised(lines, chunked):
    """RFC 9112, 6.1: in any case, in a list, in any line of the field."""
    assert head_of(*lines).chunked is chunked


# Chunks


def test_chunks_with_extensions_and_trailers():
    """RFC 9112, 7.1: extensions and trailers are no part of the body."""
    body = in_chunks([b"one", b"two"], b';name="a;b"', b"Expires: never\r\nX: 1\r\n")
    assert decode(body, CHUNKED) == b"onetwo"


@pytest.mark.parametrize(
    "body",
    [
        b"3\nabc\n0\n\n",
        b" 3 \r\nabc\r\n0\r\n\r\n",
        b"03\r\nabc\r\n000\r\n\r\n",
        b"3\r\nabc\r\n0\r\n\r\nsurplus",
    ],
    ids=["line ends alone", "spaces", "zeros", "surplus"],
)
def test_chunks_as_browsers_take_them(body):
    """What browsers let through is read."""
    assert decode(body, CHUNKED) == b"abc"


@pytest.mark.parametrize("place", range(len(in_chunks([b"abc", b"defg"]))))
def test_chunks_that_were_cut_off_give_what_there_is(place):
    """A body cut at any byte gives the beginning of what it held."""
    whole = in_chunks([b"abc", b"defg"])
    assert b"abcdefg".startswith(decode(whole[:place], CHUNKED))


@pytest.mark.parametrize(
    "body",
    [
        b"\r\nabc",
        b"x\r\nabc",
        b"-3\r\nabc\r\n0\r\n\r\n",
        b"+3\r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"1_0\r\n" + b"a" * 16 + b"\r\n0\r\n\r\n",
        b"f" * 17 + b"\r\nabc",
        b"3\r\nabcdef\r\n0\r\n\r\n",
        b"<html>no chunks at all</html>\n",
        b"1" * 20_000,
    ],
    ids=["empty", "letter", "minus", "plus", "0x", "_", "17 digits", "too short", "html", "endless line"],
)
def test_false_chunks_are_refused(body):
    """A size that is none, and one that its chunk outgrows, is damage and not the end of the body."""
    with pytest.raises(NotDecodableError, match="chunks are damaged"):
        decode(body, CHUNKED)


@settings(deadline=None)
@given(body=st.binary(max_size=400), sizes=st.lists(st.integers(0, 400)), cuts=st.lists(st.integers(0, 999)))
def test_chunks_of_any_size_in_any_pieces(body, sizes, cuts):
    """A body comes back from its chunks, whatever their sizes and however the wire cut them."""
    wire = in_chunks(cut(body, sizes))
    assert b"".join(decoded_body(cut(wire, cuts), head_of(CHUNKED), LIMIT)) == body


# Codings


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", ["gzip", "x-gzip", "deflate", "GZip"])
@pytest.mark.parametrize("step", [0, 1, 7])
def test_servers_mix_the_names_of_codings_up(packer, name, step):
    """Gzip, zlib and raw deflate are told by their bytes, under any of their names and in any pieces."""
    assert decode(PACKERS[packer](BODY), f"Content-Encoding: {name}", step=step) == BODY


@settings(deadline=None)
@given(
    body=st.binary(max_size=400), packer=st.sampled_from(sorted(PACKERS)), cuts=st.lists(st.integers(0, 999))
)
def test_any_body_comes_back_in_any_pieces(body, packer, cuts):
    """Whatever was packed is unpacked, wherever the pieces were cut."""
    assert b"".join(decoded_body(cut(PACKERS[packer](body), cuts), head_of(GZIP), LIMIT)) == body


@settings(deadline=None)
@given(
    bodies=st.lists(st.binary(max_size=60), min_size=1, max_size=5),
    sizes=st.lists(st.integers(0, 99)),
    cuts=st.lists(st.integers(0, 999)),
)
def test_gzip_members_in_chunks(bodies, sizes, cuts):
    """RFC 1952, 2.2: a gzip file may have many members; all of them come out, also from chunks."""
    wire = in_chunks(cut(b"".join(map(gzip.compress, bodies)), sizes))
    assert b"".join(decoded_body(cut(wire, cuts), head_of(CHUNKED, GZIP), LIMIT)) == b"".join(bodies)


def test_two_codings_are_undone_in_turn():
    """RFC 9110, 8.4: the last one applied is undone first."""
    packed = gzip.compress(raw_deflate(BODY))
    assert decode(packed, "Content-Encoding: deflate", GZIP) == BODY
    assert decode(gzip.compress(gzip.compress(BODY)), "Content-Encoding: gzip, gzip") == BODY


def test_a_coding_named_twice_and_applied_once_is_refused():
    """A body that is not packed as often as its head says is not guessed at."""
    with pytest.raises(NotDecodableError, match="damaged"):
        decode(gzip.compress(b"<html>" * 9), "Content-Encoding: gzip, gzip")


def test_a_plain_body_under_a_false_coding_is_refused():
    """Text that is called gzip does not pass for what it unpacks to."""
    with pytest.raises(NotDecodableError, match="compressed data is damaged"):
        decode(b"<html>plain</html>", GZIP)


@pytest.mark.parametrize("name", ["br", "zstd", "compress", "gzip; q=1", "none"])
def test_an_unknown_coding_is_refused_by_its_name(name):
    """What cannot be undone here is said, not skipped."""
    with pytest.raises(NotDecodableError, match=f"'{name}' is not known here"):
        decode(BODY, f"Content-Encoding: {name}")


def test_codings_without_end_are_refused():
    """A head that names a thousand codings is refused before any of them is undone."""
    with pytest.raises(NotDecodableError, match="1000 content codings"):
        decode(BODY, "Content-Encoding: " + ", ".join(["gzip"] * 1_000))


@pytest.mark.parametrize("packer", PACKERS)
def test_a_body_cut_off_gives_what_there_is(packer):
    """Half of a packed body gives the beginning of the text."""
    packed = PACKERS[packer](bytes(range(256)) * 40 + BODY)
    for place in range(len(packed)):
        assert (bytes(range(256)) * 40 + BODY).startswith(decode(packed[:place], GZIP))
    assert decode(packed[: len(packed) // 2], GZIP)


def test_an_empty_body_is_empty():
    """A 204 or an answer to HEAD may name a coding and have no body."""
    assert decode(b"", GZIP) == b""
    assert decode(b"", CHUNKED, GZIP) == b""


@pytest.mark.parametrize("padding", [b"\x00" * 600, b"\r\n", b"<!-- behind -->", b"\x1f"])
def test_padding_behind_the_end_is_dropped(padding):
    """Browsers ignore what follows the last member."""
    assert decode(gzip.compress(BODY) + padding, GZIP) == BODY


@pytest.mark.parametrize("step", [100, 10_000])
def test_a_damaged_body_gives_what_came_before(step):
    """The pieces before the damage were handed on; the damage itself is an error."""
    packed = bytearray(gzip.compress(BODY * 2_000))
    packed[-5] ^= 0xFF
    got, refusal = taken(cut(bytes(packed), list(range(0, len(packed), step))), GZIP)
    assert refusal is not None
    assert "damaged" in refusal
    assert got
    assert (BODY * 2_000).startswith(got)


# Bombs


def grown(body: bytes, *lines: str, limit: int) -> int:
    """Decode a bomb; gives the number of bytes that came out before it was refused."""
    got, refusal = taken([body], *lines, limit=limit)
    assert refusal == f"it unpacks to more than {limit} bytes"
    return len(got)


@pytest.mark.parametrize("packer", PACKERS)
def test_a_bomb_ends_at_the_limit(packer):
    """A body that grows a thousandfold stops at the limit, in small steps."""
    assert grown(PACKERS[packer](bytes(20 << 20)), GZIP, limit=100_000) <= 100_000


def test_a_bomb_within_a_bomb_ends_at_the_limit():
    """Every coding is bounded for itself: what the outer one makes is not unpacked without end either."""
    inner = gzip.compress(b"") * 400_000
    assert grown(gzip.compress(inner), "Content-Encoding: gzip, gzip", limit=1_000_000) == 0


def test_a_plain_body_over_the_limit_is_refused():
    """The limit holds for a body without coding too."""
    assert grown(bytes(2_000), limit=1_000) == 0
    assert decode(bytes(1_000), limit=1_000) == bytes(1_000)


def test_many_empty_members_are_read_in_time():
    """A megabyte of empty gzip members does not cost the square of its size."""
    start = time.process_time()
    assert decode(gzip.compress(b"") * 50_000 + gzip.compress(b"end"), GZIP) == b"end"
    assert time.process_time() - start < 3


FIELDS = st.lists(
    st.sampled_from(
        [
            CHUNKED,
            GZIP,
            "Content-Encoding: deflate",
            "Content-Encoding: br",
            "A: 1",
            "Content-Encoding: x-gzip, identity",
        ]
    ),
    max_size=4,
)
NOISE = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=60).map(lambda data: b"\x1f\x8b\x08\x00" + data),
    st.binary(max_size=60).map(lambda data: gzip.compress(data)[:-9] + data),
    st.binary(max_size=60).map(lambda data: in_chunks([data]) + data),
    st.binary(max_size=60).map(lambda data: b"4;\r\n" + data),
)


@settings(deadline=None)
@given(lines=FIELDS, body=NOISE, cuts=st.lists(st.integers(0, 300)))
def test_any_bytes_unpack_or_are_refused(lines, body, cuts):
    """Nothing that a server may send raises anything but NotDecodableError, or passes the limit."""
    got, refusal = taken(cut(body, cuts), *lines, limit=10_000)
    assert len(got) <= 10_000
    assert refusal != ""


@settings(deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=300), st.binary(max_size=100).map(lambda d: b"HTTP/1.1 " + d + b"\r\n\r\n")
    )
)
def test_any_bytes_are_a_head_or_none(data):
    """Every answer of `parse_head` is within its input, and its properties never raise."""
    head = parse_head(data)
    if head is None:
        return
    assert 0 < head.length <= len(data)
    assert head.status is None or 0 <= head.status <= 999
    assert isinstance(head.chunked, bool)
    assert all(coding == coding.strip().lower() for coding in head.encodings)
    assert ";" not in head.content_type
