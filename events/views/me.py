"""A participant's own page."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core import clock
from events.own import own_signups
from events.views.rows import row_for
from people.access import Permission, requires, signed_in_person

bp = Blueprint("me", __name__)


@bp.get("/me/")
@requires(Permission.SEE_OWN_PAGE)
def own_page() -> ResponseReturnValue:
    """My next dates, my places in line, and where I have been."""
    now = clock.now()
    mine = own_signups(signed_in_person().id)
    ahead = [one for one in mine if one.date.ends_at > now]
    return render_template(
        "me/page.html",
        ahead=[(row_for(one.date, now), one) for one in ahead],
        past=[(row_for(one.date, now), one) for one in reversed(mine) if one.date.ends_at <= now][
            :20
        ],
    )
