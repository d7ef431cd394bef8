"""The shell around the text of a test page: navigation, footer and scripts, in three languages."""

from __future__ import annotations

_NAVIGATION = {
    "ru": ("Главная", "Новости", "Политика", "Общество", "Экономика", "Видео", "Войти", "Подписаться"),
    "kk": ("Басты бет", "Жаңалықтар", "Саясат", "Қоғам", "Экономика", "Видео", "Кіру", "Жазылу"),
    "en": ("Home", "News", "Politics", "Society", "Economy", "Video", "Log in", "Subscribe"),
}
_FOOTER = {
    "ru": "© 2021 Степной вестник. Перепечатка материалов разрешена только со ссылкой на источник.",
    "kk": "© 2021 Дала хабаршысы. Материалдарды тек сілтеме беріп қана көшіруге рұқсат етіледі.",
    "en": "© 2021 Steppe Herald. Articles may be reprinted only with a link to where they came from.",
}
_LOGIN_BOX = {
    "ru": ("Вход на сайт", "Логин", "Пароль", "Запомнить меня", "Войти", "Забыли пароль?", "Регистрация"),
    "kk": (
        "Сайтқа кіру",
        "Логин",
        "Құпиясөз",
        "Мені есте сақта",
        "Кіру",
        "Құпиясөзді ұмыттыңыз ба?",
        "Тіркелу",
    ),
    "en": ("Sign in", "User name", "Password", "Remember me", "Log in", "Forgot your password?", "Register"),
}


def shell(title: str, main: str, *, lang: str = "ru", head: str = "", aside: str = "") -> str:
    """Put the main part of a page between a head, a navigation, an aside and a footer."""
    links = "".join(
        f'<li><a href="/{number}">{name}</a></li>' for number, name in enumerate(_NAVIGATION[lang])
    )
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="stylesheet" href="/main.css"><style>.menu{{display:flex}}</style>{head}'
        "<script>window.dataLayer=[];function t(){dataLayer.push(arguments)}</script></head>"
        f'<body><nav class="menu"><ul>{links}</ul></nav>{main}{aside}'
        f'<footer><p>{_FOOTER[lang]}</p></footer><script src="/app.js"></script></body></html>'
    )


def notice(title: str, main: str, *, lang: str = "ru", head: str = "") -> str:
    """Make a bare page, as interstitials and block pages are."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{main}</body></html>"
    )


def login_box(lang: str = "ru", heading: str = "h3") -> str:
    """Make the box for members that stands beside everything on many sites."""
    name, user, word, remember, enter, forgot, register = _LOGIN_BOX[lang]
    return (
        f'<aside class="login"><{heading}>{name}</{heading}><form action="/login" method="post">'
        f'<label>{user}<input name="user"></label><label>{word}<input type="password" name="word"></label>'
        f'<label><input type="checkbox"> {remember}</label><button>{enter}</button></form>'
        f'<a href="/forgot">{forgot}</a> <a href="/join">{register}</a></aside>'
    )


def article(headline: str, *paragraphs: str) -> str:
    """Make an article in the plainest markup, which says nowhere that it is one."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f'<div class="content"><h1>{headline}</h1><div class="date">07.12.2021</div>{text}</div>'
