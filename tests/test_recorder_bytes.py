"""What was on the wire is what is kept, whatever a server sends."""

from __future__ import annotations

import pytest
from scrapy import Request

from archive.words import Failure, Role, Truncation
from crawler.recorder import ExchangeFailed
from tests.rawserver import BODY, LIMIT, ROUTES, Act, RawServer, Route, head, length
from tests.recorderlab import Fetched, Lab, _lab, certify, lab, server_context

__all__ = ["lab"]

SCHEMES = ("http", "https")
CASES = [(scheme, name) for scheme in SCHEMES for name in ROUTES]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Every route asked once over HTTP and once over TLS, all at the same time."""
    root = certify("Root", authority=True)
    leaf = certify("example.org", by=root)
    context = server_context(tmp_path_factory.mktemp("tls"), leaf)
    fetched: dict[tuple[str, str], Fetched] = {}
    with RawServer() as plain, RawServer(context=context) as secure:
        servers = {"http": plain, "https": secure}
        settings = {
            "SAQTA_RESOLVE": [f"*:80:127.0.0.1:{plain.port}", f"*:443:127.0.0.1:{secure.port}"],
            "DOWNLOAD_MAXSIZE": LIMIT,
        }
        # Those that wait for a time limit come last, so that the crowd does not eat their time.
        for hanging in (False, True):
            cases = [case for case in CASES if (Act.HANG in ROUTES[case[1]].steps) is hanging]
            found = _lab().fetch_all([_request(*case) for case in cases], settings)
            fetched.update(zip(cases, found, strict=True))
        entries = {(scheme, name): servers[scheme].entry(name) for scheme, name in CASES}
    return fetched, entries


def _request(scheme: str, name: str) -> Request:
    route = ROUTES[name]
    meta: dict[str, object] = {"role": Role.REQUISITE}
    if Act.HANG in route.steps:
        meta["download_timeout"] = 1.5
    return Request(f"{scheme}://example.org/{name}", method=route.method, meta=meta)


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_the_received_block_is_what_the_server_sent(world, scheme, name):
    """A whole answer is kept byte for byte; a cut one is kept up to the cut and says that it was cut."""
    fetched, entries = world
    exchange, sent = fetched[scheme, name].exchange, bytes(entries[scheme, name].sent)
    received = fetched[scheme, name].received
    if ROUTES[name].truncated in {None, Truncation.TIME, Truncation.DISCONNECT}:
        assert received == sent
    else:
        assert received
        assert sent.startswith(received)
    assert exchange.truncated == ROUTES[name].truncated
    assert exchange.failure == ROUTES[name].failure


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_the_sent_block_is_what_the_server_got(world, scheme, name):
    """The request is kept byte for byte."""
    fetched, entries = world
    assert fetched[scheme, name].sent == entries[scheme, name].request


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_a_readable_head_gives_a_response_and_none_gives_a_failure(world, scheme, name):
    """Status, body and the flag of a cut answer reach the spider; an unreadable one raises."""
    one, route = world[0][scheme, name], ROUTES[name]
    assert one.exchange.status == route.status
    if route.status is None:
        assert isinstance(one.failed, ExchangeFailed)
        assert one.failed.failure == one.exchange.failure
        assert one.failed.message == one.exchange.message
        return
    assert one.response is not None
    assert one.response.status == route.status
    assert (one.response.flags == ["truncated"]) == (route.truncated is not None)
    if route.body is not None:
        assert one.response.body == route.body


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_interim_and_surplus_bytes_frame_the_final_response(world, scheme, name):
    """Without them the block begins with the status line and ends with the message."""
    one, route = world[0][scheme, name], ROUTES[name]
    assert (one.exchange.interim_bytes, one.exchange.surplus_bytes) == (route.interim, route.surplus)
    if route.status is not None:
        block = one.received[route.interim : len(one.received) - route.surplus]
        assert block.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))


@pytest.mark.parametrize(
    ("scheme", "name"), [case for case in CASES if case[1].startswith("long-") and ROUTES[case[1]].truncated]
)
def test_a_body_over_the_limit_is_cut_near_it(world, scheme, name):
    """No more than one read beyond the limit is taken, and the body agrees with the block."""
    body = world[0][scheme, name].response.body
    assert LIMIT < len(body) <= LIMIT + 2**18
    assert body == body[:1] * len(body)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_exchange_is_described(world, scheme):
    """Role, times, peer and rehearsal are those of the very exchange; a problem is one sentence."""
    for (kind, name), one in world[0].items():
        if kind != scheme:
            continue
        exchange = one.exchange
        assert exchange.role is Role.REQUISITE
        assert exchange.url == one.request.url
        assert exchange.started_at <= exchange.ended_at
        assert exchange.peer.address == "127.0.0.1"
        assert exchange.rehearsal
        assert exchange.proxy is None
        assert (exchange.tls is not None) == (scheme == "https")
        troubled = exchange.truncated or exchange.failure
        assert bool(exchange.message) == bool(troubled), name
        assert not troubled or exchange.message.endswith(".")


def test_every_header_field_reaches_the_spider(world):
    """Repeated fields, framing fields and odd spellings are there; bad names are left out."""
    response = world[0]["http", "bad-names"].response
    assert response.headers.getlist("Set-Cookie") == [b"a=1 ;  Path=/"]
    assert response.headers["Content-Length"] == str(len(BODY)).encode()
    assert len(response.headers) == 3
    assert world[0]["http", "gzip"].response.headers["Content-Encoding"] == b"gzip"
    assert world[0]["http", "folded"].response.headers["X-Fold"] == b"a\t b"


def test_the_class_of_the_response_is_scrapys(world):
    """An HTML page comes as Scrapy's own HtmlResponse, decoded as its head says."""
    response = world[0]["https", "plain"].response
    assert type(response).__name__ == "HtmlResponse"
    assert response.css("title::text").get() == "Қаңтар"


def _over_tls(lab: Lab, tmp_path, monkeypatch, *steps) -> Fetched:
    context = server_context(tmp_path, certify("example.org"))
    monkeypatch.setitem(ROUTES, "special", Route(steps=steps))
    with RawServer(context=context) as server:
        return lab.fetch("https://example.org/special", {"SAQTA_RESOLVE": [f"*:443:127.0.0.1:{server.port}"]})


def test_tls_that_ends_without_close_notify_is_a_cut_answer(lab: Lab, tmp_path, monkeypatch):
    """A body that only the end of the connection ends is incomplete then (RFC 9112, section 8)."""
    one = _over_tls(lab, tmp_path, monkeypatch, head(), BODY, Act.CUT)
    assert one.exchange.truncated is Truncation.DISCONNECT
    assert one.response.body == BODY


def test_tls_that_breaks_in_the_middle_is_a_cut_answer(lab: Lab, tmp_path, monkeypatch):
    """What was deciphered up to there is kept."""
    one = _over_tls(lab, tmp_path, monkeypatch, head(length(len(BODY))), BODY[:99], Act.GARBLE, Act.HANG)
    assert one.exchange.truncated is Truncation.DISCONNECT
    assert one.response.body == BODY[:99]
    assert one.exchange.failure is None


def test_tls_that_breaks_before_the_head_has_no_answer(lab: Lab, tmp_path, monkeypatch):
    """The request was sent and is kept; the failure is that of TLS."""
    one = _over_tls(lab, tmp_path, monkeypatch, Act.GARBLE, Act.HANG)
    assert one.exchange.failure is Failure.TLS
    assert one.sent.startswith(b"GET /special ")
    assert one.exchange.message.endswith(".")
