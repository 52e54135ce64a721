"""When: a new event with its series and dates, another time for a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from events.dates import Move
from events.forms.details import DetailsForm
from events.forms.fields import (
    DeskForm,
    choices,
    clock_field,
    day_field,
    given,
    line,
    place_of,
    press_of,
)
from events.forms.rhythm import MOST_TIMES, REPEATS, RhythmForm, TimeForm, between
from events.models import EventStatus
from events.new_dates import DatesPlan
from events.scheduling import EventPlan
from events.series import SeriesPlan
from events.venues import VenueDetails

ONCE, DATES = "once", "dates"
DAY_MINUTES = 24 * 60
WHEN_FIELDS = (
    "repeats",
    "day",
    "last_day",
    "start",
    "end",
    "weekdays",
    "nths",
    "interval",
    "until",
    "count",
    "pauses",
    "times",
    "dates",
    "holiday_calendar",
)
MOST_DATES = 12


def minutes_from(day: date, start: time, last_day: date | None, end: time) -> int:
    """How long it is, by the wall clock; without a last day it ends within 24 hours."""
    if last_day is not None and last_day != day:
        length = datetime.combine(last_day, end) - datetime.combine(day, start)
        return length // timedelta(minutes=1)
    return between(start, end)


class WhenForm(RhythmForm):
    """When something is: on one date, on several, or again and again at one or more times."""

    repeats = RadioField(
        _("How often?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (ONCE, _("On one date")), *REPEATS.items(), (DATES, _("On these dates: …"))
        ),
        default=ONCE,
    )
    day = day_field(
        _("Date, or the first day of a series"), InputRequired(_("Please give a date."))
    )
    last_day = day_field(_("Ends on another day"), Optional())
    times = FieldList(FormField(TimeForm), min_entries=MOST_TIMES, max_entries=MOST_TIMES)
    dates = FieldList(day_field(_("Date"), Optional()), min_entries=MOST_DATES)

    def offer_weekdays(self, names: list[str]) -> None:
        """Name the days of the week, Monday first."""
        super().offer_weekdays(names)
        for one in self.times:
            one.form.weekdays.choices = choices(*enumerate(names))

    def is_whole(self) -> bool:
        """Whether the fields agree with each other."""
        faults = [one.form.fault() for one in self.times]
        self.faulty = not super().is_whole() or any(faults)
        return not self.faulty

    def length(self) -> int:
        """How many minutes a single date is long; only after `validate()`."""
        day: date = given(self.day)
        last = self.last_day.data
        if self.repeats.data != ONCE:
            return self.minutes()
        if self.all_day.data:
            return ((last or day) - day).days * DAY_MINUTES + DAY_MINUTES
        return minutes_from(day, given(self.start), last, given(self.end))

    def single_starts(self) -> tuple[datetime, ...]:
        """The single dates, naive local; only after `validate()`."""
        if self.is_series:
            return ()
        days = [given(self.day)]
        if self.repeats.data == DATES:
            days += [one.data for one in self.dates if one.data]
        return tuple(datetime.combine(day, self.starts()) for day in sorted(set(days)))

    def series_plans(self) -> tuple[SeriesPlan, ...]:
        """The series: the rhythm at its first time, and at each further one."""
        if not self.is_series:
            return ()
        first = self.series_plan(given(self.day))
        return (first, *(_at(first, one.form) for one in self.times if one.start.data))


def _at(plan: SeriesPlan, another: TimeForm) -> SeriesPlan:
    start = given(another.start)
    weekdays = tuple(sorted(set(another.weekdays.data or ()))) or plan.rhythm.weekdays
    rhythm = replace(plan.rhythm, start_time=start)
    if rhythm.weekdays:
        rhythm = replace(rhythm, weekdays=weekdays)
    return replace(plan, rhythm=rhythm, minutes=between(start, given(another.end)), all_day=False)


class NewDatesForm(WhenForm):
    """More dates for an event there is."""

    press = HiddenField()

    def plan(self) -> DatesPlan:
        """The form as an operation takes it; only after `validate()`."""
        return DatesPlan(
            press_of(self.press.data),
            self.series_plans(),
            self.single_starts(),
            self.length(),
            bool(self.all_day.data),
        )


class NewEventForm(DetailsForm, WhenForm):
    """An event: what it is, and when."""

    press = HiddenField()
    new_venue_name = line(_("Name of the new place"), 200)
    new_venue_address = line(_("Its address"), 300)
    new_venue_city = line(_("Its city"), 100)

    def new_venue(self) -> VenueDetails | None:
        """The place that is not in the list yet."""
        if not self.new_venue_name.data:
            return None
        return VenueDetails(
            self.new_venue_name.data,
            self.new_venue_address.data or "",
            self.new_venue_city.data or "",
        )

    def plan(self, timezone: str, status: EventStatus = EventStatus.PUBLISHED) -> EventPlan:
        """The form as an operation takes it; only after `validate()`."""
        return EventPlan(
            details=self.details(),
            timezone=timezone,
            press=press_of(self.press.data),
            series=self.series_plans(),
            starts=self.single_starts(),
            minutes=self.length(),
            all_day=bool(self.all_day.data),
            new_venue=self.new_venue(),
            status=status,
        )


class MoveForm(DeskForm):
    """Another time or place for one date."""

    day = day_field(_("Date"), InputRequired(_("Please give a date.")))
    start = clock_field(_("Starts at"))
    end = clock_field(_("Ends at"))
    last_day = day_field(_("Ends on another day"), Optional())
    venue = SelectField(_("Place"), choices=[])

    def offer_venues(self, venues: list[tuple[str, str]]) -> None:
        """Fill the list of places."""
        self.venue.choices = choices(("", _("The event's own place")), *venues)

    def move(self) -> Move:
        """The form as an operation takes it; only after `validate()`."""
        day, start, end = given(self.day), given(self.start), given(self.end)
        return Move(
            datetime.combine(day, start),
            minutes_from(day, start, self.last_day.data, end),
            *place_of(self.venue.data),
        )
