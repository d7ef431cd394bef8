"""A loopback server that sends exactly the bytes of a script, and remembers both directions."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto

from archive.words import Failure, Truncation

BODY = (
    "<html><head><title>Қаңтар</title></head><body>" + "Жаңаөзен, 2011. " * 800 + "</body></html>"
).encode()
LIMIT = 1_000_000
"""The body limit under which the routes are asked."""


class Act(Enum):
    """What a script does besides sending."""

    READ = auto()  # wait for the first bytes of the other side
    CLOSE = auto()  # an orderly end: close_notify under TLS, then FIN
    CUT = auto()  # FIN without close_notify
    RESET = auto()  # RST
    GARBLE = auto()  # bytes that are no TLS record, on a TLS connection
    HANG = auto()  # silence until the other side has gone


Step = bytes | Act


@dataclass(frozen=True, kw_only=True)
class Route:
    """A script and what the recorder must make of it; ``status`` None means no readable answer."""

    steps: tuple[Step, ...]
    method: str = "GET"
    status: int | None = 200
    body: bytes | None = BODY
    truncated: Truncation | None = None
    failure: Failure | None = None
    interim: int = 0
    surplus: int = 0


@dataclass
class Entry:
    """One request as the server read it and the bytes it sent back."""

    name: str
    request: bytes
    sent: bytearray = field(default_factory=bytearray)


def head(
    *lines: bytes, status: bytes = b"200 OK", version: bytes = b"HTTP/1.1", eol: bytes = b"\r\n"
) -> bytes:
    """Write a head with a Content-Type."""
    fields = (version + b" " + status, b"Content-Type: text/html; charset=utf-8", *lines)
    return eol.join(fields) + eol * 2


def length(size: int) -> bytes:
    """Write a Content-Length line."""
    return b"Content-Length: %d" % size


def chunked(data: bytes, size: int = 4_096, trailer: bytes = b"") -> bytes:
    """Write a body in chunks of one size (RFC 9112, section 7.1)."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n" + trailer + b"\r\n"


_CHUNKED = b"Transfer-Encoding: chunked"
_WHOLE = head(length(len(BODY)))
_ZIPPED = gzip.compress(BODY, mtime=0)
_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_DISCONNECT = {"truncated": Truncation.DISCONNECT}
_NO_HEAD = {"status": None, "body": None}
_UNREADABLE = {**_NO_HEAD, "truncated": Truncation.UNSPECIFIED, "failure": Failure.UNREADABLE}


def _route(*steps: Step, **expected: object) -> Route:
    return Route(steps=steps, **expected)  # type: ignore[arg-type]


ROUTES: dict[str, Route] = {
    "plain": _route(_WHOLE, BODY),
    "chunked": _route(head(_CHUNKED), chunked(BODY)),
    "chunks-of-7": _route(head(_CHUNKED), chunked(BODY, 7)),
    "trailers": _route(head(_CHUNKED, b"Trailer: X-Sum"), chunked(BODY, trailer=b"X-Sum: abc\r\n")),
    "chunk-extension": _route(head(_CHUNKED), b"5;a=b\r\nhello\r\n0;last\r\n\r\n", body=b"hello"),
    "gzip": _route(head(b"Content-Encoding: gzip", length(len(_ZIPPED))), _ZIPPED, body=_ZIPPED),
    "gzip-chunked": _route(head(b"Content-Encoding: gzip", _CHUNKED), chunked(_ZIPPED, 100), body=_ZIPPED),
    "unknown-coding": _route(
        head(b"Content-Encoding: zzz", length(3)), b"\x00\xff\x01", body=b"\x00\xff\x01"
    ),
    "head": _route(head(length(12_345)), method="HEAD", body=b""),
    "head-with-body": _route(head(length(5)) + b"hello", method="HEAD", body=b"", surplus=5),
    "204": _route(head(status=b"204 No Content"), status=204, body=b""),
    "304": _route(head(b'ETag: "x"', status=b"304 Not Modified"), status=304, body=b""),
    "no-body": _route(head(length(0)), body=b""),
    "redirect": _route(
        head(b"Location: /plain", length(5), status=b"301 Moved Permanently"),
        b"moved",
        status=301,
        body=b"moved",
    ),
    "server-error": _route(head(length(4), status=b"503 Busy"), b"busy", status=503, body=b"busy"),
    "odd-status": _route(head(length(2), status=b"999 Denied"), b"no", status=999, body=b"no"),
    "short": _route(head(length(len(BODY) + 500)), BODY, Act.CLOSE, **_DISCONNECT),
    "surplus": _route(_WHOLE + BODY + b"MORE", surplus=4),
    "surplus-after-chunks": _route(head(_CHUNKED) + chunked(BODY) + b"MORE", surplus=4),
    "chunks-cut": _route(head(_CHUNKED), chunked(BODY)[:2_000], Act.CLOSE, body=None, **_DISCONNECT),
    "chunks-without-end": _route(head(_CHUNKED), chunked(BODY)[:-5], Act.CLOSE, **_DISCONNECT),
    "chunk-size-bad": _route(
        head(_CHUNKED) + b"5\r\nhello\r\nzz\r\n", body=b"hello", truncated=Truncation.UNSPECIFIED
    ),
    "http-1.0": _route(head(version=b"HTTP/1.0"), BODY, Act.CLOSE),
    "until-close": _route(head(b"Connection: close"), BODY, Act.CLOSE),
    "continue": _route(_CONTINUE, _WHOLE, BODY, interim=len(_CONTINUE)),
    "hints": _route(_HINTS + _WHOLE + BODY, interim=len(_HINTS)),
    "three-interims": _route(_CONTINUE + _HINTS, _HINTS + _WHOLE, BODY, interim=len(_CONTINUE + _HINTS * 2)),
    "blank-lines-first": _route(b"\r\n\n" + _WHOLE, BODY, interim=3),
    "line-feeds": _route(head(length(len(BODY)), eol=b"\n"), BODY),
    "no-colon": _route(head(b"this line has no colon", length(len(BODY))), BODY),
    "folded": _route(head(b"X-Fold: a\r\n\t b", length(len(BODY))), BODY),
    "fold-first": _route(b"HTTP/1.1 200 OK\r\n folded\r\n" + length(len(BODY)) + b"\r\n\r\n", BODY),
    "bad-names": _route(
        head("X-Имя: \x01\x7f".encode("cp1251"), b"set-COOKIE:a=1 ;  Path=/ ", b": none", length(len(BODY))),
        BODY,
    ),
    "nul-in-value": _route(head(b"X-Nul: a\x00b", length(len(BODY))), BODY),
    "space-before-colon": _route(head(b"Content-Length : %d" % len(BODY)), BODY),
    "spaces-in-status": _route(head(length(len(BODY)), status=b"   200    OK  fine "), BODY),
    "no-reason": _route(head(length(len(BODY)), status=b"200"), BODY),
    "long-line": _route(head(b"X-Big: " + b"h" * 250_000, length(len(BODY))), BODY),
    "many-lines": _route(head(*(b"X-%d: %d" % (n, n) for n in range(3_000)), length(len(BODY))), BODY),
    "line-too-long": _route(
        head(b"X-Big: " + b"h" * 300_000), **_NO_HEAD, truncated=Truncation.LENGTH, failure=Failure.TOO_LARGE
    ),
    "endless-head": _route(
        b"HTTP/1.1 200 OK\r\n" + b"X-Line: again\r\n" * 150_000,
        **_NO_HEAD,
        truncated=Truncation.LENGTH,
        failure=Failure.TOO_LARGE,
    ),
    "ssh": _route(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", Act.CLOSE, **_UNREADABLE),
    "http-0.9": _route(b"<html>no head at all</html>\n", Act.CLOSE, **_UNREADABLE),
    "status-of-letters": _route(b"HTTP/1.1 2OO OK\r\n\r\n", Act.CLOSE, **_UNREADABLE),
    "status-of-4-digits": _route(b"HTTP/1.1 2000 OK\r\n\r\n", Act.CLOSE, **_UNREADABLE),
    "lengths-that-differ": _route(head(length(5), length(6)) + b"hello!", **_UNREADABLE),
    "lengths-that-agree": _route(head(length(5), length(5)) + b"hello", body=b"hello"),
    "length-of-letters": _route(head(b"Content-Length: many"), BODY, Act.CLOSE),
    "length-below-zero": _route(head(b"Content-Length: -5"), BODY, Act.CLOSE),
    "length-and-chunks": _route(head(length(3), _CHUNKED), chunked(BODY)),
    "chunked-in-capitals": _route(head(b"transfer-encoding: Chunked"), chunked(BODY)),
    "coding-identity": _route(head(b"Transfer-Encoding: identity", length(len(BODY))), BODY),
    "coding-gzip-chunked": _route(head(b"Transfer-Encoding: gzip, chunked"), chunked(_ZIPPED), body=_ZIPPED),
    "byte-by-byte": _route(*(bytes((byte,)) for byte in head(length(20)) + BODY[:20]), body=BODY[:20]),
    "nothing": _route(Act.CLOSE, **_NO_HEAD, failure=Failure.DISCONNECTED),
    "close-in-head": _route(
        b"HTTP/1.1 200 OK\r\nConte", Act.CLOSE, **_NO_HEAD, failure=Failure.DISCONNECTED, **_DISCONNECT
    ),
    "reset-in-head": _route(
        b"HTTP/1.1 200 OK\r\nConte", Act.RESET, **_NO_HEAD, failure=Failure.DISCONNECTED, **_DISCONNECT
    ),
    "reset-in-body": _route(_WHOLE, BODY[:3_000], Act.RESET, body=BODY[:3_000], **_DISCONNECT),
    "reset-until-close": _route(head(), BODY[:3_000], Act.RESET, body=BODY[:3_000], **_DISCONNECT),
    "long-body": _route(head(length(5_000_000)), b"x" * 5_000_000, body=None, truncated=Truncation.LENGTH),
    "long-chunks": _route(
        head(_CHUNKED), chunked(b"y" * 5_000_000, 65_536), body=None, truncated=Truncation.LENGTH
    ),
    "long-until-close": _route(head(), b"z" * 5_000_000, Act.CLOSE, body=None, truncated=Truncation.LENGTH),
    "hang-in-body": _route(_WHOLE, BODY[:1_000], Act.HANG, body=BODY[:1_000], truncated=Truncation.TIME),
    "hang-in-head": _route(
        b"HTTP/1.1 200 OK\r\nConte", Act.HANG, **_NO_HEAD, truncated=Truncation.TIME, failure=Failure.TIMEOUT
    ),
    "hang-after-101": _route(
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        Act.HANG,
        **_NO_HEAD,
        interim=36,
        truncated=Truncation.TIME,
        failure=Failure.TIMEOUT,
    ),
    "silence": _route(Act.HANG, **_NO_HEAD, failure=Failure.TIMEOUT),
}


class RawServer:
    """Answers each connection with the route that its first path segment names, else with ``otherwise``.

    ``at_once`` is played as soon as a connection stands, before any request. ``connections`` counts
    what was accepted, ``asked`` is set when a request was read.
    """

    def __init__(
        self,
        *,
        context: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        at_once: tuple[Step, ...] | None = None,
    ) -> None:
        self.log: list[Entry] = []
        self.connections = 0
        self.asked = threading.Event()
        self._context = context
        self._at_once = at_once
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family, backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self._start(self._accept)

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def entry(self, name: str) -> Entry:
        """Give the last exchange of a route as the server saw it."""
        return [entry for entry in self.log if entry.name == name][-1]

    def _start(self, what: object, *args: object) -> None:
        thread = threading.Thread(target=what, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with suppress(OSError):
            if self._at_once is not None:
                self._play(connection, self._at_once, Entry("", b""))
            else:
                connection = self._secured(connection)
                entry = self._read(connection)
                self.log.append(entry)
                self.asked.set()
                self._play(connection, ROUTES.get(entry.name, ROUTES["plain"]).steps, entry)
        connection.close()

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        try:
            secured = self._context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            raise
        self._open.discard(connection)
        self._open.add(secured)
        return secured

    def _read(self, connection: socket.socket) -> Entry:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _more(connection)
        lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
        size = [int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")]
        while len(data.partition(b"\r\n\r\n")[2]) < (size or [0])[0]:
            data += _more(connection)
        name = lines[0].split(b" ")[1].lstrip(b"/").partition(b"?")[0].decode("ascii")
        return Entry(name, data)

    def _play(self, connection: socket.socket, steps: tuple[Step, ...], entry: Entry) -> None:
        for step in steps:
            if isinstance(step, bytes):
                entry.sent += step
                connection.sendall(step)
            elif step is Act.CLOSE and isinstance(connection, ssl.SSLSocket):
                connection.unwrap()
                return
            elif step is Act.RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            elif step is Act.GARBLE:
                with socket.socket(fileno=os.dup(connection.fileno())) as bare:
                    bare.sendall(b"no TLS record" * 10)
            elif step is Act.READ:
                _more(connection)
            elif step is not Act.HANG:
                return
        while connection.recv(65_536):  # until the recorder hangs up
            pass


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise ConnectionError("the client left")
    return data
