"""Pages out of templates, and the words that stand around every text of a site."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler.rehearsal.addresses import FACEBOOK_HOST, YOUTUBE_HOST, bare_host
from crawler.rehearsal.story import Story, story_at, title_at

LABELS = {
    "ru": {
        "subscribe": "Подписаться",
        "sections": "Все рубрики",
        "related": "Читайте также",
        "comments": "Комментарии",
        "search": "Поиск по сайту",
        "rights": "Перепечатка только с разрешения правообладателя",
        "topics": "Политика|Общество|Экономика|Регионы|Спецпроекты",
        "missing": "Страница не найдена",
        "cookies": "Мы используем файлы cookie. Продолжая, вы соглашаетесь с этим",
    },
    "kk": {
        "subscribe": "Жазылу",
        "sections": "Барлық айдар",
        "related": "Тағы оқыңыз",
        "comments": "Пікірлер",
        "search": "Сайттан іздеу",
        "rights": "Көшіріп басуға рұқсат керек",
        "topics": "Саясат|Қоғам|Экономика|Аймақтар|Арнайы жоба",
        "missing": "Бет табылмады",
        "cookies": "Біз cookie файлдарын қолданамыз. Жалғастырсаңыз, келісесіз",
    },
    "en": {
        "subscribe": "Subscribe",
        "sections": "All sections",
        "related": "Read more",
        "comments": "Comments",
        "search": "Search this site",
        "rights": "No part may be reprinted without permission",
        "topics": "Politics|Society|Economy|Regions|Projects",
        "missing": "Page not found",
        "cookies": "We use cookies. By going on you agree to that",
    },
}
_AROUND = ("subscribe", "sections", "related", "rights", "cookies")
_AROUND_ELSEWHERE = {
    FACEBOOK_HOST: ("Log In", "Forgot account?", "Related Pages", "Privacy"),
    YOUTUBE_HOST: ("About", "Press", "Copyright"),
}


def boilerplate(url: str) -> tuple[str, ...]:
    """Give what stands around every document of this site and must not come into an extracted text."""
    host = bare_host(urlsplit(url).hostname or "")
    if host in _AROUND_ELSEWHERE:
        return _AROUND_ELSEWHERE[host]
    labels = LABELS[story_at(url).language]
    return tuple(labels[name] for name in _AROUND)


def render(template: str, **values: Any) -> str:
    """Fill in a template of the package; raises jinja2.UndefinedError where a value is missing."""
    return _environment().get_template(template).render(values)


def render_story(template: str, url: str, story: Story, **values: Any) -> str:
    """Fill in a template for a story at an address: with its labels, its related links, its pictures."""
    host = urlsplit(url).hostname or ""
    labels = LABELS[story.language]
    return render(
        template,
        url=url,
        host=host,
        site=bare_host(host),
        story=story,
        labels=labels,
        topics=labels["topics"].split("|"),
        related=related_links(url),
        **values,
    )


def related_links(url: str) -> list[tuple[str, str]]:
    """Give the address and the title of three other documents of the same site and kind."""
    head, _, tail = url.rstrip("/").rpartition("/")
    ending = ".html" if tail.endswith(".html") else "/"
    stem = tail.removesuffix(".html").partition("?")[0]
    links = []
    for step in (11, 23, 42):
        near = str(int(stem) - step) if stem.isdecimal() else f"{stem}-{step}"
        address = f"{head}/{near}{ending}"
        links.append((address, title_at(address)))
    return links


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("crawler.rehearsal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
