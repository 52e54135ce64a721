"""The edition: one number that rises with every change of what the public sees."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol
from weakref import WeakSet

import psycopg
from sqlalchemy import CheckConstraint, Engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Model, db, is_writing

CHANNEL = "groundswell_edition"
POLL_SECONDS = 1.0
DOUBTFUL_AFTER_SECONDS = 3.0
FILE_TRUST_SECONDS = 0.002  # reading takes as long as all the rest of answering from what is kept
_READ = "SELECT number FROM edition WHERE id = 1"
_RAISE = text(
    "INSERT INTO edition (id, number) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET number = edition.number + 1 RETURNING number"
)
_NOTIFY = text("SELECT pg_notify(:channel, :number)")


class Edition(Model):
    """The one row that holds the number; no row means 0."""

    __tablename__ = "edition"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


def touch() -> None:
    """Step: raise the edition with the caller's transaction.

    Call it last: on PostgreSQL its row stays locked until the commit, so a lock taken after it
    could wait in a circle.

    Raises:
        RuntimeError: called outside `write()`, where nothing would commit it.
    """
    if not is_writing():
        raise RuntimeError("touch() belongs inside write()")
    session = db.session()
    session.flush()
    number = session.execute(_RAISE).scalar_one()
    session.info["edition"] = number
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_NOTIFY, {"channel": CHANNEL, "number": str(number)})


class Reading(NamedTuple):
    """An edition. Numbers only rise within a generation: putting back a backup begins another."""

    generation: int
    number: int


class Editions(Protocol):
    """Where a process reads the edition."""

    def read(self) -> Reading | None:
        """The committed edition; None when it cannot be known now, so nothing may be kept."""

    def close(self) -> None:
        """Let go of connections and threads."""


def editions(engine: Engine) -> Editions:
    """The way to read the edition that suits the engine's database."""
    if engine.dialect.name == "postgresql":
        return HeardEditions(engine.url)
    return FileEditions(engine.url.database or ":memory:")


class FileEditions:
    """SQLite: read from the file, on a connection of its own, and trusted for FILE_TRUST_SECONDS.

    This process's own changes count at once, by `_announce`.
    """

    def __init__(self, file: str) -> None:
        self._address = f"{Path(file).absolute().as_uri()}?mode=rw"  # never makes an empty file
        self._connection: sqlite3.Connection | None = None
        self._last = Reading(0, 0)
        self._certain_until = 0.0
        self._lock = threading.Lock()
        _FILE_READERS.add(self)

    def read(self) -> Reading | None:
        """The committed edition; None without a database or before its migrations."""
        if time.monotonic() < self._certain_until:
            return self._last
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                rows = self._connection.execute(_READ).fetchall()  # all: ends the read
            except sqlite3.Error:
                self._let_go()
                return None
            number = int(rows[0][0]) if rows else 0
            if number != self._last.number:
                earlier = number < self._last.number
                self._last = Reading(self._last.generation + earlier, number)
            self._certain_until = time.monotonic() + FILE_TRUST_SECONDS
            return self._last

    def look_again(self) -> None:
        """Trust nothing read before now."""
        with self._lock:  # a reading under way may be of before
            self._certain_until = 0.0

    def close(self) -> None:
        """Close the connection; a later read opens another."""
        with self._lock:
            self._let_go()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address, uri=True, check_same_thread=False, isolation_level=None, timeout=1
        )
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _let_go(self) -> None:
        self._certain_until = 0.0
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class HeardEditions:
    """PostgreSQL: a thread listens for other processes' changes, and asks once a second besides.

    This process's own changes count at once, by `_announce`.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._number = 0
        self._certain_until = 0.0
        self._lock = threading.Lock()
        self._first_answer = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        _HEARERS.add(self)

    def read(self) -> Reading | None:
        """The newest edition heard of; None while the database does not answer."""
        if self._thread is None:
            self._start()
        return Reading(0, self._number) if time.monotonic() < self._certain_until else None

    def close(self) -> None:
        """Have the thread end, within a second."""
        self._ended.set()

    def rise_to(self, number: int) -> None:
        """Take note of a committed edition; an older one changes nothing."""
        with self._lock:
            self._number = max(self._number, number)

    def _start(self) -> None:
        with self._lock:  # not at construction: a server may fork after it
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="edition", daemon=True)
                self._thread.start()
        self._first_answer.wait(POLL_SECONDS)

    def _listen(self) -> None:
        while not self._ended.is_set():
            with suppress(psycopg.Error):
                self._hear()
            self._ended.wait(POLL_SECONDS)

    def _hear(self) -> None:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            while not self._ended.is_set():
                row = connection.execute(_READ.encode()).fetchone()
                self.rise_to(row[0] if row else 0)
                self._certain_until = time.monotonic() + DOUBTFUL_AFTER_SECONDS
                self._first_answer.set()
                for heard in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    self.rise_to(int(heard.payload))


_HEARERS: WeakSet[HeardEditions] = WeakSet()
_FILE_READERS: WeakSet[FileEditions] = WeakSet()


def _announce(session: Session) -> None:
    """A change by this process is visible to its very next request, without the way round."""
    if session.in_nested_transaction():
        return
    number = session.info.pop("edition", None)
    if number is None:
        return
    for reader in list(_FILE_READERS):
        reader.look_again()
    url = session.get_bind().engine.url
    for hearer in list(_HEARERS):
        if hearer.url == url:
            hearer.rise_to(number)


def _forget(session: Session, _previous: object) -> None:
    session.info.pop("edition", None)


event.listen(Session, "after_commit", _announce)
event.listen(Session, "after_soft_rollback", _forget)
