"""The request that goes out is exactly the one that the spider made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.words import Role
from crawler.recorder import ExchangeFailed
from crawler.recorder.target import read_target, without_secrets
from tests.rawserver import RawServer
from tests.recorderlab import Lab, lab

__all__ = ["lab"]


def _sent(lab: Lab, url: str, port: int = 80, **request) -> bytes:
    with RawServer() as server:
        return lab.fetch(url, {"SAQTA_RESOLVE": [f"*:{port}:127.0.0.1:{server.port}"]}, **request).sent


def test_nothing_is_added_but_host_and_connection(lab: Lab):
    """No Cookie, Referer, User-Agent or Accept of anybody else's making goes out."""
    sent = _sent(lab, "http://example.org/plain")
    assert sent == b"GET /plain HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"


def test_the_headers_of_the_request_go_out_in_their_order(lab: Lab):
    """Repeated ones too; those about the connection and the proxy do not."""
    headers = {
        "User-Agent": "saqta",
        "Accept": ["text/html", "*/*"],
        "Connection": "keep-alive",
        "Proxy-Authorization": "Basic c2VjcmV0",
        "Transfer-Encoding": "chunked",
        "Content-Length": "7",
    }
    assert _sent(lab, "http://example.org/plain", headers=headers) == (
        b"GET /plain HTTP/1.1\r\nHost: example.org\r\nUser-Agent: saqta\r\nAccept: text/html\r\n"
        b"Accept: */*\r\nConnection: close\r\n\r\n"
    )


def test_a_body_goes_out_with_its_length(lab: Lab):
    """A POST is sent and recorded whole."""
    sent = _sent(lab, "http://example.org/plain", method="POST", body=b"a=1&b=2")
    assert sent == (
        b"POST /plain HTTP/1.1\r\nHost: example.org\r\nContent-Length: 7\r\nConnection: close\r\n\r\na=1&b=2"
    )


@pytest.mark.parametrize(
    ("url", "line", "host"),
    [
        ("http://example.org", "/", "example.org"),
        ("http://example.org/a?b=c&d#e", "/a?b=c&d", "example.org"),
        ("http://EXAMPLE.org:80/A", "/A", "example.org"),
        ("http://example.org/a;b=%D0%B0//../x", "/a;b=%D0%B0//../x", "example.org"),
        ("http://[2001:db8::1]/", "/", "[2001:db8::1]"),
    ],
)
def test_the_request_line_is_the_url_without_its_fragment(lab: Lab, url, line, host):
    """Path and query are sent as they stand in the URL."""
    assert _sent(lab, url).startswith(f"GET {line} HTTP/1.1\r\nHost: {host}\r\n".encode())


def test_another_port_stands_in_host(lab: Lab):
    """RFC 9110, section 7.2."""
    assert b"\r\nHost: example.org:8080\r\n" in _sent(lab, "http://example.org:8080/", port=8080)


def test_one_connection_serves_one_exchange(lab: Lab):
    """No connection is used twice, whatever the server offers."""
    with RawServer() as server:
        rules = {"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]}
        handler = lab.handler(rules)
        from scrapy import Request

        for _ in range(3):
            lab.run(lab.download(handler, Request("http://example.org/plain")))
        assert server.connections == 3


def test_the_exchange_is_kept_before_the_response_is_given(lab: Lab):
    """A keeper that fails stops everything: no page is seen that is not on the disk."""
    from scrapy import Request

    async def keep(exchange):
        exchange.sent.close()
        exchange.received.close()
        raise OSError(28, "No space left on device")

    with RawServer() as server:
        handler = lab.handler({"SAQTA_RESOLVE": [f"*:80:127.0.0.1:{server.port}"]})
        request = Request("http://example.org/plain", meta={"keep": keep})
        with pytest.raises(OSError, match="No space left"):
            lab.run(handler.download_request(request))
    assert request.meta["exchange"].role is Role.PAGE


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_is_refused(text):
    """No URL makes the reader fail otherwise, and no line break or secret passes."""
    url = "http://" + text
    try:
        target = read_target(url)
    except ExchangeFailed:
        return
    assert target.path.isascii()
    assert not set(target.path + target.authority) & set("\r\n \0#@")


@given(
    st.from_regex(r"[A-Za-z0-9:!$&'()*+,;=%~._-]{1,20}", fullmatch=True),
    st.from_regex(r"[a-z]{1,9}\.[a-z]{2,5}", fullmatch=True),
)
def test_no_secret_of_a_url_is_shown(secret, host):
    """Everything before the last @ of the authority is left out."""
    assert without_secrets(f"https://{secret}@{host}/p?q#f") == f"https://{host}/p?q"
