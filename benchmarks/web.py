"""The web that the benchmarks ask: one process on the loopback, fifty hosts, pages made beforehand.

``python -m benchmarks.web`` prints its port and then serves ``/<size in kB>/<number>.html`` until its
standard input closes. ``/-/stats`` gives, as JSON, how many pages were asked for since the last time it
was asked, and the clock (``time.time``) at the first and the last of them. Requests for robots.txt are
answered with 404 and not counted.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen

from benchmarks.measure import pin_to_last_core
from benchmarks.pages import MARK, Writer

HOSTS = 50
SIZES = (20, 200)
_VARIANTS = 8
"""Different pages of each size: enough that no reader lives off a cache of one."""


@dataclass
class Tally:
    """Pages asked for since somebody looked."""

    pages: int = 0
    first: float = 0.0
    last: float = 0.0

    def note(self) -> None:
        """Count one page."""
        self.last = time.time()
        self.first = self.first or self.last
        self.pages += 1


class Answers:
    """Makes the bytes of every answer."""

    def __init__(self) -> None:
        writer = Writer()
        self._pages = {size: [_whole(writer.page(size * 1_000)) for _ in range(_VARIANTS)] for size in SIZES}
        self._tally = Tally()

    def answer(self, path: bytes) -> bytes:
        """Answer one path."""
        if path.startswith(b"/-/stats"):
            tally, self._tally = self._tally, Tally()
            body = json.dumps(vars(tally)).encode()
            return _head(b"200 OK", b"application/json", len(body)) + body
        _, _, rest = path.partition(b"/")
        size, _, name = rest.partition(b"/")
        number = name.removesuffix(b".html")
        if not size.isdigit() or not number.isdigit() or int(size) not in self._pages:
            return _head(b"404 Not Found", b"text/plain", 0)
        self._tally.note()
        page = self._pages[int(size)][int(number) % _VARIANTS]
        return page.replace(MARK, number.rjust(len(MARK), b"0"), 2)


def _whole(body: bytes) -> bytes:
    return _head(b"200 OK", b"text/html; charset=utf-8", len(body)) + body


def _head(status: bytes, kind: bytes, length: int) -> bytes:
    return (
        b"HTTP/1.1 %s\r\nServer: loopback\r\nDate: Mon, 22 Nov 2021 10:15:30 GMT\r\n"
        b"Content-Type: %s\r\nContent-Length: %d\r\nCache-Control: max-age=60\r\n\r\n"
        % (status, kind, length)
    )


class Door(asyncio.Protocol):
    """One connection: GET requests without bodies, one after the other."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take up the connection."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request that has arrived."""
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            request, self._held = self._held[:end], self._held[end + 4 :]
            self._transport.write(self._answers.answer(request.split(b" ", 2)[1]))
            if b"connection: close" in request.lower():
                self._transport.close()


async def serve() -> None:
    """Listen on one port of 127.0.0.1 to 127.0.0.50 until standard input closes."""
    loop = asyncio.get_running_loop()
    answers = Answers()
    first = await loop.create_server(lambda: Door(answers), "127.0.0.1", 0, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    for number in range(2, HOSTS + 1):
        await loop.create_server(lambda: Door(answers), f"127.0.0.{number}", port, backlog=1024)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


class Web:
    """The web as its users see it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def by_address(self, size: int, pages: int, start: int = 0) -> list[str]:
        """List pages of the fifty hosts by address, hosts in turn."""
        return [
            f"http://127.0.0.{number % HOSTS + 1}:{self.port}/{size}/{number}.html"
            for number in range(start, start + pages)
        ]

    def by_name(self, size: int, pages: int, start: int = 0) -> list[str]:
        """List the same pages by name; a reader finds them by `resolve`."""
        return [
            f"http://news{number % HOSTS + 1}.example/{size}/{number}.html"
            for number in range(start, start + pages)
        ]

    @property
    def resolve(self) -> str:
        """The --resolve rule under which the names are found."""
        return f"*:80:127.0.0.1:{self.port}"

    def tally(self) -> Tally:
        """Give what was asked for since the last call."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/stats") as answer:
            return Tally(**json.load(answer))


@contextmanager
def web() -> Iterator[Web]:
    """Have the web in a process of its own, on a core of its own where there is more than one."""
    with Popen([sys.executable, "-m", "benchmarks.web"], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Web(int(process.stdout.readline()))
        finally:
            process.stdin.close()


def main() -> None:
    """Serve, by uvloop where it is there."""
    pin_to_last_core()
    if importlib.util.find_spec("uvloop"):
        import uvloop

        uvloop.run(serve())
    else:
        asyncio.run(serve())


if __name__ == "__main__":
    main()
