"""Drives the recorder in this process: a reactor stepped by the tests, a name server, certificates."""

from __future__ import annotations

import asyncio
import atexit
import ipaddress
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from twisted.internet import asyncioreactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from archive.exchange import Exchange
from crawler.recorder import ExchangeFailed


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What one download brought, and the two blocks that the keeper got."""

    request: Request
    exchange: Exchange
    sent: bytes
    received: bytes
    response: Response | None = None
    failed: ExchangeFailed | None = None


@implementer(IHostnameResolver)
class Names:
    """A name server that answers from a table and counts what it was asked."""

    def __init__(self) -> None:
        self.table: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.silent = False

    def resolveHostName(  # noqa: N802
        self,
        receiver: Any,
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        *_: object,
        **__: object,
    ) -> Any:
        """Answer at once, or never when silent."""
        self.asked.append(hostName)
        receiver.resolutionBegan(self)
        for address in self.table.get(hostName, []):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        if not self.silent:
            receiver.resolutionComplete()
        return receiver


class Lab:
    """A reactor that runs only while a test awaits something, and a name server of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncioreactor.install(self._loop)
        from twisted.internet import reactor

        self.reactor: Any = reactor
        self.reactor.startRunning(installSignalHandlers=False)
        self.names = Names()
        self.reactor.installNameResolver(self.names)
        atexit.register(self._loop.close)

    def run(self, work: Any) -> Any:
        """Run one coroutine to its end."""
        return self._loop.run_until_complete(work)

    def handler(self, settings: dict[str, Any] | None = None) -> Any:
        """Make a handler as Scrapy makes it."""
        from crawler.recorder.handler import RecordingDownloadHandler

        defaults = {"SAQTA_CONNECT_TIMEOUT": 10.0, "DOWNLOAD_TIMEOUT": 20, "DOWNLOAD_MAXSIZE": 1_000_000}
        return RecordingDownloadHandler.from_crawler(get_crawler(settings_dict=defaults | (settings or {})))

    def fetch(self, url: str, settings: dict[str, Any] | None = None, **request: Any) -> Fetched:
        """Fetch one URL."""
        return self.run(self.download(self.handler(settings), Request(url, **request)))

    def fetch_all(self, requests: Iterable[Request], settings: dict[str, Any]) -> list[Fetched]:
        """Fetch several requests at the same time with one handler."""
        handler = self.handler(settings)

        async def together() -> list[Fetched]:
            return await asyncio.gather(*(self.download(handler, request) for request in requests))

        return self.run(together())

    async def download(self, handler: Any, request: Request) -> Fetched:
        """Download and read what the keeper was given."""
        kept: list[tuple[bytes, bytes]] = []

        async def keep(exchange: Exchange) -> None:
            with exchange.sent, exchange.received:
                kept.append((exchange.sent.read(), exchange.received.read()))

        request.meta["keep"] = keep
        response, failed = None, None
        try:
            response = await handler.download_request(request)
        except ExchangeFailed as error:
            failed = error
        [(sent, received)] = kept
        return Fetched(
            request=request,
            exchange=request.meta["exchange"],
            sent=sent,
            received=received,
            response=response,
            failed=failed,
        )


@lru_cache(maxsize=1)
def _lab() -> Lab:
    return Lab()


@pytest.fixture
def lab() -> Lab:
    """Give the lab, with an empty name server."""
    lab = _lab()
    lab.names.table, lab.names.asked, lab.names.silent = {}, [], False
    return lab


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate with its key and what stands above it, nearest first."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[x509.Certificate, ...] = ()

    def pem(self) -> str:
        """Write the certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def certify(
    *names: str, by: Certificate | None = None, authority: bool = False, days: int = 30
) -> Certificate:
    """Make a certificate for host names and addresses, or an authority; self-signed without ``by``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    today = datetime.now(UTC)
    signing = by.key if by else key
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | {"encipher_only": False, "decipher_only": False}
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=60))
        .not_valid_after(today + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=authority, crl_sign=authority, **usage),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    if not authority:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    above = (by.certificate, *by.above) if by else ()
    return Certificate(certificate=builder.sign(signing, hashes.SHA256()), key=key, above=above)


def server_context(folder: Path, leaf: Certificate, *sent: x509.Certificate) -> ssl.SSLContext:
    """Make a server that sends the leaf and the certificates given, in that order."""
    pem, key = folder / "chain.pem", folder / "key.pem"
    pem.write_bytes(
        b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf.certificate, *sent))
    )
    key.write_bytes(
        leaf.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
