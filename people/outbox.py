"""Mail owed: queued in the change's own transaction, delivered by the worker.

A message names its kind and what it is about; words and recipient are decided when it is sent,
from what is true then. Delivery claims a row, writes it, and marks it HANDING_OVER before the
server can have taken it, so that a message the server accepted is never sent again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from core.db import db
from people.models import OutboxMessage


def queue(
    kind: str,
    about_id: int,
    *,
    now: datetime,
    send_after: datetime | None = None,
    dedupe_key: str | None = None,
) -> OutboxMessage | None:
    """Step: owe one message of `kind` about a row; None when the dedupe key is owed already."""
    key = dedupe_key or f"{kind}:{about_id}"
    if db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)):
        return None
    message = OutboxMessage(
        kind=kind,
        about_id=about_id,
        dedupe_key=key,
        created_at=now,
        send_after=send_after or now,
    )
    db.session.add(message)
    return message
