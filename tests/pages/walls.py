"""Pages that stand before the page that was cited."""

from __future__ import annotations

from archive.words import Outcome
from tests.pages.made import EN, LONG, RU, bad, page
from tests.pages.shell import article, login_box, notice, shell

_MEMBERS = (
    "<h1>Вход на сайт</h1><form action='/login'><input name=u><input type=password name=p>"
    "<button>Войти</button></form>"
)


WALLS = (
    bad(
        Outcome.LOGIN_WALL,
        "a login page in Russian",
        shell("Вход на сайт | Степной вестник", _MEMBERS),
        "login-form",
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a login page in Kazakh",
        shell(
            "Жүйеге кіру",
            "<h1>Жүйеге кіру</h1><form><input type='password'></form>"
            "<p>Материалды оқу үшін жүйеге кіріңіз немесе тіркеліңіз.</p>",
            lang="kk",
        ),
        "login-form",
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a login page in English",
        shell(
            "Log in to continue | Herald",
            "<h1>Log in</h1><form><input TYPE='Password'></form><p>You must be a member to read on.</p>",
            lang="en",
        ),
        "login-form",
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a login page that names itself only in its heading",
        shell("Степной вестник", _MEMBERS),
        "login-form",
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a password field and nothing to read",
        shell("Herald", "<form><input type=password></form>", lang="en"),
        "login-form",
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a login page with conditions of use",
        shell(
            "Sign in - Herald",
            "<h1>Welcome back</h1><form><input type=password></form>"
            + "".join(f"<p>{each}</p>" for each in EN * 5),
            lang="en",
        ),
        "login-name",
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a password field beside two sentences",
        shell("Степной вестник", article("Новости", *RU), aside=login_box()),
        "login-doubt",
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a redirect to a login page",
        page("Добро пожаловать", *LONG),
        "login-address",
        final_url="https://news.example.kz/login?next=/2021/12/07/akimat-otvet",
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a redirect to a sign-in page of accounts",
        page("Herald", *LONG),
        "login-address",
        final_url="https://id.example.kz/users/sign_in.php",
    ),
    bad(Outcome.LOGIN_WALL, "status 401", page("Herald", *LONG), "status-401", exchange={"status": 401}),
    bad(
        Outcome.CONSENT_WALL,
        "a redirect to a consent host",
        page("Before you continue", *LONG),
        "consent-address",
        final_url="https://consent.example.com/m?continue=https://news.example.kz/",
    ),
    bad(
        Outcome.PAYWALL,
        "a teaser that says it is not free",
        shell(
            "The city answers",
            article("The city answers", EN[0]),
            lang="en",
            head='<script type="application/ld+json">{"isAccessibleForFree":"False"}</script>',
        ),
        "paywall",
    ),
    bad(Outcome.PAYWALL, "status 402", page("Herald", *LONG), "status-402", exchange={"status": 402}),
    bad(
        Outcome.CHALLENGE,
        "a challenge that its header names",
        page("Herald", *LONG),
        "challenge-header",
        fields=("Content-Type: text/html", "CF-Mitigated: challenge"),
    ),
    bad(
        Outcome.CHALLENGE,
        "a Cloudflare interstitial with status 403",
        notice(
            "Just a moment...",
            "<h1>news.example.kz</h1><p>Checking that you are human. This may take a few seconds.</p>",
            head="<script>window._cf_chl_opt={cvId:'3'}</script>",
        ),
        "challenge-markup",
        exchange={"status": 403},
    ),
    bad(
        Outcome.CHALLENGE,
        "a DDoS-Guard interstitial with status 200",
        notice(
            "DDoS-Guard",
            "<p>Checking your browser before accessing the site.</p>"
            "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>",
        ),
        "challenge-markup",
    ),
    bad(
        Outcome.CHALLENGE,
        "a captcha in Russian",
        notice("Вы не робот?", "<h1>Подтвердите, что запросы отправляли вы, а не робот</h1>"),
        "challenge-title",
    ),
    bad(
        Outcome.CHALLENGE,
        "an access page that names no reason",
        notice(
            "Access Denied",
            "<h1>Access Denied</h1><p>You don't have permission to access this. Reference #18.2d</p>",
            lang="en",
        ),
        "challenge-title",
    ),
    bad(
        Outcome.NETWORK_BLOCKED,
        "a block page in Russian",
        notice(
            "Внимание",
            "<h1>Уважаемый пользователь!</h1>"
            "<p>Доступ к запрашиваемому ресурсу ограничен по решению уполномоченного органа.</p>",
        ),
        "block-page",
    ),
    bad(
        Outcome.NETWORK_BLOCKED,
        "a block page in Kazakh",
        notice(
            "Назар аударыңыз",
            "<p>Құрметті пайдаланушы! "
            "Осы интернет-ресурсқа қолжетімділік уәкілетті органның шешімімен шектелген.</p>",
            lang="kk",
        ),
        "block-page",
    ),
    bad(
        Outcome.NETWORK_BLOCKED,
        "a block page in English",
        notice("Notice", "<p>This website has been blocked by order of the court.</p>", lang="en"),
        "block-page",
    ),
    bad(Outcome.GEO_BLOCKED, "status 451", page("Herald", *LONG), "status-451", exchange={"status": 451}),
    bad(
        Outcome.GEO_BLOCKED,
        "a notice that it is not shown in this country",
        notice(
            "Sorry",
            "<p>Our site is not available in your region for legal reasons. Please come back later.</p>",
            lang="en",
        ),
        "not-in-your-country",
    ),
)
