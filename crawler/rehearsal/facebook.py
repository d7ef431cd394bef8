"""Facebook as a visitor without an account meets it: public posts, log-in walls, posts that are gone.

Which of the three stands at a post is decided by its number alone: where it divides by 4, a log-in wall
(a quarter of all); else where it leaves 3 when divided by 7, unavailable (a ninth); else public.
"""

from __future__ import annotations

import json
from enum import StrEnum
from urllib.parse import parse_qsl, quote, urlsplit

from crawler.rehearsal.addresses import FACEBOOK_HOST, Post, bare_host, digest_of, facebook_post
from crawler.rehearsal.answer import Answer, Reply, Request, html_answer, redirect
from crawler.rehearsal.render import render
from crawler.rehearsal.story import story_named

_WWW = "https://www.facebook.com"


class Standing(StrEnum):
    """What a visitor without an account gets to see of a post."""

    PUBLIC = "public"
    LOGIN = "login"
    UNAVAILABLE = "unavailable"


def standing(post: Post) -> Standing:
    """Say what stands at a post."""
    if post.number % 4 == 0:
        return Standing.LOGIN
    return Standing.UNAVAILABLE if post.number % 7 == 3 else Standing.PUBLIC


def facebook_page(request: Request) -> Reply:
    """Answer every shape of a Facebook address."""
    if request.scheme == "http":
        return redirect(f"https://{request.host}{request.target}")
    if request.host == FACEBOOK_HOST:
        return redirect(f"{_WWW}{request.target}")
    path = request.path
    if path.startswith("/login"):
        return _html("facebook_login.html", next=request.query.get("next", f"{_WWW}/"))
    if path.startswith("/plugins/post.php"):
        return _embed(request.query.get("href", ""))
    if path.startswith("/share/"):
        return redirect(_shared(path), 302)
    post = facebook_post(path, request.query)
    if post is None:
        return _front(request)
    return {Standing.LOGIN: _wall, Standing.UNAVAILABLE: _gone, Standing.PUBLIC: _public}[standing(post)](
        request, post
    )


def _wall(request: Request, _: Post) -> Reply:
    return redirect(f"https://{request.host}/login/?next={quote(request.url, safe='')}", 302)


def _gone(_: Request, post: Post) -> Reply:
    if post.number % 2:
        return _html(
            "facebook_unavailable.html",
            language="ru",
            heading="Этот контент сейчас недоступен",
            explanation="Возможно, владелец показал его только избранным или удалил.",
        )
    return _html(
        "facebook_unavailable.html",
        language="en",
        heading="This content isn't available right now",
        explanation="The owner may have shared it with a small group of people or deleted it.",
    )


def _public(request: Request, post: Post) -> Reply:
    story = story_named(f"{FACEBOOK_HOST}:{post.number}")
    context = {"publish_time": int(story.published.timestamp()), "story_fbid": [str(post.number)]}
    template = "facebook_post.html" if request.host.startswith("www.") else "facebook_mobile.html"
    owner = story.author if post.owner.isdecimal() or post.kind != "group_post" else _title(post.owner)
    return _html(template, post=post, story=story, owner=owner, ft=json.dumps({"post_context": context}))


def _embed(href: str) -> Reply:
    parts = urlsplit(href)
    query = dict(parse_qsl(parts.query))
    post = facebook_post(parts.path, query) if bare_host(parts.hostname or "") == FACEBOOK_HOST else None
    clean = set(query) <= {"story_fbid", "id", "fbid", "v"}
    # group posts are never embedded, and a tracking parameter makes every post "no longer available"
    shown = (
        post is not None
        and clean
        and post.kind != "group_post"
        and standing(post) is not Standing.UNAVAILABLE
    )
    story = story_named(f"{FACEBOOK_HOST}:{post.number}") if post is not None and shown else None
    return _html("facebook_embed.html", post=post, story=story)


def _shared(path: str) -> str:
    number = digest_of(path.rstrip("/")) % 10**15
    return f"{_WWW}/aisulu.taszhargan/posts/{number}"


def _front(request: Request) -> Reply:
    name = request.path.strip("/").rpartition("/")[2]
    if not name:
        return _html("facebook_login.html", next=f"{_WWW}/")
    return _html("facebook_group.html", owner=_title(name), url=f"{_WWW}{request.path}")


def _title(name: str) -> str:
    return name.replace(".", " ").replace("-", " ").title()


def _html(template: str, **values: object) -> Answer:
    headers = (
        (
            "Set-Cookie",
            f"datr={digest_of(template) % 10**12}; Path=/; Domain=.facebook.com; Secure; HttpOnly",
        ),
        ("Cache-Control", "private, no-cache, no-store, must-revalidate"),
        ("X-Frame-Options", "DENY"),
    )
    return html_answer(render(template, **values), headers=headers)
