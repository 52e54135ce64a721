"""A series in plain words: `Every other Tuesday, 6:30 pm – 8:00 pm, until June 30`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from core import display
from events.models import Series
from events.rules.breaks import HolidayPolicy
from events.rules.recurrence import Rhythm, Unit
from events.series import SeriesPlan, plan_of

A_MONDAY = date(2024, 1, 1)
_YEAR = 12


def _listed(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return str(_("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1]))


def _weekdays(numbers: Iterable[int]) -> str:
    names = [
        display.in_sentence(display.weekday_name(A_MONDAY + timedelta(days=number)))
        for number in sorted(numbers)
    ]
    return str(_("day")) if len(names) == 7 else _listed(names)


def _nths(numbers: Iterable[int]) -> str:
    words = {
        1: _("first"),
        2: _("second"),
        3: _("third"),
        4: _("fourth"),
        5: _("fifth"),
        -1: _("last"),
    }
    return _listed([words[number] for number in words if number in numbers])


def _ordinal(day: int) -> str:
    """`1st`, `22nd`; the bare number where a language has no such ending."""
    locale = get_locale()
    if locale is not None and locale.language != "en":
        return str(day)
    ending = "th" if day // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _times(plan: SeriesPlan, *, end_known: bool) -> str:
    if plan.all_day:
        return str(_("all day"))
    starts = datetime.combine(A_MONDAY, plan.rhythm.start_time)
    if not end_known:
        return display.clock(starts)
    return f"{display.clock(starts)} – {display.clock(starts + timedelta(minutes=plan.minutes))}"


def _weekly(rhythm: Rhythm, times: str) -> str:
    days = _weekdays(rhythm.weekdays)
    if rhythm.interval == 1:
        return str(_("Every %(days)s, %(times)s", days=days, times=times))
    if rhythm.interval == 2:
        return str(_("Every other %(days)s, %(times)s", days=days, times=times))
    return str(
        ngettext(
            "Every week on %(days)s, %(times)s",
            "Every %(num)s weeks on %(days)s, %(times)s",
            rhythm.interval,
            days=days,
            times=times,
        )
    )


def _daily(rhythm: Rhythm, times: str) -> str:
    return str(
        ngettext(
            "Every day, %(times)s", "Every %(num)s days, %(times)s", rhythm.interval, times=times
        )
    )


def _days_of_month(rhythm: Rhythm) -> str:
    if rhythm.nths:
        nths, days = _nths(rhythm.nths), _weekdays(rhythm.weekdays)
        return str(_("the %(which)s %(day)s", which=nths, day=days))
    return _listed(
        [
            str(_("the last day")) if day < 0 else str(_("the %(number)s", number=_ordinal(day)))
            for day in sorted(rhythm.month_days, key=lambda day: day % 100)
        ]
    )


def _yearly(rhythm: Rhythm, times: str) -> str:
    first = rhythm.starts_on
    if rhythm.nths:
        month = display.in_sentence(display.month_only(first))
        day = str(_("%(days)s of %(month)s", days=_days_of_month(rhythm), month=month))
    else:
        day = display.in_sentence(display.date_in_year(first))
    return str(
        ngettext(
            "Every year on %(day)s, %(times)s",
            "Every %(num)s years on %(day)s, %(times)s",
            rhythm.interval // _YEAR,
            day=day,
            times=times,
        )
    )


def _monthly(rhythm: Rhythm, times: str) -> str:
    if rhythm.interval % _YEAR == 0:
        return _yearly(rhythm, times)
    return str(
        ngettext(
            "On %(days)s of every month, %(times)s",
            "On %(days)s of every %(num)s months, %(times)s",
            rhythm.interval,
            days=_days_of_month(rhythm),
            times=times,
        )
    )


def plan_in_words(plan: SeriesPlan, *, end_known: bool = True) -> str:
    """How often, at what time and until when."""
    say = {Unit.DAY: _daily, Unit.WEEK: _weekly, Unit.MONTH: _monthly}[plan.rhythm.unit]
    words = say(plan.rhythm, _times(plan, end_known=end_known))
    if plan.rhythm.until is None:
        return words
    last = display.in_sentence(display.long_date(plan.rhythm.until))
    return str(_("%(rhythm)s, until %(day)s", rhythm=words, day=last))


def rhythm_in_words(series: Series) -> str:
    """How often a series meets, at what time and until when."""
    return plan_in_words(plan_of(series), end_known=series.end_known)


def breaks_in_words(plan: SeriesPlan) -> list[str]:
    """What interrupts a series, a sentence each."""
    found = [
        str(
            _(
                "No dates from %(first)s to %(last)s.",
                first=display.in_sentence(display.long_date(one.first)),
                last=display.in_sentence(display.long_date(one.last)),
            )
        )
        for one in plan.pauses
    ]
    holidays = {
        HolidayPolicy.SKIP: _("It is left out on public holidays."),
        HolidayPolicy.MOVE: _("On a public holiday it moves to the next free day."),
        HolidayPolicy.ASK: _("On public holidays the desk is asked what should be."),
    }.get(plan.holidays)
    return [*found, str(holidays)] if holidays else found
