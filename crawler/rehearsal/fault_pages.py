"""How the faulty pages of the rehearsal web are made; `crawler.rehearsal.faults` says where they stand."""

from __future__ import annotations

import json
from urllib.parse import quote

from crawler.rehearsal.addresses import bare_host, digest_of
from crawler.rehearsal.answer import (
    FOREVER,
    HTML,
    Answer,
    Close,
    Pause,
    Raw,
    Reply,
    Request,
    Reset,
    Send,
    Step,
    html_answer,
    redirect,
)
from crawler.rehearsal.newsroom import linked_data
from crawler.rehearsal.render import render, render_story
from crawler.rehearsal.story import story_at
from crawler.rehearsal.wire import chunked
from crawler.rehearsal.wordpress import article_page

RETRY_AFTER = 120
"""Seconds that the overloaded hosts ask for."""
SLOW_RATE = 8_192
"""Bytes a second of the slow page: an article takes about one and a half seconds."""
CONSENT_HOST = "consent.portal.example"


def status_page(request: Request) -> Reply:
    """Answer ``/status/<code>`` with that status, with a Retry-After where one is usual."""
    return _status(int(request.path.rpartition("/")[2]))


def robots_overloaded(_: Request) -> Reply:
    """Answer robots.txt with status 503, which RFC 9309, section 2.3.1.4, reads as "disallow all"."""
    return _status(503)


def chain(request: Request) -> Reply:
    """Send from ``/chain/1`` over ``/chain/2`` and ``/chain/3`` to an article, with three statuses."""
    step = int(request.path.rpartition("/")[2])
    if step < 3:
        return redirect(f"/chain/{step + 1}", (301, 302)[step - 1])
    return redirect("https://www.moved.example/konec-dlinnoj-dorogi/", 308)


def to_home(request: Request) -> Reply:
    """Send a deep link to the front page, as a site does that has thrown its old articles away."""
    return redirect(f"https://{request.host}/", 302)


def loop(request: Request) -> Reply:
    """Send ``/loop/a`` to ``/loop/b`` and back, without an end."""
    return redirect("/loop/b" if request.path == "/loop/a" else "/loop/a", 302)


def short_link(_: Request) -> Reply:
    """Send to an article of another host."""
    return redirect("https://orda.kz/pikaterov-otpustili-vecherom-bez-protokola/")


def soft_404(request: Request) -> Reply:
    """Say "page not found" with status 200."""
    url = f"https://{request.host}/"
    return html_answer(render_story("missing.html", url, story_at(url)))


def login_wall(request: Request) -> Reply:
    """Ask for a password with status 200, at the address of the article."""
    return html_answer(render("wall.html", site=bare_host(request.host)))


def to_consent(request: Request) -> Reply:
    """Send to the consent page of a host that does nothing else."""
    return redirect(f"https://{CONSENT_HOST}/?continue={quote(request.url, safe='')}", 302)


def consent(request: Request) -> Reply:
    """Ask for consent before anything is shown."""
    return html_answer(render("consent.html", next=request.query.get("continue", "")))


def challenge(request: Request) -> Reply:
    """Answer as a protection service does: status 403 and the header that says so."""
    return html_answer(_challenge_text(request), status=403, headers=(("cf-mitigated", "challenge"),))


def challenge_without_header(request: Request) -> Reply:
    """Show the same page with status 200 and nothing in the header."""
    return html_answer(_challenge_text(request))


def paywall(request: Request) -> Reply:
    """Show the first paragraph, and say in JSON-LD that the rest costs money."""
    story = story_at(request.url)
    data = linked_data(request.url, story, bare_host(request.host), free=False)
    return html_answer(render_story("paywall.html", request.url, story, linked_data=data))


def shell(request: Request) -> Reply:
    """Answer with a page that a script has to fill; ``/api<path>.json`` has the text."""
    if request.path.startswith("/api/"):
        story = story_at(f"https://{request.host}{request.path.removeprefix('/api').removesuffix('.json')}")
        body = json.dumps({"title": story.title, "paragraphs": story.paragraphs}, ensure_ascii=False).encode()
        return Answer(headers=(("Content-Type", "application/json"),), body=body, gzip=True)
    return html_answer(render("shell.html", path=request.path))


def slow(request: Request) -> Reply:
    """Send an article slowly, and start late."""
    page = article_page(request)
    return Answer(headers=page.headers, body=page.body, rate=SLOW_RATE, wait=0.3)


def never(_: Request) -> Reply:
    """Take the request and say nothing."""
    return Raw(steps=(Pause(FOREVER),))


def never_ends(request: Request) -> Reply:
    """Send the head and half of the body, and then nothing."""
    head, body = _head_and_body(request)
    return Raw(steps=(Send(head + body[: len(body) // 2]), Pause(FOREVER)), status=200, body=body)


def reset_before(_: Request) -> Reply:
    """Take the request and reset the connection."""
    return Raw(steps=(Reset(),))


def close_before(_: Request) -> Reply:
    """Take the request and close the connection in order, without a byte."""
    return Raw(steps=(Close(),))


def reset_within(request: Request) -> Reply:
    """Reset the connection in the middle of the body."""
    head, body = _head_and_body(request)
    # a moment between the bytes and the reset, which would otherwise overtake them
    return _spoiled(body, Send(head + body[: len(body) // 2]), Pause(0.2), Reset())


def cut_short(request: Request) -> Reply:
    """Close in order after half of the bytes that Content-Length promises."""
    head, body = _head_and_body(request)
    return _spoiled(body, Send(head + body[: len(body) // 2]), Close())


def cut_chunks(request: Request) -> Reply:
    """Close in order in the middle of a chunked body."""
    head, body = _head_and_body(request, "Transfer-Encoding: chunked")
    return _spoiled(body, Send(head + chunked(body)[: len(body) // 2]), Close())


def length_too_small(request: Request) -> Reply:
    """Send 400 bytes more than Content-Length says."""
    _, body = _head_and_body(request)
    head, _ = _head_and_body(request, f"Content-Length: {len(body) - 400}")
    return _spoiled(body, Send(head + body), Close())


def no_http(_: Request) -> Reply:
    """Answer with something that is not HTTP."""
    return Raw(steps=(Send(b"220 mail.broken.example ESMTP ready\r\n"), Close()))


def _spoiled(body: bytes, *steps: Step) -> Raw:
    return Raw(steps=steps, status=200, body=body)


def _head_and_body(request: Request, framing: str = "") -> tuple[bytes, bytes]:
    body = article_page(request).body
    framing = framing or f"Content-Length: {len(body)}"
    return f"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: {HTML}\r\n{framing}\r\n\r\n".encode(), body


def _challenge_text(request: Request) -> str:
    ray = f"{digest_of(request.url) % 16**16:016x}"
    return render("challenge.html", host=request.host, path=request.path, ray=ray)


def _status(status: int) -> Answer:
    headers = (("Retry-After", str(RETRY_AFTER)),) if status in {429, 503} else ()
    text = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    return html_answer(text, status=status, headers=headers)
