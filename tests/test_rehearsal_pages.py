"""What stands on the rehearsal web: pure pages, the same on every machine, shaped like the real ones."""

import csv
import dataclasses
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import trafilatura
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from protego import Protego

from archive.words import Outcome
from crawler.rehearsal import (
    FAULTS,
    Answer,
    Fault,
    Raw,
    boilerplate,
    fault,
    rehearsal_pages,
    request_for,
    story_at,
    unique_word,
)
from crawler.rehearsal.addresses import facebook_post
from crawler.rehearsal.facebook import Standing, standing
from crawler.rehearsal.wordpress import is_made_up

DOCUMENTS = (
    "https://rus.azattyq.org/a/31588245.html",
    "https://rus.azattyq.org/a/kazakhstan-zhanaozen-residents/31611733.html",
    "https://www.azattyq.org/a/31600001.html",
    "https://orda.kz/v-policii-zko-nazvali-zaderzhanija-aktivistov-dostavleniem/",
    "https://acca.media/en/letters-from-a-small-town/",
    "https://kz.media/archives/56423",
    "https://ulysmedia.kz/kz/novosti-mezhdu-strok/",
    "https://vlast.kz/novosti/48101-zhurnalist.html",
    "http://www.adilsoz.kz/news/show/id/3446",
    "https://some.unknown.host/2021/12/14/an-article/",
    "https://www.facebook.com/aisulu.taszhargan/posts/10231785526417301",
    "https://m.facebook.com/story.php?story_fbid=10231785526417301&id=5",
)
PUBLIC, WALLED, GONE = 10231785526417301, 2118540773092216, 4461902257318845


def answer_at(url: str) -> Answer:
    answer = rehearsal_pages(request_for(url))
    assert isinstance(answer, Answer)
    return answer


def header(answer: Answer, name: str) -> str:
    return dict(answer.headers).get(name, "")


def landing(url: str) -> tuple[str, Answer]:
    """Follow redirects to the last page."""
    for _ in range(10):
        answer = answer_at(url)
        if not header(answer, "Location"):
            return url, answer
        url = urljoin(url, header(answer, "Location"))
    raise AssertionError(f"too many redirects to {url}")


def text_of(answer: Answer) -> str:
    charset = header(answer, "Content-Type").partition("charset=")[2] or "utf-8"
    return answer.body.decode(charset)


@pytest.mark.parametrize("url", DOCUMENTS)
def test_the_unique_word_stands_once_and_is_extracted(url: str) -> None:
    """The unique word stands once on its page, in the main text, and what stands around does not get in."""
    page = text_of(answer_at(url))
    text = trafilatura.extract(answer_at(url).body, include_comments=False)
    assert page.count(unique_word(url)) == 1
    assert unique_word(url) in text
    for words in boilerplate(url):
        if "m.facebook" not in url:
            assert words in page
        assert words not in text


@pytest.mark.parametrize("url", DOCUMENTS)
def test_the_main_text_is_whole(url: str) -> None:
    """All paragraphs of the story, 4 to 12 of them, stand on its page."""
    page = html.fromstring(text_of(answer_at(url))).text_content()
    paragraphs = story_at(url).paragraphs
    assert 4 <= len(paragraphs) <= 12
    assert all(paragraph in page for paragraph in paragraphs)


def test_no_two_pages_share_a_unique_word() -> None:
    """Among 2,000 addresses of all kinds no unique word comes twice, nor stands on the next page."""
    urls = [f"https://orda.kz/statya-{number}/" for number in range(1_000)]
    urls += [f"https://rus.azattyq.org/a/{31_000_000 + number}.html" for number in range(1_000)]
    words = [unique_word(url) for url in urls]
    assert len(set(words)) == 2_000
    assert words[0] not in text_of(answer_at(urls[1]))


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "https://rus.azattyq.org/a/31611733.html",
            "https://rus.azattyq.org/a/any-slug/31611733.html#part=1",
        ),
        ("https://orda.kz/slug-odin/", "https://www.orda.kz/slug-odin?fbclid=IwAR0x&utm_source=fb"),
        ("https://tirek.info/?p=17435", landing("https://tirek.info/?p=17435")[0]),
        (
            f"https://www.facebook.com/permalink.php?story_fbid={PUBLIC}&id=1",
            f"https://www.facebook.com/somebody/posts/{PUBLIC}",
            f"https://m.facebook.com/groups/1/permalink/{PUBLIC}/",
            f"https://www.facebook.com/watch/?v={PUBLIC}",
            f"https://www.facebook.com/photo/?fbid={PUBLIC}&set=pcb.1",
        ),
        ("https://youtu.be/TwqXCE1znfQ", "https://www.youtube.com/watch?v=TwqXCE1znfQ&t=5"),
    ],
)
def test_spellings_of_one_document_have_one_word(spellings: tuple[str, ...]) -> None:
    """Every spelling of the address of a document names the same unique word."""
    assert len({unique_word(url) for url in spellings}) == 1


def test_pages_are_the_same_in_every_process() -> None:
    """Another Python process, with other string hashes, makes the very same bytes."""
    code = (
        "import sys, hashlib; from crawler.rehearsal import rehearsal_pages, request_for;"
        "print(*(hashlib.sha256(rehearsal_pages(request_for(u)).body).hexdigest() for u in sys.argv[1:]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", code, *DOCUMENTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == [hashlib.sha256(answer_at(url).body).hexdigest() for url in DOCUMENTS]


def test_htm_is_not_html() -> None:
    """The address cut to .htm is a 404 and the repaired one is a page."""
    assert answer_at("https://rus.azattyq.org/a/31621439.htm").status == 404
    assert answer_at("https://rus.azattyq.org/a/31621439.html").status == 200


def test_an_en_dash_is_not_two_hyphens() -> None:
    """The slug with an en dash is a 404, so that a repair proves itself."""
    assert answer_at("https://rus.azattyq.org/a/a%E2%80%93b/31587975.html").status == 404
    assert answer_at("https://rus.azattyq.org/a/a--b/31587975.html").status == 200


def test_news_articles_describe_themselves() -> None:
    """JSON-LD, og: tags and the visible date say the same of an article."""
    url = "https://rus.azattyq.org/a/31588245.html"
    page = html.fromstring(text_of(answer_at(url)))
    data = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    story = story_at(url)
    assert (data["@type"], data["headline"]) == ("NewsArticle", story.title)
    assert page.xpath("string(//meta[@property='og:title']/@content)") == story.title
    assert data["datePublished"] == page.xpath("string(//time/@datetime)") == story.published.isoformat()
    assert story.published.strftime("%Y-%m") == "2021-12"


def test_the_requisites_of_a_page_are_answered() -> None:
    """Every picture, style sheet, script and font that an article names has the right kind of bytes."""
    url = "https://rus.azattyq.org/a/31588245.html"
    page = html.fromstring(text_of(answer_at(url)))
    names = page.xpath(
        "//img/@src | //script/@src | //link[@rel='stylesheet' or @rel='preload' or @rel='icon']/@href"
    )
    kinds = {header(answer_at(urljoin(url, name)), "Content-Type").partition(";")[0] for name in names}
    assert kinds == {
        "image/png",
        "image/jpeg",
        "image/x-icon",
        "text/css",
        "text/javascript",
        "font/woff2",
    }
    style = text_of(answer_at("https://rus.azattyq.org/static/news.css"))
    for inner in re.findall(r'url\("([^"]+)"\)', style):
        assert answer_at(urljoin("https://rus.azattyq.org/static/news.css", inner)).status == 200


def test_pictures_are_pictures() -> None:
    """A PNG unpacks to its stated size, and two names give two pictures."""
    data = answer_at("https://orda.kz/a.png").body
    width, height = struct.unpack(">II", data[16:24])
    length = int.from_bytes(data[33:37], "big")
    assert len(zlib.decompress(data[41 : 41 + length])) == height * (1 + 3 * width)
    assert data != answer_at("https://orda.kz/b.png").body
    photo = answer_at("https://orda.kz/a.jpg").body
    assert (photo[:2], photo[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    assert photo != answer_at("https://orda.kz/b.jpg").body


def test_a_pdf_finds_its_own_objects() -> None:
    """The cross-reference table of a PDF points at its objects (ISO 32000-1, section 7.5.4)."""
    data = answer_at("https://bureau.kz/files/report-2021.pdf").body
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    places = [int(line[:10]) for line in data[start:].split(b"\n")[3:9]]
    assert [data[place : place + 7] for place in places] == [b"%d 0 obj" % number for number in range(1, 7)]


def test_an_old_site_writes_windows_1251() -> None:
    """The old site states windows-1251 in header and markup, and its bytes are no UTF-8."""
    answer = answer_at("http://www.adilsoz.kz/news/show/id/3446")
    assert "charset=windows-1251" in header(answer, "Content-Type")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")
    assert unique_word("http://www.adilsoz.kz/news/show/id/3446") in answer.body.decode("windows-1251")


def test_kazakh_pages_are_in_kazakh() -> None:
    """The Kazakh news room writes letters that Russian does not have, and says so in lang."""
    page = text_of(answer_at("https://www.azattyq.org/a/31600001.html"))
    assert '<html lang="kk"' in page
    assert set("әғқңөұүі") <= set(page.lower())


def test_wordpress_knows_its_short_addresses() -> None:
    """The short address is a permanent redirect to the permalink, where the article is."""
    answer = answer_at("https://tirek.info/?p=17435")
    assert answer.status == 301
    assert answer_at(header(answer, "Location")).status == 200


def test_wordpress_adds_the_slash() -> None:
    """An address without its last slash is redirected to the one with it."""
    answer = answer_at("https://orda.kz/nurzhan-otvetil-ministru")
    assert (answer.status, header(answer, "Location")) == (301, "https://orda.kz/nurzhan-otvetil-ministru/")


@pytest.mark.parametrize(
    ("url", "to"),
    [
        ("http://rus.azattyq.org/a/31588245.html", "https://rus.azattyq.org/a/31588245.html"),
        ("http://www.facebook.com/a/posts/1?x=2", "https://www.facebook.com/a/posts/1?x=2"),
        ("https://facebook.com/a/posts/1", "https://www.facebook.com/a/posts/1"),
        ("https://youtu.be/TwqXCE1znfQ", "https://www.youtube.com/watch?v=TwqXCE1znfQ"),
        ("http://youtube.com/watch?v=TwqXCE1znfQ", "https://www.youtube.com/watch?v=TwqXCE1znfQ"),
    ],
)
def test_other_doors_lead_to_the_front_door(url: str, to: str) -> None:
    """Plain HTTP, bare and short host names are redirected to the site's own spelling."""
    assert header(answer_at(url), "Location") == to


def test_a_share_link_leads_to_a_post() -> None:
    """A share code, which names no post itself, is redirected to one."""
    to = urlsplit(header(answer_at("https://www.facebook.com/share/p/1AbCdEf/"), "Location"))
    assert facebook_post(to.path, {}) is not None


@pytest.mark.parametrize(
    "url", ["https://www.facebook.com/groups/DalaMonitoring/", "https://www.facebook.com/"]
)
def test_a_facebook_front_names_no_post(url: str) -> None:
    """A group's front page and Facebook's own have no post on them."""
    assert 'data-testid="post_message"' not in text_of(answer_at(url))


@pytest.mark.parametrize(("method", "status"), [("POST", 204), ("DELETE", 405), ("CONNECT", 405)])
def test_other_methods_get_no_page(method: str, status: int) -> None:
    """Only GET and HEAD are answered with a page."""
    request = dataclasses.replace(request_for("https://orda.kz/slug-odin/"), method=method)
    answer = rehearsal_pages(request)
    assert (answer.status, answer.body) == (status, b"")


def test_an_admin_screen_is_behind_a_login() -> None:
    """The address of an editing screen leads to a log-in page, not to the article."""
    url, answer = landing("https://tirek.info/wp-admin/post.php?post=17435&action=edit")
    assert urlsplit(url).path == "/wp-login.php"
    assert '<input type="password"' in text_of(answer)


def test_a_front_page_is_no_document() -> None:
    """A front page has teasers of several documents and no unique word."""
    page = text_of(answer_at("https://bureau.kz/"))
    assert page.count('<section class="teaser">') == 8
    assert unique_word("https://bureau.kz/") not in page


@pytest.mark.parametrize("name", ["k7fq2mzpa3xwr5vt", "saqta-4be1a90c77d2", "qzxvbnmwrtplkjh"])
def test_a_made_up_name_is_not_found(name: str) -> None:
    """A random name, as a tool sends it to look for soft 404s, is an honest 404."""
    assert answer_at(f"https://orda.kz/{name}/").status == 404
    assert answer_at(f"https://rus.azattyq.org/a/{name}").status == 404


@given(
    st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16).filter(
        lambda name: re.search(r"\d", name) and re.search(r"[a-z]", name)
    )
)
def test_tokens_are_made_up(name: str) -> None:
    """Sixteen letters and digits mixed never pass for a slug."""
    assert is_made_up(f"/novosti/{name}")


@pytest.mark.parametrize(
    "slug",
    [
        "kazakhstan-almaty-detention-of-democratic-party-activists",
        "62417-v-taldykorgane-trebovania-zitelej-nazvali-prezdevremennymi.html",
        "aktivistam-sos-taldykol-otkazali-v-provedenii-mitinga",
        "56423",
    ],
)
def test_slugs_are_not_made_up(slug: str) -> None:
    """Transliterated words pass for a slug."""
    assert not is_made_up(f"/novosti/{slug}/")


@pytest.mark.parametrize(
    "shape",
    [
        "https://www.facebook.com/aisulu/posts/{}",
        "https://www.facebook.com/aisulu/posts/some-words/{}/",
        "https://www.facebook.com/groups/DalaMonitoring/posts/{}/",
        "https://www.facebook.com/permalink.php?story_fbid={}&id=5",
        "https://www.facebook.com/photo/?fbid={}",
        "https://www.facebook.com/aisulu/photos/a.1/{}",
        "https://www.facebook.com/watch/?v={}",
        "https://m.facebook.com/story.php?story_fbid={}&id=5",
    ],
)
def test_facebook_shapes(shape: str) -> None:
    """Every shape gives the public post with proof, the wall and the page of what is gone."""
    post = html.fromstring(text_of(answer_at(shape.format(PUBLIC))))
    assert str(PUBLIC) in post.xpath("string(//meta[@property='og:url']/@content)")
    assert str(PUBLIC) in post.xpath("string(//link[@rel='canonical']/@href)")
    assert post.xpath("//*[@data-testid='post_message'] | //*[@class='story_body_container']")
    wall = answer_at(shape.format(WALLED))
    assert wall.status == 302
    assert parse_qs(urlsplit(header(wall, "Location")).query)["next"] == [shape.format(WALLED)]
    gone = text_of(answer_at(shape.format(GONE)))
    assert '"tracePolicy":"comet.error"' in gone
    assert "og:url" not in gone


def test_a_facebook_login_page_looks_like_one() -> None:
    """The log-in page has the title, canonical address and sentence of the real one, with status 200."""
    url, answer = landing(f"https://www.facebook.com/aisulu/posts/{WALLED}")
    page = html.fromstring(text_of(answer))
    assert (answer.status, urlsplit(url).path) == (200, "/login/")
    assert page.xpath("string(//title)") == "Log into Facebook"
    assert page.xpath("string(//link[@rel='canonical']/@href)") == "https://www.facebook.com/login/web/"
    assert "You must log in to continue." in page.text_content()
    assert unique_word(f"https://www.facebook.com/aisulu/posts/{WALLED}") not in text_of(answer)


def test_good_posts_have_a_login_form_too() -> None:
    """A log-in form stands on every good post, so that its presence proves nothing."""
    page = text_of(answer_at(f"https://www.facebook.com/aisulu/posts/{PUBLIC}"))
    assert 'id="login_form"' in page
    assert 'type="password"' in page


def test_og_description_is_cut_before_the_unique_word() -> None:
    """The text in og:description is only the beginning of the post."""
    url = f"https://www.facebook.com/aisulu/posts/{PUBLIC}"
    shown = html.fromstring(text_of(answer_at(url))).xpath(
        "string(//meta[@property='og:description']/@content)"
    )
    assert shown.endswith("…")
    assert unique_word(url) not in shown


def test_the_shares_of_facebook() -> None:
    """A quarter of the posts is walled, about a ninth is gone, and the number alone decides."""
    kinds = []
    for number in range(10**15, 10**15 + 2_800):
        post = facebook_post(f"/somebody/posts/{number}", {})
        assert post is not None
        kinds.append(standing(post))
    assert kinds.count(Standing.LOGIN) == 700
    assert kinds.count(Standing.UNAVAILABLE) == 300


def test_the_embed_shows_user_posts_only() -> None:
    """The plugin shows a walled user post, never a group post, and nothing with a tracking parameter."""
    embed = "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2F{}&locale=en_US"
    user = text_of(answer_at(embed.format(f"aisulu%2Fposts%2F{WALLED}")))
    group = text_of(answer_at(embed.format(f"groups%2F5%2Fposts%2F{PUBLIC}")))
    tracked = text_of(answer_at(embed.format(f"aisulu%2Fposts%2F{PUBLIC}%3Ffbclid%3DIwAR0")))
    assert 'data-testid="post_message"' in user
    assert "no longer available" in group
    assert "no longer available" in tracked


def test_a_watch_page_is_nearly_all_data() -> None:
    """A YouTube page has its text in og: tags and JSON, and next to none that can be read."""
    url = "https://www.youtube.com/watch?v=TwqXCE1znfQ"
    page = html.fromstring(text_of(answer_at(url)))
    assert unique_word(url) in page.xpath("string(//meta[@property='og:description']/@content)")
    for script in page.xpath("//script"):
        script.drop_tree()
    assert len(page.xpath("string(//body)").strip()) < 100
    assert '"videoId": "TwqXCE1znfQ"' in text_of(answer_at(url))


def test_robots() -> None:
    """Most hosts allow, Facebook forbids all, one host has no robots.txt, one host is overloaded."""

    def allowed(url: str) -> bool:
        answer = answer_at(urljoin(url, "/robots.txt"))
        assert answer.status == 200
        return bool(Protego.parse(text_of(answer)).can_fetch(url, "saqta"))

    assert allowed("https://orda.kz/slug/")
    assert not allowed("https://orda.kz/wp-admin/post.php")
    assert not allowed("https://www.facebook.com/aisulu/posts/1")
    assert answer_at("https://kz.media/robots.txt").status == 404
    assert answer_at("https://broken.example/robots.txt").status == 503


def test_every_fault_is_documented() -> None:
    """Faults have names of their own, one sentence each, and trouble in HTTP or in TLS, never both."""
    assert len({known.name for known in FAULTS}) == len(FAULTS)
    for known in FAULTS:
        assert known.shows.endswith(".")
        assert (known.page is None) != (known.tls is None)


@pytest.mark.parametrize("known", [known for known in FAULTS if known.page], ids=lambda known: known.name)
def test_no_fault_shows_its_story_by_mistake(known: Fault) -> None:
    """The unique word of a faulty address is not on its page, unless the page counts as captured."""
    answer = rehearsal_pages(request_for(known.url))
    if known.outcome in {Outcome.CAPTURED, None, Outcome.TRUNCATED} or isinstance(answer, Raw):
        return
    assert unique_word(known.url) not in text_of(answer)


@pytest.mark.parametrize(
    ("name", "status", "sign"),
    [
        ("not_found", 404, b"404"),
        ("overloaded", 503, b"503"),
        ("soft_404", 200, "Страница не найдена".encode()),
        ("login_wall", 200, b'type="password"'),
        ("challenge", 403, b"_cf_chl_opt"),
        ("challenge_markup", 200, b"_cf_chl_opt"),
        ("paywall", 200, b'"isAccessibleForFree": false'),
        ("empty_shell", 200, b'<div id="root"></div>'),
    ],
)
def test_faulty_pages(name: str, status: int, sign: bytes) -> None:
    """Each faulty page has the status and the sign by which such pages are known."""
    answer = answer_at(fault(name).url)
    assert answer.status == status
    assert sign in answer.body


def test_only_one_challenge_says_so_in_its_header() -> None:
    """The header stands on one of the two challenge pages; the other has the markup only."""
    assert header(answer_at(fault("challenge").url), "cf-mitigated") == "challenge"
    assert not header(answer_at(fault("challenge_markup").url), "cf-mitigated")


@pytest.mark.parametrize("name", ["overloaded", "too_many"])
def test_the_overloaded_say_when_to_come_back(name: str) -> None:
    """A 503 and a 429 carry a Retry-After in seconds."""
    assert header(answer_at(fault(name).url), "Retry-After") == "120"


def test_redirects_end_where_the_table_says() -> None:
    """The chain ends at an article, the old deep link at a front page, the short link at another host."""
    assert landing(fault("redirect_chain").url)[0] == "https://www.moved.example/konec-dlinnoj-dorogi/"
    assert landing(fault("redirect_home").url)[0] == "https://moved.example/"
    assert urlsplit(landing(fault("redirect_to_other_host").url)[0]).hostname == "orda.kz"
    assert urlsplit(landing(fault("consent").url)[0]).hostname == "consent.portal.example"
    with pytest.raises(AssertionError, match="too many redirects"):
        landing(fault("redirect_loop").url)


def test_the_empty_shell_fills_itself() -> None:
    """The text of the empty shell stands in the JSON that its script asks for."""
    url = fault("empty_shell").url
    data = json.loads(answer_at("https://app.example/api/post/12.json").body)
    assert tuple(data["paragraphs"]) == story_at(url).paragraphs
    assert 'fetch("/api/post/12.json")' in text_of(answer_at(url))


@given(st.text(max_size=80))
def test_any_path_has_an_answer(path: str) -> None:
    """No path of any kind breaks the pages."""
    for host in ("rus.azattyq.org", "www.facebook.com", "orda.kz", "www.adilsoz.kz"):
        request = request_for(f"https://{host}/")
        odd = type(request)(scheme="https", host=host, target="/" + path)
        assert isinstance(rehearsal_pages(odd), Answer | Raw)


@pytest.mark.skipif("SAQTA_CORPUS" not in os.environ, reason="SAQTA_CORPUS is not set")
def test_the_december_2021_report_is_answered() -> None:
    """Every source of a real report is answered: a repaired address with a page, a cut one with a 404."""
    truth = Path(os.environ["SAQTA_CORPUS"], "reports", "monitoring-2021-12.truth.tsv")
    with truth.open(encoding="utf-8") as lines:
        rows = [
            row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row["url_fetch"]
        ]
    assert len(rows) == 122
    for row in rows:
        url, answer = landing(row["url_fetch"])
        assert answer.status == 200, row["url_fetch"]
        assert urlsplit(url).path in {
            urlsplit(row["url_fetch"]).path,
            "/login/",
            "/wp-login.php",
        } or url.endswith("/")
        if row["printed_url"].endswith(".htm"):
            assert answer_at(row["printed_url"]).status == 404
