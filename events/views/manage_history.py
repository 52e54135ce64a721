"""The history of an event."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import display
from events.history import history_of
from events.views import history_words
from events.views.manage_base import EVENT, bp, event_or_404, page_number
from people.access import Permission, requires


@bp.get(f"/events/{EVENT}/history")
@requires(Permission.PLAN_EVENTS)
def history(event_id: int) -> ResponseReturnValue:
    """Who did what to an event and its dates, the newest first."""
    found, page = event_or_404(event_id), page_number()
    lines, more = history_of(event_id, page)
    rows = [
        {
            "at": line.at.isoformat(),
            "day": display.local(line.at, found.timezone).date(),
            "time": display.clock(display.local(line.at, found.timezone)),
            "who": history_words.who(line),
            "what": history_words.what(line),
        }
        for line in lines
    ]
    return render_template(
        "manage/history.html",
        event=found,
        rows=rows,
        status=_("Page %(page)s", page=page),
        newer=url_for(".history", event_id=event_id, page=page - 1) if page > 1 else "",
        older=url_for(".history", event_id=event_id, page=page + 1) if more else "",
    )
