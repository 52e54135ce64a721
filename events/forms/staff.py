"""Who leads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    SelectField,
)
from wtforms.validators import InputRequired

from events.forms.fields import (
    DeskForm,
    choices,
)
from events.models import AssignmentRole
from events.staffing import Facilitator


class AssignForm(DeskForm):
    """Who leads."""

    person = SelectField(_("Who"), [InputRequired(_("Please choose one."))], coerce=int, choices=[])
    role = SelectField(
        _("As"),
        [InputRequired(_("Please choose one."))],
        choices=choices(
            (AssignmentRole.LEAD.value, _("Lead")),
            (AssignmentRole.CO_LEAD.value, _("Co-lead")),
            (AssignmentRole.TRAINEE.value, _("Trainee")),
        ),
    )

    def offer(self, people: list[Facilitator]) -> None:
        """Fill the list of those who may lead."""
        self.person.choices = choices(
            *(
                (one.person_id, f"{one.name}, {one.title}" if one.title else one.name)
                for one in people
            )
        )
