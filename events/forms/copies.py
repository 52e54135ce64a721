"""A copy of an event."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import DataRequired, InputRequired

from events.copying import CopyPlan
from events.forms.fields import DeskForm, day_field, given, line, press_of


class CopyForm(DeskForm):
    """What the copy is called, and when it begins."""

    press = HiddenField()
    title = line(_("Title"), 200, DataRequired(_("Please give it a title.")))
    day = day_field(_("First day"), InputRequired(_("Please give a date.")))

    def plan(self) -> CopyPlan:
        """The form as an operation takes it; only after `validate()`."""
        return CopyPlan(self.title.data or "", given(self.day), press_of(self.press.data))
