"""A certificate authority as short-lived as the rehearsal web, and the wrong certificates it also makes."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = timedelta(days=1)
_PEM = serialization.Encoding.PEM
_NO_NAME = "localhost"


class CertificateFault(StrEnum):
    """What can be wrong with the certificate of a host."""

    EXPIRED = "expired"
    WRONG_NAME = "wrong_name"
    SELF_SIGNED = "self_signed"


class HostContext(ssl.SSLContext):
    """A TLS context that remembers the host name for which it was made; empty where none was given."""

    host = ""


class Authority:
    """Signs a certificate for any host name on the fly (EC P-256). Its own key never leaves memory."""

    def __init__(self, faults: dict[str, CertificateFault]) -> None:
        self._faults = faults
        self._now = datetime.now(UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("saqta rehearsal authority")
        self._certificate = self._make_root()
        # bounded, so that ten thousand host names do not fill the memory
        self.context_for: Callable[[str], HostContext] = lru_cache(maxsize=1_024)(self._make_context)

    @property
    def pem(self) -> bytes:
        """The authority's certificate, which clients are told to trust."""
        return self._certificate.public_bytes(_PEM)

    def _make_root(self) -> x509.Certificate:
        public = self._key.public_key()
        usage = _key_usage(signs_certificates=True)
        return (
            _builder(self._name, self._name, public, self._now - _DAY, self._now + 30 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _make_leaf(self, host: str) -> x509.Certificate:
        fault = self._faults.get(host)
        name = "another-name.example" if fault is CertificateFault.WRONG_NAME else host
        end = self._now - _DAY if fault is CertificateFault.EXPIRED else self._now + 7 * _DAY
        own = fault is CertificateFault.SELF_SIGNED
        issuer, key = (_named(name), self._leaf_key) if own else (self._name, self._key)
        alternatives: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == _NO_NAME:
            alternatives.append(x509.IPAddress(IPv4Address("127.0.0.1")))
        public = self._leaf_key.public_key()
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        return (
            _builder(_named(name), issuer, public, self._now - 8 * _DAY, end)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(server, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
            )
            .sign(key, hashes.SHA256())
        )

    def _make_context(self, host: str) -> HostContext:
        context = HostContext(ssl.PROTOCOL_TLS_SERVER)
        context.host = host
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        key = self._leaf_key.private_bytes(
            _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # Python's ssl reads a key from a file only; this one is for its owner's eyes and gone at once
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(self._make_leaf(host or _NO_NAME).public_bytes(_PEM) + key)
            file.flush()
            context.load_cert_chain(Path(file.name))
        return context


def server_context(authority: Authority) -> ssl.SSLContext:
    """Make the context that answers every host name with a certificate of its own."""
    base = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    base.minimum_version = ssl.TLSVersion.TLSv1_2

    def choose(line: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        line.context = authority.context_for((name or "").lower())

    base.sni_callback = choose
    return base


def _named(common_name: str) -> x509.Name:
    # RFC 5280 allows 64 characters; the alternative name carries the whole host
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
