"""The judge says what came back, and never takes a wall for the page nor the page for a wall."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ids import SourceKey
from archive.words import Outcome
from crawler.judge import RULES_VERSION, Answer, judge_robots, refusal
from tests.judgelab import Case, facts, judged
from tests.pages import BAD, CASES, GOOD
from tests.pages.shell import article, login_box, shell


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_what_was_cited_counts_as_captured(case: Case) -> None:
    """A good page is captured, whatever words and forms stand on it."""
    found = case.judged()
    assert found.outcome is Outcome.CAPTURED, found


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_what_was_not_cited_has_its_own_outcome(case: Case) -> None:
    """Each wall, notice and failure is called by its name, by the rule that is meant for it."""
    found = case.judged()
    assert found.outcome is case.want, found
    assert case.rule in (None, found.rule), found


def test_the_pages_show_every_outcome_that_the_judge_can_give() -> None:
    """No outcome is without an example; a refusal by robots.txt comes from the spider."""
    assert {case.want for case in CASES} == set(Outcome) - {Outcome.REFUSED_ROBOTS}
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_judgement_gives_its_reasons(case: Case) -> None:
    """A rule, a whole sentence and the version of the rules stand with each outcome."""
    found = case.judged()
    assert found.rule
    assert found.reason[0].isupper()
    assert found.reason.endswith(".")
    assert found.rules_version == RULES_VERSION == 1


def test_no_length_of_text_alone_makes_a_wall() -> None:
    """A page of any length beyond the emptiest is captured as long as nothing else speaks against it."""
    for words in range(12, 400, 7):
        body = shell("Ответ акимата", article("Ответ акимата", "слово " * words))
        assert judged(body.encode()).outcome is Outcome.CAPTURED, words


def test_no_password_field_alone_makes_a_wall() -> None:
    """The same article with and without a login box is captured."""
    text = ("Суд в Уральске отложил заседание по делу о земле до конца декабря этого года. ",) * 12
    for aside in ("", login_box(), login_box("kk", "h2"), login_box("en", "h1")):
        body = shell("Суд отложил заседание", article("Суд отложил заседание", *text), aside=aside)
        assert judged(body.encode()).outcome is Outcome.CAPTURED, aside


def test_a_login_heading_beside_a_headline_is_no_name_of_the_page() -> None:
    """A page is a login page by its headings only where all of them say so."""
    form = "<form><input type='password'></form>"
    text = "".join(f"<p>{'Сорок знаков текста в одном абзаце, и ещё немного. ' * 3}</p>" for _ in range(6))
    for headings, want in (
        ("<h1>Вход</h1><h2>Регистрация</h2>", Outcome.NEEDS_REVIEW),
        ("<h1>Суд отложил заседание</h1><h2>Вход</h2>", Outcome.CAPTURED),
    ):
        assert judged(shell("Степной вестник", headings + form + text).encode()).outcome is want


@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/html; charset=x", "text/plain", ""]))
def test_no_bytes_make_the_judge_fail(body: bytes, content_type: str) -> None:
    """Whatever a server sends under status 200 gets an outcome and a rule."""
    found = judged(body, fields=(f"Content-Type: {content_type}",))
    assert found.outcome in Outcome
    assert found.rule


@given(st.text(alphabet="<>/abdhiv1 =\"'!-", max_size=300))
def test_no_markup_makes_the_judge_fail(markup: str) -> None:
    """Tags that are never closed, comments and stray quotes are judged like any page."""
    assert judged(markup.encode()).outcome in Outcome


def test_names_of_hostile_length_cost_no_time() -> None:
    """A title and a heading that a pattern could be tried on for minutes are judged in a moment."""
    long = "вход на " + "а" * 100_000 + "!"
    body = f"<title>{long}</title><h1>{long}</h1><input type=password><p>{'слово ' * 50}"
    began = time.process_time()
    assert judged(body.encode()).outcome is Outcome.CAPTURED
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.CAPTURED),
        (404, Outcome.GONE),
        (403, Outcome.UNAVAILABLE),
        (503, Outcome.SERVER_ERROR),
        (429, Outcome.RATE_LIMITED),
        (304, Outcome.UNSUPPORTED),
    ],
)
def test_a_robots_file_is_judged_by_its_status_alone(status: int, outcome: Outcome) -> None:
    """Any file counts, however short it is and whatever it says."""
    answer = Answer(
        url="https://news.example.kz/robots.txt",
        source_key=SourceKey("robots:https://news.example.kz"),
        final=facts("https://news.example.kz/robots.txt", status=status),
        head=None,
        body=b"User-agent: *\nDisallow: /login\n",
    )
    assert judge_robots(answer).outcome is outcome


def test_a_refusal_keeps_the_words_that_it_was_given() -> None:
    """What was not attempted has an outcome, a rule and a reason too."""
    made = refusal(Outcome.REFUSED_ROBOTS, "robots", "The site does not allow it.")
    assert (made.outcome, made.rule, made.reason) == (
        Outcome.REFUSED_ROBOTS,
        "robots",
        "The site does not allow it.",
    )
