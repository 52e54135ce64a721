"""A link to one's own calendar: for which device, and how much it says."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired

from events.forms.fields import DeskForm, choices, line
from events.models import PersonalFeed
from events.subscriptions import LinkPlan
from people.models import Wording

BUSY = "busy"
NO_REMINDER = "0"
REMINDERS = {
    NO_REMINDER: _("No reminder"),
    "15": _("15 minutes before"),
    "60": _("1 hour before"),
    "120": _("2 hours before"),
    "1440": _("1 day before"),
}


class CalendarLinkForm(DeskForm):
    """What a link is called and what its calendar says."""

    name = line(
        _("For which device or person?"),
        60,
        DataRequired(_("Please give it a name, such as “My phone”.")),
        description=_("Such as “My phone”. Only you see it."),
        render_kw={"autocomplete": "off"},
    )
    says = RadioField(
        _("What does it say?"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (
                Wording.DISCREET.value,
                _("Discreetly: “Your Tuesday appointment”, the street, and the link to join"),
            ),
            (Wording.FULL.value, _("Everything: title, place, details, and the link to join")),
            (BUSY, _("Only when: “Busy” and the times, to share with others")),
        ),
    )
    reminder = SelectField(
        _("Reminder"),
        [InputRequired(_("Please choose one."))],
        choices=choices(*REMINDERS.items()),
        default=NO_REMINDER,
        description=_("Your calendar app reminds you. Google Calendar uses its own reminders."),
    )
    press = HiddenField()

    def plan(self) -> LinkPlan:
        """The form as an operation takes it; only after `validate()`."""
        busy = self.says.data == BUSY
        return LinkPlan(
            name=self.name.data or "",
            wording=Wording.DISCREET if busy else Wording(self.says.data),
            busy_only=busy,
            reminder_minutes=int(self.reminder.data or NO_REMINDER) or None,
        )


def filled_in(link: PersonalFeed) -> CalendarLinkForm:
    """The form with what a link says at present."""
    return CalendarLinkForm(
        data={
            "name": link.name,
            "says": BUSY if link.busy_only else link.wording,
            "reminder": str(link.reminder_minutes or NO_REMINDER),
        }
    )
