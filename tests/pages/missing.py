"""Answers in place of a page that is not there."""

from __future__ import annotations

from archive.words import Outcome
from tests.pages.made import EN, LONG, bad, page
from tests.pages.shell import notice, shell

MISSING = (
    bad(
        Outcome.GONE,
        "status 404 with a long page",
        page("Страница не найдена", *LONG),
        "status-404",
        exchange={"status": 404},
    ),
    bad(Outcome.GONE, "status 410", page("Gone", *EN), "status-410", exchange={"status": 410}),
    bad(
        Outcome.GONE,
        "a parked domain",
        notice("news.example.kz", "<p>The owner of this name has left.</p><p>Buy this domain</p>", lang="en"),
        "parked",
    ),
    bad(
        Outcome.GONE,
        "a domain with a parking service's script",
        notice(
            "news.example.kz",
            "<p>Related searches: hotel, credit, insurance, flights and more</p><script src='https://www.sedoparking.com/x.js'></script>",
        ),
        "parked",
    ),
    bad(
        Outcome.SOFT_404,
        "a page not found in Russian",
        page(
            "Страница не найдена", "Возможно, она была удалена или вы ошиблись в адресе. Начните с главной."
        ),
        "not-found-name",
    ),
    bad(
        Outcome.SOFT_404,
        "a page not found in Kazakh",
        page(
            "Бет табылмады",
            "Мүмкін, ол өшірілген немесе мекенжай қате терілген. Басты беттен бастаңыз.",
            lang="kk",
        ),
        "not-found-name",
    ),
    bad(
        Outcome.SOFT_404,
        "a page not found in English",
        page(
            "404 - Not Found",
            "It may have moved, or it may never have been here at all. Try our search.",
            lang="en",
        ),
        "not-found-name",
    ),
    bad(
        Outcome.SOFT_404,
        "an error 404 in its heading alone",
        shell("Степной вестник", "<h1>Ошибка 404</h1><p>Начните с главной страницы.</p>"),
        "not-found-name",
    ),
    bad(
        Outcome.SOFT_404,
        "a missing page that says so only in its text",
        page(
            "Степной вестник",
            "К сожалению, запрашиваемая вами страница удалена или переехала на другой адрес.",
        ),
        "not-found-phrase",
    ),
    bad(
        Outcome.SOFT_404,
        "a missing page that says so only in its Kazakh text",
        page(
            "Дала хабаршысы",
            "Өкінішке қарай, сіз іздеген бет біздің сайтта жоқ немесе басқа мекенжайға көшкен.",
            lang="kk",
        ),
        "not-found-phrase",
    ),
    bad(
        Outcome.SOFT_404,
        "a missing page that says so only in its English text",
        page(
            "Herald",
            "We are sorry, but the article you are looking for has been removed by its author.",
            lang="en",
        ),
        "not-found-phrase",
    ),
    bad(
        Outcome.SOFT_404,
        "a redirect to an address for what is missing",
        page("Herald", *LONG),
        "not-found-address",
        final_url="https://news.example.kz/404.html",
    ),
    bad(
        Outcome.REDIRECTED_HOME,
        "a redirect to the front page",
        page("Главные новости", *LONG),
        "redirected-home",
        final_url="https://news.example.kz/",
    ),
    bad(
        Outcome.REDIRECTED_HOME,
        "a redirect to the front page in a language",
        page("Главные новости", *LONG),
        "redirected-home",
        final_url="https://news.example.kz/ru/",
    ),
    bad(
        Outcome.REDIRECTED_HOME,
        "a front page dressed with a query",
        page("Главные новости", *LONG),
        "redirected-home",
        final_url="https://news.example.kz/?lang=ru&from=404",
    ),
    bad(
        Outcome.EMPTY,
        "an application that needs a browser",
        notice(
            "Степной вестник",
            "<div id='app'></div>"
            "<noscript>Включите JavaScript, чтобы читать эту страницу, пожалуйста.</noscript>"
            "<script src='/app.js'></script>",
        ),
        "empty",
    ),
    bad(Outcome.EMPTY, "an answer without content", b"", "empty-body"),
    bad(
        Outcome.EMPTY,
        "a document without content",
        b"",
        "empty-body",
        fields=("Content-Type: application/pdf",),
    ),
)
