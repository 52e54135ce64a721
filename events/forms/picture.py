"""A picture for an event."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import FileField
from wtforms.validators import DataRequired

from events.forms.fields import DeskForm, line

ACCEPT = "image/jpeg,image/png,image/webp,image/gif"


class PictureForm(DeskForm):
    """A picture, and what it shows for those who do not see it."""

    picture = FileField(_("Picture"), render_kw={"accept": ACCEPT})
    alt = line(
        _("What does it show?"),
        300,
        DataRequired(_("Please say what it shows, for those who do not see it.")),
    )
