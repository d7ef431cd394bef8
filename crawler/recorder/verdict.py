"""Does the certificate chain that a server sent prove that it is the host? Judged afterwards, by value."""

from __future__ import annotations

import warnings
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from archive.errors import InputError
from archive.words import TlsVerdict
from crawler.recorder.address import parse_literal


class ChainJudge:
    """Judges chains against certifi's roots, and those of ``ca_file`` where one is given.

    Raises InputError where ``ca_file`` (a path, or "") cannot be read as PEM certificates.
    """

    def __init__(self, ca_file: str = "") -> None:
        self._extra = _read_roots(ca_file) if ca_file else []
        self._roots: Store | None = None

    def __call__(
        self, chain: tuple[bytes, ...], host: str, moment: datetime
    ) -> tuple[TlsVerdict, str | None]:
        """Give the verdict on DER certificates, leaf first, with the reason where it is not valid."""
        if not chain:
            return TlsVerdict.INVALID, "The server sent no certificate."
        with warnings.catch_warnings():
            # One of certifi's roots, and many a server's chain, has a serial number below 1.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return self._judge(chain, host, moment)

    def _judge(self, chain: tuple[bytes, ...], host: str, moment: datetime) -> tuple[TlsVerdict, str | None]:
        try:
            leaf, *others = (x509.load_der_x509_certificate(der) for der in chain)
            subject = _subject(host)
            if reason := _out_of_date(leaf, moment):
                return TlsVerdict.INVALID, reason
            verifier = PolicyBuilder().store(self._store()).time(moment).build_server_verifier(subject)
            verifier.verify(leaf, others)
        except (VerificationError, ValueError, x509.UnsupportedGeneralNameType) as error:
            return TlsVerdict.INVALID, f"The certificate chain does not verify: {error}."
        return TlsVerdict.VALID, None

    def _store(self) -> Store:
        # Reading the roots takes some milliseconds: only a process that meets TLS pays them.
        if self._roots is None:
            roots = x509.load_pem_x509_certificates(Path(certifi.where()).read_bytes())
            self._roots = Store([*roots, *self._extra])
        return self._roots


def _read_roots(path: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"The certificates in {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{path} holds no certificates in PEM form.") from error


def _subject(host: str) -> x509.DNSName | x509.IPAddress:
    literal = parse_literal(host)
    return x509.DNSName(host) if literal is None else x509.IPAddress(ip_address(literal))


def _out_of_date(leaf: x509.Certificate, moment: datetime) -> str | None:
    if moment < leaf.not_valid_before_utc:
        return f"The certificate is not valid before {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC."
    if moment > leaf.not_valid_after_utc:
        return f"The certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC."
    return None
