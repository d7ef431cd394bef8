"""Each way of not getting there has its own name, and is kept like an answer."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager

import pytest
from scrapy import Request

from archive.words import Failure
from tests.rawserver import RawServer
from tests.recorderlab import Lab, lab

__all__ = ["lab"]


@contextmanager
def _deaf_port():
    """Listen on a port whose queue is full: Linux drops every further SYN."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_name_that_does_not_resolve_is_a_dns_failure(lab: Lab):
    """The exchange is kept with its times, and without a byte."""
    one = lab.fetch("http://gone.example.org/")
    assert one.exchange.failure is one.failed.failure is Failure.DNS
    assert lab.names.asked == ["gone.example.org"]
    assert (one.sent, one.received, one.exchange.status, one.exchange.peer) == (b"", b"", None, None)
    assert one.exchange.started_at <= one.exchange.ended_at


def test_a_name_server_that_is_silent_is_a_dns_failure(lab: Lab):
    """It does not hold the worker for longer than a connection may take."""
    lab.names.silent = True
    one = lab.fetch("http://slow.example.org/", {"SAQTA_CONNECT_TIMEOUT": 0.1})
    assert one.exchange.failure is Failure.DNS


def test_a_closed_port_is_a_failure_to_connect(lab: Lab):
    """The address is named, the words are the system's."""
    one = lab.fetch("http://example.org/", {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{_closed_port()}"]})
    assert one.exchange.failure is Failure.CONNECT
    assert "127.0.0.1" in one.exchange.message
    assert one.exchange.message.endswith(".")
    assert one.exchange.rehearsal


def test_a_host_that_swallows_packets_is_a_connect_timeout(lab: Lab):
    """It is told apart from a host that refuses."""
    with _deaf_port() as port:
        settings = {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{port}"], "SAQTA_CONNECT_TIMEOUT": 0.3}
        one = lab.fetch("http://example.org/", settings)
    assert one.exchange.failure is Failure.CONNECT_TIMEOUT
    assert one.sent == b""


def test_an_address_that_swallows_packets_leaves_time_for_the_next(lab: Lab, monkeypatch):
    """The time to connect is shared out among the addresses of a name."""
    for module in ("dial", "conversation"):
        monkeypatch.setattr(f"crawler.recorder.{module}.is_public", lambda _: True)
    lab.names.table = {"two.example.org": ["127.0.0.1", "127.0.0.2"]}
    with _deaf_port() as port, ExitStack() as stack:
        other = stack.enter_context(socket.create_server(("127.0.0.2", port)))
        one = lab.fetch(
            f"http://two.example.org:{port}/", {"SAQTA_CONNECT_TIMEOUT": 0.6, "DOWNLOAD_TIMEOUT": 1}
        )
        assert other.accept()[0].close() is None
    assert one.exchange.peer.address == "127.0.0.2"


def test_the_answer_timeout_counts_from_the_start_of_the_connecting(lab: Lab):
    """An answer timeout below the connect timeout ends the connecting too."""
    with _deaf_port() as port:
        settings = {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{port}"], "DOWNLOAD_TIMEOUT": 0.2}
        assert lab.fetch("http://example.org/", settings).exchange.failure is Failure.CONNECT_TIMEOUT


def test_a_request_may_have_limits_of_its_own(lab: Lab):
    """download_timeout and download_maxsize in the meta go before the settings."""
    with RawServer() as server:
        rules = {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]}
        slow = lab.fetch("http://example.org/silence", rules, meta={"download_timeout": 0.1})
        long = lab.fetch("http://example.org/long-body", rules, meta={"download_maxsize": 1_000})
    assert slow.exchange.failure is Failure.TIMEOUT
    assert 1_000 < len(long.response.body) < 400_000


def test_a_download_that_is_given_up_leaves_no_connection(lab: Lab):
    """When Scrapy stops in the middle, the socket is closed and nothing is kept."""
    import asyncio

    kept = []

    async def give_up(port: int) -> None:
        handler = lab.handler({"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{port}"]})
        request = Request("http://example.org/silence", meta={"keep": kept.append})
        task = asyncio.ensure_future(handler.download_request(request))
        await asyncio.to_thread(server.asked.wait, 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with RawServer() as server:  # its end waits until the recorder has hung up
        lab.run(give_up(server.port))
    assert len(server.log) == 1
    assert kept == []


@pytest.mark.parametrize("settings", [{"SAQTA_RESOLVE": ["nonsense"]}, {"SAQTA_PROXIES": {"a.example": "x"}}])
def test_a_wrong_setting_stops_the_handler(lab: Lab, settings):
    """Nothing is fetched under settings that were not understood."""
    from archive.errors import InputError

    with pytest.raises(InputError):
        lab.handler(settings)
