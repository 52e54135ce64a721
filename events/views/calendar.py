"""The public calendar: front page, month, week, day and list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import clock, display, web
from events import filters as filtering
from events.filters import Filters
from events.public_closures import front_closures
from events.queries import (
    CalendarDate,
    count_from,
    count_per_day,
    dates_between,
    first_dates_per_day,
)
from events.rules.calendar_span import Span, in_range, month_span, week_span, whole_weeks
from events.views import closure_words, words
from events.views.feed_links import feed_link
from events.views.filter_form import filter_form
from events.views.rows import SOON, DateRow, Day, day_for, parts_for, row_for, rows_for
from people.access import public

bp = Blueprint("calendar", __name__)

PER_MONTH_CELL = 3
PER_WEEK_DAY = 8
PER_FRONT_DAY = 6
MOST_SOON = 12
LIST_PAGE = 60
SUNDAY, MONDAY = 6, 0


class Today(NamedTuple):
    """The moment of a request and its date in the program's zone."""

    now: datetime
    date: date


def _today() -> Today:
    now = clock.now()
    return Today(now, display.local(now, current_app.config["TIMEZONE"]).date())


def _midnight(day: date) -> datetime:
    """When the day after `day` begins in the program's zone."""
    zone = current_app.config["TIMEZONE"]
    return display.start_of_day(day + timedelta(days=1), zone)


def first_weekday() -> int:
    """The day a week begins with in the grid of a month (Monday is 0)."""
    return MONDAY if web.language() == "es" else SUNDAY


def _answer(template: str, valid_until: datetime, **context: object) -> Response:
    """A page that is the same for everyone; addresses with unknown parameters are not kept."""
    view = template.removeprefix("calendar/").removesuffix(".html")
    chosen = filtering.parse(request.args)
    page = render_template(
        template,
        current=view,
        feed=feed_link(chosen),
        subscribe_url=web.path(f"/subscribe/{chosen.query()}"),
        **context,
    )
    response = make_response(page)
    return web.shown_to_all(
        response, valid_until, known=filtering.KNOWN_PARAMETERS | {"from", "page"}
    )


@dataclass(frozen=True)
class Views:
    """The addresses of the four views around one day."""

    month: str
    week: str
    day: str
    list: str

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))


def _views(day: date, chosen: Filters) -> Views:
    year, week, _weekday = day.isocalendar()
    query = chosen.query()
    return Views(
        month=web.path(f"/calendar/{day:%Y/%m}/{query}"),
        week=web.path(f"/calendar/{year}/w{week:02d}/{query}"),
        day=web.path(f"/calendar/{day:%Y/%m/%d}/{query}"),
        list=web.path(f"/calendar/list/{chosen.query(**{'from': day.isoformat()})}"),
    )


def _days(
    days: Iterable[date],
    dates: Iterable[CalendarDate],
    counts: dict[date, int],
    today: Today,
    chosen: Filters,
    month: int | None = None,
) -> list[Day]:
    items: dict[date, list[DateRow]] = defaultdict(list)
    for one in dates:
        items[one.local_date].append(row_for(one, today.now))
    return [
        day_for(
            day,
            items[day],
            counts.get(day, 0),
            today=today.date,
            query=chosen.query(),
            month=month,
        )
        for day in days
    ]


def _match_label(count: int, chosen: Filters) -> str:
    return words.matching(count) if chosen else words.meetings(count)


def _existing(day: date | None, today: Today) -> date:
    if day is None or not in_range(day, today.date):
        abort(404)
    return day


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _neighbour(day: date, today: Today, address: str) -> str:
    return address if in_range(day, today.date) else ""


@bp.get("/")
@public
def front_page() -> ResponseReturnValue:
    """Today and this week: what starts soon, the rest of today, and the days to come."""
    today = _today()
    last = today.date + timedelta(days=6)
    everything = Filters()
    late = today.date - timedelta(days=1)
    todays = [one for one in dates_between(everything, late, today.date) if one.ends_at > today.now]
    soon = [one for one in todays if one.starts_at - today.now <= SOON]
    later = [one for one in todays if one.starts_at - today.now > SOON]
    counts = count_per_day(everything, today.date, last)
    week = Span(today.date + timedelta(days=1), last)
    upcoming = first_dates_per_day(everything, week.first, week.last, each=PER_FRONT_DAY)
    return _answer(
        "calendar/front.html",
        _holds_until(todays, today),
        today=today.date,
        soon=[row_for(one, today.now, soon=True) for one in soon[:MOST_SOON]],
        soon_count=len(soon),
        later=rows_for(later[:LIST_PAGE], today.now),
        later_count=len(later),
        days=_days(week.days(), upcoming, counts, today, everything),
        filters=filter_form(everything),
        views=_views(today.date, everything),
        closures=closure_words.notices(front_closures(today.date), "/venues/"),
        kinds=list(words.kinds().items()),
    )


def _holds_until(dates: Iterable[CalendarDate], today: Today) -> datetime:
    """The next moment at which the front page would read otherwise."""
    minute = today.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    moments = [moment for one in dates for moment in (one.starts_at - SOON, one.ends_at)]
    counting_down = any(today.now < one.starts_at <= today.now + SOON for one in dates)
    if counting_down:
        return minute
    following = [moment for moment in moments if moment > today.now]
    return min([*following, _midnight(today.date)])


@bp.get("/calendar/")
@public
def this_month() -> ResponseReturnValue:
    """The current month."""
    today = _today()
    return _month(today.date.replace(day=1), today)


@bp.get("/calendar/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/")
@public
def month(year: int, month: int) -> ResponseReturnValue:
    """A month."""
    today = _today()
    return _month(_existing(_day_or_none(year, month, 1), today), today)


def _month(first: date, today: Today) -> Response:
    chosen = filtering.parse(request.args)
    span = month_span(first.year, first.month)
    shown = whole_weeks(span, first_weekday())
    counts = count_per_day(chosen, shown.first, shown.last)
    dates = first_dates_per_day(chosen, shown.first, shown.last, each=PER_MONTH_CELL)
    days = _days(shown.days(), dates, counts, today, chosen, month=first.month)
    total = sum(count for day, count in counts.items() if span.first <= day <= span.last)
    before, after = span.first - timedelta(days=1), span.last + timedelta(days=1)
    return _answer(
        "calendar/month.html",
        _midnight(today.date),
        title=display.month_name(first),
        weekdays=[
            (display.weekday_name(day, "EEE"), display.weekday_name(day))
            for day in list(shown.days())[:7]
        ],
        weeks=[days[start : start + 7] for start in range(0, len(days), 7)],
        total=total,
        total_label=_match_label(total, chosen),
        filters=filter_form(chosen),
        views=_views(today.date if today.date.month == first.month else first, chosen),
        previous=_neighbour(before, today, web.path(f"/calendar/{before:%Y/%m}/{chosen.query()}")),
        previous_label=display.month_name(before),
        next=_neighbour(after, today, web.path(f"/calendar/{after:%Y/%m}/{chosen.query()}")),
        next_label=display.month_name(after),
        today_url=web.path(f"/calendar/{chosen.query()}"),
        paper_url=web.path(f"/print/month/{first:%Y/%m}/{chosen.query()}"),
        paper_label=_("Poster"),
        kinds=list(words.kinds().items()),
    )


@bp.get("/calendar/<int(fixed_digits=4):year>/w<int:week>/")
@public
def week(year: int, week: int) -> ResponseReturnValue:
    """An ISO week, Monday to Sunday."""
    today = _today()
    try:
        span = week_span(year, week)
    except (ValueError, OverflowError):
        abort(404)
    _existing(span.first, today)
    chosen = filtering.parse(request.args)
    counts = count_per_day(chosen, span.first, span.last)
    dates = first_dates_per_day(chosen, span.first, span.last, each=PER_WEEK_DAY)
    total = sum(counts.values())
    before, after = span.first - timedelta(days=7), span.last + timedelta(days=1)
    inside = span.first <= today.date <= span.last
    return _answer(
        "calendar/week.html",
        _midnight(today.date),
        title=_(
            "%(first)s to %(last)s",
            first=display.short_day(span.first),
            last=display.short_day(span.last),
        ),
        days=_days(span.days(), dates, counts, today, chosen),
        total=total,
        total_label=_match_label(total, chosen),
        filters=filter_form(chosen),
        views=_views(today.date if inside else span.first, chosen),
        previous=_neighbour(before, today, _views(before, chosen).week),
        previous_label=_("The week before"),
        next=_neighbour(after, today, _views(after, chosen).week),
        next_label=_("The week after"),
        today_url=_views(today.date, chosen).week,
        paper_url=web.path(f"/print/week/{year}/w{week:02d}/{chosen.query()}"),
        paper_label=_("Flyer"),
        kinds=list(words.kinds().items()),
    )


@bp.get(
    "/calendar/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<int(fixed_digits=2):day>/"
)
@public
def day(year: int, month: int, day: int) -> ResponseReturnValue:
    """One day, by parts of the day."""
    today = _today()
    shown = _existing(_day_or_none(year, month, day), today)
    chosen = filtering.parse(request.args)
    dates = dates_between(chosen, shown, shown)
    before, after = shown - timedelta(days=1), shown + timedelta(days=1)
    return _answer(
        "calendar/day.html",
        _midnight(today.date),
        title=display.long_date(shown),
        is_today=shown == today.date,
        parts=parts_for(dates, today.now),
        total=len(dates),
        total_label=_match_label(len(dates), chosen),
        filters=filter_form(chosen),
        views=_views(shown, chosen),
        previous=_neighbour(before, today, _views(before, chosen).day),
        previous_label=display.day_and_month(before),
        next=_neighbour(after, today, _views(after, chosen).day),
        next_label=display.day_and_month(after),
        today_url=_views(today.date, chosen).day,
        kinds=list(words.kinds().items()),
    )


def _list_start(today: Today) -> date:
    asked = request.args.get("from")
    if not asked:
        return today.date
    try:
        return _existing(date.fromisoformat(asked), today)
    except ValueError:
        abort(404)


@bp.get("/calendar/list/")
@public
def listing() -> ResponseReturnValue:
    """Everything from a day on, a page at a time."""
    today = _today()
    first = _list_start(today)
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= 10_000:
        abort(404)
    chosen = filtering.parse(request.args)
    last = date(today.date.year + 2, 12, 31)
    total = count_from(chosen, first, last)
    dates = dates_between(chosen, first, last, limit=LIST_PAGE, offset=(page - 1) * LIST_PAGE)
    if page > 1 and not dates:
        abort(404)
    shown = sorted({one.local_date for one in dates})

    def address(number: int) -> str:
        more = {"from": first.isoformat()} | ({"page": str(number)} if number > 1 else {})
        return web.path(f"/calendar/list/{chosen.query(**more)}")

    pages = max(1, -(-total // LIST_PAGE))
    on_page: dict[date, int] = defaultdict(int)
    for one in dates:
        on_page[one.local_date] += 1
    return _answer(
        "calendar/list.html",
        _midnight(today.date),
        title=_("From %(day)s", day=display.long_date(first)),
        days=_days(shown, dates, on_page, today, chosen),
        total=total,
        total_label=_match_label(total, chosen),
        filters=filter_form(chosen, hidden={"from": first.isoformat()}),
        views=_views(first, chosen),
        previous="",
        previous_label="",
        next="",
        next_label="",
        earlier=address(page - 1) if page > 1 else "",
        later=address(page + 1) if page < pages else "",
        page_status=_("Page %(page)s of %(pages)s", page=page, pages=pages),
        today_url=web.path(f"/calendar/list/{chosen.query()}"),
    )
