"""Why a date does not take place."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from events.forms.fields import (
    DeskForm,
    line,
)


class CancelForm(DeskForm):
    """Why a date does not take place."""

    reason = line(_("Reason, shown to everyone"), 300)
