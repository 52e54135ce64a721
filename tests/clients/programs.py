"""Calendar programs that the tests subscribe with, each as somebody's computer would have it.

vdirsyncer and khal are commands. The others are libraries and backends: each has a small program
beside this file (`read_*`) that is asked in lines of JSON on standard input, a feed by its `url`
or its `text` and two moments `first` and `last`, and answers in lines of JSON with the `dates`
that start between them, `[start, end, cancelled, title]`, or an `error`. A feed that was asked for
by its address is subscribed to; asked again, the program looks there again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.factory import PACIFIC
from tests.servers import ROOT

HERE = Path(__file__).parent
BESIDE_PYTHON = Path(sys.executable).parent
ICAL_JS = ROOT / ".cache" / "clients" / "node_modules" / "ical.js" / "dist" / "ical.js"
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that Debian's bindings are for
ZONE = ZoneInfo(PACIFIC)
DAY = timedelta(days=1)
_SYNC = """
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
_SHOW = """
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


class Shown(NamedTuple):
    """A date as a program has it: aware UTC, or local days for whole days."""

    start: datetime | date
    end: datetime | date
    cancelled: bool
    title: str


def _environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "LC_ALL": "C.UTF-8",
    }


def line(start: datetime | date, title: str) -> str:
    """A date as the tests compare it: local start and title."""
    if isinstance(start, datetime):
        return f"{start.astimezone(ZONE):%Y-%m-%d %H:%M} {title}"
    return f"{start} {title}"


class KhalError(RuntimeError):
    """vdirsyncer or khal failed; the message is what they printed."""


class Khal:
    """vdirsyncer fetches a feed over HTTP, khal shows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.subscribed = ""

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [BESIDE_PYTHON / program, *arguments],
            cwd=self.folder,
            env=_environment(self.folder),
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise KhalError(done.stdout + done.stderr)
        return done.stdout

    def _subscribe(self, url: str) -> None:
        (self.folder / "calendar").mkdir()
        (self.folder / "sync.conf").write_text(_SYNC.format(folder=self.folder, url=url))
        (self.folder / "khal.conf").write_text(_SHOW.format(folder=self.folder, zone=PACIFIC))
        self._run("vdirsyncer", "-c", "sync.conf", "discover")
        self.subscribed = url

    def _listed(self, form: str, url: str, first: date, days: int) -> str:
        if not self.subscribed:
            self._subscribe(url)
        assert self.subscribed == url, "one feed for each"
        self._run("vdirsyncer", "-c", "sync.conf", "sync")
        return self._run(
            "khal", "-c", "khal.conf", "list", "--day-format", "", "--format", form,
            f"{first}", f"{days}d",
        )  # fmt: skip

    def lengths(self, url: str, first: date, days: int) -> set[timedelta]:
        """How long the dates take that start in so many local days, in whole hours."""
        listed = self._listed("{duration}", url, first, days)
        return {timedelta(hours=int(one.removesuffix("h"))) for one in listed.split()}

    def lists(self, url: str, first: date, days: int) -> list[str]:
        """Look at a feed again, and list the dates that start in so many local days."""
        listed = self._listed("{start-date} {start-time} {title}", url, first, days)
        # What goes on for some days is listed on each of them.
        found = {" ".join(one.split()) for one in listed.splitlines() if one.strip()}
        return sorted(one for one in found if one >= f"{first}")


class ReadingError(RuntimeError):
    """A program could not read a feed; the message is what it said."""


class Reader:
    """One of the programs that are asked in JSON, as long as it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def _ask(self, first: datetime, last: datetime, **feed: str) -> list[Shown]:
        span = {"first": (first - DAY).astimezone(UTC), "last": (last + DAY).astimezone(UTC)}
        asked = feed | {name: moment.isoformat() for name, moment in span.items()}
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise ReadingError("the program ended; what it printed stands above")
        answer = json.loads(said)
        if "error" in answer:
            raise ReadingError(answer["error"])
        found = [Shown(_moment(one[0]), _moment(one[1]), *one[2:]) for one in answer["dates"]]
        return [one for one in found if _starts_within(one.start, first, last)]

    def reads(self, feed: bytes, first: datetime, last: datetime) -> list[Shown]:
        """What it makes of a file: the dates that start from `first` until before `last`.

        Whole days have no zone: they are within it by the days of `first` and `last`.
        """
        return self._ask(first, last, text=feed.decode())

    def _days(self, url: str, first: date, days: int) -> list[Shown]:
        since = datetime.combine(first, datetime.min.time(), ZONE)
        until = datetime.combine(first + timedelta(days=days), datetime.min.time(), ZONE)
        return self._ask(since, until, url=url)

    def lengths(self, url: str, first: date, days: int) -> set[timedelta]:
        """How long the dates take that start in so many local days."""
        return {one.end - one.start for one in self._days(url, first, days)}

    def lists(self, url: str, first: date, days: int) -> list[str]:
        """Look at a feed again, and list the dates that start in so many local days."""
        return sorted(line(one.start, one.title) for one in self._days(url, first, days))


def _starts_within(start: datetime | date, first: datetime, last: datetime) -> bool:
    if isinstance(start, datetime):
        return first <= start < last
    return first.date() <= start < last.date()


def _moment(said: str) -> datetime | date:
    return datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)


@contextmanager
def _running(command: Sequence[str | Path], home: Path) -> Iterator[Reader]:
    with subprocess.Popen(
        command,
        env=_environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Reader(process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(30)


@contextmanager
def khal(folder: Path) -> Iterator[Khal]:
    """vdirsyncer and khal, pinned in requirements-dev.txt."""
    yield Khal(folder)


@contextmanager
def ical_js(folder: Path) -> Iterator[Reader]:
    """ical.js in Node, which bin/install-test-tools puts into .cache/clients."""
    assert ICAL_JS.exists(), "ical.js is missing: run bin/install-test-tools"
    with _running(["node", HERE / "read_ical_js.mjs", ICAL_JS], folder) as reader:
        yield reader


@contextmanager
def libical(folder: Path) -> Iterator[Reader]:
    """libical through Debian's bindings, which bin/install-test-tools installs."""
    with _running([DEBIAN_PYTHON, HERE / "read_libical.py"], folder) as reader:
        yield reader


@contextmanager
def evolution(folder: Path) -> Iterator[Reader]:
    """Evolution's backend in a session of its own, installed by bin/test-clients."""
    command = ["dbus-run-session", "--", DEBIAN_PYTHON, HERE / "read_evolution.py"]
    with _running(command, folder) as reader:
        yield reader


@contextmanager
def thunderbird(folder: Path) -> Iterator[Reader]:
    """Thunderbird without windows and with a new profile, installed by bin/test-clients."""
    with _running([sys.executable, HERE / "read_thunderbird.py", folder], folder) as reader:
        yield reader


@pytest.fixture(scope="session")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Reader]]:
    """Programs that read feeds, each in one process for all tests that import this."""
    folder = tmp_path_factory.mktemp("readers")
    with ical_js(folder) as by_ical_js, libical(folder) as by_libical:
        yield {"ical.js": by_ical_js, "libical": by_libical}
