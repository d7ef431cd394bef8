"""One connection of the rehearsal web: its stream, the handshake it may refuse, and the ways to end it."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
import struct
from collections.abc import Mapping
from enum import StrEnum

from crawler.rehearsal.certificates import HostContext

PATIENCE = 75.0
"""Seconds that a client may be silent between two requests or in a handshake: nginx's own default."""
_HEAD_LIMIT = 65_536
_TICK = 0.02
"""Seconds between two writes where a byte rate is asked for."""
_HELLO = 16_384
_ALERT = bytes.fromhex("15030300020228")
"""A TLS alert record: fatal, handshake_failure (RFC 8446, sections 5.1 and 6.2)."""


class HandshakeFault(StrEnum):
    """What can happen to a client that has said its ClientHello."""

    ALERT = "alert"
    RESET = "reset"
    SILENCE = "silence"


class Line(asyncio.StreamReaderProtocol):
    """One connection, and what was written on it for the request in hand."""

    def __init__(self, scheme: str) -> None:
        self.reader = asyncio.StreamReader(limit=_HEAD_LIMIT)
        super().__init__(self.reader)
        self.scheme = scheme
        self.server_name: str | None = None
        self._gone = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self.begin()

    @classmethod
    async def over(cls, sock: socket.socket, context: ssl.SSLContext | None) -> Line:
        """Take over a socket, after the handshake where there is one; raises OSError, TimeoutError."""
        loop = asyncio.get_running_loop()
        line = cls("http" if context is None else "https")
        transport, _ = await loop.connect_accepted_socket(
            lambda: line, sock, ssl=context, ssl_handshake_timeout=None if context is None else PATIENCE
        )
        line._writer = asyncio.StreamWriter(transport, line, line.reader, loop)
        secured = transport.get_extra_info("ssl_object")
        if secured is not None and isinstance(secured.context, HostContext):
            line.server_name = secured.context.host or None
        return line

    @property
    def writer(self) -> asyncio.StreamWriter:
        """The stream's writing end."""
        if self._writer is None:
            raise ConnectionAbortedError("the connection does not stand")
        return self._writer

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake up whoever pauses."""
        self._gone.set()
        super().connection_lost(exc)

    def eof_received(self) -> bool | None:
        """Wake up whoever pauses: a client that says no more is taken as one that has left."""
        self._gone.set()
        return super().eof_received()

    def begin(self) -> None:
        """Count anew what is written."""
        self.digest = hashlib.sha256()
        self.sent = 0

    async def send(self, data: bytes, rate: int | None = None) -> None:
        """Write bytes, at ``rate`` bytes a second where one is given; raises OSError."""
        size = len(data) if rate is None else max(1, int(rate * _TICK))
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self.writer.write(piece)
            self.digest.update(piece)
            self.sent += len(piece)
            await self.drain()
            if rate is not None and not await self.pause(len(piece) / rate):
                raise ConnectionResetError("the client left")

    async def drain(self) -> None:
        """Wait until the system has taken what was written; raises OSError."""
        await self.writer.drain()

    async def pause(self, seconds: float) -> bool:
        """Wait; False where the client left meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        except TimeoutError:
            return True
        return False

    async def finish(self) -> None:
        """Say goodbye in order: all bytes, TLS's close_notify, the end of the stream; raises OSError."""
        self.writer.close()
        async with asyncio.timeout(1.0):
            await self.writer.wait_closed()

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        _linger_none(self.writer.get_extra_info("socket"))
        self.abort()

    def abort(self) -> None:
        """End the connection at once, for good; does nothing to one that has ended."""
        if self._writer is not None:
            self._writer.transport.abort()
            # line and writer hold each other, and a quarter of a megabyte of TLS buffers
            self._writer = None


async def spoil_handshake(sock: socket.socket, faults: Mapping[str, HandshakeFault]) -> bool:
    """Look at the ClientHello and, where its host has a fault, do that; True where the socket is done with.

    The name stands in the ClientHello in the clear (RFC 6066, section 3); it is read without taking it
    from the socket, so that a host without a fault has an ordinary handshake afterwards.
    """
    kept = False
    try:
        await _readable(sock)
        hello = sock.recv(_HELLO, socket.MSG_PEEK)
        fault = next((fault for host, fault in faults.items() if host.encode() in hello), None)
        if fault is None:
            kept = bool(hello)
        elif fault is HandshakeFault.RESET:
            _linger_none(sock)
        else:
            await _answer_hello(sock, fault)
    finally:
        if not kept:
            sock.close()
    return not kept


async def _answer_hello(sock: socket.socket, fault: HandshakeFault) -> None:
    loop = asyncio.get_running_loop()
    # what was peeked is taken now: closing over unread bytes would send a reset instead
    await loop.sock_recv(sock, _HELLO)
    if fault is HandshakeFault.ALERT:
        await loop.sock_sendall(sock, _ALERT)
    while await loop.sock_recv(sock, _HELLO):
        pass


async def _readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sock, ready.set)
    try:
        async with asyncio.timeout(PATIENCE):
            await ready.wait()
    finally:
        loop.remove_reader(sock)


def _linger_none(sock: socket.socket) -> None:
    # a linger time of zero makes close() send a reset (POSIX, SO_LINGER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
