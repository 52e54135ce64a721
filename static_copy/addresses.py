"""Which addresses belong in a copy, and in which file each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath
from urllib.parse import unquote

SPANISH = "/es"
SEEDS = (
    "/",
    "/es/",
    "/sitemap.xml",
    "/robots.txt",
    "/calendar/list/",
    "/es/calendar/list/",
    "/embed/",
    "/es/embed/",
    "/embed/help/",
    "/es/embed/help/",
    "/feeds/events.json",
    "/es/feeds/events.json",
    "/feeds/meetings.json",
    "/feeds/events.atom",
    "/es/feeds/events.atom",
    "/images/site.png",
)
_DAY = re.compile(r"/calendar/(\d{4})/(\d{1,2})/(\d{1,2})/")
_MONTH = re.compile(r"/(?:calendar|print/month)/(\d{4})/(\d{1,2})/")
_WEEK = re.compile(r"/(?:calendar|print/week)/(\d{4})/w(\d{1,2})/")
_DATE = re.compile(r"/events/[^/]+/(\d{4})-(\d{2})-(\d{2})T\d{4}(?:/|\.ics)")
_NEVER = re.compile(r"/(?:api|signups|sign-in|sign-out|me|manage|admin|today|roll-call)/")


@dataclass(frozen=True)
class Span:
    """Local days, both included: of calendar pages, and of the pages of single dates."""

    first: date
    last: date
    last_date: date


def span_around(today: date, months_back: int, months_ahead: int, days_ahead: int) -> Span:
    """Whole months around a day, and so many days ahead of it."""
    first = _months_on(today, -months_back)
    last = _months_on(today, months_ahead + 1) - timedelta(days=1)
    return Span(first, last, today + timedelta(days=days_ahead))


def _months_on(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def belongs(path: str, span: Span) -> bool:
    """Whether a public path is copied: pages of times far away are left to the living site."""
    path = path.removeprefix(SPANISH) if path.startswith(f"{SPANISH}/") else path
    plain = unquote(path)
    if _NEVER.match(plain) or "//" in plain or ".." in plain or "\0" in plain:
        return False
    try:
        return _in_span(path, span)
    except ValueError:
        return False  # the 31st of a month without one


def _in_span(path: str, span: Span) -> bool:
    if found := _DATE.fullmatch(path):
        year, month, day = map(int, found.groups())
        return span.first <= date(year, month, day) <= span.last_date
    if found := _DAY.fullmatch(path):
        year, month, day = map(int, found.groups())
        return span.first <= date(year, month, day) <= span.last
    if found := _MONTH.fullmatch(path):
        return span.first <= date(int(found[1]), int(found[2]), 1) <= span.last
    if found := _WEEK.fullmatch(path):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return span.first <= monday <= span.last
    return True


def file_of(path: str) -> PurePosixPath:
    """The file, below the copy's folder, from which a static host serves a path."""
    name = unquote(path).lstrip("/")
    return PurePosixPath(f"{name}index.html" if not name or name.endswith("/") else name)
