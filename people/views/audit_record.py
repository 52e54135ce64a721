"""The audit record, page by page."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from core import clock
from core.db import write
from people import audit
from people.access import Permission, actor, requires
from people.queries import latest_audit_entries
from people.views.base import bp


@bp.get("/admin/")
@requires(Permission.SEE_AUDIT)
def admin() -> ResponseReturnValue:
    """The administrators' front page: the latest entries of the audit record."""
    before = request.args.get("before", type=int)
    entries = latest_audit_entries(before=before if before and 0 < before < 2**31 else None)
    with write():
        audit.record("look", "audit", None, by=actor(), now=clock.now())
    return render_template("people/admin.html", entries=entries)
