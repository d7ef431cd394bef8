"""TLS that lets every certificate pass, so that the evidence is kept, and tells what it saw."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from OpenSSL import SSL, crypto
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from zope.interface import implementer

from archive.exchange import TlsFacts
from archive.times import Clock, now
from archive.words import TlsVerdict

if TYPE_CHECKING:
    from twisted.protocols.tls import TLSMemoryBIOProtocol

Judge = Callable[[tuple[bytes, ...], str, datetime], tuple[TlsVerdict, str | None]]
"""Takes the DER certificates as sent, the host and the moment; gives the verdict and its reason."""

_CHAINS = 4_096
"""Chains remembered with their verdict; a run asks some hundred hosts."""
_OP_LEGACY_SERVER_CONNECT = 0x4  # openssl/ssl.h: servers without RFC 5746, which browsers still read


@lru_cache(maxsize=1)
def _context() -> SSL.Context:
    """Make the one context of the process: old versions and ciphers included, nothing verified."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
    context.set_options(_OP_LEGACY_SERVER_CONNECT)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_alpn_protos([b"http/1.1"])
    return context


@implementer(IOpenSSLClientConnectionCreator)
class ClientTls:
    """Opens the client side of TLS towards one host, with its name in SNI (RFC 6066, section 3)."""

    def __init__(self, host: str, *, literal: bool) -> None:
        self._name = None if literal else host.encode("ascii")

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: ARG002, N802, N803
        """Give Twisted a connection that is about to shake hands."""
        connection = SSL.Connection(_context(), None)
        if self._name is not None:
            connection.set_tlsext_host_name(self._name)
        return connection


class TlsWitness:
    """Takes down the facts of a handshake; a chain that was seen before costs only its hash."""

    def __init__(self, judge: Judge, clock: Clock = now) -> None:
        self._judge = judge
        self._clock = clock
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], TlsVerdict, str | None]] = {}

    def facts(self, connection: SSL.Connection, host: str) -> TlsFacts:
        """Give version, cipher, the chain as sent and its verdict, of the very connection."""
        chain = tuple(
            crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)
            for certificate in connection.get_peer_cert_chain() or ()
        )
        digests = tuple(hashlib.sha256(der).hexdigest() for der in chain)
        key = (host, *digests)
        if key not in self._known:
            if len(self._known) >= _CHAINS:
                self._known.clear()
            self._known[key] = (
                tuple(map(ssl.DER_cert_to_PEM_cert, chain)),
                *self._judge(chain, host, self._clock()),
            )
        pem, verdict, reason = self._known[key]
        return TlsFacts(
            version=connection.get_protocol_version_name(),
            cipher=connection.get_cipher_name() or "",
            chain=pem,
            chain_sha256=digests,
            verdict=verdict,
            reason=reason,
        )


def openssl_reason(error: SSL.Error) -> str:
    """Say in OpenSSL's words why a handshake or a connection failed."""
    queue = error.args[0] if error.args else None
    if isinstance(queue, list) and queue:
        return str(queue[-1][-1])
    return "the other side gave no reason"
