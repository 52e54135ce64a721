"""Large uploads that the worker applies, so that no page waits for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from core.db import hold, write
from core.outcome import Refused
from events.imports import uploads
from events.models import Upload
from people import audit

TRIES = 3


def next_asked(now: datetime) -> str | None:
    """Step: the next upload the worker is asked for; what failed thrice is given up."""
    waiting = select(Upload).where(
        Upload.applied_at.is_(None), Upload.created_at > now - uploads.WAITS_FOR
    )
    with write() as session:
        for upload in session.scalars(waiting.order_by(Upload.id)):
            if "asked" not in upload.options:
                continue
            tries = upload.options["tries"] + 1
            upload.options = {**upload.options, "tries": tries}
            if tries <= TRIES:
                return upload.token
            kept = {name: one for name, one in upload.options.items() if name != "asked"}
            upload.options = {**kept, "failed": True}
    return None


def apply_asked(now: datetime) -> int:
    """Operation: one large upload that somebody asked to apply; how many were.

    Whatever ends it midway leaves nothing behind, and it is tried again, three times at most.
    """
    token = next_asked(now)
    upload = uploads.upload_of(token) if token else None
    if upload is None:
        return 0
    by = audit.person(upload.options["by"]) if upload.options["by"] else audit.SYSTEM
    partial = bool(upload.options["partial"])
    answer = uploads.apply_upload(upload.token, partial=partial, by=by, now=now)
    if isinstance(answer, Refused):
        _give_up(upload.id)
    return 1


def _give_up(upload_id: int) -> None:
    with write():
        held = hold(Upload, upload_id)
        if held is not None and held.applied_at is None:
            kept = {name: one for name, one in held.options.items() if name != "asked"}
            held.options = {**kept, "failed": True}
