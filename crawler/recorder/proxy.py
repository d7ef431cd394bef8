"""Which proxy a host is reached through; its user name and password are shown nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from archive.errors import InputError
from crawler.recorder.address import ascii_host

_PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """An HTTP proxy with CONNECT, or a SOCKS5 proxy that is given names."""

    scheme: str
    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """Name the proxy as records show it: ``socks5://host:port``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_proxy(url: str) -> Proxy:
    """Read ``http://``, ``socks5://`` or ``socks5h://[user:password@]host[:port]``; raises InputError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError("The address of a proxy has a port that is no number up to 65535.") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InputError("The address of a proxy is written http://host:port or socks5://host:port.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError(f"The address of the proxy at {parts.hostname} ends after its port.")
    proxy = Proxy(
        scheme=parts.scheme,
        host=parts.hostname,
        port=_PORTS[parts.scheme] if port is None else port,
        user=None if parts.username is None else unquote(parts.username),
        password=unquote(parts.password or ""),
    )
    _check_credentials(proxy)
    return proxy


def _check_credentials(proxy: Proxy) -> None:
    user, password = (proxy.user or "").encode(), proxy.password.encode()
    if len(user) > 255 or len(password) > 255:  # RFC 1929, section 2
        raise InputError(f"The user name or password for {proxy.label} is longer than 255 bytes.")
    if b":" in user and proxy.scheme == "http":  # RFC 7617, section 2
        raise InputError(f"The user name for {proxy.label} holds a colon.")


class ProxyTable:
    """Hosts, their subdomains included, and their proxies; the longest name decides. Raises InputError."""

    def __init__(self, proxies: Mapping[str, str]) -> None:
        self._proxies = {ascii_host(host): parse_proxy(url) for host, url in proxies.items()}

    def find(self, host: str) -> Proxy | None:
        """Give the proxy of a host, as `ascii_host` writes it."""
        while host:
            if host in self._proxies:
                return self._proxies[host]
            host = host.partition(".")[2]
        return None
