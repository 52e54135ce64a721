"""A bound on what one entry may cost: some rules have no date and are searched for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from events.imports.ical.entries import Fault

SECONDS = 1.0


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise Fault("its rule takes too long to follow: it may have no dates at all")


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Give up, with a Fault, what takes more processor time. Only a main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
