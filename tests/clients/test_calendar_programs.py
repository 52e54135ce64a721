"""Real calendar programs subscribe over HTTP: vdirsyncer fetches, khal shows."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.db import write
from core.window import touch
from events.models import Occurrence, OccurrenceStatus, Visibility
from tests.factory import PACIFIC
from tests.live import live_server

ZONE = ZoneInfo(PACIFIC)
PROGRAMS = Path(sys.executable).parent
SYNC = """
[general]
status_path = "{folder}/status"
[pair feed]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
SHOW = """
[calendars]
[[feed]]
path = {folder}/calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = feed
"""


class Subscriber:
    """Someone's computer, with vdirsyncer and khal and a folder of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "calendar").mkdir()
        (folder / "sync.conf").write_text(SYNC.format(folder=folder, url=url))
        (folder / "khal.conf").write_text(SHOW.format(folder=folder, zone=PACIFIC))
        self._run("vdirsyncer", "-c", "sync.conf", "discover")

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [PROGRAMS / program, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sync(self) -> None:
        self._run("vdirsyncer", "-c", "sync.conf", "sync")

    def shows(self, first: datetime, days: int) -> list[str]:
        """Start and title of each date, as khal lists them."""
        form = "{start-date} {start-time} {title}"
        listed = self._run(
            "khal", "-c", "khal.conf", "list", "--day-format", "", "--format", form,
            f"{first:%Y-%m-%d}", f"{days}d",
        )  # fmt: skip
        return [line.strip() for line in listed.splitlines() if line.strip()]


def day(weeks: int, at: time = time(18, 30)) -> datetime:
    """A date of the series: the same weekday, from a week ahead on."""
    start = datetime.now(ZONE).date() + timedelta(days=7)
    return datetime.combine(start + timedelta(weeks=weeks), at, ZONE)


def line(moment: datetime, title: str = "Tuesday Group") -> str:
    return f"{moment:%Y-%m-%d %H:%M} {title}"


@pytest.fixture
def dates(make) -> list[int]:
    """A year of weekly dates, so that both clock changes are among them."""
    event_id = make.event("Tuesday Group", slug="tuesday")
    values = {"starts_on": day(0).date(), "extended_to": day(52).date()}
    series_id = make.series(event_id, **values)
    hidden = make.event("Hidden", visibility=Visibility.PRIVATE)
    hidden_series = make.series(hidden, **values)
    make.occurrence(hidden, day(0), series_id=hidden_series)
    return [make.occurrence(event_id, day(week), series_id=series_id) for week in range(53)]


def _change(app, occurrence_id: int, **values: object) -> None:
    with app.app_context(), write() as session:
        one = session.scalars(select(Occurrence).where(Occurrence.id == occurrence_id)).one()
        for name, value in values.items():
            setattr(one, name, value)
        one.sequence += 1
        one.updated_at = datetime.now(UTC) + timedelta(seconds=2)
        touch()


def test_subscribe_then_a_cancel_and_a_move(app, dates, sqlite_url, tmp_path):
    weeks = [day(week) for week in range(53)]
    with live_server({"DATABASE_URL": sqlite_url}) as site:
        someone = Subscriber(tmp_path, f"{site}/feeds/all.ics")
        someone.sync()
        assert someone.shows(weeks[0], 53 * 7) == [line(moment) for moment in weeks]

        moved = day(2, time(9, 15)) + timedelta(days=1)
        _change(app, dates[1], status=OccurrenceStatus.CANCELLED)
        _change(
            app,
            dates[2],
            starts_at=moved,
            ends_at=moved + timedelta(minutes=90),
            local_date=moved.date(),
        )
        someone.sync()
    expected = [line(moment) for moment in weeks]
    expected[1:3] = [line(weeks[1], "CANCELLED: Tuesday Group"), line(moved)]
    assert someone.shows(weeks[0], 53 * 7) == expected


def test_a_single_date_can_be_imported(app, dates, sqlite_url, tmp_path):
    with live_server({"DATABASE_URL": sqlite_url}) as site:
        key = day(3).strftime("%Y-%m-%dT%H%M")
        someone = Subscriber(tmp_path, f"{site}/events/tuesday/{key}.ics")
        someone.sync()
    assert someone.shows(day(0), 53 * 7) == [line(day(3))]
