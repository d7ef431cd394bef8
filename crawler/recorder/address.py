"""Which hosts are on the public Internet, in every spelling that an address has.

The lists are the IANA special-purpose address registries, written out, because the standard
library's ``is_global`` changed its mind between patch releases and lets multicast through.
"""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_REFUSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private (RFC 1918), as are 172.16/12 and 192.168/16
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; clouds answer with their secrets at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation, as are 198.51.100/24 and 203.0.113/24
        "192.88.99.0/24",  # 6to4 relays, withdrawn (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved and broadcast
    )
)
# IPv6 is public only within global unicast; these parts of it are not.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments, Teredo (2001::/32) among them
        "2001:db8::/32",  # documentation, as is 3fff::/20
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached

_LOCAL_SUFFIXES = (
    "localhost",  # RFC 6761
    "localdomain",
    "local",  # RFC 6762
    "internal",  # reserved by ICANN in 2024
    "home.arpa",  # RFC 8375
    "lan",
    "intranet",
    "corp",
    "home",
)
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_NUMBERS = re.compile(r"[0-9a-fA-FxX.]+")

Address = IPv4Address | IPv6Address


def ascii_host(host: str) -> str:
    """Write a host as it goes into DNS: lower case, A-labels, no final dot, no brackets.

    Full-width digits and dots become plain ones (RFC 3490, section 3.1). Raises ValueError where
    the host cannot be written so.
    """
    host = host.strip("[]") if ":" in host else host
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host.lower().removesuffix(".")


def parse_literal(host: str) -> Address | None:
    """Read an IP address as browsers and ``inet_aton`` do, ``0x7f.1`` and ``2130706433`` included.

    Gives None where the host is a name. Raises ValueError where the host ends in a number and is no
    address (WHATWG URL, "ends in a number"): no resolver agrees with another on those.
    """
    host = ascii_host(host)
    if ":" in host:
        return IPv6Address(host.partition("%")[0])
    if _NUMBER.fullmatch(host.rpartition(".")[2]) is None:
        return None
    if _NUMBERS.fullmatch(host) is None:
        raise ValueError(f"ends in a number and is no IPv4 address: {host!r}")
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError as error:
        raise ValueError(f"ends in a number and is no IPv4 address: {host!r}") from error


@lru_cache(maxsize=10_000)
def is_public(address: str) -> bool:
    """Say whether an address, in any spelling, is reached over the public Internet.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged itself. What is no address at
    all is not public.
    """
    try:
        literal = parse_literal(address)
    except ValueError:
        return False
    if isinstance(literal, IPv6Address):
        return _is_public_v6(literal)
    return literal is not None and _is_public_v4(literal)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _REFUSED_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    inner = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return _is_public_v4(inner)
    return address in _GLOBAL_UNICAST and not any(address in network for network in _REFUSED_V6)


def is_local_name(host: str) -> bool:
    """Say whether a name, as `ascii_host` writes it, can only mean a machine nearby.

    A name without a dot is one: search domains and hosts files answer it, not the public DNS.
    """
    return "." not in host or any(host.endswith("." + suffix) for suffix in _LOCAL_SUFFIXES)
