"""Dates put on paper: rows become sheets, in the words of the page's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from core import display, qr, web
from events.filters import Filters
from events.meeting_words import access_label
from events.print.dates import ClosedSpan, PaperDate, closures, paper_dates
from events.print.sheets import HelpLine, Item, MonthSheet, Paper, Sheet, SheetDay, WeekSheet
from events.queries import count_per_day
from events.rules.calendar_span import Span, whole_weeks
from events.views.calendar import first_weekday
from events.views.filter_form import labels_of
from events.views.rows import day_url, row_for, time_span

PER_CELL = 4
PER_FLYER_DAY = 12


def _words_of(url: str) -> str:
    """An address as one types it."""
    return url.split("://", 1)[-1]


def _sheet(title: str, page: str, paper: Paper, chosen: Filters, today: date) -> Sheet:
    subscribe = web.absolute(web.path("/subscribe/"))
    changes = web.absolute(page)
    return Sheet(
        title=title,
        site=current_app.config["SITE_NAME"],
        language=web.language(),
        paper=paper,
        only=" · ".join(labels_of(chosen)),
        nothing=_("Nothing planned"),
        code=qr.qr_file(subscribe),
        code_alt=_("Code that opens %(address)s", address=subscribe),
        subscribe=_("Subscribe:"),
        subscribe_url=subscribe,
        subscribe_words=_words_of(subscribe),
        changes=_("All dates and changes:"),
        changes_url=changes,
        changes_words=_words_of(changes),
        help=_("If you need someone now"),
        help_lines=[
            HelpLine(line["number"], line["name"]) for line in current_app.config["HELP_LINES"]
        ],
        printed=_("Printed on %(day)s.", day=_day_in_sentence(today)),
    )


def _day_in_sentence(day: date) -> str:
    return display.in_sentence(display.long_date(day))


def _item(one: PaperDate, *, whole: bool) -> Item:
    """A date; `whole` also says when it ends, the city and the access, for which a flyer has room.

    Conference links and passcodes are not among what is read.
    """
    row = row_for(one.shown, one.shown.starts_at)
    cancelled = one.shown.status == "cancelled"
    by = row.mode_label if row.mode != "in-person" else ""
    place = [row.place, row.city if whole and row.place else "", by]
    return Item(
        time=time_span(row) if whole else row.time_text,
        title=row.title,
        place=", ".join(part for part in place if part),
        access=" · ".join(access_label(code) for code in one.access) if whole else "",
        cancelled=_("Cancelled") if cancelled else "",
        reason=one.reason if cancelled else "",
        url=web.absolute(row.url),
    )


def _closed_note(one: ClosedSpan) -> str:
    name = one.venue or current_app.config["SITE_NAME"]
    closed = _("%(name)s is closed", name=name) if one.venue else _("Closed")
    return f"{closed}: {one.reason}" if one.reason else closed


def _notes(day: date, closed: Iterable[ClosedSpan]) -> list[str]:
    return [_closed_note(one) for one in closed if one.first_day <= day <= one.last_day]


def _more(hidden: int) -> str:
    return str(ngettext("and %(num)s more", "and %(num)s more", hidden)) if hidden > 0 else ""


def _days(chosen: Filters, span: Span, each: int, *, whole: bool) -> dict[date, SheetDay]:
    found: dict[date, list[PaperDate]] = defaultdict(list)
    for one in paper_dates(chosen, span.first, span.last, each=each):
        found[one.shown.local_date].append(one)
    counts = count_per_day(chosen, span.first, span.last)
    closed = closures(chosen, span.first, span.last)
    sheet_days = {}
    for day in span.days():
        count = counts.get(day, 0)
        items = [_item(one, whole=whole) for one in _kept(found[day], count)]
        sheet_days[day] = _day(day, items, count, _notes(day, closed), chosen)
    return sheet_days


def _kept(found: list[PaperDate], count: int) -> list[PaperDate]:
    """A day that does not fit whole shows the program's own dates and folds the others away."""
    own = [one for one in found if one.own]
    return own if own and count > len(found) else found


def _day(day: date, items: list[Item], count: int, notes: list[str], chosen: Filters) -> SheetDay:
    url = web.absolute(day_url(day, chosen.query()))
    more = _more(count - len(items))
    return SheetDay(
        number=day.day,
        label=display.day_and_month(day),
        notes=notes,
        items=items,
        more=more,
        more_url=url,
        more_address=_words_of(web.absolute(day_url(day))),
    )


def month_sheet(span: Span, paper: Paper, chosen: Filters, today: date) -> MonthSheet:
    """The poster of a month; each day shows its first dates, the program's own before others."""
    days = _days(chosen, span, PER_CELL, whole=False)
    blank = SheetDay(0, "", [], [])
    weeks = whole_weeks(span, first_weekday()).weeks()
    grid = [[days.get(day, blank) for day in week] for week in weeks]
    names = list(whole_weeks(span, first_weekday()).days())[:7]
    page = web.path(f"/calendar/{span.first:%Y/%m}/{chosen.query()}")
    title = display.month_name(span.first)
    return MonthSheet(
        _sheet(title, page, paper, chosen, today),
        [display.weekday_name(day) for day in names],
        grid,
    )


def week_sheet(span: Span, paper: Paper, chosen: Filters, today: date) -> WeekSheet:
    """The flyer of a week, Monday to Sunday."""
    year, week, _weekday = span.first.isocalendar()
    title = _(
        "%(first)s to %(last)s",
        first=display.date_in_year(span.first),
        last=display.date_in_year(span.last),
    )
    page = web.path(f"/calendar/{year}/w{week:02d}/{chosen.query()}")
    days = _days(chosen, span, PER_FLYER_DAY, whole=True)
    return WeekSheet(_sheet(title, page, paper, chosen, today), list(days.values()), _("Page"))
