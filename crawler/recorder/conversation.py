"""One connection, one request, one answer: every byte is kept before anything reads it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure as Reason
from twisted.web._newclient import HTTP11ClientProtocol, Response, ResponseDone
from twisted.web.http import PotentialDataLoss
from zope.interface import implementer

from archive.exchange import Peer
from archive.words import Failure, Truncation
from crawler.recorder.address import is_public
from crawler.recorder.ending import breaks_http, causes, hang_up, is_disconnect, tls_error
from crawler.recorder.parser import HEAD_BYTES, HeadTooLargeError, TolerantParser
from crawler.recorder.tls import openssl_reason

if TYPE_CHECKING:
    from crawler.recorder.message import RecordedRequest
    from crawler.recorder.recording import Limits, Recording
    from crawler.recorder.tls import TlsWitness
    from crawler.recorder.wiring import Reactor, Timer, Transport


class _CutShort(Exception):  # noqa: N818 - a reason that is handed through Twisted, never raised
    """We ended the connection."""


@implementer(IHandshakeListener)
class Conversation(HTTP11ClientProtocol):
    """Sends the request when the connection stands (after the TLS handshake) and keeps the answer.

    ``ended`` fires with None, once, when the recording is final. With ``guarded`` a peer that is not
    public gets no byte, not even a ClientHello: name servers may answer differently each time.
    """

    transport: Transport  # type: ignore[assignment]

    def __init__(
        self,
        *,
        message: RecordedRequest,
        recording: Recording,
        limits: Limits,
        host: str,
        witness: TlsWitness | None,
        clock: Reactor,
        guarded: bool,
        proxied: bool,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.ended: Deferred[None] = Deferred()
        self._message = message
        self._recording = recording
        self._limits = limits
        self._host = host
        self._witness = witness
        self._clock = clock
        self._guarded = guarded
        self._proxied = proxied
        self._asked = False
        self._lost: Reason | None = None
        self._cut: tuple[Truncation, Failure, str] | None = None
        self._timer: Timer | None = None

    def connectionMade(self) -> None:  # noqa: N802
        """Check who is at the other end, then send the request or await the TLS handshake."""
        super().connectionMade()
        if not self._proxied:
            peer = self.transport.getPeer()
            self._recording.peer = Peer(address=peer.host, port=peer.port)
            if self._guarded and not is_public(peer.host):
                self._recording.fail(
                    Failure.UNSAFE,
                    f"The connection to {self._host} ended at {peer.host}, which is not public.",
                )
                self._finish(abort=True)
                return
        limit = self._limits.answer_by if self._witness is None else self._limits.connect_by
        self._timer = self._clock.callLater(max(0.0, limit - self._clock.seconds()), self._too_late)
        if self._witness is None:
            self._ask()

    def handshakeCompleted(self) -> None:  # noqa: N802
        """Take down what the TLS handshake showed, then send the request."""
        if self._asked or self.ended.called or self._witness is None:
            return
        self._recording.tls = self._witness.facts(self.transport.getHandle(), self._host)
        if self._timer is not None:
            self._timer.reset(max(0.0, self._limits.answer_by - self._clock.seconds()))
        self._ask()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Keep what one read brought, then let the parser see it, then look at the limits."""
        if self.ended.called:
            return
        self._recording.write_received(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        self._look_at_limits()

    def _look_at_limits(self) -> None:
        recording = self._recording
        if self.ended.called:
            return
        if recording.head is None:
            if recording.received_bytes > HEAD_BYTES:
                self._cut_short(Truncation.LENGTH, Failure.TOO_LARGE, self._head_too_large())
        elif 0 < self._limits.body_bytes < recording.body.tell():
            message = f"The answer of {self._host} was cut at the limit of {self._limits.body_bytes} bytes."
            self._cut_short(Truncation.LENGTH, Failure.TOO_LARGE, message)

    def connectionLost(self, reason: Reason = connectionDone) -> None:  # noqa: N802
        """Note how the connection ended; before the request it is a failed TLS handshake."""
        self._lost = reason
        if not self._asked and not self.ended.called:
            self._handshake_failed(reason)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """End the connection if it still stands; nothing more is recorded."""
        if not self.ended.called:
            self._finish(abort=True)

    def _ask(self) -> None:
        self._asked = True
        self._recording.asked_at = monotonic()
        self.request(self._message).addCallbacks(self._head_read, self._head_missed)
        if self._parser is not None:
            # HTTP11ClientProtocol names its parser class itself; the subclass adds only what begin() sets.
            self._parser.__class__ = TolerantParser
            self._parser.begin(self._recording)  # type: ignore[attr-defined]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802
        self._recording.surplus_bytes = len(rest)
        super()._finishResponse(rest)

    def _head_read(self, response: Response) -> None:
        self._recording.head_at = self._clock.seconds()
        response.deliverBody(_Body(self))  # type: ignore[no-untyped-call]

    def body_ended(self, reason: Reason) -> None:
        """Judge how the body ended (RFC 9112, section 8)."""
        if self._cut is not None:
            self._recording.cut(*self._cut)
        elif isinstance(reason.value, PotentialDataLoss):
            # Complete by the end of the connection, unless the connection itself was cut.
            if self._lost is not None and not isinstance(self._lost.value, ConnectionDone):
                self._disconnected("was cut in the middle of its body")
        elif not isinstance(reason.value, ResponseDone):
            if is_disconnect(reason):
                self._disconnected("ended before its body was whole")
            else:
                self._unreadable(
                    reason, f"The body of the answer of {self._host} is not well-formed chunked coding."
                )
        self._finish()

    def _head_missed(self, reason: Reason) -> None:
        if self._cut is not None:
            self._recording.cut(*self._cut)
        elif any(isinstance(cause, HeadTooLargeError) for cause in causes(reason)):
            self._recording.cut(Truncation.LENGTH, Failure.TOO_LARGE, self._head_too_large())
        elif (error := tls_error(reason)) is not None:
            # Under TLS 1.3 a server refuses the client only after our side of the handshake is over.
            message = f"{self._host} ended the TLS connection: {openssl_reason(error)}."
            self._recording.cut(Truncation.DISCONNECT, Failure.TLS, message)
        elif is_disconnect(reason):
            what = "ended before its head was whole" if self._recording.received_bytes else "never came"
            self._disconnected(what)
        else:
            self._recording.head = None
            self._unreadable(reason, f"What {self._host} sent is not an HTTP answer that can be read.")
        self._finish()

    def _disconnected(self, what: str) -> None:
        message = f"The answer of {self._host} {what}: the connection was closed."
        self._recording.cut(Truncation.DISCONNECT, Failure.DISCONNECTED, message)

    def _unreadable(self, reason: Reason, message: str) -> None:
        self._recording.cut(Truncation.UNSPECIFIED, Failure.UNREADABLE, message)
        if not breaks_http(reason):
            self._finish(defect=reason)

    def _handshake_failed(self, reason: Reason) -> None:
        if (error := tls_error(reason)) is not None:
            message = f"The TLS handshake with {self._host} failed: {openssl_reason(error)}."
            self._recording.fail(Failure.TLS, message)
        elif is_disconnect(reason):
            message = f"{self._host} closed the connection during the TLS handshake."
            self._recording.fail(Failure.HANDSHAKE, message)
        else:
            self._finish(defect=reason)
        self._finish()

    def _too_late(self) -> None:
        if self._asked:
            message = f"The answer of {self._host} was not whole when its time was over."
            self._cut_short(Truncation.TIME, Failure.TIMEOUT, message)
        else:
            message = f"{self._host} did not finish the TLS handshake in time."
            self._recording.fail(Failure.CONNECT_TIMEOUT, message)
            self._finish(abort=True)

    def _cut_short(self, truncation: Truncation, failure: Failure, message: str) -> None:
        self._cut = truncation, failure, message
        self.transport.abortConnection()
        self._disconnectParser(Reason(_CutShort()))  # type: ignore[no-untyped-call]
        if not self.ended.called:
            self._recording.cut(*self._cut)
            self._finish()

    def _head_too_large(self) -> str:
        return f"The header section of the answer of {self._host} is longer than any browser reads."

    def _finish(self, *, abort: bool = False, defect: Reason | None = None) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self.connected:
            hang_up(self.transport, abort=abort)
        if not self.ended.called:
            self.ended.callback(None) if defect is None else self.ended.errback(defect)

    def add_body(self, data: bytes) -> None:
        """Keep a part of the message body."""
        self._recording.body.write(data)


class _Body(Protocol):
    """Hands the body, chunked coding removed, to its conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self.dataReceived = conversation.add_body  # type: ignore[method-assign]

    def connectionLost(self, reason: Reason = connectionDone) -> None:  # noqa: N802
        self._conversation.body_ended(reason)


class OneConversation(Factory):
    """Gives the conversation that was made for this connection."""

    noisy = False

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def buildProtocol(self, addr: object) -> Conversation:  # noqa: ARG002, N802
        """Give the protocol of the only connection."""
        return self._conversation
