"""The parts of Twisted that are used here, with types: zope's interfaces mean nothing to mypy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure


class Timer(Protocol):
    """IDelayedCall."""

    def active(self) -> bool:
        """Say whether the call is still to come."""

    def cancel(self) -> None:
        """Take the call back."""

    def reset(self, seconds: float) -> None:
        """Put the call off to so many seconds from now."""


class Reactor(Protocol):
    """IReactorTime and IReactorPluggableNameResolver."""

    nameResolver: Any  # noqa: N815

    def seconds(self) -> float:
        """Give the reactor's clock."""

    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any) -> Timer:  # noqa: A002, N802
        """Call something once, later."""


class Transport(Protocol):
    """ITCPTransport, or TLS over it."""

    def write(self, data: bytes) -> None:
        """Send bytes, sooner or later."""

    def getPeer(self) -> Any:  # noqa: N802
        """Give the address of the other end."""

    def getHandle(self) -> Any:  # noqa: N802
        """Give the socket, or the TLS connection."""

    def loseConnection(self) -> None:  # noqa: N802
        """Close when everything is written."""

    def abortConnection(self) -> None:  # noqa: N802
        """Close now."""


class Inner(Protocol):
    """IProtocol."""

    def makeConnection(self, transport: Any) -> None:  # noqa: N802
        """Take up a connection."""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Take what one read brought."""

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802
        """Hear that the connection is over."""


class InnerFactory(Protocol):
    """IProtocolFactory."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        """Give the protocol of a connection."""


class Endpoint(Protocol):
    """IStreamClientEndpoint."""

    def connect(self, protocolFactory: Any) -> Deferred[Any]:  # noqa: N803
        """Connect; fire with the protocol when the connection stands."""
