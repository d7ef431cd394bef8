"""How a host is reached: by a resolve rule, through its proxy, or at a public address of its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeoutError
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

from archive.words import Failure
from crawler.recorder.address import is_local_name, is_public, parse_literal
from crawler.recorder.endpoints import TunnelEndpoint
from crawler.recorder.failed import ExchangeFailed
from crawler.recorder.tls import ClientTls

if TYPE_CHECKING:
    from crawler.recorder.proxy import Proxy, ProxyTable
    from crawler.recorder.resolve import ResolveTable
    from crawler.recorder.target import Target
    from crawler.recorder.wiring import Endpoint, InnerFactory, Reactor

_ADDRESSES = 6
"""Addresses of one name that are tried: a family or two with their spares."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The way to a target; neither ``mapped`` nor ``proxy`` means its name is looked up here."""

    mapped: tuple[str, int] | None = None
    proxy: Proxy | None = None

    @property
    def guarded(self) -> bool:
        """Say whether the peer must be public: the user named mapped addresses and proxies."""
        return self.mapped is None and self.proxy is None


class Dialer:
    """Connects to targets. A name's public addresses are tried in the resolver's order, no other is."""

    def __init__(self, reactor: Reactor, rules: ResolveTable, proxies: ProxyTable) -> None:
        self._reactor = reactor
        self._rules = rules
        self._proxies = proxies

    def plan(self, target: Target) -> Plan:
        """Choose the way; raises ExchangeFailed(UNSAFE) for hosts that are not on the public Internet."""
        mapped = self._rules.find(target.host, target.port)
        if mapped is not None:
            return Plan(mapped=mapped)
        if not is_public(target.host) if target.literal else is_local_name(target.host):
            message = f"{target.host} is not on the public Internet, and only that is asked."
            raise ExchangeFailed(Failure.UNSAFE, message)
        return Plan(proxy=self._proxies.find(target.host))

    async def connect(self, plan: Plan, target: Target, factory: InnerFactory, connect_by: float) -> None:
        """Return when ``factory`` has its connection; raises ExchangeFailed when it is late or refused."""
        if plan.proxy is not None:
            await self._connect_through(plan.proxy, target, factory, connect_by)
        elif plan.mapped is not None:
            await self._connect_to([plan.mapped], target, factory, connect_by)
        else:
            addresses = await self._public_addresses(target, connect_by)
            pairs = [(address, target.port) for address in addresses[:_ADDRESSES]]
            await self._connect_to(pairs, target, factory, connect_by)

    async def _connect_to(
        self, pairs: list[tuple[str, int]], target: Target, factory: InnerFactory, connect_by: float
    ) -> None:
        failed = ExchangeFailed(Failure.CONNECT, f"{target.host} has no address.")
        for number, (address, port) in enumerate(pairs):
            # An address that swallows packets must leave time for the next one.
            share = self._left(connect_by) / (len(pairs) - number)
            endpoint = _secured(self._at(address, port, share), target)
            try:
                await maybe_deferred_to_future(endpoint.connect(factory))
            except ConnectTimeoutError:
                failed = ExchangeFailed(
                    Failure.CONNECT_TIMEOUT, f"{target.host} did not answer at {address} in time."
                )
            except ConnectError as error:
                failed = ExchangeFailed(
                    Failure.CONNECT, f"{target.host} cannot be reached at {address}: {_why(error)}."
                )
            else:
                return
        raise failed

    async def _connect_through(
        self, proxy: Proxy, target: Target, factory: InnerFactory, connect_by: float
    ) -> None:
        left = self._left(connect_by)
        to_proxy = self._at(proxy.host, proxy.port, left)
        endpoint = _secured(TunnelEndpoint(to_proxy, proxy, target.host, target.port), target)
        connecting: Deferred[Any] = endpoint.connect(factory)
        connecting.addTimeout(left, self._reactor)  # type: ignore[arg-type]
        try:
            await maybe_deferred_to_future(connecting)
        except DeferredTimeoutError as error:
            message = f"The proxy {proxy.label} opened no tunnel to {target.host} in time."
            raise ExchangeFailed(Failure.CONNECT_TIMEOUT, message) from error
        except (ConnectError, DNSLookupError) as error:
            message = f"The proxy {proxy.label} cannot be reached: {_why(error)}."
            raise ExchangeFailed(Failure.PROXY, message) from error

    async def _public_addresses(self, target: Target, connect_by: float) -> list[str]:
        if target.literal:
            return [str(parse_literal(target.host))]
        lookup = _Lookup()
        self._reactor.nameResolver.resolveHostName(lookup, target.host, target.port)
        lookup.done.addTimeout(self._left(connect_by), self._reactor)  # type: ignore[arg-type]
        try:
            found = await maybe_deferred_to_future(lookup.done)
        except DeferredTimeoutError as error:
            raise ExchangeFailed(Failure.DNS, f"The name {target.host} was not resolved in time.") from error
        if not found:
            raise ExchangeFailed(Failure.DNS, f"The name {target.host} does not resolve.")
        public = [address for address in found if is_public(address)]
        if not public:
            message = f"{target.host} resolves to {', '.join(found)}, and only public addresses are asked."
            raise ExchangeFailed(Failure.UNSAFE, message)
        return public

    def _at(self, host: str, port: int, timeout: float) -> Endpoint:
        if isIPv6Address(host):
            return TCP6ClientEndpoint(self._reactor, host, port, timeout=timeout)  # type: ignore[no-untyped-call]
        if isIPAddress(host):
            return TCP4ClientEndpoint(self._reactor, host, port, timeout=timeout)
        return cast("Endpoint", HostnameEndpoint(self._reactor, host, port, timeout=timeout))

    def _left(self, moment: float) -> float:
        return max(0.001, moment - self._reactor.seconds())


@implementer(IResolutionReceiver)
class _Lookup:
    """Collects what a name resolves to, in order, each address once."""

    def __init__(self) -> None:
        self.done: Deferred[list[str]] = Deferred()
        self._found: dict[str, None] = {}

    def resolutionBegan(self, resolutionInProgress: object) -> None:  # noqa: N802, N803
        """Need nothing at the start."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self._found[address.host] = None

    def resolutionComplete(self) -> None:  # noqa: N802
        if not self.done.called:
            self.done.callback(list(self._found))


def _secured(endpoint: Endpoint, target: Target) -> Endpoint:
    if not target.secure:
        return endpoint
    creator: Any = ClientTls(target.host, literal=target.literal)
    plain: Any = endpoint
    secured: Endpoint = wrapClientTLS(creator, plain)
    return secured


def _why(error: Exception) -> str:
    # Twisted appends what the system said, in English, after its own sentence.
    return str(error).rstrip(".").partition(": ")[2] or type(error).__name__
