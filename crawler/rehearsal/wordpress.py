"""The sites that run on WordPress, which is what any unknown host is taken for; and one old site."""

from __future__ import annotations

import re
from urllib.parse import quote

from crawler.rehearsal.addresses import bare_host, digest_of, permalink
from crawler.rehearsal.answer import Answer, Framing, Reply, Request, html_answer, redirect
from crawler.rehearsal.newsroom import missing_page
from crawler.rehearsal.render import render, render_story
from crawler.rehearsal.story import story_at

_POST_ID = re.compile(r"\d{1,9}")
_WORDS = re.compile(r"[a-z0-9]+")
_VOWELS = re.compile(r"[aeiouy]")
_ACTIVE = re.compile(r"\.(?:php|aspx?|html?)$")


def wordpress_page(request: Request) -> Reply:
    """Answer as WordPress would: articles, ``/?p=<id>``, the log-in in front of ``/wp-admin/``, 404."""
    path, query = request.path, request.query
    if path == "/":
        if _POST_ID.fullmatch(query.get("p", "")):
            return redirect(
                f"{request.scheme}://{request.host}{permalink(bare_host(request.host), query['p'])}"
            )
        return home_page(request)
    if path.startswith("/wp-admin/"):
        return redirect(f"/wp-login.php?redirect_to={quote(request.url, safe='')}&reauth=1", 302)
    if path == "/wp-login.php":
        text = render(
            "site_login.html",
            site=bare_host(request.host),
            host=request.host,
            notice="",
            next=query.get("redirect_to", ""),
        )
        return html_answer(text, headers=(("Cache-Control", "no-cache, must-revalidate, max-age=0"),))
    if is_made_up(path):
        return missing_page(request)
    last = path.rpartition("/")[2]
    if last and not last.isdecimal() and not _ACTIVE.search(last):
        return redirect(f"{request.url.partition('?')[0]}/")
    return article_page(request)


def article_page(request: Request) -> Answer:
    """Answer with the article at an address."""
    url = f"{request.scheme}://{request.host}{request.target.partition('?')[0]}"
    story = story_at(request.url)
    number = digest_of(story.name) % 90_000 + 1_000
    picture = f"{story.published:%Y/%m}/{number}"
    text = render_story("wordpress.html", url, story, post_id=number, picture=picture)
    link = ("Link", f'<https://{request.host}/wp-json/>; rel="https://api.w.org/"')
    framing = Framing.CHUNKED if number % 2 else Framing.LENGTH
    return Answer(
        headers=(("Content-Type", "text/html; charset=UTF-8"), link),
        body=text.encode(),
        gzip=True,
        framing=framing,
    )


def home_page(request: Request) -> Answer:
    """Answer with a front page: teasers of other documents, no document of its own."""
    url = f"https://{request.host}/"
    names = [f"{url}novosti-{number}/" for number in range(1, 9)]
    teasers = [(address, story_at(address)) for address in names]
    return html_answer(render_story("home.html", url, story_at(url), teasers=teasers))


def old_site_page(request: Request) -> Reply:
    """Answer as a site of the early web does: plain HTTP, tables, windows-1251, no compression."""
    if request.path == "/":
        return home_page(request)
    if is_made_up(request.path):
        return missing_page(request)
    url = request.url
    text = render_story("oldsite.html", url, story_at(url))
    return Answer(
        headers=(("Content-Type", "text/html; charset=windows-1251"),),
        body=text.encode("windows-1251", errors="xmlcharrefreplace"),
    )


def is_made_up(path: str) -> bool:
    """Say whether a path looks like a random name with which a client looks for soft 404s.

    A word of ten or more letters and digits mixed, or one of twelve or more that is nearly without
    vowels, is no word of any slug.
    """
    last = path.rstrip("/").rpartition("/")[2].lower()
    return any(_is_random(word) for word in _WORDS.findall(last))


def _is_random(word: str) -> bool:
    if len(word) < 10 or word.isdecimal():
        return False
    if any(letter.isdigit() for letter in word):
        return True
    return len(word) >= 12 and len(_VOWELS.findall(word)) * 5 < len(word)
