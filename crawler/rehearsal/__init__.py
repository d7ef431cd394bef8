"""A web of its own on this machine, for the demonstration and the tests."""

from crawler.rehearsal.answer import (
    FOREVER,
    Answer,
    Close,
    Framing,
    Pages,
    Pause,
    Raw,
    Reply,
    Request,
    Reset,
    Send,
    html_answer,
    redirect,
    request_for,
)
from crawler.rehearsal.faults import FAULTS, Fault, fault
from crawler.rehearsal.hits import Hit, read_log
from crawler.rehearsal.pages import rehearsal_pages
from crawler.rehearsal.render import boilerplate
from crawler.rehearsal.server import RehearsalWeb
from crawler.rehearsal.story import Story, story_at, unique_word

__all__ = [
    "FAULTS",
    "FOREVER",
    "Answer",
    "Close",
    "Fault",
    "Framing",
    "Hit",
    "Pages",
    "Pause",
    "Raw",
    "RehearsalWeb",
    "Reply",
    "Request",
    "Reset",
    "Send",
    "Story",
    "boilerplate",
    "fault",
    "html_answer",
    "read_log",
    "redirect",
    "rehearsal_pages",
    "request_for",
    "story_at",
    "unique_word",
]
