"""Orders for many dates, in the words of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.outcome import Refused
from events.bulk import BulkDone, Order, Shift, Verb, do_many
from people.audit import Actor


def cancel_many(ids: Iterable[int], reason: str, *, by: Actor, now: datetime) -> BulkDone | Refused:
    return do_many(Order(Verb.CANCEL, tuple(ids), reason), by=by, now=now)


def restore_many(ids: Iterable[int], *, by: Actor, now: datetime) -> BulkDone | Refused:
    return do_many(Order(Verb.RESTORE, tuple(ids)), by=by, now=now)


def move_many(ids: Iterable[int], shift: Shift, *, by: Actor, now: datetime) -> BulkDone | Refused:
    return do_many(Order(Verb.MOVE, tuple(ids), shift=shift), by=by, now=now)
