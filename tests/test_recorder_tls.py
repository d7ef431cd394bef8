"""Every certificate is let through, kept as it was sent, and judged."""

from __future__ import annotations

import hashlib
import ssl
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization

from archive.errors import InputError
from archive.words import Failure, TlsVerdict
from crawler.recorder.verdict import ChainJudge
from tests.rawserver import Act, RawServer
from tests.recorderlab import Fetched, Lab, certify, lab, server_context

__all__ = ["lab"]


@pytest.fixture(scope="module")
def authorities():
    """Make a root and an intermediate below it."""
    root = certify("Root", authority=True)
    return root, certify("Intermediate", by=root, authority=True)


@pytest.fixture
def visit(lab: Lab, tmp_path, authorities):
    """Fetch a page from a server with the given certificates, the root being known."""
    ca_file = tmp_path / "root.pem"
    ca_file.write_text(authorities[0].pem(), encoding="ascii")

    def go(leaf, *sent, host="example.org", ca=str(ca_file)) -> Fetched:
        with RawServer(context=server_context(tmp_path, leaf, *sent)) as server:
            rules = [f"*:443:127.0.0.1:{server.port}"]
            one = lab.fetch(f"https://{host}/plain", {"SAQTA_RESOLVE": rules, "SAQTA_CA_FILE": ca})
        assert one.response.status == 200, "the page is kept whatever the certificate"
        return one

    return go


def test_a_whole_chain_to_a_known_root_is_valid(visit, authorities):
    """The chain stands as it was sent, with its fingerprints, version and cipher."""
    _, middle = authorities
    leaf = certify("example.org", by=middle)
    tls = visit(leaf, middle.certificate).exchange.tls
    assert (tls.verdict, tls.reason) == (TlsVerdict.VALID, None)
    assert tls.chain == (leaf.pem(), middle.pem())
    der = middle.certificate.public_bytes(serialization.Encoding.DER)
    assert tls.chain_sha256[1] == hashlib.sha256(der).hexdigest()
    assert tls.version == "TLSv1.3"
    assert tls.cipher.startswith("TLS_")


def test_a_chain_without_its_intermediate_is_invalid(visit, authorities):
    """What the server did not send is not made up for."""
    tls = visit(certify("example.org", by=authorities[1])).exchange.tls
    assert tls.verdict is TlsVerdict.INVALID
    assert len(tls.chain) == 1
    assert "does not verify" in tls.reason


def test_an_expired_certificate_is_invalid(visit, authorities):
    """The reason names the day."""
    tls = visit(certify("example.org", by=authorities[0], days=-3)).exchange.tls
    assert tls.verdict is TlsVerdict.INVALID
    assert f"expired on {datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}" in tls.reason


@pytest.mark.parametrize(
    ("names", "host"),
    [
        (["other.example"], "example.org"),
        (["*.example.org"], "example.org"),
        (["*.example.org"], "a.b.example.org"),
        (["example.org"], "127.0.0.9"),
        (["127.0.0.8"], "127.0.0.9"),
    ],
)
def test_a_certificate_for_another_host_is_invalid(visit, authorities, names, host):
    """RFC 9525, section 6.3."""
    tls = visit(certify(*names, by=authorities[0]), host=host).exchange.tls
    assert tls.verdict is TlsVerdict.INVALID
    assert tls.reason.endswith(".")


@pytest.mark.parametrize(
    ("names", "host"), [(["*.example.org"], "www.example.org"), (["127.0.0.9"], "127.0.0.9")]
)
def test_wildcards_and_addresses_are_judged(visit, authorities, names, host):
    """A wildcard covers one label; an address is compared with the addresses of the certificate."""
    assert visit(certify(*names, by=authorities[0]), host=host).exchange.tls.verdict is TlsVerdict.VALID


def test_a_self_signed_certificate_is_invalid(visit):
    """It proves nothing about the host."""
    assert visit(certify("example.org")).exchange.tls.verdict is TlsVerdict.INVALID


def test_a_root_that_is_not_known_is_invalid(visit, authorities):
    """Without --ca-file only certifi's roots count; sending the root along does not help."""
    root, _ = authorities
    tls = visit(certify("example.org", by=root), root.certificate, ca="").exchange.tls
    assert tls.verdict is TlsVerdict.INVALID


def test_one_chain_gets_one_verdict_for_each_host(lab: Lab, tmp_path, authorities):
    """What is remembered of a chain is not carried over to another host."""
    ca_file = tmp_path / "root.pem"
    ca_file.write_text(authorities[0].pem(), encoding="ascii")
    context = server_context(tmp_path, certify("example.org", by=authorities[0]))
    from scrapy import Request

    with RawServer(context=context) as server:
        rules = [f"*:443:127.0.0.1:{server.port}"]
        handler = lab.handler({"SAQTA_RESOLVE": rules, "SAQTA_CA_FILE": str(ca_file)})
        verdicts = [
            lab.run(lab.download(handler, Request(f"https://{host}/plain"))).exchange.tls.verdict
            for host in ("example.org", "other.example", "example.org", "other.example")
        ]
    assert verdicts == [TlsVerdict.VALID, TlsVerdict.INVALID] * 2


@pytest.mark.parametrize(("host", "name"), [("example.org", "example.org"), ("127.0.0.9", None)])
def test_the_host_is_named_in_sni_and_an_address_is_not(lab: Lab, tmp_path, host, name):
    """RFC 6066, section 3."""
    named = []
    context = server_context(tmp_path, certify("example.org"))
    context.sni_callback = lambda _, name, __: named.append(name)
    with RawServer(context=context) as server:
        lab.fetch(f"https://{host}/plain", {"SAQTA_RESOLVE": [f"*:443:127.0.0.1:{server.port}"]})
    assert named == [name]


def test_only_http_1_1_is_offered(lab: Lab, tmp_path):
    """A server that could speak HTTP/2 is not asked to."""
    context = server_context(tmp_path, certify("example.org"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with RawServer(context=context) as server:
        one = lab.fetch("https://example.org/plain", {"SAQTA_RESOLVE": [f"*:443:127.0.0.1:{server.port}"]})
    assert one.response.protocol == "HTTP/1.1"


def test_a_server_of_old_is_still_read(lab: Lab, tmp_path):
    """TLS 1.0 proves little, and the page may stand nowhere else."""
    context = server_context(tmp_path, certify("example.org"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with RawServer(context=context) as server:
        one = lab.fetch("https://example.org/plain", {"SAQTA_RESOLVE": [f"*:443:127.0.0.1:{server.port}"]})
    assert one.exchange.tls.version == "TLSv1"


def _broken(lab: Lab, *steps, **settings) -> Fetched:
    with RawServer(at_once=steps) as server:
        settings["SAQTA_RESOLVE"] = [f"*:443:127.0.0.1:{server.port}"]
        one = lab.fetch("https://example.org/plain", settings)
    assert (one.sent, one.received) == (b"", b""), "nothing is sent before the handshake is over"
    assert one.exchange.peer is not None
    assert one.exchange.tls is None
    assert one.failed.message.endswith(".")
    return one


def test_a_server_that_speaks_no_tls_has_failed_the_handshake(lab: Lab):
    """Plain HTTP on port 443."""
    assert _broken(lab, b"HTTP/1.1 400 Bad Request\r\n\r\n").exchange.failure is Failure.TLS


def test_an_alert_is_told_in_openssls_words(lab: Lab, tmp_path):
    """The reason of the other side reaches the record."""
    context = server_context(tmp_path, certify("example.org"))
    context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
    with RawServer(context=context) as server:
        one = lab.fetch("https://example.org/plain", {"SAQTA_RESOLVE": [f"*:443:127.0.0.1:{server.port}"]})
    assert one.exchange.failure is Failure.TLS
    assert "handshake failure" in one.exchange.message
    assert one.sent == b""


@pytest.mark.parametrize("step", [Act.CLOSE, Act.RESET])
def test_a_line_that_is_cut_after_the_client_hello_is_told_from_a_failed_handshake(lab: Lab, step):
    """Censors cut the line there: no alert, no certificate, nothing sent."""
    assert _broken(lab, Act.READ, step).exchange.failure is Failure.HANDSHAKE


def test_silence_after_the_client_hello_is_a_connection_that_never_stood(lab: Lab):
    """The connection timeout covers the handshake."""
    assert _broken(lab, Act.HANG, SAQTA_CONNECT_TIMEOUT=0.2).exchange.failure is Failure.CONNECT_TIMEOUT


@pytest.mark.parametrize("content", [None, b"no certificates", b"\xff"])
def test_a_ca_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path, content):
    """Nothing is fetched with other roots than those that were asked for."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"ca\.pem.*\.$"):
        ChainJudge(str(path))


@pytest.mark.parametrize("chain", [(), (b"",), (b"\x30\x03\x02\x01\x01",)])
def test_what_is_no_chain_is_invalid(chain):
    """A certificate that cannot be read is a verdict, not an error."""
    verdict, reason = ChainJudge()(chain, "example.org", datetime.now(UTC))
    assert verdict is TlsVerdict.INVALID
    assert reason.endswith(".")
