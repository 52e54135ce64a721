"""A template: what the form of a new event starts with."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import FileField, IntegerField, RadioField, TimeField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from events.forms.details import DetailsForm
from events.forms.fields import TIME_FORMATS, choices, line
from events.forms.rhythm import MOST_COUNT, REPEATS
from events.models import Kind
from events.rules.planning import MOST_MINUTES_COMMUNITY
from events.templates import DEFAULT_MINUTES, ONCE, TemplatePlan

MOST_APART = 366  # days; the form of an event says when other units have less
# These belong to one event, never to all of a sort.
OF_ONE_EVENT = frozenset(
    {"title", "venue", "room", "online_url", "online_url_public", "online_phone"}
    | {"online_passcode", "online_notes", "image", "image_alt", "remove_image", "press"}
)
ITS_OWN = frozenset({"name", "kind"})


class TemplateForm(DetailsForm):
    """A name, a kind, and whatever the form of an event asks for that holds for all of a sort."""

    name = line(_("Name of the template"), 100, DataRequired(_("Please give it a name.")))
    repeats = RadioField(
        _("How often?"),
        [InputRequired(_("Please choose one."))],
        choices=choices((ONCE, _("On one date")), *REPEATS.items()),
        default=ONCE,
    )
    interval = IntegerField(
        _("Every how many?"),
        [Optional(), NumberRange(1, MOST_APART, message=_("Please write a number from 1 to 366."))],
        render_kw={"inputmode": "numeric"},
    )
    count = IntegerField(
        _("How many dates are there?"),
        [Optional(), NumberRange(1, MOST_COUNT, message=_("Please write a number from 1 to 500."))],
        description=_("Leave it empty when it goes on."),
        render_kw={"inputmode": "numeric"},
    )
    start = TimeField(_("Starts at"), [Optional()], format=TIME_FORMATS)
    minutes = IntegerField(
        _("How many minutes does it take?"),
        [NumberRange(1, MOST_MINUTES_COMMUNITY, message=_("Please give the minutes it takes."))],
        default=DEFAULT_MINUTES,
        render_kw={"inputmode": "numeric"},
    )

    def leave_out_what_is_one_event_s(self) -> None:
        """Drop the fields that no template has; once its lists are filled."""
        for name in [one.name for one in self if one.name in OF_ONE_EVENT]:
            del self[name]
        for name in [one.name for one in self if isinstance(one, FileField)]:
            del self[name]

    def plan(self) -> TemplatePlan:
        """The form as an operation takes it; only after `validate()`."""
        details = {
            one.name: one.data
            for one in self
            if one.name not in ITS_OWN and one.data not in (None, "", [])
        }
        start = details.pop("start", None)
        if start is not None:
            details["start"] = start.isoformat("minutes")
        return TemplatePlan(self.name.data or "", Kind(self.kind.data), details)
