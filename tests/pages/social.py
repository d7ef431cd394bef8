"""Posts and videos that are not proved to be the ones that were cited."""

from __future__ import annotations

from archive.words import Outcome
from tests.pages.made import POST, RU, VIDEO, bad, facebook, youtube
from tests.pages.shell import notice

SOCIAL = (
    bad(
        Outcome.NEEDS_REVIEW,
        "a post page that names another post's id",
        facebook("https://www.facebook.com/groups/steppe.news/posts/4712398765099999/", "Нет воды."),
        "facebook-no-proof",
        url=POST,
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "an id that is only part of a longer id",
        facebook("https://www.facebook.com/groups/steppe.news/posts/94712398765012345/", "Нет воды."),
        "facebook-no-proof",
        url=POST,
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a photo that belongs to the wanted post",
        facebook(
            "https://www.facebook.com/steppe.news/photos/pcb.4712398765012345/4712398765000001/", "Нет воды."
        ),
        "facebook-no-proof",
        url=POST,
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "an id that stands only in the text of another page",
        facebook("https://www.facebook.com/steppe.news", "См. 4712398765012345"),
        "facebook-no-proof",
        url=POST,
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a post page without the text of the post",
        facebook(
            POST,
            " ",
            body="<p>Комментариев пока нет, но вы можете написать первый из них прямо сейчас.</p>" * 9,
        ),
        "facebook-no-proof",
        url=POST,
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a post that comes as something other than a page",
        b'{"id": "4712398765012345"}',
        "facebook-no-proof",
        url=POST,
        fields=("Content-Type: application/json",),
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a login page that carries the wanted id in its own address",
        facebook(
            "https://www.facebook.com/login/?next=https://www.facebook.com/groups/steppe.news/posts/4712398765012345/",
            "Log into Facebook to start sharing.",
            title="Log into Facebook",
        ),
        url=POST,
    ),
    bad(
        Outcome.LOGIN_WALL,
        "Facebook's login page in Russian",
        notice("Войдите на Facebook", "<form><input type=password></form>"),
        "facebook-login-title",
        url=POST,
    ),
    bad(
        Outcome.LOGIN_WALL,
        "Facebook's checkpoint",
        facebook(POST, "Нет воды."),
        "facebook-login-path",
        url=POST,
        final_url="https://www.facebook.com/checkpoint/?next=x",
    ),
    bad(
        Outcome.UNAVAILABLE,
        "Facebook's error page",
        notice("Facebook", '<div></div><script>{"tracePolicy":"comet.error","rootView":{}}</script>'),
        "facebook-error-page",
        url=POST,
    ),
    bad(
        Outcome.UNAVAILABLE,
        "Facebook's notice that a post cannot be seen",
        notice(
            "Facebook",
            "<h2>Этот контент сейчас недоступен</h2>"
            "<p>Обычно это значит, что владелец показал его узкому кругу людей.</p>",
        ),
        "facebook-no-longer-available",
        url=POST,
    ),
    bad(
        Outcome.UNAVAILABLE,
        "an embed of a post that is gone",
        notice(
            "Facebook",
            "<p>This Facebook post is no longer available. It may have been removed.</p>",
            lang="en",
        ),
        "facebook-no-longer-available",
        url=POST,
    ),
    bad(
        Outcome.EMPTY,
        "a post page that only scripts would fill",
        notice("Facebook", "<div id=mount></div>"),
        "empty",
        url=POST,
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a citation of a group's front page",
        facebook(
            "https://www.facebook.com/groups/steppe.news/", "Новости степи.", body="<p>" + RU[0] * 9 + "</p>"
        ),
        "no-document",
        url="https://www.facebook.com/groups/steppe.news/",
    ),
    bad(
        Outcome.NEEDS_REVIEW,
        "a video page that names another video",
        youtube("Ax7_kLm-02z", "Митинг").replace("<div id=", "<p>" + RU[0] + "</p><div id="),
        "youtube-no-proof",
        url=VIDEO,
    ),
    bad(
        Outcome.UNAVAILABLE,
        "a video that was taken down",
        youtube(
            "Qx7_kLm-02z",
            "Митинг",
            '<script>var r = {"playabilityStatus":{"status":"ERROR","reason":"Video unavailable"}};</script>',
        ),
        "youtube-not-playable",
        url=VIDEO,
    ),
    bad(
        Outcome.LOGIN_WALL,
        "a video that asks for the reader's age",
        youtube(
            "Qx7_kLm-02z",
            "Митинг",
            '<script>var r = {"playabilityStatus":{"status":"LOGIN_REQUIRED"}};</script>',
        ),
        "youtube-login-required",
        url=VIDEO,
    ),
)
