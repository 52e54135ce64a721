"""What runs beside the server: mail that is owed, large imports, the horizon of the calendar."""

from __future__ import annotations

import signal
import threading
from datetime import datetime, timedelta
from types import FrameType

from flask import Flask

from core import clock
from core.db import db, write
from core.health import WorkerSeen
from events.deleting import let_go_of_deleted
from events.extending import extend_calendar
from events.images import drop_unused
from events.imports.asked import apply_asked
from events.imports.uploads import let_go_of_uploads
from events.views.messages import RENDERERS
from people import delivery
from people.mail import postbox

PAUSE_SECONDS = 1.0
UNUSED_FOR = timedelta(days=1)
EXTEND_EVERY = timedelta(hours=6)


def show_yourself(now: datetime) -> None:
    """Operation: note that the worker is alive."""
    with write() as session:
        session.merge(WorkerSeen(id=1, at=now))


def deliver_due(app: Flask) -> int:
    """Deliver one batch of what is due; how many messages were handled."""
    way_out = postbox(app.config["MAIL_URL"], app.config["MAIL_FOLDER"])
    sender = delivery.Sender(app.config["MAIL_NAME"], app.config["MAIL_FROM"])
    claimed = delivery.claim(clock.now())
    for message_id in claimed:
        delivery.deliver(
            message_id, renderers=RENDERERS, postbox=way_out, sender=sender, now=clock.now()
        )
    return len(claimed)


def work(app: Flask, *, once: bool) -> None:
    """Deliver, import, extend and tidy up until told to stop; with `once`, until nothing is due.

    SIGTERM and Ctrl-C end it after the message in hand.
    """
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    if not once:
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
    extended: datetime | None = None
    while not stop.is_set():
        show_yourself(clock.now())
        if extended is None or clock.now() - extended > EXTEND_EVERY:
            extend_calendar(clock.now())
            let_go_of_deleted(clock.now())
            drop_unused(clock.now() - UNUSED_FOR)
            let_go_of_uploads(clock.now())
            extended = clock.now()
        handled = deliver_due(app) + apply_asked(clock.now())
        db.session.remove()
        if handled:
            continue
        if once:
            return
        stop.wait(PAUSE_SECONDS)
