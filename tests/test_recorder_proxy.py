"""Behind a proxy the origin sees the same bytes, and nobody sees the proxy's secrets."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import InputError
from archive.words import Failure
from crawler.recorder import ExchangeFailed, parse_proxy
from crawler.recorder.proxy import ProxyTable
from crawler.recorder.tunnel import handshake
from tests.loopproxy import PASSWORD, LoopProxy
from tests.rawserver import BODY, Act, RawServer
from tests.recorderlab import Lab, certify, lab, server_context

__all__ = ["lab"]

KINDS = ("http", "socks5", "socks5h")
DIRECT = b"GET /plain HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_origin_sees_the_same_bytes_behind_a_proxy(lab: Lab, tmp_path, kind, scheme):
    """The tunnel is no part of the exchange; the name goes to the proxy, unresolved; there is no peer."""
    context = server_context(tmp_path, certify("www.example.org")) if scheme == "https" else None
    with RawServer(context=context) as server, LoopProxy(kind, server.port) as proxy:
        proxies = {"SAQTA_PROXIES": {"example.org": f"{kind}://127.0.0.1:{proxy.port}"}}
        one = lab.fetch(f"{scheme}://www.example.org/plain", proxies)
        assert server.entry("plain").request == one.sent == DIRECT
        assert bytes(server.entry("plain").sent) == one.received
    assert one.response.body == BODY
    assert proxy.asked == [("www.example.org", 443 if scheme == "https" else 80)]
    assert lab.names.asked == []
    assert one.exchange.peer is None
    assert one.exchange.proxy == f"{kind}://127.0.0.1:{proxy.port}"
    assert (one.exchange.tls is not None) == (scheme == "https")
    assert not one.exchange.rehearsal


@pytest.mark.parametrize("kind", KINDS)
def test_credentials_reach_the_proxy_and_no_record(lab: Lab, kind):
    """User name and password are unquoted, sent, and shown nowhere."""
    with RawServer() as server, LoopProxy(kind, server.port, login=True) as proxy:
        url = f"{kind}://us%20er:p%20w%3A%40%2F@127.0.0.1:{proxy.port}"
        one = lab.fetch("http://www.example.org/plain", {"SAQTA_PROXIES": {"example.org": url}})
    expected = b"Proxy-Authorization: Basic dXMgZXI6cCB3OkAv" if kind == "http" else b"us er:" + PASSWORD
    assert proxy.logins == [expected]
    assert one.sent == DIRECT
    assert "er" not in one.exchange.proxy
    assert "p w" not in repr(parse_proxy(url))
    assert "us er" not in repr(parse_proxy(url))


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_proxy_that_is_down_is_never_gone_around(lab: Lab, kind):
    """No direct connection is made, not even a name lookup."""
    with RawServer() as gone:
        port = gone.port
    lab.names.table = {"www.example.org": ["8.8.8.8"]}
    url = f"{kind}://user:hidden@127.0.0.1:{port}"
    one = lab.fetch("http://www.example.org/plain", {"SAQTA_PROXIES": {"example.org": url}})
    assert one.exchange.failure is Failure.PROXY
    assert lab.names.asked == []
    assert "hidden" not in one.exchange.message
    assert (one.sent, one.received) == (b"", b"")


@pytest.mark.parametrize(
    ("kind", "reply", "failure"),
    [
        ("http", 407, Failure.PROXY),
        ("http", 403, Failure.PROXY),
        ("http", 502, Failure.CONNECT),
        ("http", 504, Failure.CONNECT_TIMEOUT),
        ("socks5", 1, Failure.PROXY),
        ("socks5", 2, Failure.PROXY),
        ("socks5", 4, Failure.CONNECT),
        ("socks5", 5, Failure.CONNECT),
        ("socks5", 99, Failure.PROXY),
    ],
)
def test_a_refusal_is_laid_to_whom_it_belongs(lab: Lab, kind, reply, failure):
    """Whether the proxy or the host failed is told apart."""
    with RawServer() as server, LoopProxy(kind, server.port, reply=reply) as proxy:
        proxies = {"SAQTA_PROXIES": {"example.org": f"{kind}://127.0.0.1:{proxy.port}"}}
        one = lab.fetch("http://www.example.org/plain", proxies)
        assert server.connections == 0
    assert one.exchange.failure is failure
    assert one.exchange.message.endswith(".")


@pytest.mark.parametrize("user", ["", "user:wrong@"])
def test_a_wrong_password_is_the_proxys_failure(lab: Lab, user):
    """No way around it is tried."""
    with RawServer() as server, LoopProxy("socks5", server.port, login=True) as proxy:
        proxies = {"SAQTA_PROXIES": {"example.org": f"socks5://{user}127.0.0.1:{proxy.port}"}}
        one = lab.fetch("http://example.org/plain", proxies)
        assert server.connections == 0
    assert one.exchange.failure is Failure.PROXY
    assert "wrong" not in one.exchange.message


@pytest.mark.parametrize(
    ("steps", "failure"),
    [
        ((b"SSH-2.0-dropbear\r\n\r\n\r\n", Act.HANG), Failure.PROXY),
        ((Act.CLOSE,), Failure.PROXY),
        ((b"x" * 100_000, Act.HANG), Failure.PROXY),
        ((Act.HANG,), Failure.CONNECT_TIMEOUT),
    ],
)
@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_what_is_no_proxy_fails_in_a_sentence(lab: Lab, kind, steps, failure):
    """Garbage, silence and an early end."""
    with RawServer(at_once=steps) as server:
        settings = {
            "SAQTA_PROXIES": {"example.org": f"{kind}://127.0.0.1:{server.port}"},
            "SAQTA_CONNECT_TIMEOUT": 0.3 if failure is Failure.CONNECT_TIMEOUT else 10,
        }
        one = lab.fetch("http://example.org/plain", settings)
    assert one.exchange.failure is failure
    assert one.exchange.message.endswith(".")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "10.0.0.1", "[::1]", "localhost", "db.internal", "router"]
)
@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_the_proxy_is_not_asked_for_local_hosts(lab: Lab, kind, host):
    """A proxy stands in a network of its own, whose inside is not ours to fetch."""
    with RawServer() as server, LoopProxy(kind, server.port) as proxy:
        url = f"{kind}://127.0.0.1:{proxy.port}"
        one = lab.fetch(f"http://{host}/plain", {"SAQTA_PROXIES": {host: url}})
        assert proxy.asked == []
        assert server.connections == 0
    assert one.exchange.failure is Failure.UNSAFE


def test_a_mapped_host_needs_no_proxy(lab: Lab):
    """A rehearsal reaches nothing but this machine."""
    with RawServer() as server, LoopProxy("http", server.port) as proxy:
        settings = {
            "SAQTA_PROXIES": {"example.org": f"http://127.0.0.1:{proxy.port}"},
            "SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"],
        }
        one = lab.fetch("http://example.org/plain", settings)
    assert proxy.asked == []
    assert (one.exchange.rehearsal, one.exchange.proxy) == (True, None)


def test_a_proxy_covers_the_subdomains_of_its_host_and_no_other():
    """The longest name decides."""
    table = ProxyTable(
        {"Example.org": "http://a", "x.example.org": "socks5://b:1", "[2001:db8::1]": "http://c:3128"}
    )
    assert table.find("example.org").label == "http://a:80"
    assert table.find("www.example.org").label == "http://a:80"
    assert table.find("y.x.example.org").label == "socks5://b:1"
    assert table.find("2001:db8::1").label == "http://c:3128"
    assert table.find("notexample.org") is None
    assert table.find("org") is None


@pytest.mark.parametrize(
    "url",
    [
        "", "127.0.0.1:8080", "ftp://user:hidden@a", "socks4://a", "http://", "http://a:99999", "http://a:b",
        "http://user:hidden@a/path", "http://a?q", "socks5://user:" + "hidden" * 50 + "@a", "http://us%3Aer:hidden@a",
    ],
)  # fmt: skip
def test_a_broken_proxy_is_refused_without_its_secrets(url):
    """The sentence may be shown to anybody."""
    with pytest.raises(InputError, match=r"\.$") as caught:
        parse_proxy(url)
    assert "hidden" not in str(caught.value)


CONNECT_ANSWER = b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"
SOCKS_ANSWER = b"\x05\x02\x01\x00\x05\x00\x00\x03\x04host\x00\x50"


@given(st.sampled_from([("http", CONNECT_ANSWER), ("socks5", SOCKS_ANSWER)]), st.data())
def test_the_first_bytes_of_the_tunnel_are_not_lost(case, data):
    """However the proxy's answer is cut into reads, what follows it belongs to the tunnel."""
    kind, answer = case
    stream = answer + b"TUNNEL"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1))))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    talk = handshake(parse_proxy(f"{kind}://user:password@proxy.example:1"), "example.org", 443)
    ended, rest = _feed(talk, pieces)
    assert ended
    assert rest == b"TUNNEL"


@given(st.sampled_from(["http", "socks5"]), st.lists(st.binary(min_size=1), max_size=8))
def test_no_answer_of_a_proxy_makes_the_handshake_fail_otherwise(kind, pieces):
    """Any bytes are a tunnel, too few, or a refusal."""
    talk = handshake(parse_proxy(f"{kind}://proxy.example:1"), "2001:db8::1", 443)
    with suppress(ExchangeFailed):
        _feed(talk, pieces)


def _feed(talk, pieces: list[bytes]) -> tuple[bool, bytes]:
    """Be the connection: hand on the pieces, give the end and what is left for the tunnel."""
    left = list(pieces)
    try:
        out = next(talk)
        while out or left:
            out = talk.send(b"" if out else left.pop(0))
    except StopIteration as end:
        return True, end.value + b"".join(left)
    return False, b""
