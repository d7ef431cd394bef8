"""A news room with a content management system of its own, in the manner of rus.azattyq.org."""

from __future__ import annotations

from typing import Any

from crawler.rehearsal.addresses import bare_host, digest_of, news_id
from crawler.rehearsal.answer import Answer, Framing, Reply, Request, html_answer, redirect
from crawler.rehearsal.render import render_story
from crawler.rehearsal.story import Story, story_at


def newsroom_page(request: Request) -> Reply:
    """Answer ``/a/<id>.html`` and ``/a/<slug>/<id>.html``; everything else here, ``.htm`` too, is a 404."""
    if request.scheme == "http":
        return redirect(f"https://{request.host}{request.target}")
    number = news_id(request.path)
    if number is None:
        return missing_page(request)
    url = f"https://{request.host}{request.path}"
    story = story_at(url)
    text = render_story(
        "newsroom.html",
        url,
        story,
        number=number,
        linked_data=linked_data(url, story, bare_host(request.host)),
    )
    cookies = (
        ("Set-Cookie", f"visit={digest_of(url) % 10**9}; Path=/; Secure; HttpOnly"),
        ("Set-Cookie", "region=kz; Path=/; Max-Age=86400"),
    )
    return Answer(
        headers=(
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "public, max-age=60"),
            *cookies,
        ),
        body=text.encode(),
        gzip=True,
        framing=Framing.CHUNKED,
    )


def missing_page(request: Request) -> Answer:
    """Answer an honest 404 in the dress of the site."""
    url = f"https://{request.host}/"
    return html_answer(render_story("missing.html", url, story_at(url)), status=404)


def linked_data(url: str, story: Story, site: str, *, free: bool = True) -> dict[str, Any]:
    """Describe an article as JSON-LD (schema.org/NewsArticle)."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": story.title,
        "description": story.summary,
        "inLanguage": story.language,
        "datePublished": story.published.isoformat(),
        "dateModified": story.published.isoformat(),
        "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "NewsMediaOrganization", "name": site},
        "isAccessibleForFree": free,
    }
