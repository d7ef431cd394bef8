"""Which host names can exist on the public internet, by the Public Suffix List that ships with tldextract.

Importing this module costs about half a second (tldextract imports requests), which is why only the
process that reads reports does; nothing is downloaded and nothing is written to disk.
"""

from __future__ import annotations

import re
from functools import lru_cache

import tldextract

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]")


@lru_cache(maxsize=4096)
def is_possible_host(host: str) -> bool:
    """Say whether a host is an IP address or a name under a known public suffix."""
    if _ADDRESS.fullmatch(host):
        return True
    parts = _suffixes(host)
    return bool(parts.suffix and parts.domain)
