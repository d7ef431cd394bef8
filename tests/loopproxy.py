"""Loopback proxies, HTTP CONNECT and SOCKS 5, that lead every tunnel to one port of this machine."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

PASSWORD = b"p w:@/"
"""The only password that the SOCKS proxy takes."""


class LoopProxy:
    """``asked`` are the hosts and ports it was asked for, ``logins`` the credentials it was given.

    ``reply`` is the status of CONNECT or the code of SOCKS; with ``login`` SOCKS wants a password.
    """

    def __init__(self, kind: str, to_port: int, *, reply: int | None = None, login: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self.logins: list[bytes] = []
        self._to_port = to_port
        self._reply = reply if reply is not None else (200 if kind == "http" else 0)
        self._login = login
        self._talk = self._connect if kind == "http" else self._socks
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def __enter__(self) -> LoopProxy:
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._socket, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for one in (self._socket, *self._open):
            one.close()

    def _start(self, what, *args) -> None:
        thread = threading.Thread(target=what, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                self._open.append(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            if not self._talk(client):
                client.shutdown(socket.SHUT_RDWR)
                return
            server = socket.create_connection(("127.0.0.1", self._to_port))
            self._open.append(server)
            self._start(_pump, server, client)
            _pump(client, server)

    def _connect(self, client: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _some(client)
        lines = data.split(b"\r\n")
        host, _, port = lines[0].split(b" ")[1].decode().rpartition(":")
        self.asked.append((host, int(port)))
        self.logins += [line for line in lines if line.startswith(b"Proxy-Authorization")]
        client.sendall(b"HTTP/1.1 %d Whatever\r\nX-Proxy: yes\r\n\r\n" % self._reply)
        return self._reply == 200

    def _socks(self, client: socket.socket) -> bool:
        count = _exactly(client, 2)[1]
        methods = _exactly(client, count)
        wanted = 2 if self._login else 0
        if wanted not in methods:
            client.sendall(b"\x05\xff")
            return False
        client.sendall(bytes((5, wanted)))
        if self._login and not self._log_in(client):
            return False
        kind = _exactly(client, 4)[3]
        size = {1: 4, 4: 16}.get(kind) or _exactly(client, 1)[0]
        host = _exactly(client, size)
        port = int.from_bytes(_exactly(client, 2), "big")
        self.asked.append((host.decode() if kind == 3 else f"literal {host.hex()}", port))
        client.sendall(bytes((5, self._reply, 0, 1, 127, 0, 0, 1, 0, 80)))
        return self._reply == 0

    def _log_in(self, client: socket.socket) -> bool:
        user = _exactly(client, _exactly(client, 2)[1])
        password = _exactly(client, _exactly(client, 1)[0])
        self.logins.append(user + b":" + password)
        good = password == PASSWORD
        client.sendall(b"\x01\x00" if good else b"\x01\x01")
        return good


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _some(client: socket.socket) -> bytes:
    data = client.recv(65_536)
    if not data:
        raise ConnectionError("the client left")
    return data


def _exactly(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            raise ConnectionError("the client left")
        data += more
    return data
