"""Text is taken out of the bytes that were kept, in processes that a page may kill without harm."""

from __future__ import annotations

import gzip
import hashlib
import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from archive.errors import SaqtaError
from archive.folder import Folder
from archive.settings import Extract
from archive.site import Selectors
from archive.text.extract import extract, settings_sha256
from archive.text.model import PageText, TextTask
from archive.text.pool import ExtractionError, ExtractionPool
from archive.warc.members import inventory
from crawler.rehearsal import Answer, boilerplate, rehearsal_pages, request_for, story_at, unique_word
from tests.evidence import URL, a_capture, a_job, an_answer, an_exchange, in_chunks

LONG = " ".join(["Слово было сказано на площади, и его услышали многие люди из соседних домов."] * 4)
HEAD = "<html lang='ru-RU'><head><title>Заголовок</title></head>"
PAGE = f"{HEAD}<body><article><p>{LONG}</p></article></body></html>"

DOCUMENTS = (
    "https://rus.azattyq.org/a/31588245.html",
    "https://orda.kz/v-policii-zko-nazvali-zaderzhanija-aktivistov-dostavleniem/",
    "https://acca.media/en/letters-from-a-small-town/",
    "https://some.unknown.host/2021/12/14/an-article/",
)


def a_task(folder: Folder, answer: bytes, url: str = URL, number: int = 0, **changes) -> TextTask:
    """Keep an answer in a capture and make the task that reads it."""
    sealed = a_capture(folder, an_exchange(answer, url), number=number, job=a_job(url, number))
    found = inventory(sealed.path)
    offset, _ = found.offsets[found.closing.exchanges[-1].response_record]
    fields = {
        "capture": found.closing.capture,
        "warc": str(sealed.path),
        "offset": offset,
        "url": url,
        "selectors": Selectors(),
        "max_decoded_bytes": 1 << 22,
    }
    return TextTask(**fields | changes)


def read(tmp_path: Path, answer: bytes, **changes) -> PageText:
    return extract(a_task(Folder(tmp_path), answer, **changes))


def page_at(url: str) -> Answer:
    answer = rehearsal_pages(request_for(url))
    assert isinstance(answer, Answer)
    return answer


# What is read


@pytest.mark.parametrize("url", DOCUMENTS)
def test_the_text_of_a_page_and_nothing_around_it(tmp_path, url):
    """The word that stands only in the text is found; menus, rights and readers' comments are not."""
    page = page_at(url)
    fields = [f"{name}: {value}" for name, value in page.headers]
    found = read(tmp_path, an_answer(page.body, *fields, html=False), url=url)
    assert unique_word(url) in found.text
    for words in (*boilerplate(url), *story_at(url).comments):
        assert words not in found.text
    assert found.language == story_at(url).language
    assert story_at(url).title in (found.title or "")
    assert found.text_sha256 == hashlib.sha256(found.text.encode()).hexdigest()


def test_the_text_of_a_real_page_in_every_wrapping(tmp_path):
    """Chunks and compression change nothing of the text."""
    body = PAGE.encode()
    plain = read(tmp_path / "0", an_answer(body))
    wrapped = {
        "gzip": an_answer(gzip.compress(body), "Content-Encoding: gzip"),
        "chunks": an_answer(in_chunks([body[:100], body[100:]]), "Transfer-Encoding: chunked"),
        "both": an_answer(
            in_chunks([gzip.compress(body)]), "Transfer-Encoding: chunked", "Content-Encoding: gzip"
        ),
    }
    assert LONG in plain.text
    for name, answer in wrapped.items():
        assert read(tmp_path / name, answer) == plain


@pytest.mark.parametrize(
    ("charset", "field", "meta"),
    [
        ("windows-1251", "; charset=windows-1251", ""),
        ("windows-1251", "", "<meta charset='windows-1251'>"),
        ("windows-1251", "; charset=windows-1251", "<meta charset='utf-8'>"),
        ("koi8-r", "; charset=KOI8-R", ""),
        ("utf-8-sig", "; charset=windows-1251", ""),
        ("utf-16", "", ""),
        ("utf-8", "", ""),
        ("utf-8", "; charset=nonsense", ""),
    ],
)
def test_the_text_is_decoded_as_browsers_do(tmp_path, charset, field, meta):
    """A byte order mark is first, then the header's charset, then the page's own, then UTF-8."""
    page = PAGE.replace("<head>", f"<head>{meta}").encode(charset)
    found = read(tmp_path, an_answer(page, f"Content-Type: text/html{field}", html=False))
    assert LONG in found.text
    assert found.title == "Заголовок"


def test_plain_text_is_its_own_text(tmp_path):
    """A text file is taken as it is, decoded, without a title."""
    body = "Первая строка\n<p>не разметка</p>\n".encode("cp1251")
    found = read(tmp_path, an_answer(body, "Content-Type: text/plain; charset=cp1251", html=False))
    assert found.text == "Первая строка\n<p>не разметка</p>\n"
    assert (found.title, found.author, found.published_at, found.language) == (None, None, None, None)


@pytest.mark.parametrize(
    "answer",
    [
        an_answer(b"\xff\xd8\xff\xe0" + bytes(1_000), "Content-Type: image/jpeg", html=False),
        an_answer(PAGE.encode(), "Content-Type: application/pdf", html=False),
        an_answer(b""),
        an_answer(b"", html=False),
        an_answer(bytes(1_000)),
        b"HTTP/1.1 200 OK\r\nContent-Ty",
        b"SSH-2.0\r\n\r\n" + PAGE.encode(),
        an_answer(PAGE.encode(), "Content-Encoding: br"),
    ],
    ids=["image", "pdf", "empty", "no type", "nul", "head cut off", "no http", "unknown coding"],
)
def test_what_is_no_text_has_an_empty_text(tmp_path, answer):
    """Nothing is made up where there is no text: it is empty, and what is not known stays None."""
    found = read(tmp_path, answer)
    assert (found.text, found.text_sha256) == ("", hashlib.sha256(b"").hexdigest())
    assert (found.title, found.author, found.published_at, found.language) == (None, None, None, None)


def test_a_type_that_was_not_sent_is_a_page(tmp_path):
    """Browsers show a page without a Content-Type; so does the text."""
    assert LONG in read(tmp_path, an_answer(PAGE.encode(), html=False)).text


def test_a_page_cut_off_gives_what_there_is(tmp_path):
    """What unpacked before the damage is still text."""
    body = PAGE.replace("</article>", "</article>" + "<!-- padding -->" * 20_000).encode()
    packed = gzip.compress(body, 0)
    assert LONG in read(tmp_path / "cut", an_answer(packed[:100_000], "Content-Encoding: gzip")).text
    damaged = packed[:100_000] + b"\x00" * 10 + packed[100_010:]
    assert LONG in read(tmp_path / "damaged", an_answer(damaged, "Content-Encoding: gzip")).text


def test_a_page_over_the_limit_gives_what_fits(tmp_path):
    """A decompression bomb is read up to the limit."""
    body = gzip.compress(PAGE.encode() + b" " * (8 << 20))
    answer = an_answer(body, "Content-Encoding: gzip")
    assert LONG in read(tmp_path, answer, max_decoded_bytes=100_000).text


def test_what_a_page_does_not_say_stays_none(tmp_path):
    """No title, author, date or language is invented."""
    page = f"<html><body><article><p>{LONG}</p></article></body></html>"
    found = read(tmp_path, an_answer(page.encode()))
    assert found.text == LONG
    assert (found.title, found.author, found.published_at, found.language) == (None, None, None, None)


@pytest.mark.parametrize(
    ("lang", "language"),
    [
        ("ru", "ru"),
        ("KK-KZ", "kk"),
        (" en ", "en"),
        ("", None),
        ("1", None),
        ("x", None),
        ("russian", None),
        ("kaz", "kaz"),
        ("ru_RU", "ru"),
    ],
)
def test_the_language_is_what_the_page_declares(tmp_path, lang, language):
    """Two letters of the declared language, and none where there is none."""
    page = f"<html lang='{lang}'><body><p>{LONG}</p></body></html>"
    assert read(tmp_path, an_answer(page.encode())).language == language


# Selectors


def test_selectors_are_believed_before_the_guess(tmp_path):
    """What a site declares is taken, the first that finds any; elements and attributes alike."""
    page = f"""<html><head><title>Guess</title></head><body><article><p>{LONG}</p></article>
        <div class='none'> </div><div class='t'>One
        line</div><div class='t'>Two</div>
        <b data-when='2021-12-14' data-who=' A.  O. '>Head</b></body></html>"""
    selectors = Selectors(
        text=("//nothing", "//div[@class='none']", "//div[@class='t']"),
        title=("//b",),
        author=("//b/@data-who",),
        published=("//b/@data-when",),
    )
    found = read(tmp_path, an_answer(page.encode()), selectors=selectors)
    assert found.text == "One line\nTwo"
    assert (found.title, found.author, found.published_at) == ("Head", "A. O.", "2021-12-14")
    assert found.settings_sha256 == settings_sha256(selectors) != settings_sha256(Selectors())


def test_selectors_that_find_nothing_leave_the_guess(tmp_path):
    """A site that changed its pages does not lose its text."""
    selectors = Selectors(text=("//nothing",), title=("//nothing",))
    found = read(tmp_path, an_answer(PAGE.encode()), selectors=selectors)
    assert found.text == LONG
    assert found.title == "Заголовок"


def test_a_false_selector_is_an_error(tmp_path):
    """A mistake in a site's declaration is not taken for a page without text."""
    with pytest.raises(etree.XPathError):
        read(tmp_path, an_answer(PAGE.encode()), selectors=Selectors(text=("//[",)))


# The processes


def children() -> set[int]:
    """Give the processes that this one has started and that still exist."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir() or not hasattr(os, "pidfd_open"), reason="needs Linux"
)


@pytest.fixture
def pool() -> Iterator[ExtractionPool]:
    """Start a pool of one process."""
    with ExtractionPool(Extract(timeout=30.0)) as pool:
        yield pool


def hanging(task: TextTask) -> tuple[TextTask, Path]:
    """Make a task that hangs: its file is a named pipe into which nobody writes."""
    pipe = Path(task.warc).with_name("pipe")
    os.mkfifo(pipe)
    return TextTask(
        **{name: getattr(task, name) for name in task.__struct_fields__} | {"warc": str(pipe)}
    ), pipe


def wait_until_read(pipe: Path) -> int:
    """Wait until a process has opened the pipe; gives its other end, which keeps it waiting."""
    return os.open(pipe, os.O_WRONLY)


def end_process(process: int) -> None:
    """Kill -9, and wait until it has ended."""
    descriptor = os.pidfd_open(process)
    os.kill(process, signal.SIGKILL)
    select.select([descriptor], [], [])
    os.close(descriptor)


def test_another_process_reads_the_same(tmp_path, pool):
    """A text from the pool is the text from this process, page after page."""
    tasks = [
        a_task(Folder(tmp_path), an_answer(page.encode()), number=n) for n, page in enumerate((PAGE, "x"))
    ]
    futures = [pool.submit(task) for task in tasks]
    assert [future.result() for future in futures] == [extract(task) for task in tasks]


@needs_proc
def test_a_page_whose_process_was_killed_is_tried_again(tmp_path, pool):
    """A kill -9 of the extraction process costs nothing but the time."""
    task = a_task(Folder(tmp_path), an_answer(PAGE.encode()))
    stuck, pipe = hanging(task)
    before = children()
    future = pool.submit(stuck)
    end = wait_until_read(pipe)
    (process,) = children() - before
    Path(task.warc).replace(pipe)
    end_process(process)
    assert future.result() == extract(stuck)
    assert process not in children()
    os.close(end)


@needs_proc
def test_a_page_that_kills_two_processes_is_given_up(tmp_path, pool):
    """A page that ends its process twice has no text, and the next page has one."""
    task = a_task(Folder(tmp_path), an_answer(PAGE.encode()))
    stuck, pipe = hanging(task)
    before = children()
    future = pool.submit(stuck)
    killed = []
    for _ in range(2):
        end = wait_until_read(pipe)
        (process,) = children() - before
        killed.append(process)
        end_process(process)
        os.close(end)
    with pytest.raises(ExtractionError, match=f"the text of {URL} could not be taken out"):
        future.result()
    assert len(set(killed)) == 2
    assert pool.submit(task).result().text == LONG


def test_a_record_that_cannot_be_read_is_an_error(tmp_path, pool):
    """A file that is not there ends the process twice, in a sentence for the user."""
    task = a_task(Folder(tmp_path), an_answer(PAGE.encode()))
    Path(task.warc).unlink()
    with pytest.raises(SaqtaError, match="could not be taken out"):
        pool.submit(task).result()


@needs_proc
def test_a_page_that_takes_too_long_is_given_up(tmp_path):
    """After its time a page's process is ended, and the next page is read."""
    task = a_task(Folder(tmp_path), an_answer(PAGE.encode()))
    stuck, _ = hanging(task)
    before = children()
    with ExtractionPool(Extract(timeout=0.3)) as pool, pytest.raises(ExtractionError):
        pool.submit(stuck).result()
    assert children() <= before


@needs_proc
def test_closing_waits_for_no_page(tmp_path):
    """A pool that is closed with a page in work ends at once and leaves no process behind."""
    task = a_task(Folder(tmp_path), an_answer(PAGE.encode()))
    stuck, pipe = hanging(task)
    before = children()
    pool = ExtractionPool(Extract(timeout=600.0))
    in_work, waiting = pool.submit(stuck), pool.submit(task)
    end = wait_until_read(pipe)
    pool.close()
    assert waiting.cancelled()
    with pytest.raises(ExtractionError):
        in_work.result()
    assert children() <= before
    os.close(end)
