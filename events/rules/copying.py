"""A rhythm begun anew: what a copied series keeps when it starts on another day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import islice

from events.rules.recurrence import Rhythm, local_starts


def begun_on(rhythm: Rhythm, day: date) -> Rhythm:
    """The same rhythm from another first day on; one that ends has as many dates as before."""
    endless = replace(rhythm, starts_on=day, until=None)
    if rhythm.until is None:
        return endless
    count = sum(1 for _start in local_starts(rhythm, rhythm.starts_on, rhythm.until))
    starts = list(islice(local_starts(endless, day, date.max), count))
    return replace(endless, until=starts[-1].date() if starts else day)
