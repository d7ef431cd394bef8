"""What stands on the rehearsal web: one pure function from a request to an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from crawler.rehearsal.addresses import FACEBOOK_HOST, NEWSROOM_HOSTS, YOUTUBE_HOST, bare_host
from crawler.rehearsal.answer import Answer, Reply, Request
from crawler.rehearsal.assets import asset
from crawler.rehearsal.facebook import facebook_page
from crawler.rehearsal.faults import fault_page
from crawler.rehearsal.newsroom import newsroom_page
from crawler.rehearsal.wordpress import home_page, old_site_page, wordpress_page
from crawler.rehearsal.youtube import youtube_page

_SITES: dict[str, Callable[[Request], Reply]] = {
    **dict.fromkeys(NEWSROOM_HOSTS, newsroom_page),
    FACEBOOK_HOST: facebook_page,
    YOUTUBE_HOST: youtube_page,
    "youtu.be": youtube_page,
    "adilsoz.kz": old_site_page,
}
_PAGE_LIKE = re.compile(r"[\w~.,;:!@$&'()*+=%/-]*")


def rehearsal_pages(request: Request) -> Reply:
    """Answer any request: faults first, then files, then the site of the host, else a WordPress article.

    Only GET and HEAD are answered with a page; a POST gets 204 and any other method 405.
    """
    if request.method == "POST":
        return Answer(status=204)
    if request.method not in {"GET", "HEAD"}:
        return Answer(status=405, headers=(("Allow", "GET, HEAD, POST"),))
    return _page(request.scheme, request.host, request.target)


@lru_cache(maxsize=256)
def _page(scheme: str, host: str, target: str) -> Reply:
    # only these three are handed on, so that a page cannot depend on anything else
    request = Request(scheme=scheme, host=host, target=target)
    if not _PAGE_LIKE.fullmatch(request.path):
        return Answer(status=400)
    bare = bare_host(host)
    answer = fault_page(request) or asset(request)
    if answer is not None:
        return answer
    if request.path == "/" and bare in NEWSROOM_HOSTS and scheme == "https":
        return home_page(request)
    return _SITES.get(bare, wordpress_page)(request)
