"""Pages that are what was cited; the name of each is the lie that is refused."""

from __future__ import annotations

from tests.pages.made import EN, KK, LONG, LONG_EN, POST, RU, VIDEO, facebook, good, youtube
from tests.pages.shell import article, login_box, shell

GOOD = (
    good("an article", shell("Ответ акимата", article("Ответ акимата", *LONG))),
    good("an article in Kazakh", shell("Әкімдік жауабы", article("Әкімдік жауабы", *KK * 9), lang="kk")),
    good(
        "an article in English", shell("The city answers", article("The city answers", *LONG_EN), lang="en")
    ),
    good("a brief in Russian is not empty", shell("Дело закрыто", article("Дело закрыто", RU[0]))),
    good("a brief in Kazakh is not empty", shell("Іс жабылды", article("Іс жабылды", KK[0]), lang="kk")),
    good(
        "a brief that mentions 404 is not gone",
        shell(
            "Задержаны 404 человека",
            article("Задержаны 404 человека", "По данным МВД, задержаны 404 человека, 17 из них дети."),
        ),
    ),
    good(
        "an article of law with the number 404 is not gone",
        shell("Активиста осудили по статье 404", article("Активиста осудили по статье 404", RU[1])),
    ),
    good(
        "an article about error pages is not gone",
        shell(
            "Why pages die: the history of 404",
            article("Why pages die: the history of 404", *LONG_EN),
            lang="en",
        ),
    ),
    good(
        "a long article that says page not found is not gone",
        shell(
            "The web forgets",
            article("The web forgets", *LONG_EN, "Half of the links now say: page not found."),
            lang="en",
        ),
    ),
    good(
        "a brief on a deleted article is not gone",
        shell(
            "Редакция удалила материал",
            article(
                "Редакция удалила материал",
                "По требованию суда материал удалён с сайта газеты, сообщил редактор.",
            ),
        ),
    ),
    good(
        "an article on how to log in is no login page",
        shell(
            "Как войти в портал eGov без ключа",
            article("Как войти в портал eGov без ключа", *LONG),
            aside=login_box(),
        ),
    ),
    good(
        "an article beside a login box is no login page",
        shell("Ответ акимата", article("Ответ акимата", *LONG), aside=login_box()),
    ),
    good(
        "an article in Kazakh beside a login box is no login page",
        shell("Әкімдік жауабы", article("Әкімдік жауабы", *KK * 8), lang="kk", aside=login_box("kk", "h2")),
    ),
    good(
        "an article in English beside a login box is no login page",
        shell(
            "The city answers", article("The city answers", *LONG_EN), lang="en", aside=login_box("en", "h2")
        ),
    ),
    good(
        "a headline about an entrance is no login page",
        shell(
            "Вход в метро закрыли на ремонт",
            article("Вход в метро закрыли на ремонт", *RU * 3),
            aside=login_box(),
        ),
    ),
    good(
        "a headline about logging in is no login page",
        shell(
            "Facebook users were unable to log in",
            article("Facebook users were unable to log in", *EN * 5),
            lang="en",
            aside=login_box("en"),
        ),
    ),
    good(
        "a brief that is marked as an article beside a login box is no login page",
        shell("Дело закрыто", f"<article>{article('Дело закрыто', *RU)}</article>", aside=login_box()),
    ),
    good(
        "a brief that mentions logging in is no login page",
        shell(
            "Войти нельзя",
            article("Войти нельзя", "Журналистов попросили не входить в зал суда до начала заседания."),
        ),
    ),
    good(
        "a good page with Cloudflare's script is no challenge",
        shell(
            "Ответ акимата",
            article("Ответ акимата", RU[0]),
            head='<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
        ),
    ),
    good(
        "an article that quotes a challenge's markup is no challenge",
        shell(
            "How the wall works",
            article("How the wall works", *LONG_EN, "Look for _cf_chl_opt and captcha-delivery.com."),
            lang="en",
        ),
    ),
    good(
        "a headline that access was denied is no challenge",
        shell(
            "Доступ запрещён: прессу не пустили в суд",
            article("Доступ запрещён: прессу не пустили в суд", *LONG),
        ),
    ),
    good(
        "a brief on a closed courtroom is no challenge",
        shell(
            "Access denied",
            article("Access denied", *EN),
            lang="en",
            aside="<ul>"
            + "<li><a href='/x'>A further piece of news that is on this page</a></li>" * 25
            + "</ul>",
        ),
    ),
    good(
        "a report that a site is blocked is no block page",
        shell(
            "Сайт заблокирован в Казахстане",
            article(
                "Сайт заблокирован в Казахстане",
                "Доступ к сайту ограничен с утра вторника, сообщили читатели.",
            ),
        ),
    ),
    good(
        "a report in Kazakh that a site is blocked is no block page",
        shell(
            "Сайт бұғатталды",
            article(
                "Сайт бұғатталды", "Оқырмандардың айтуынша, сайтқа қолжетімділік таңертеңнен бері шектелген."
            ),
            lang="kk",
        ),
    ),
    good(
        "an article with a link to a parking host is not parked",
        shell(
            "Домен газеты продан",
            article("Домен газеты продан", f'{RU[0]} <a href="https://hugedomains.com/x">объявление</a>'),
        ),
    ),
    good(
        "a free article beside one that is not is no paywall",
        shell(
            "The city answers",
            article("The city answers", *LONG_EN),
            lang="en",
            head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>',
        ),
    ),
    good(
        "a consent banner on a page is no consent wall",
        shell(
            "The city answers",
            article("The city answers", *EN),
            lang="en",
            aside='<div id="cookies"><p>We use cookies.</p><button>Accept all</button></div>',
        ),
    ),
    good(
        "an address that only carries a consent host is no consent wall",
        shell("Ответ", article("Ответ", *RU)),
        final_url="https://news.example.kz/2021/12/07/akimat-otvet?back=https://consent.example.com/",
    ),
    good(
        "a story about a login is no login address",
        shell("Ответ", article("Ответ", *RU)),
        final_url="https://news.example.kz/2021/12/07/login-scandal",
    ),
    good(
        "a redirect to another deep page is no front page",
        shell("Ответ", article("Ответ", *RU)),
        final_url="https://news.example.kz/ru/2021/akimat-otvet.html",
    ),
    good(
        "a redirect to a numbered post is no front page",
        shell("Ответ", article("Ответ", *RU)),
        final_url="https://news.example.kz/?p=31567",
    ),
    good(
        "a page in windows-1251 is read",
        shell("Ответ акимата", article("Ответ акимата", *RU))
        .replace("utf-8", "windows-1251")
        .encode("cp1251"),
        fields=("Content-Type: text/html; charset=windows-1251",),
    ),
    good(
        "a page that only declares its encoding inside is read",
        shell("Ответ", article("Ответ", *RU)).replace("utf-8", "windows-1251").encode("cp1251"),
        fields=("Content-Type: text/html",),
    ),
    good(
        "a page with broken bytes is read",
        shell("Ответ", article("Ответ", *RU)).encode().replace(b"<footer>", b"<footer>\xff\xfe"),
    ),
    good(
        "a document that is no page is kept as it is",
        b"%PDF-1.7 page not found",
        fields=("Content-Type: application/pdf",),
    ),
    good("a post is proved by its id although its text is short", facebook(POST, "Нет воды."), url=POST),
    good(
        "a post is proved although what it shares is gone",
        facebook(POST, "Смотрите.", body="<p>Этот контент сейчас недоступен</p>"),
        url=POST,
    ),
    good("a video is proved by its id and its title", youtube("Qx7_kLm-02z", "Митинг в Уральске"), url=VIDEO),
)
