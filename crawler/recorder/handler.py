"""The Scrapy download handler of saqta: fetches over one connection and hands on every byte of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.defer import maybe_deferred_to_future

from archive.exchange import Exchange
from archive.times import now
from archive.words import Failure, Role
from crawler.recorder.conversation import Conversation, OneConversation
from crawler.recorder.dial import Dialer, Plan
from crawler.recorder.failed import ExchangeFailed
from crawler.recorder.message import RecordedRequest
from crawler.recorder.proxy import ProxyTable
from crawler.recorder.recording import Head, Limits, Recording
from crawler.recorder.resolve import ResolveTable, parse_resolve_rule
from crawler.recorder.target import Target, read_target, without_secrets
from crawler.recorder.tls import TlsWitness
from crawler.recorder.verdict import ChainJudge

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.recorder.wiring import Reactor

Keep = Callable[[Exchange], Awaitable[None]]
"""What ``request.meta["keep"]`` is: it returns when the exchange is on the disk."""

TRUNCATED = "truncated"
"""The flag of a response whose exchange was cut."""


class RecordingDownloadHandler(BaseDownloadHandler):
    """Makes exactly one exchange of a request and has it kept before anything else sees it.

    Settings: ``SAQTA_CONNECT_TIMEOUT`` (seconds until the connection stands, TLS included),
    ``DOWNLOAD_TIMEOUT`` (seconds for the whole answer, from the start of the connecting),
    ``DOWNLOAD_MAXSIZE`` (bytes of body), ``SAQTA_RESOLVE`` (a list of rules), ``SAQTA_PROXIES``
    (host to proxy), ``SAQTA_CA_FILE`` (a path or ""). As elsewhere in Scrapy, ``download_timeout`` and
    ``download_maxsize`` in a request's meta go before the settings. Raises InputError when one is wrong.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor

        super().__init__(crawler)
        settings = crawler.settings
        rules = ResolveTable(map(parse_resolve_rule, settings.getlist("SAQTA_RESOLVE")))
        self._reactor = cast("Reactor", reactor)
        self._dialer = Dialer(self._reactor, rules, ProxyTable(settings.getdict("SAQTA_PROXIES")))
        self._witness = TlsWitness(ChainJudge(settings.get("SAQTA_CA_FILE") or ""))
        self._connect_timeout = settings.getfloat("SAQTA_CONNECT_TIMEOUT", 15.0)
        self._answer_timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._max_size = settings.getint("DOWNLOAD_MAXSIZE")

    async def download_request(self, request: Request) -> Response:
        """Fetch, have the exchange kept by ``request.meta["keep"]``, and give the response.

        A cut answer whose head is whole is a response with the flag `TRUNCATED`; without a readable
        head ExchangeFailed is raised. ``request.meta["exchange"]`` is the Exchange in every case,
        and ``request.meta["asked_at"]`` the moment of the request on the monotonic clock, or None.
        """
        keep: Keep = request.meta["keep"]  # without a keeper no byte is sent
        recording = Recording()
        started_at, started = now(), self._reactor.seconds()
        plan = Plan()
        try:
            target = read_target(request.url)
            plan = self._dialer.plan(target)
            await self._converse(request, target, plan, recording, started)
        except ExchangeFailed as failed:
            recording.fail(failed.failure, failed.message)
        except BaseException:
            recording.close()
            raise
        request.meta["download_latency"] = (recording.head_at or self._reactor.seconds()) - started
        request.meta["asked_at"] = recording.asked_at
        exchange = _exchange(request, plan, recording, started_at)
        request.meta["exchange"] = exchange
        await keep(exchange)
        if recording.head is None or recording.failure is not None:
            raise ExchangeFailed(recording.failure or Failure.UNREADABLE, recording.message or "")
        return _response(request.url, recording, recording.head)

    async def _converse(
        self, request: Request, target: Target, plan: Plan, recording: Recording, started: float
    ) -> None:
        answer_by = started + request.meta.get("download_timeout", self._answer_timeout)
        limits = Limits(
            connect_by=min(answer_by, started + self._connect_timeout),
            answer_by=answer_by,
            body_bytes=request.meta.get("download_maxsize", self._max_size),
        )
        conversation = Conversation(
            message=RecordedRequest(request, target, recording),
            recording=recording,
            limits=limits,
            host=target.host,
            witness=self._witness if target.secure else None,
            clock=self._reactor,
            guarded=plan.guarded,
            proxied=plan.proxy is not None,
        )
        try:
            await self._dialer.connect(plan, target, OneConversation(conversation), limits.connect_by)
            await maybe_deferred_to_future(conversation.ended)
        finally:
            conversation.close()


def _exchange(request: Request, plan: Plan, recording: Recording, started_at: datetime) -> Exchange:
    recording.sent.seek(0)
    recording.received.seek(0)
    return Exchange(
        url=without_secrets(request.url),
        method=request.method,
        role=request.meta.get("role", Role.PAGE),
        started_at=started_at,
        ended_at=now(),
        sent=recording.sent,
        received=recording.received,
        interim_bytes=recording.interim_bytes,
        surplus_bytes=recording.surplus_bytes,
        status=recording.head.status if recording.head else None,
        truncated=recording.truncated,
        failure=recording.failure,
        message=recording.message,
        peer=recording.peer,
        proxy=plan.proxy.label if plan.proxy else None,
        tls=recording.tls,
        rehearsal=plan.mapped is not None,
    )


def _response(url: str, recording: Recording, head: Head) -> Response:
    headers = Headers()
    for name, value in head.fields:
        headers.appendlist(name, value)
    body = recording.body.getvalue()
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(
        url=url,
        status=head.status,
        headers=headers,
        body=body,
        flags=[TRUNCATED] if recording.truncated else None,
        ip_address=ip_address(recording.peer.address) if recording.peer else None,
        protocol=head.version,
    )
