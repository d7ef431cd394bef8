"""How connections end, and what Twisted and OpenSSL call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from OpenSSL import SSL
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure as Reason
from twisted.web._newclient import ParseError
from twisted.web.http import _DataLoss, _MalformedChunkedDataError

if TYPE_CHECKING:
    from crawler.recorder.wiring import Transport

_DISCONNECTED = (ConnectionDone, ConnectionLost, SSL.Error)
_NOT_HTTP = (ParseError, ValueError, _DataLoss, _MalformedChunkedDataError)


def causes(reason: Reason) -> list[BaseException]:
    """Give the exceptions that Twisted wrapped, without the wrapping."""
    inner: list[Reason] = getattr(reason.value, "reasons", [])
    if not inner:
        return [] if reason.value is None else [reason.value]
    return [cause for one in inner for cause in causes(one)]


def is_disconnect(reason: Reason) -> bool:
    """Say whether the connection went away, in whatever way, before the message was whole."""
    return any(isinstance(cause, _DISCONNECTED) for cause in causes(reason))


def breaks_http(reason: Reason) -> bool:
    """Say whether the message breaks RFC 9112; where neither is true, the defect is ours."""
    return all(isinstance(cause, _NOT_HTTP) for cause in causes(reason))


def tls_error(reason: Reason) -> Any | None:
    """Give OpenSSL's error where there is one."""
    return next((cause for cause in causes(reason) if isinstance(cause, SSL.Error)), None)


def hang_up(transport: Transport, *, abort: bool) -> None:
    """Close a connection, in good order or at once."""
    if abort:
        transport.abortConnection()
        return
    transport.loseConnection()
    if isinstance(transport, TLSMemoryBIOProtocol):
        # Our close_notify is sent; a peer that never answers it would hold the socket for ever.
        transport.transport.loseConnection()  # type: ignore[union-attr,misc]
