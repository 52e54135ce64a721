"""How often, as a form says it: the rhythm of a series, its end, pauses and holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from events.forms.fields import (
    TIME_FORMATS,
    CheckboxesField,
    DeskForm,
    choices,
    clock_field,
    day_field,
    given,
)
from events.rules.breaks import HolidayPolicy, Pause
from events.rules.planning import MOST_APART
from events.rules.recurrence import Rhythm, Unit
from events.series import SeriesPlan, until_of_count

DAY_MINUTES = 24 * 60
DAILY, WEEKLY, BY_DATE, BY_WEEKDAY, YEARLY = "daily", "weekly", "by-date", "by-weekday", "yearly"
REPEATS = {
    DAILY: _("Every day, or every few days"),
    WEEKLY: _("Every week, or every few weeks"),
    BY_DATE: _("Every month, on the same date"),
    BY_WEEKDAY: _("Every month, on the same weekday"),
    YEARLY: _("Every year"),
}
UNITS = {DAILY: Unit.DAY, WEEKLY: Unit.WEEK}
MOST_TIMES = 4
MOST_PAUSES = 3
MOST_COUNT = 500
LAST_DAY = -1


def _wrong(field: Field, message: str) -> Field:
    field.errors = [*field.errors, message]
    return field


class NeededUnlessAllDay:
    """A time has to be given, unless it lasts all day."""

    def __init__(self) -> None:
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        unreadable = field.raw_data and field.raw_data[0]
        if field.data is not None or (unreadable and not form.all_day.data):
            return
        field.errors = []
        raise StopValidation("" if form.all_day.data else _("Please give a time."))


class PauseForm(DeskForm):
    """From one day to another there are no dates."""

    first = day_field(_("From"), Optional())
    last = day_field(_("To"), Optional())

    def fault(self) -> Field | None:
        """The field at fault, with its error, or None."""
        first, last = self.first.data, self.last.data
        if bool(first) != bool(last):
            return _wrong(self.last, _("Please give both days of a pause."))
        if first and last and last < first:
            return _wrong(self.last, _("A pause ends on or after its first day."))
        return None


class TimeForm(DeskForm):
    """Another time of the same event: other days, other hours."""

    weekdays = CheckboxesField(_("On"), coerce=int)
    start = clock_field(_("Starts at"), required=False)
    end = clock_field(_("Ends at"), required=False)

    def fault(self) -> Field | None:
        """The field at fault, with its error, or None."""
        start, end = self.start.data, self.end.data
        if (start is None) != (end is None) or (self.weekdays.data and end is None):
            return _wrong(self.end, _("Please give both times."))
        return None


class RhythmForm(DeskForm):
    """When a series meets. `day` is its first day."""

    faulty = False  # what the fields say together is wrong

    repeats = RadioField(
        _("How often?"), [InputRequired(_("Please choose one."))], choices=choices(*REPEATS.items())
    )
    day = day_field(_("First day"), InputRequired(_("Please give a date.")))
    all_day = BooleanField(_("All day"))
    start = TimeField(_("Starts at"), [NeededUnlessAllDay()], format=TIME_FORMATS)
    end = TimeField(_("Ends at"), [NeededUnlessAllDay()], format=TIME_FORMATS)
    weekdays = CheckboxesField(_("On which days of the week?"), coerce=int)
    nths = CheckboxesField(
        _("Which of them in the month?"),
        coerce=int,
        choices=choices(
            (1, _("the first")),
            (2, _("the second")),
            (3, _("the third")),
            (4, _("the fourth")),
            (5, _("the fifth")),
            (-1, _("the last")),
        ),
    )
    month_end = BooleanField(_("On the last day of the month"))
    interval = IntegerField(
        _("Every how many?"),
        [Optional()],
        default=1,
        render_kw={"inputmode": "numeric"},
    )
    until = day_field(_("Until"), Optional())
    count = IntegerField(
        _("Or: how many dates?"),
        [
            Optional(),
            NumberRange(1, MOST_COUNT, message=_("Please write a number from 1 to 500.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    pauses = FieldList(FormField(PauseForm), min_entries=MOST_PAUSES, max_entries=MOST_PAUSES)
    holidays = SelectField(
        _("On public holidays"),
        choices=choices(
            (HolidayPolicy.KEEP.value, _("It takes place as always")),
            (HolidayPolicy.SKIP.value, _("It is left out")),
            (HolidayPolicy.MOVE.value, _("It moves to the next free day")),
            (HolidayPolicy.ASK.value, _("It stays, and we are asked about each")),
        ),
        default=HolidayPolicy.KEEP.value,
    )
    holiday_calendar = SelectField(_("Whose holidays?"), [Optional()], choices=[])

    def offer_weekdays(self, names: list[str]) -> None:
        """Name the days of the week, Monday first."""
        self.weekdays.choices = choices(*enumerate(names))

    def offer_calendars(self, calendars: list[str]) -> None:
        """Fill the list of holiday calendars; the first is the program's own."""
        self.holiday_calendar.choices = choices(*((one, one) for one in calendars))

    @property
    def is_series(self) -> bool:
        """Whether it repeats at all."""
        return self.repeats.data in REPEATS

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then what they say together."""
        alone = super().validate(extra_validators)
        return self.is_whole() and alone

    def is_whole(self) -> bool:
        """Whether the fields agree with each other."""
        faults = [one.form.fault() for one in self.pauses]
        most = MOST_APART[UNITS.get(self.repeats.data, Unit.MONTH)]
        if (self.interval.data or 1) not in range(1, most + 1):
            wrong = _("Please write a number from 1 to %(most)d.", most=most)
            faults.append(_wrong(self.interval, wrong))
        if self.count.data and self.until.data:
            both = _("Please give a last day or a number of dates, not both.")
            faults.append(_wrong(self.count, both))
        self.faulty = any(faults)
        return not self.faulty

    def minutes(self) -> int:
        """How long one date is; only after `validate()`."""
        return DAY_MINUTES if self.all_day.data else between(given(self.start), given(self.end))

    def starts(self) -> time:
        """When one date starts, wall clock; only after `validate()`."""
        return time(0) if self.all_day.data else given(self.start)

    def rhythm(self, starts_on: date) -> Rhythm:
        """How often, from a day on; only after `validate()`."""
        interval = self.interval.data or 1
        weekdays = tuple(sorted(set(self.weekdays.data or ()))) or (starts_on.weekday(),)
        start, until = self.starts(), self.until.data
        if self.repeats.data == DAILY:
            return Rhythm(starts_on, start, (), interval, until, Unit.DAY)
        if self.repeats.data == WEEKLY:
            return Rhythm(starts_on, start, weekdays, interval, until)
        if self.repeats.data == BY_WEEKDAY:
            nths = tuple(sorted(set(self.nths.data or ()))) or (nth_of(starts_on),)
            return Rhythm(starts_on, start, weekdays, interval, until, Unit.MONTH, nths)
        months = interval * 12 if self.repeats.data == YEARLY else interval
        if self.repeats.data == YEARLY and self.nths.data:
            nths = tuple(sorted(set(self.nths.data)))
            return Rhythm(starts_on, start, weekdays, months, until, Unit.MONTH, nths)
        days = (LAST_DAY,) if self.month_end.data else (starts_on.day,)
        return Rhythm(starts_on, start, (), months, until, Unit.MONTH, (), days)

    def series_plan(self, starts_on: date) -> SeriesPlan:
        """The series from a day on; only after `validate()`."""
        plan = SeriesPlan(
            self.rhythm(starts_on),
            self.minutes(),
            bool(self.all_day.data),
            tuple(
                Pause(one.first.data, one.last.data)
                for one in self.pauses
                if one.first.data and one.last.data
            ),
            HolidayPolicy(self.holidays.data or HolidayPolicy.KEEP),
            self.holiday_calendar.data or "",
        )
        if not self.count.data:
            return plan
        until = until_of_count(plan, self.count.data) or starts_on - timedelta(days=1)
        return replace(plan, rhythm=replace(plan.rhythm, until=until))


def between(start: time, end: time) -> int:
    """Minutes from one time of day to the next that reads so: overnight when the end is earlier."""
    return ((end.hour - start.hour) * 60 + end.minute - start.minute) % DAY_MINUTES


def nth_of(day: date) -> int:
    """Which of its weekday a day is in its month; the fifth is called the last."""
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1


def rhythm_values(plan: SeriesPlan) -> dict[str, object]:
    """What the form shows for a series there is."""
    rhythm = plan.rhythm
    yearly = rhythm.unit == Unit.MONTH and rhythm.interval % 12 == 0
    repeats = {Unit.DAY: DAILY, Unit.WEEK: WEEKLY}.get(rhythm.unit)
    monthly = BY_WEEKDAY if rhythm.nths else BY_DATE
    end = (rhythm.start_time.hour * 60 + rhythm.start_time.minute + plan.minutes) % DAY_MINUTES
    return {
        "repeats": repeats or (YEARLY if yearly else monthly),
        "day": rhythm.starts_on,
        "all_day": plan.all_day,
        "start": rhythm.start_time,
        "end": time(end // 60, end % 60),
        "weekdays": list(rhythm.weekdays),
        "nths": list(rhythm.nths),
        "month_end": LAST_DAY in rhythm.month_days,
        "interval": rhythm.interval // 12 if yearly else rhythm.interval,
        "until": rhythm.until,
        "pauses": [{"first": one.first, "last": one.last} for one in plan.pauses[:MOST_PAUSES]],
        "holidays": plan.holidays.value,
        "holiday_calendar": plan.holiday_calendar,
    }
