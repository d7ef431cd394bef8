"""The request as it goes out: exactly the headers of the Scrapy request, Host and Connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred, succeed
from twisted.web._newclient import Request as WireRequest
from twisted.web.http_headers import Headers

from archive.words import Failure
from crawler.recorder.failed import ExchangeFailed

if TYPE_CHECKING:
    from scrapy import Request

    from crawler.recorder.recording import Recording
    from crawler.recorder.target import Target
    from crawler.recorder.wiring import Transport

# Host is ours unless the request has one; the others would lie about the message or leak a secret.
_OURS = frozenset({b"connection", b"content-length", b"host", b"proxy-authorization", b"transfer-encoding"})
_EXPECT_BODY = frozenset({b"POST", b"PUT", b"PATCH"})


class RecordedRequest(WireRequest):
    """A request that writes itself in one piece and notes that piece as sent (RFC 9112, section 3)."""

    def __init__(self, request: Request, target: Target, recording: Recording) -> None:
        method = request.method.encode("ascii", "replace")
        try:
            super().__init__(method, target.path.encode("ascii"), Headers(), None)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise ExchangeFailed(Failure.UNSAFE, f"The method {request.method!r} may not be sent.") from error
        self._block = _block(request, target, method)
        self._recording = recording

    def writeTo(self, transport: Transport) -> Deferred[None]:  # noqa: N802
        """Write the request to a connection that stands."""
        self._recording.sent.write(self._block)
        transport.write(self._block)
        return succeed(None)


def _block(request: Request, target: Target, method: bytes) -> bytes:
    lines = [method + b" " + target.path.encode("ascii") + b" HTTP/1.1"]
    lines.append(b"Host: " + (request.headers.get(b"Host") or target.authority.encode("ascii")))
    for name, values in request.headers.items():
        if name.lower() not in _OURS:
            lines.extend(name + b": " + value for value in values)
    if request.body or method in _EXPECT_BODY:
        lines.append(b"Content-Length: %d" % len(request.body))
    lines.append(b"Connection: close")
    if any(character in line for line in lines for character in (b"\r", b"\n", b"\0")):
        raise ExchangeFailed(Failure.UNSAFE, "A header of the request holds a line break.")
    return b"\r\n".join([*lines, b"", request.body])
