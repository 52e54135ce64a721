"""What meeting finders show of our groups, and what their form cannot say."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import web
from events.feeds.meeting_guide import LeftOutReason
from events.filters import Filters
from events.views.feeds import meeting_listing
from events.views.manage_base import bp
from people.access import Permission, requires


def _reason(reason: LeftOutReason) -> str:
    return {
        LeftOutReason.NOT_WEEKLY: _("does not meet every week"),
        LeftOutReason.NO_DATES: _("has no dates at present"),
        LeftOutReason.NO_ADDRESS: _("has no address"),
        LeftOutReason.NO_PUBLIC_WAY_IN: _("is online, and its link or number is not public"),
        LeftOutReason.ELSEWHERE: _("has only some of its dates there"),
    }[reason]


@bp.get("/meeting-guide/")
@requires(Permission.PLAN_EVENTS)
def meeting_finders() -> ResponseReturnValue:
    """How many groups the recovery apps can import, and which they cannot, and why."""
    listing = meeting_listing(Filters())
    return render_template(
        "manage/meeting_guide.html",
        total=len(listing.meetings),
        address=web.absolute("/feeds/meetings.json"),
        left_out=[(one.slug, one.title, _reason(one.reason)) for one in listing.left_out],
    )
