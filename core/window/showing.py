"""What a visitor is shown: a document kept for this version, or a rendering that is then kept."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core import clock
from core.window.calling import as_anyone, bare, call, plain
from core.window.edition import Editions
from core.window.flights import Flights, Shown, is_for_all
from core.window.responses import Document, Version
from core.window.store import Entry, Key, Store
from core.window.turnover import Turnover

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
ROOM_BYTES = 64_000_000
# A calendar program that meets one error may stay away until it is started again; a reader of a
# page can try again, and should not find there what the desk has long taken away.
FEED_GOOD_FOR = 24 * 3600.0
PAGE_GOOD_FOR = 600.0
NEVER = datetime.min.replace(tzinfo=UTC)


def is_feed(path: str) -> bool:
    """Whether programs read it, which rather have yesterday's than nothing."""
    return path.startswith(("/feeds/", "/es/feeds/")) or path.endswith(".ics")


def good_for(path: str) -> float:
    """How many seconds a document stands in for one whose rendering fails."""
    return FEED_GOOD_FOR if is_feed(path) else PAGE_GOOD_FOR


@dataclass(slots=True)
class Days:
    """The local date, worked out anew at midnight in the zone only."""

    zone: ZoneInfo
    _begins: datetime = NEVER
    _ends: datetime = NEVER
    _day: int = 0

    def at(self, now: datetime) -> int:
        """The ordinal of the date in the zone at a moment."""
        if not self._begins <= now < self._ends:
            date = now.astimezone(self.zone).date()
            next_date = date + timedelta(days=1)
            self._day = date.toordinal()
            self._begins = datetime.combine(date, time(0), self.zone).astimezone(UTC)
            self._ends = datetime.combine(next_date, time(0), self.zone).astimezone(UTC)
        return self._day


class Window:
    """Kept documents of one application, and the rendering of those that are missing.

    Safe to use from several threads.
    """

    def __init__(
        self,
        application: WSGIApplication,
        editions: Editions,
        timezone: str,
        room: int = ROOM_BYTES,
        hosts: Collection[str] = (),
    ) -> None:
        self.application = application
        self.store = Store(room, hosts)
        self.flights = Flights()
        self._editions = editions
        self._days = Days(ZoneInfo(timezone))
        self._turnover = Turnover(self.store, self._made_ready)

    def close(self) -> None:
        """Let go of what reads the edition."""
        self._editions.close()

    def newest(self) -> Version | None:
        """Edition and local date as they are; None when nothing may be kept now."""
        reading = self._editions.read()
        return None if reading is None else (*reading, self._days.at(clock.now()))

    def version(self) -> Version | None:
        """What is shown now: the newest, or for a moment the one before. Read before rendering."""
        newest = self.newest()
        return None if newest is None else self._turnover.shown(newest)

    def settle(self, before: Version | None) -> None:
        """After a request that may have changed something: whoever made it sees it from now on."""
        newest = self.newest()
        if newest is not None and newest != before:
            self._turnover.settle(newest)

    def _made_ready(self, key: Key, entry: Entry, version: Version) -> Entry | None:
        """A document rendered for a version that is not shown yet; others wait for this one."""
        boarded = self.flights.board(key, version)
        if boarded is None or not boarded[1]:
            return None
        shown: Shown = plain(500, "Something went wrong on our side.")
        fresh: Entry | None = None
        try:
            there = self.fresh(key, version)  # patience ended, and somebody rendered it
            if there is not None:
                shown = there
            else:
                shown, fresh = self._rendered(key, version, entry.environ)
        finally:
            self.flights.land(key, version, shown)
        return fresh

    def fresh(self, key: Key, version: Version) -> Document | None:
        """What stands for this address."""
        entry = self.store.fresh(key, version, clock.now().timestamp())
        return entry.document if entry else None

    def shown(self, key: Key, version: Version | None, environ: WSGIEnvironment) -> Shown:
        """What an anonymous GET or HEAD is shown, kept, rendered or waited for in this thread."""
        if version is None:
            return self.render(key, None, environ)
        document = self.fresh(key, version)
        if document is not None:
            return document
        boarded = self.flights.board(key, version)
        if boarded is None:
            return self.render(key, version, environ)
        flight, owed = boarded
        if owed:
            return self.land(key, version, environ)
        shown = flight.result()
        return shown if is_for_all(shown) else self.render(key, version, environ)

    def land(self, key: Key, version: Version, environ: WSGIEnvironment) -> Shown:
        """Render what was boarded, unless that is done by now, and hand it to whoever waits."""
        shown: Shown = plain(500, "Something went wrong on our side.")
        try:
            shown = self.fresh(key, version) or self.render(key, version, environ)
        finally:
            self.flights.land(key, version, shown)
        return shown

    def render(self, key: Key, version: Version | None, environ: WSGIEnvironment) -> Shown:
        """Render as for anyone and keep what is public; where that fails, what stood last."""
        shown, entry = self._rendered(key, version, environ)
        if entry is not None:
            self.store.put(key, entry)
        return shown

    def _rendered(
        self, key: Key, version: Version | None, environ: Mapping[str, Any]
    ) -> tuple[Shown, Entry | None]:
        finished = call(self.application, as_anyone(environ))
        now = clock.now().timestamp()
        if finished.status >= 500:
            before = self.store.last_good(key, now - good_for(key.path))
            if before is not None:
                log.warning("%s could not be rendered: what stood last is shown", key.path)
            return (before.document if before else finished), None
        self.flights.note(key, finished)
        if not finished.is_public:
            if finished.status != 429:  # that is of a visitor's haste, not of the page
                self.store.drop(key)
            return finished, None
        document = Document(finished)
        self.flights.note(key, document)
        until = finished.holds_until
        if version is None or (until is not None and now >= until):
            return document, None
        return document, Entry(version, until, document, now, bare(environ))
