"""What the test pages are made of: texts in three languages, posts and videos, and the cases themselves."""

from __future__ import annotations

from archive.words import Outcome
from tests.judgelab import Case
from tests.pages.shell import article, notice, shell

RU = (
    "Акимат Уральска ответил на запрос жителей микрорайона, которые третий месяц остаются без горячей воды.",
    "По словам заместителя акима, подрядчик сорвал сроки, и договор с ним расторгли в одностороннем порядке.",
    "Жители говорят, что писали в прокуратуру четыре раза и каждый раз получали один и тот же ответ.",
)
KK = (
    "Орал қаласының әкімдігі үшінші ай ыстық сусыз отырған шағын аудан тұрғындарының сұрағына жауап берді.",
    "Әкім орынбасарының айтуынша, мердігер жұмыс мерзімін бұзған, сондықтан онымен келісімшарт тоқтатылды.",
)
EN = (
    "The city of Oral has answered the people of a district that has had no hot water for three months.",
    "The deputy mayor says that the contractor missed every date and that the contract has been ended.",
)
LONG = RU * 8
LONG_EN = EN * 9
_BAR = "".join(
    f"<a href='/{name}'>{name}</a>"
    for name in (
        "Забыли аккаунт?",
        "Создать аккаунт",
        "Справка",
        "Люди",
        "Страницы",
        "Места",
        "Конфиденциальность",
    )
)
POST = "https://www.facebook.com/groups/steppe.news/posts/4712398765012345/"
VIDEO = "https://www.youtube.com/watch?v=Qx7_kLm-02z"


def facebook(
    wanted: str, text: str, *, body: str = "", head: str = "", title: str = "Степные новости | Facebook"
) -> str:
    """Make a post page as a visitor without an account gets it; `wanted` is the address it names."""
    metas = (
        f'<meta property="og:url" content="{wanted}"><link rel="canonical" href="{wanted}">'
        f'<meta property="og:description" content="{text}">'
    )
    return notice(
        title,
        f'<div id="login_form"><form><input type="password"></form></div>{_BAR}{body}',
        head=metas + head,
    )


def youtube(wanted: str, title: str, head: str = "") -> str:
    """Make a watch page as a plain client gets it; `wanted` is the id it names."""
    metas = (
        f'<meta property="og:url" content="https://www.youtube.com/watch?v={wanted}">'
        f'<meta property="og:title" content="{title}">'
    )
    return notice(
        f"{title} - YouTube", '<div id="player"></div><script>var a = 1;</script>', head=metas + head
    )


def good(name: str, body: str, **more: object) -> Case:
    """Make the case of a page that is what was cited."""
    return Case(name=name, want=Outcome.CAPTURED, body=body, **more)  # type: ignore[arg-type]


def bad(want: Outcome, name: str, body: str | bytes = "", rule: str | None = None, **more: object) -> Case:
    """Make the case of a page that is not what was cited, found by `rule`."""
    return Case(name=name, want=want, body=body, rule=rule, **more)  # type: ignore[arg-type]


def page(title: str, *paragraphs: str, lang: str = "ru") -> str:
    """Make an article with its title as its headline."""
    return shell(title, article(title, *paragraphs), lang=lang)
