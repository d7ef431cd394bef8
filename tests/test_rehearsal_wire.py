"""The rehearsal web as a client meets it: real sockets, real handshakes, exact bytes."""

import gc
import gzip
import hashlib
import http.client
import re
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rehearsal import (
    FAULTS,
    Answer,
    Close,
    Framing,
    Pause,
    Raw,
    RehearsalWeb,
    Request,
    Reset,
    Send,
    fault,
    read_log,
    rehearsal_pages,
    request_for,
)
from crawler.rehearsal.wire import BadRequestError, accepts_gzip, chunked, parse_head

ARTICLE = "https://rus.azattyq.org/a/31588245.html"
WORDPRESS = "https://orda.kz/sud-otlozhil-zasedanie/"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[RehearsalWeb]:
    with RehearsalWeb(tmp_path / "web", log=tmp_path / "hits.jsonl") as running:
        yield running


def connect(web: RehearsalWeb, url: str, timeout: float = 10.0) -> socket.socket:
    """Open a verified connection for a URL."""
    request = request_for(url)
    secure = request.scheme == "https"
    raw = socket.create_connection(("127.0.0.1", web.https_port if secure else web.http_port), timeout)
    if not secure:
        return raw
    context = ssl.create_default_context(cafile=str(web.ca_file))
    try:
        return context.wrap_socket(raw, server_hostname=request.host)
    except OSError:
        raw.close()
        raise


def head_for(url: str, *lines: str, method: str = "GET") -> bytes:
    request = request_for(url)
    head = [f"{method} {request.target} HTTP/1.1", f"Host: {request.host}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def read_into(parts: list[bytes], line: socket.socket) -> None:
    while part := line.recv(65_536):
        parts.append(part)


def read_all(line: socket.socket) -> bytes:
    parts: list[bytes] = []
    read_into(parts, line)
    return b"".join(parts)


def get(web: RehearsalWeb, url: str, *lines: str, method: str = "GET") -> bytes:
    """Ask once and read until the server closes."""
    with connect(web, url) as line:
        line.sendall(head_for(url, "Connection: close", *lines, method=method))
        return read_all(line)


def parts_of(message: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take a message apart: status, headers in lower case, body as it was on the wire."""
    head, _, body = message.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split()[1]), headers, body


def without_chunks(body: bytes) -> bytes:
    out = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        if int(size, 16) == 0:
            assert body == b"\r\n"
            return out
        out, body = out + body[: int(size, 16)], body[int(size, 16) + 2 :]


@pytest.mark.parametrize(
    "url", [ARTICLE, WORDPRESS, "http://www.adilsoz.kz/news/show/id/3446", "https://any.host.at.all/"]
)
def test_every_host_name_is_answered(web: RehearsalWeb, url: str) -> None:
    """Any host is answered, over TLS with a certificate that an ordinary client accepts."""
    status, _, body = parts_of(get(web, url))
    assert (status, len(body) > 1_000) == (200, True)


def test_resolve_names_both_ports(web: RehearsalWeb) -> None:
    """The resolve options send every host name to the two ports."""
    assert web.resolve == (f"*:443:127.0.0.1:{web.https_port}", f"*:80:127.0.0.1:{web.http_port}")


def test_tls_1_2_and_no_host_name_are_served(web: RehearsalWeb) -> None:
    """A client of TLS 1.2, and one that gives no host name, have their handshake too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(web.ca_file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    raw = socket.create_connection(("127.0.0.1", web.https_port), 10)
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as line:
        line.sendall(head_for(WORDPRESS, "Connection: close"))
        assert read_all(line).startswith(b"HTTP/1.1 200 OK")
        assert line.version() == "TLSv1.2"


def test_the_same_url_gives_the_same_bytes(web: RehearsalWeb) -> None:
    """Two answers differ in the Date header and in nothing else."""
    first, second = (re.sub(rb"Date: [^\r]+", b"", get(web, ARTICLE)) for _ in range(2))
    assert first == second
    assert first.startswith(b"HTTP/1.1 200 OK\r\n\r\nServer: ")  # an empty line where the Date stood


def test_gzip_only_for_clients_that_take_it(web: RehearsalWeb) -> None:
    """A body is compressed only where Accept-Encoding allows it, and it is the same body."""
    _, plain_headers, plain = parts_of(get(web, fault("challenge_markup").url))
    _, headers, packed = parts_of(get(web, fault("challenge_markup").url, "Accept-Encoding: br, gzip"))
    assert "content-encoding" not in plain_headers
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("gzip", True),
        ("*", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("", False),
        ("gzip;q=0", False),
        ("br", False),
    ],
)
def test_accept_encoding(value: str, wanted: bool) -> None:
    """A weight of zero means that gzip is not acceptable (RFC 9110, section 12.4.2)."""
    request = Request(scheme="http", host="h", target="/", headers=(("Accept-Encoding", value),))
    assert accepts_gzip(request) is wanted


def test_chunked_page_is_the_page(web: RehearsalWeb) -> None:
    """The chunks of an article, put together, have the hash that the hit states."""
    _, headers, body = parts_of(get(web, ARTICLE))
    assert headers["transfer-encoding"] == "chunked"
    (hit,) = web.ended(1)
    assert hit.body_sha256 == hashlib.sha256(without_chunks(body)).hexdigest()


def test_two_cookies_stay_two_lines(web: RehearsalWeb) -> None:
    """The news room sets two cookies, in two header lines."""
    assert get(web, ARTICLE).count(b"\r\nSet-Cookie: ") == 2


def test_hits_hold_what_was_on_the_wire(web: RehearsalWeb) -> None:
    """A hit states the hashes of exactly the bytes that the client sent and got."""
    asked = head_for(WORDPRESS + "?a=1&a=2", "Connection: close", "X-Two: a", "X-Two: b")
    with connect(web, WORDPRESS) as line:
        line.sendall(asked)
        got = read_all(line)
    (hit,) = web.ended(1)
    assert hit.request_sha256 == hashlib.sha256(asked).hexdigest()
    assert (hit.wire_sha256, hit.wire_bytes) == (hashlib.sha256(got).hexdigest(), len(got))
    assert (hit.host, hit.server_name, hit.path) == ("orda.kz", "orda.kz", "/sud-otlozhil-zasedanie/?a=1&a=2")
    assert [value for name, value in hit.headers if name == "X-Two"] == ["a", "b"]
    assert hit.ended_at is not None
    assert hit.ended_at >= hit.started_at


def test_a_connection_serves_several_requests(web: RehearsalWeb) -> None:
    """Requests on one connection carry its number; a new connection has another one."""
    line = http.client.HTTPConnection("127.0.0.1", web.http_port)
    for path in ("/robots.txt", "/favicon.ico", "/robots.txt"):
        line.request("GET", path, headers={"Host": "orda.kz"})
        line.getresponse().read()
    line.close()
    get(web, "http://orda.kz/robots.txt")
    assert [hit.connection for hit in web.ended(4)] == [1, 1, 1, 2]


def test_a_head_request_gets_no_body(web: RehearsalWeb) -> None:
    """HEAD is answered with the head alone (RFC 9110, section 9.3.2)."""
    status, headers, body = parts_of(get(web, "https://orda.kz/robots.txt", method="HEAD"))
    assert (status, int(headers["content-length"]) > 0, body) == (200, True, b"")


def test_a_post_is_read_to_its_end(web: RehearsalWeb) -> None:
    """The body of a POST belongs to its request and not to the next one."""
    with connect(web, WORDPRESS) as line:
        line.sendall(head_for(WORDPRESS, "Content-Length: 5", method="POST") + b"hello")
        line.sendall(head_for("https://orda.kz/robots.txt", "Connection: close"))
        got = read_all(line)
    assert got.count(b"HTTP/1.1 ") == 2
    assert [(hit.method, hit.status) for hit in web.ended(2)] == [("POST", 204), ("GET", 200)]


@pytest.mark.parametrize(
    "asked", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nbad line\r\n\r\n", b"GET / SPDY/3\r\n\r\n"]
)
def test_what_is_not_http_is_refused(web: RehearsalWeb, asked: bytes) -> None:
    """A client that does not speak HTTP/1 gets a 400 and leaves no hit."""
    with socket.create_connection(("127.0.0.1", web.http_port), 10) as line:
        line.sendall(asked)
        assert read_all(line).startswith(b"HTTP/1.1 400 ")
    assert web.requests() == []


def test_routes_come_first(web: RehearsalWeb) -> None:
    """A route overrides the page at once; a path without a query covers every query."""
    assert b"routed" not in get(web, WORDPRESS)
    web.route("orda.kz", "/sud-otlozhil-zasedanie/", Answer(status=410, body=b"routed"))
    assert parts_of(get(web, WORDPRESS + "?page=2"))[0::2] == (410, b"routed")
    web.route("orda.kz", "/echo", lambda request: Answer(body=request.header("X-Name").encode()))
    assert parts_of(get(web, "http://orda.kz/echo", "X-Name: Aru"))[2] == b"Aru"


def test_raw_bytes_go_out_as_they_stand(web: RehearsalWeb) -> None:
    """Raw bytes are written unchanged, whatever HTTP would have said about them."""
    odd = b"HTTP/1.0 200 Fine\nSet-Cookie: a=1\nset-cookie: b=2\n\n\x00\xff"
    web.route("odd.example", "/", Raw(steps=(Send(odd), Close())))
    assert get(web, "https://odd.example/") == odd


def test_a_raw_answer_may_keep_the_connection(web: RehearsalWeb) -> None:
    """Raw bytes with keep_alive leave the connection open for the next request."""
    web.route("odd.example", "/", Raw(steps=(Send(b"HTTP/1.1 204 No Content\r\n\r\n"),), keep_alive=True))
    with connect(web, "https://odd.example/") as line:
        line.sendall(head_for("https://odd.example/"))
        assert line.recv(100).startswith(b"HTTP/1.1 204")
        line.sendall(head_for("https://odd.example/", "Connection: close"))
        assert read_all(line).startswith(b"HTTP/1.1 204")


def test_a_byte_rate_is_kept(web: RehearsalWeb) -> None:
    """4,000 bytes at 20,000 bytes a second take at least 0.18 seconds."""
    web.route("slow.example", "/x", Answer(body=b"x" * 4_000, rate=20_000))
    begun = time.monotonic()
    assert parts_of(get(web, "http://slow.example/x"))[2] == b"x" * 4_000
    assert time.monotonic() - begun >= 0.18


def test_an_answer_that_ends_with_the_connection(web: RehearsalWeb) -> None:
    """Framing by close states no length, and the connection ends after the body."""
    web.route("old.example", "/", Answer(body=b"until the end", framing=Framing.CLOSE))
    with connect(web, "http://old.example/") as line:
        line.sendall(head_for("http://old.example/"))
        _, headers, body = parts_of(read_all(line))
    assert body == b"until the end"
    assert not {"content-length", "transfer-encoding"} & set(headers)


def test_a_missing_goodbye_is_noticed(web: RehearsalWeb) -> None:
    """Without close_notify a strict TLS client sees that the end may be an attacker's."""
    web.route("cut.example", "/", Raw(steps=(Send(b"HTTP/1.1 200 OK\r\n\r\nhalf"), Close(goodbye=False))))
    raw = socket.create_connection(("127.0.0.1", web.https_port), 10)
    context = ssl.create_default_context(cafile=str(web.ca_file))
    with context.wrap_socket(raw, server_hostname="cut.example", suppress_ragged_eofs=False) as line:
        line.sendall(head_for("https://cut.example/"))
        with pytest.raises(ssl.SSLEOFError):
            read_all(line)


def test_a_reset_is_a_reset(web: RehearsalWeb) -> None:
    """A reset reaches the client as ECONNRESET, not as an orderly end."""
    web.route("reset.here", "/", Raw(steps=(Reset(),)))
    with connect(web, "http://reset.here/") as line:
        line.sendall(head_for("http://reset.here/"))
        with pytest.raises(ConnectionResetError):
            read_all(line)


def test_a_killed_client_leaves_its_trace(web: RehearsalWeb, tmp_path: Path) -> None:
    """The log holds a request before it is answered, and how it ended once the client is gone."""
    silent = fault("never").url
    with connect(web, silent, timeout=0.2) as line:
        line.sendall(head_for(silent))
        with pytest.raises(TimeoutError):
            line.recv(1)
        (hit,) = read_log(tmp_path / "hits.jsonl")
        assert (hit.host, hit.ended_at) == ("silent.example", None)
    web.ended(1)
    (hit,) = read_log(tmp_path / "hits.jsonl")
    assert hit.ended_at is not None
    assert hit.wire_bytes == 0


def test_hits_in_memory_are_bounded(tmp_path: Path) -> None:
    """Of 200 requests only the last ten are held, where ten is what was asked for."""
    with RehearsalWeb(tmp_path, keep=10) as web:
        line = http.client.HTTPConnection("127.0.0.1", web.http_port)
        for number in range(200):
            line.request("GET", f"/{number}.png", headers={"Host": "orda.kz"})
            line.getresponse().read()
        line.close()
        assert [hit.number for hit in web.ended(200)] == list(range(191, 201))


def test_own_pages_replace_the_web(tmp_path: Path) -> None:
    """A test may bring a web of its own and fall back on the rehearsal's."""

    def pages(request: Request) -> Answer | Raw:
        return Answer(body=b"mine") if request.host == "mine.example" else rehearsal_pages(request)

    with RehearsalWeb(tmp_path, pages=pages) as web:
        assert parts_of(get(web, "https://mine.example/"))[2] == b"mine"
        assert b"orda.kz" in get(web, WORDPRESS)


def test_the_web_ends_with_clients_still_there(tmp_path: Path) -> None:
    """It ends at once with idle, waiting and half-open connections, and closes all its sockets."""
    with RehearsalWeb(tmp_path) as web:
        never = fault("never").url
        idle = connect(web, "http://orda.kz/")
        waiting = connect(web, never)
        waiting.sendall(head_for(never))
        hello = socket.create_connection(("127.0.0.1", web.https_port), 10)
        get(web, WORDPRESS)
        begun = time.monotonic()
    assert time.monotonic() - begun < 2
    for line in (idle, waiting, hello):
        line.close()
    gc.collect()  # an unclosed socket would warn here, and warnings are errors
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", web.http_port), 10)


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("tls_expired", ssl.SSLCertVerificationError, "expired"),
        ("tls_wrong_name", ssl.SSLCertVerificationError, "not valid for"),
        ("tls_self_signed", ssl.SSLCertVerificationError, "self-signed"),
        ("tls_refused", ssl.SSLError, "HANDSHAKE_FAILURE"),
        ("tls_reset", ConnectionResetError, ""),
        ("tls_silence", TimeoutError, ""),
    ],
)
def test_tls_faults(web: RehearsalWeb, name: str, error: type[Exception], reason: str) -> None:
    """Each fault of the handshake reaches the client as what it is, and leaves no request."""
    with pytest.raises(error) as caught:
        connect(web, fault(name).url, timeout=0.3)
    assert reason.lower() in str(caught.value).lower()
    assert web.requests() == []


@pytest.mark.parametrize("name", ["tls_expired", "tls_wrong_name", "tls_self_signed"])
def test_behind_a_bad_certificate_stands_a_page(web: RehearsalWeb, name: str) -> None:
    """A client that does not verify gets a page, so that "captured" there would be a lie."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    raw = socket.create_connection(("127.0.0.1", web.https_port), 10)
    with context.wrap_socket(raw, server_hostname=request_for(fault(name).url).host) as line:
        line.sendall(head_for(fault(name).url, "Connection: close"))
        assert read_all(line).startswith(b"HTTP/1.1 200 OK")


def test_a_body_cut_short_is_shorter_than_stated(web: RehearsalWeb) -> None:
    """The body ends before its Content-Length."""
    _, headers, body = parts_of(get(web, fault("cut_short").url))
    assert len(body) < int(headers["content-length"])


def test_a_body_may_be_longer_than_stated(web: RehearsalWeb) -> None:
    """Four hundred bytes follow after the stated end."""
    _, headers, body = parts_of(get(web, fault("length_too_small").url))
    assert len(body) == int(headers["content-length"]) + 400


def test_cut_chunks_have_no_last_chunk(web: RehearsalWeb) -> None:
    """The chunked body ends without its closing zero."""
    _, headers, body = parts_of(get(web, fault("cut_chunks").url))
    assert headers["transfer-encoding"] == "chunked"
    assert len(body) > 1_000
    assert not body.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("name", ["closed", "no_http"])
def test_answers_that_are_no_http(web: RehearsalWeb, name: str) -> None:
    """Nothing that these two send is an HTTP answer."""
    assert not get(web, fault(name).url).startswith(b"HTTP/")


def test_the_slow_page_is_slow_and_whole(web: RehearsalWeb) -> None:
    """The slow page takes more than a second and is complete in the end."""
    begun = time.monotonic()
    _, headers, body = parts_of(get(web, fault("slow").url))
    assert time.monotonic() - begun > 1
    assert len(body) == int(headers["content-length"])


def test_an_answer_that_stops_halfway_stays_open(web: RehearsalWeb) -> None:
    """Half of the body comes, and then neither bytes nor an end."""
    url = fault("never_ends").url
    with connect(web, url, timeout=0.3) as line:
        line.sendall(head_for(url))
        got: list[bytes] = []
        with pytest.raises(TimeoutError):
            read_into(got, line)
    _, headers, body = parts_of(b"".join(got))
    assert 0 < len(body) < int(headers["content-length"])


def test_every_fault_that_answers_does_so_over_the_wire(web: RehearsalWeb) -> None:
    """Every fault with an HTTP answer of its own is answered with the status that its page has."""
    for known in FAULTS:
        answer = known.page(request_for(known.url)) if known.page else None
        if isinstance(answer, Answer) and answer.rate is None:
            assert parts_of(get(web, known.url))[0] == answer.status, known.name


@given(st.binary(max_size=300))
def test_any_head_is_read_or_refused(head: bytes) -> None:
    """Whatever a client sends, reading its head gives a request or BadRequestError."""
    try:
        request = parse_head(head, "http", "fallback.example")
    except BadRequestError:
        return
    assert request.version.startswith("HTTP/1.")


@given(st.binary(max_size=20_000), st.integers(1, 5_000))
def test_chunks_give_the_body_back(body: bytes, size: int) -> None:
    """A chunked body decodes to itself for every size of chunk (RFC 9112, section 7.1)."""
    assert without_chunks(chunked(body, size)) == body


def test_a_pause_ends_when_the_client_leaves(web: RehearsalWeb) -> None:
    """An answer that waits for a day does not outlive its client."""
    web.route("wait.example", "/", Raw(steps=(Pause(86_400),)))
    with connect(web, "http://wait.example/") as line:
        line.sendall(head_for("http://wait.example/"))
    (hit,) = web.ended(1)
    assert hit.wire_bytes == 0
