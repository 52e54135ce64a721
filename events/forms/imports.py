"""Forms of the import pages."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from events.forms.fields import DeskForm, choices, seats
from events.models import Kind


class UploadForm(DeskForm):
    """A file, and which earlier one it replaces."""

    file = FileField(
        _("File"),
        [InputRequired()],
        render_kw={
            "accept": ".ics,.json,.csv,.tsv,.txt,.xlsx,.ods,text/calendar,text/csv,application/json"
        },
    )
    source = SelectField(
        _("Is it a newer version of an earlier file?"),
        [Optional()],
        description=_("A newer version changes the events that came from the earlier one."),
        validate_choice=False,
    )


class ReadingForm(DeskForm):
    """How a file is to be read."""

    kind = SelectField(
        _("Kind of its events"),
        [InputRequired()],
        choices=choices(
            (Kind.SUPPORT_GROUP, _("Support group")),
            (Kind.WORKSHOP, _("Workshop")),
            (Kind.LEADERSHIP_TRAINING, _("Leadership training")),
            (Kind.COMMUNITY_EVENT, _("Community event")),
            (Kind.ONE_TO_ONE, _("One-to-one")),
        ),
    )
    capacity = seats(_("Places"))
    timezone = StringField(_("Time zone of times that name none"), [InputRequired()])
    theirs = BooleanField(_("Where both sides changed, take what the file says"))

    def validate_timezone(self, field: StringField) -> None:
        """An IANA zone."""
        if field.data not in available_timezones():
            raise ValidationError(_("Please give a zone such as America/Los_Angeles."))
