"""What is said to a proxy before the tunnel stands: rules without I/O.

A handshake is a generator: it yields what to send, or b"" to be sent what comes next, and returns
what already belongs to the tunnel. It raises ExchangeFailed where the proxy refuses.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Generator
from ipaddress import IPv6Address

from archive.words import Failure
from crawler.recorder.address import parse_literal
from crawler.recorder.failed import ExchangeFailed
from crawler.recorder.proxy import Proxy

Handshake = Generator[bytes, bytes, bytes]

_ANSWER_BYTES = 1 << 16
"""Longest answer to CONNECT; error pages of proxies are shorter."""

# RFC 1928, section 6; codes 3 to 6 speak of the host, the others of the proxy.
_SOCKS_REPLIES = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}
_SOCKS_HOST_FAILED = range(3, 7)
_HTTP_HOST_FAILED = {502: Failure.CONNECT, 503: Failure.CONNECT, 504: Failure.CONNECT_TIMEOUT}


def handshake(proxy: Proxy, host: str, port: int) -> Handshake:
    """Ask a proxy for a tunnel to a host, which it resolves by itself."""
    return _connect(proxy, host, port) if proxy.scheme == "http" else _socks5(proxy, host, port)


def _connect(proxy: Proxy, host: str, port: int) -> Handshake:
    """HTTP CONNECT (RFC 9110, section 9.3.6), with Basic credentials (RFC 7617) where there are any."""
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    if proxy.user is not None:
        credentials = b64encode(f"{proxy.user}:{proxy.password}".encode()).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    answer = yield "\r\n".join([*lines, "", ""]).encode("ascii")
    while b"\r\n\r\n" not in answer:
        if len(answer) > _ANSWER_BYTES:
            raise ExchangeFailed(Failure.PROXY, f"The proxy {proxy.label} answers at endless length.")
        answer += yield b""
    head, _, rest = answer.partition(b"\r\n\r\n")
    words = head.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise ExchangeFailed(Failure.PROXY, f"The proxy {proxy.label} does not speak HTTP.")
    status = int(words[1][:4])
    if not 200 <= status < 300:
        failure = _HTTP_HOST_FAILED.get(status, Failure.PROXY)
        raise ExchangeFailed(failure, f"The proxy {proxy.label} refused a tunnel to {host}: status {status}.")
    return rest


def _socks5(proxy: Proxy, host: str, port: int) -> Handshake:
    """SOCKS 5 (RFC 1928), with a user name and password (RFC 1929) where there are any."""
    methods = b"\x00" if proxy.user is None else b"\x00\x02"
    buffer = yield bytes((5, len(methods))) + methods
    buffer = yield from _at_least(2, buffer)
    if buffer[0] != 5:
        raise ExchangeFailed(Failure.PROXY, f"The proxy {proxy.label} does not speak SOCKS 5.")
    method, buffer = buffer[1], buffer[2:]
    if method not in methods:
        raise ExchangeFailed(Failure.PROXY, f"The proxy {proxy.label} wants another way to log in.")
    if method == 2:
        buffer = yield from _log_in(proxy, buffer)
    buffer += yield bytes((5, 1, 0)) + _socks_address(host) + port.to_bytes(2, "big")
    return (yield from _socks_reply(proxy, host, buffer))


def _log_in(proxy: Proxy, buffer: bytes) -> Handshake:
    user, password = (proxy.user or "").encode(), proxy.password.encode()
    buffer += yield bytes((1, len(user))) + user + bytes((len(password),)) + password
    buffer = yield from _at_least(2, buffer)
    if buffer[1] != 0:
        raise ExchangeFailed(Failure.PROXY, f"The proxy {proxy.label} refused the user name or password.")
    return buffer[2:]


def _socks_address(host: str) -> bytes:
    literal = parse_literal(host)
    if literal is None:
        return bytes((3, len(host))) + host.encode("ascii")
    return bytes((4 if isinstance(literal, IPv6Address) else 1,)) + literal.packed


def _socks_reply(proxy: Proxy, host: str, buffer: bytes) -> Handshake:
    buffer = yield from _at_least(5, buffer)
    code, kind = buffer[1], buffer[3]
    if code != 0:
        failure = Failure.CONNECT if code in _SOCKS_HOST_FAILED else Failure.PROXY
        why = _SOCKS_REPLIES.get(code, f"code {code}")
        raise ExchangeFailed(failure, f"The proxy {proxy.label} could not reach {host}: {why}.")
    lengths = {1: 4, 3: 1 + buffer[4], 4: 16}
    if kind not in lengths:
        raise ExchangeFailed(Failure.PROXY, f"The proxy {proxy.label} does not speak SOCKS 5.")
    whole = 4 + lengths[kind] + 2
    buffer = yield from _at_least(whole, buffer)
    return buffer[whole:]


def _at_least(count: int, buffer: bytes) -> Handshake:
    while len(buffer) < count:
        buffer += yield b""
    return buffer
