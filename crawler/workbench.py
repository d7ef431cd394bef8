"""Setting up what the captures of one process share."""

from __future__ import annotations

import hashlib
import platform
import ssl
from importlib.metadata import version
from pathlib import Path

from archive.closing import Authority
from archive.errors import InputError
from archive.folder import Folder
from crawler.capture import Workbench, WorkerLog
from crawler.chunk import Chunk
from crawler.clock import synchronised

_PACKAGES = ("saqta", "scrapy", "twisted", "warcio", "zlib-ng", "lxml", "cryptography", "pyopenssl")


def make_workbench(chunk: Chunk) -> Workbench:
    """Open the worker's log and note what is in force."""
    folder = Folder(Path(chunk.archive))
    folder.run.mkdir(parents=True, exist_ok=True)
    return Workbench(
        folder=folder,
        settings=chunk.settings,
        log=WorkerLog(folder.run / f"{chunk.name}.jsonl"),
        software=software(),
        resolve=chunk.resolve,
        ca_file=_authority(chunk.ca_file),
        clock_in_step=synchronised(),
    )


def software() -> dict[str, str]:
    """Name what made a capture: packages, Python, OpenSSL and the system, with their versions."""
    return {name: version(name) for name in _PACKAGES} | {
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _authority(ca_file: str | None) -> Authority | None:
    if ca_file is None:
        return None
    try:
        data = Path(ca_file).read_bytes()
    except OSError as error:
        raise InputError(f"the --ca-file {ca_file} cannot be read ({error.strerror}).") from error
    return Authority(name=Path(ca_file).name, sha256=hashlib.sha256(data).hexdigest())
