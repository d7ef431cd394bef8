"""The rehearsal web's server: one thread, any host name, TLS and plain HTTP on 127.0.0.1."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import itertools
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from archive.times import Clock, now
from crawler.rehearsal.answer import Answer, Close, Pages, Pause, Raw, Reply, Request, Reset, Send
from crawler.rehearsal.certificates import Authority, server_context
from crawler.rehearsal.faults import CERTIFICATE_FAULTS, HANDSHAKE_FAULTS
from crawler.rehearsal.hits import Hit, HitBook
from crawler.rehearsal.line import PATIENCE, Line, spoil_handshake
from crawler.rehearsal.pages import rehearsal_pages
from crawler.rehearsal.wire import BadRequestError, keeps_alive, parse_head, to_steps, wants_more

_BODY_LIMIT = 1 << 20


class RehearsalWeb:
    """A web of its own for the demonstration and the tests; use it in a ``with`` statement.

    ``folder`` receives the authority's certificate. ``log`` gets two JSON lines for every request.
    ``pages`` says what stands on this web; `route` overrides it while it runs. At most ``keep`` hits
    are held in memory, the oldest going first.
    """

    def __init__(
        self,
        folder: Path,
        *,
        log: Path | None = None,
        pages: Pages = rehearsal_pages,
        keep: int = 20_000,
        clock: Clock = now,
    ) -> None:
        self.http_port = 0
        self.https_port = 0
        self.ca_file = folder / "rehearsal-ca.pem"
        self._book = HitBook(log, keep)
        self._pages = pages
        self._clock = clock
        self._routes: dict[tuple[str, str], Reply | Callable[[Request], Reply]] = {}
        self._authority = Authority(CERTIFICATE_FAULTS)
        self._requests = itertools.count(1)
        self._connections = itertools.count(1)
        self._accepted = 0
        self._lines: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rehearsal-web", daemon=True)
        self._listeners: tuple[socket.socket, ...] = ()

    def __enter__(self) -> Self:
        self.ca_file.parent.mkdir(parents=True, exist_ok=True)
        self.ca_file.write_bytes(self._authority.pem)
        self._listeners = (_listen(), _listen())
        self.http_port, self.https_port = (line.getsockname()[1] for line in self._listeners)
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        for listener in self._listeners:
            listener.close()
        self._book.close()

    @property
    def resolve(self) -> tuple[str, str]:
        """The two ``--resolve`` options that send every host here."""
        return f"*:443:127.0.0.1:{self.https_port}", f"*:80:127.0.0.1:{self.http_port}"

    def requests(self) -> list[Hit]:
        """Give every request seen, in the order in which they started, those under way included."""
        return self._book.all()

    def ended(self, count: int, timeout: float = 10.0) -> list[Hit]:
        """Wait until ``count`` requests in all have ended and give every request seen.

        A client may have the last byte before the end is noted. Raises TimeoutError.
        """
        if not self._book.wait(count, timeout):
            raise TimeoutError(f"fewer than {count} requests had ended after {timeout:g} seconds")
        return self.requests()

    def quiet(self, timeout: float = 10.0) -> list[Hit]:
        """Wait until every connection that was opened before this call is over; give every request seen.

        Connections are accepted in order, so that two of our own come after all others. Raises TimeoutError.
        """
        if self._loop is None:
            raise RuntimeError("the rehearsal web does not run")
        before = self._accepted
        for port in (self.http_port, self.https_port):
            socket.create_connection(("127.0.0.1", port), timeout).close()
        idle = asyncio.run_coroutine_threadsafe(self._idle(before + 2), self._loop)
        idle.result(timeout)
        return self.requests()

    async def _idle(self, accepted: int) -> None:
        while self._accepted < accepted or self._lines:
            self._moved.clear()
            await self._moved.wait()

    def route(self, host: str, path: str, answer: Reply | Callable[[Request], Reply]) -> None:
        """Answer a path of a host from now on with this; a path without a query covers every query."""
        self._routes[host.lower(), path] = answer

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        plain, secure = self._listeners
        doors = [
            asyncio.create_task(self._accept(plain, None)),
            asyncio.create_task(self._accept(secure, server_context(self._authority))),
        ]
        self._started.set()
        await self._stop.wait()
        for task in (*doors, *self._lines):
            task.cancel()
        await asyncio.gather(*doors, *self._lines, return_exceptions=True)
        for _ in range(5):  # aborted transports close their sockets in the loop's next turns
            await asyncio.sleep(0)

    async def _accept(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        while True:
            sock, _ = await loop.sock_accept(listener)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = loop.create_task(self._open(sock, context, next(self._connections)))
            self._lines.add(task)
            self._accepted += 1
            task.add_done_callback(self._over)

    def _over(self, line: asyncio.Task[None]) -> None:
        self._lines.discard(line)
        self._moved.set()

    async def _open(self, sock: socket.socket, context: ssl.SSLContext | None, number: int) -> None:
        try:
            if context is not None and await spoil_handshake(sock, HANDSHAKE_FAULTS):
                return
            line = await Line.over(sock, context)
        except (OSError, TimeoutError):
            return  # the client left, or would not go on with the handshake: there was no request
        try:
            while await self._answer_one(line, number):
                pass
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client left: what had been sent stands in the hit
        finally:
            line.abort()

    async def _answer_one(self, line: Line, number: int) -> bool:
        async with asyncio.timeout(PATIENCE):
            head = await line.reader.readuntil(b"\r\n\r\n")
        try:
            request = parse_head(head[:-4], line.scheme, line.server_name or "localhost")
            body = await _read_body(line.reader, request)
        except BadRequestError as error:
            await line.send(_bad_request(str(error)))
            await line.finish()
            return False
        moment = self._clock()
        hit = Hit(
            number=next(self._requests),
            connection=number,
            scheme=request.scheme,
            host=request.host,
            server_name=line.server_name,
            method=request.method,
            path=request.target,
            headers=request.headers,
            request_sha256=hashlib.sha256(head + body).hexdigest(),
            started_at=moment,
        )
        self._book.start(hit)
        reply = self._reply(dataclasses.replace(request, body=body))
        line.begin()
        try:
            return await self._perform(line, reply, request)
        finally:
            self._book.end(
                msgspec.structs.replace(
                    hit,
                    ended_at=self._clock(),
                    status=reply.status,
                    body_sha256=None if reply.body is None else hashlib.sha256(reply.body).hexdigest(),
                    wire_sha256=line.digest.hexdigest(),
                    wire_bytes=line.sent,
                )
            )

    def _reply(self, request: Request) -> Reply:
        host = request.host
        made = self._routes.get((host, request.target)) or self._routes.get((host, request.path))
        if made is None:
            return self._pages(request)
        return made if isinstance(made, Answer | Raw) else made(request)

    async def _perform(self, line: Line, reply: Reply, request: Request) -> bool:
        if isinstance(reply, Answer):
            steps = to_steps(reply, request, self._clock())
            stays = keeps_alive(reply, request)
        else:
            steps, stays = reply.steps, reply.keep_alive and wants_more(request)
        for step in steps:
            match step:
                case Send(data, rate):
                    await line.send(data, rate)
                case Pause(seconds):
                    if not await line.pause(seconds):
                        return False
                case Close(goodbye):
                    await (line.finish() if goodbye else line.drain())
                    return False
                case Reset():
                    line.reset()
                    return False
        if not stays:
            await line.finish()
        return stays


def _listen() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.setblocking(False)
    return listener


async def _read_body(reader: asyncio.StreamReader, request: Request) -> bytes:
    if request.header("Transfer-Encoding"):
        raise BadRequestError("the rehearsal web reads request bodies with a Content-Length only")
    stated = request.header("Content-Length") or "0"
    if not stated.isdecimal() or int(stated) > _BODY_LIMIT:
        raise BadRequestError(f"not a Content-Length up to {_BODY_LIMIT}: {stated!r}")
    async with asyncio.timeout(PATIENCE):
        return await reader.readexactly(int(stated))


def _bad_request(reason: str) -> bytes:
    body = reason.encode()
    head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
