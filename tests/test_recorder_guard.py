"""Nothing but the public Internet is asked, unless the user mapped it by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.protocols.tls import TLSMemoryBIOFactory

from archive.errors import InputError
from archive.words import Failure, TlsVerdict
from crawler.recorder import ExchangeFailed, ResolveRule, is_public, parse_resolve_rule
from crawler.recorder.address import parse_literal
from crawler.recorder.resolve import ResolveTable
from crawler.recorder.target import read_target
from tests.rawserver import RawServer
from tests.recorderlab import Lab, lab

__all__ = ["lab"]

NOT_PUBLIC = [
    # spellings of loopback and of this machine
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001",
    "0177.0.0.1", "127.255.255.254", "0", "0.0.0.0", "00.0.0.0", "①②⑦.0.0.1", "１２７.0.0.1", "127。0。0。1",
    # private, shared, link-local, documentation, benchmarks, multicast, reserved
    "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.1.1", "100.127.255.255",
    "169.254.169.254", "0xa9fea9fe", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    # IPv6
    "::1", "[::1]", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::1",
    "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2001:10::1", "3fff::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "100::1", "5f00::1", "0:0:0:0:0:0:0:1",
    # no addresses at all
    "", "localhost", "example.org", "256.1.1.1", "1.2.3.4.5", "127.0.0.1 x", "0x", ":::", "1.2.3.4%eth0",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "134744072", "0x8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "192.0.1.1",
    "223.255.255.255", "2001:4860:4860::8888", "2a00:1450::1", "[2606:4700::1111]", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2002:808:808::",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_seen_in_every_spelling(address):
    """No spelling of a private, local, reserved or broken address counts as public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_seen_in_every_spelling(address):
    """Public addresses stay reachable, also inside IPv6."""
    assert is_public(address)


@given(st.ip_addresses(network="10.0.0.0/8"))
def test_a_private_address_cannot_hide_in_ipv6(address):
    """Mapped, 6to4 and NAT64 forms are judged by the IPv4 address that they reach (RFC 4291, 3056, 6052)."""
    number = int(address)
    for form in (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1"):
        assert not is_public(form)


@given(st.ip_addresses(v=4), st.sampled_from(["{0}.{1}.{2}.{3}", "0x{4:x}", "{4}", "0{4:o}", "0x{0:x}.{5}"]))
def test_one_address_has_one_verdict(address, shape):
    """Every form that inet_aton knows is read as the same address."""
    number = int(address)
    spelling = shape.format(*address.packed, number, number & 0xFFFFFF)
    assert parse_literal(spelling) == address
    assert is_public(spelling) == is_public(str(address))


GUARDED_HOSTS = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "0.0.0.0", "0", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "localhost", "LOCALHOST", "localhost.", "foo.localhost",
    "printer.local", "db.internal", "router", "nas.lan", "①②⑦.0.0.1", "127.0.0.1.256", "1.2.3.999",
]  # fmt: skip


@pytest.mark.parametrize("host", GUARDED_HOSTS)
def test_a_local_host_gets_no_connection(lab: Lab, host):
    """Neither a connection nor a name lookup is made, and the exchange says why."""
    with RawServer() as server:
        one = lab.fetch(f"http://{host}:{server.port}/plain")
        assert server.connections == 0
    assert lab.names.asked == []
    assert one.failed.failure is one.exchange.failure is Failure.UNSAFE
    assert one.exchange.message.endswith(".")
    assert (one.sent, one.received, one.exchange.peer) == (b"", b"", None)
    assert not one.exchange.rehearsal


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["10.0.0.1", "::1"], ["::ffff:127.0.0.1"], ["0.0.0.0"]])
def test_a_public_name_with_a_private_address_gets_no_connection(lab: Lab, answer):
    """The resolver's answer is judged, not the name."""
    lab.names.table = {"rebind.example.org": answer}
    with RawServer() as server:
        one = lab.fetch(f"http://rebind.example.org:{server.port}/plain")
        assert server.connections == 0
    assert one.exchange.failure is Failure.UNSAFE
    assert answer[0] in one.exchange.message


def test_only_the_public_addresses_of_a_mixed_answer_are_tried(lab: Lab, monkeypatch):
    """The connection goes to the very address that was judged, with one lookup: rebinding finds no gap."""
    for module in ("dial", "conversation"):
        monkeypatch.setattr(f"crawler.recorder.{module}.is_public", lambda address: address == "127.0.0.2")
    lab.names.table = {"mixed.example.org": ["127.0.0.3", "127.0.0.2", "127.0.0.3"]}
    with RawServer(host="127.0.0.2") as public:
        one = lab.fetch(f"http://mixed.example.org:{public.port}/plain")
    assert one.exchange.peer.address == "127.0.0.2"
    assert lab.names.asked == ["mixed.example.org"]
    assert one.response.status == 200


def test_the_next_address_is_tried_when_one_refuses(lab: Lab, monkeypatch):
    """Addresses are tried in the resolver's order until one answers."""
    for module in ("dial", "conversation"):
        monkeypatch.setattr(f"crawler.recorder.{module}.is_public", lambda _: True)
    lab.names.table = {"two.example.org": ["127.0.0.7", "127.0.0.2"]}
    with RawServer(host="127.0.0.2") as server:
        one = lab.fetch(f"http://two.example.org:{server.port}/plain")
    assert one.exchange.peer.address == "127.0.0.2"


class _Wire(StringTransport):
    def setTcpNoDelay(self, enabled):  # noqa: N802
        """Be like TCP."""


@pytest.mark.parametrize("secure", [False, True])
def test_a_peer_that_is_not_public_after_all_gets_no_byte(secure):
    """The address of the connection itself is judged before anything is written, even a ClientHello."""
    from scrapy import Request

    from crawler.recorder.conversation import Conversation, OneConversation
    from crawler.recorder.message import RecordedRequest
    from crawler.recorder.recording import Limits, Recording
    from crawler.recorder.tls import ClientTls, TlsWitness

    recording, request = Recording(), Request("https://example.org/")
    conversation = Conversation(
        message=RecordedRequest(request, read_target(request.url), recording),
        recording=recording,
        limits=Limits(connect_by=1, answer_by=1, body_bytes=0),
        host="example.org",
        witness=TlsWitness(lambda *_: (TlsVerdict.INVALID, None)) if secure else None,
        clock=MemoryReactorClock(),
        guarded=True,
        proxied=False,
    )
    transport = _Wire(peerAddress=IPv4Address("TCP", "127.0.0.1", 443))
    protocol = OneConversation(conversation).buildProtocol(None)
    if secure:
        creator = ClientTls("example.org", literal=False)
        factory = TLSMemoryBIOFactory(creator, True, OneConversation(conversation), MemoryReactorClock())
        protocol = factory.buildProtocol(None)
    protocol.makeConnection(transport)
    assert transport.value() == b""
    assert transport.disconnecting or transport.disconnected
    assert conversation.ended.called
    assert recording.failure is Failure.UNSAFE
    assert recording.sent.tell() == 0
    recording.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@example.org/",
        "http://secret@example.org/",
        "http://example.org@127.0.0.1/?secret",
        "ftp://example.org/secret",
        "http://example.org:0/",
        "http:///path",
    ],
)
def test_an_address_that_must_not_be_asked_is_refused_without_its_secrets(lab: Lab, url):
    """User names and passwords go neither to a host nor into a record or a message."""
    with RawServer() as server:
        one = lab.fetch(url, {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]})
        assert server.connections == 0
    assert one.exchange.failure is Failure.UNSAFE
    assert "user:" not in one.exchange.url + one.exchange.message
    assert "secret@" not in one.exchange.url + one.exchange.message


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org:99999/", "http://[::1/", "http://[::1]x/", "http://exa mple.org/",
        "http://a/\r\nX: b", "http://a.example\\@b.example/", "http://a.example\\b/", "//a.example/",
        "http:a.example", "javascript:alert(1)", "file:///etc/passwd",
        "data:text/html,hi", "http://a..\u3000.example/", "http://" + "a" * 300 + ".example/", "http://a.example:٨٠/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url):
    """One reader decides what is checked and what is connected to."""
    with pytest.raises(ExchangeFailed, match=r"\.$") as caught:
        read_target(url)
    assert caught.value.failure is Failure.UNSAFE


@pytest.mark.parametrize(
    ("headers", "method"),
    [({"X-A": "a\r\nX-B: b"}, "GET"), ({"X-A\r\nX-B": "b"}, "GET"), ({"X-A": "a\0"}, "GET"), ({}, "GET /x")],
)
def test_a_request_that_would_smuggle_a_line_is_refused(lab: Lab, headers, method):
    """No header or method can end its own line."""
    with RawServer() as server:
        rules = {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]}
        one = lab.fetch("http://example.org/", rules, headers=headers, method=method)
        assert server.connections == 0
    assert one.exchange.failure is Failure.UNSAFE


def test_a_request_without_a_keeper_is_never_sent(lab: Lab):
    """Where nobody keeps the exchange there is none."""
    from scrapy import Request

    with RawServer() as server:
        handler = lab.handler({"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]})
        with pytest.raises(KeyError, match="keep"):
            lab.run(handler.download_request(Request("http://example.org/")))
        assert server.connections == 0


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("example.org:443:127.0.0.1", ("example.org", 443, "127.0.0.1", 443)),
        ("*:443:127.0.0.1:18443", ("*", 443, "127.0.0.1", 18443)),
        ("Example.ORG.:80:127.0.0.1:8080", ("example.org", 80, "127.0.0.1", 8080)),
        ("example.org:80:[::1]:8080", ("example.org", 80, "::1", 8080)),
        ("[2001:DB8:0::1]:80:[::1]", ("2001:db8::1", 80, "::1", 80)),
        ("пример.example:80:10.0.0.1", ("xn--e1afmkfd.example", 80, "10.0.0.1", 80)),
    ],
)
def test_a_resolve_rule_is_read_as_curl_writes_it(text, rule):
    """HOST:PORT:ADDRESS[:PORT] with * and bracketed IPv6."""
    host, port, address, to_port = rule
    assert parse_resolve_rule(text) == ResolveRule(host=host, port=port, address=address, to_port=to_port)


@pytest.mark.parametrize(
    "text",
    [
        "", "example.org", "example.org:443", "example.org:443:", "example.org:443:localhost",
        "a:b:127.0.0.1",
        "example.org:0:127.0.0.1", "example.org:70000:127.0.0.1", "example.org:443:127.0.0.1:0",
        "example.org:443:::1", "example.org:443:[127.0.0.1]", "::1:443:127.0.0.1", "*.org:443:127.0.0.1",
        "exa mple:443:127.0.0.1", "-example.org:443", "example.org:443:127.1", "example.org:٤٤٣:127.0.0.1",
    ],
)  # fmt: skip
def test_a_broken_resolve_rule_is_refused_in_a_sentence(text):
    """What cannot be read is never guessed."""
    with pytest.raises(InputError, match=r"\.$"):
        parse_resolve_rule(text)


@given(st.text(max_size=40))
def test_no_text_makes_the_rule_parser_fail_otherwise(text):
    """Any text is a rule or an InputError."""
    try:
        rule = parse_resolve_rule(text)
    except InputError:
        return
    assert 1 <= rule.port <= 65_535
    assert 1 <= rule.to_port <= 65_535


@given(
    st.from_regex(r"[a-z]{1,9}\.[a-z]{2,5}", fullmatch=True),
    st.integers(1, 65_535),
    st.ip_addresses(),
    st.integers(1, 65_535),
)
def test_a_rule_that_is_written_is_read_again(host, port, address, to_port):
    """Every host, port and address survives."""
    shown = f"[{address}]" if address.version == 6 else str(address)
    rule = parse_resolve_rule(f"{host}:{port}:{shown}:{to_port}")
    assert (rule.host, rule.port, rule.address, rule.to_port) == (host, port, str(address), to_port)
    assert ResolveTable([rule]).find(host, port) == (str(address), to_port)
    assert ResolveTable([rule]).find("other.example", port) is None


def test_the_rule_for_the_very_host_goes_before_the_one_for_any():
    """As in curl, the order of the options does not matter for that."""
    rules = ["a.example:80:127.0.0.1", "*:80:127.0.0.2", "a.example:443:127.0.0.3"]
    table = ResolveTable(map(parse_resolve_rule, rules))
    assert table.find("a.example", 80) == ("127.0.0.1", 80)
    assert table.find("b.example", 80) == ("127.0.0.2", 80)
    assert table.find("b.example", 443) is None


def test_a_mapped_port_maps_no_other_port(lab: Lab):
    """A rule for port 80 leaves port 8080 to the guard."""
    with RawServer() as server:
        one = lab.fetch("http://127.0.0.1:8080/", {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]})
    assert one.exchange.failure is Failure.UNSAFE


def test_a_mapped_exchange_is_a_rehearsal(lab: Lab):
    """Even a literal private address may be mapped, and then it says so."""
    with RawServer() as server:
        rules = {"SAQTA_RESOLVE": [f"10.0.0.1:80:127.0.0.1:{server.port}"]}
        one = lab.fetch("http://10.0.0.1/plain", rules)
    assert one.exchange.rehearsal
    assert one.exchange.peer.port == server.port
    assert one.sent.startswith(b"GET /plain HTTP/1.1\r\nHost: 10.0.0.1\r\n")
