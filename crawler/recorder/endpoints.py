"""Twisted endpoints that reach a host through a proxy: the tunnel's bytes are nobody's evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from zope.interface import implementer

from archive.words import Failure
from crawler.recorder.failed import ExchangeFailed
from crawler.recorder.tunnel import Handshake, handshake

if TYPE_CHECKING:
    from twisted.python.failure import Failure as Reason

    from crawler.recorder.proxy import Proxy
    from crawler.recorder.wiring import Endpoint, Inner, InnerFactory, Transport


@implementer(IStreamClientEndpoint)
class TunnelEndpoint:
    """Connects to ``through``, the endpoint of a proxy, and has it open a tunnel to a host by name."""

    def __init__(self, through: Endpoint, proxy: Proxy, host: str, port: int) -> None:
        self._through = through
        self._proxy = proxy
        self._host = host
        self._port = port

    def connect(self, protocolFactory: InnerFactory) -> Deferred[Inner]:  # noqa: N803
        """Fire with the inner protocol when the tunnel stands, or fail with ExchangeFailed."""
        talk = handshake(self._proxy, self._host, self._port)
        connecting = self._through.connect(_TunnelFactory(self._proxy, talk, protocolFactory))
        return connecting.addCallback(lambda tunnel: tunnel.opened)


class _Tunnel(Protocol):
    """Talks to the proxy, then stands between its connection and the inner protocol."""

    transport: Transport  # type: ignore[assignment]

    def __init__(self, proxy: Proxy, talk: Handshake, factory: InnerFactory, addr: object) -> None:
        self.opened: Deferred[Inner] = Deferred(lambda _: self._drop())
        self._proxy = proxy
        self._talk = talk
        self._factory = factory
        self._addr = addr
        self._inner: Inner | None = None

    def connectionMade(self) -> None:  # noqa: N802
        self._go_on(None)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self._inner is not None:
            self._inner.dataReceived(data)
        elif not self.opened.called:
            self._go_on(data)

    def connectionLost(self, reason: Reason = connectionDone) -> None:  # noqa: N802
        if self._inner is not None:
            self._inner.connectionLost(reason)
        elif not self.opened.called:
            message = f"The proxy {self._proxy.label} closed the connection before the tunnel stood."
            self.opened.errback(ExchangeFailed(Failure.PROXY, message))

    def _go_on(self, data: bytes | None) -> None:
        try:
            # Generator.send takes None only to start it; typeshed does not know.
            out = self._talk.send(data)  # type: ignore[arg-type]
            while out:
                self.transport.write(out)
                out = self._talk.send(b"")
        except StopIteration as end:
            self._open(end.value)
        except ExchangeFailed as failed:
            self._drop()
            self.opened.errback(failed)

    def _open(self, rest: bytes) -> None:
        inner: Inner = self._factory.buildProtocol(self._addr)
        self._inner = inner
        inner.makeConnection(self.transport)
        self.opened.callback(inner)
        if rest:
            inner.dataReceived(rest)

    def _drop(self) -> None:
        self.transport.abortConnection()


class _TunnelFactory(Factory):
    noisy = False

    def __init__(self, proxy: Proxy, talk: Handshake, inner: InnerFactory) -> None:
        self._proxy = proxy
        self._talk = talk
        self._inner = inner

    def buildProtocol(self, addr: object) -> _Tunnel:  # noqa: N802
        return _Tunnel(self._proxy, self._talk, self._inner, addr)
