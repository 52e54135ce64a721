"""Database handle, typed base, UTC timestamps and the portable row lock.

Every operation writes inside `with write():`. On SQLite that is `BEGIN IMMEDIATE` behind one
in-process lock, on PostgreSQL a READ COMMITTED transaction: a read never has to be upgraded to
a write, so nobody is told "database is locked" after the work is done.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Executable,
    MetaData,
    event,
    select,
    text,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

AT_ONCE = 500  # ids in one statement
BUSY_MS = 15_000
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table; the naming convention keeps migrations alike on both databases."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


@lru_cache(maxsize=8192)  # many rows are written with the same few moments
def _without_zone(value: datetime) -> datetime:
    return value.replace(tzinfo=None)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC.

    Raises:
        ValueError: a naive datetime is bound.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("only aware datetimes are stored")
        # In UTC before the cache: elsewhere the two hours of a clock change compare as equal.
        value = value.astimezone(UTC)
        return _without_zone(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Held:
    """Mixin of rows that can be held: their version rises with every hold."""

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)


_WRITING: ContextVar[bool] = ContextVar("writing", default=False)
_SQLITE_WRITERS = threading.Lock()
Row = TypeVar("Row", bound=Held)


@contextmanager
def write() -> Iterator[Session]:
    """One write transaction: commits on leaving, rolls back on any exception.

    Whatever was read before is forgotten first, so that a decision never rests on an old
    snapshot.

    Raises:
        RuntimeError: opened inside another; an operation never calls an operation.
    """
    if _WRITING.get():
        raise RuntimeError("a write transaction is already open: operations do not nest")
    session = db.session()
    session.rollback()
    writing = _WRITING.set(True)
    lock = _SQLITE_WRITERS if db.engine.dialect.name == "sqlite" else nullcontext()
    try:
        with lock:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        _WRITING.reset(writing)


def write_if_free(statement: Executable, patience_ms: int = 200) -> None:
    """Send one statement in a transaction of its own, for what is good to know but not worth
    waiting for.

    Raises:
        SQLAlchemyError: others wrote for longer than `patience_ms`, or it failed otherwise.
    """
    with db.engine.connect() as connection, connection.begin():
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience_ms)}")
            connection.execute(statement)
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience_ms)}")
        try:
            connection.execute(statement)
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")


def is_writing() -> bool:
    """Whether a write transaction of this context is open."""
    return _WRITING.get()


def hold(model: type[Row], row_id: int) -> Row | None:
    """Hold one row until the transaction ends, then read it fresh; None when it is gone.

    An UPDATE takes the row's lock on every database and isolation level alike, and whoever
    waits for it sees what was committed meanwhile.

    Raises:
        RuntimeError: called outside `write()`.
    """
    if not _WRITING.get():
        raise RuntimeError("hold() belongs inside write()")
    session = db.session()
    session.execute(
        update(model)
        .where(model.id == row_id)
        .values(version=model.version + 1)
        .execution_options(synchronize_session=False)
    )
    return session.get(model, row_id, populate_existing=True)


def hold_many(model: type[Row], ids: Iterable[int]) -> None:
    """Hold many rows until the transaction ends, in the order of their ids whoever asks.

    Raises:
        RuntimeError: called outside `write()`.
    """
    if not _WRITING.get():
        raise RuntimeError("hold_many() belongs inside write()")
    session = db.session()
    session.flush()
    wanted = sorted(set(ids))
    for at in range(0, len(wanted), AT_ONCE):
        some = model.id.in_(wanted[at : at + AT_ONCE])
        session.execute(select(model.id).where(some).order_by(model.id).with_for_update()).all()
        session.execute(
            update(model)
            .where(some)
            .values(version=model.version + 1)
            .execution_options(synchronize_session=False)
        )


def hold_table(model: type[Model]) -> None:
    """Be the only one who writes a small table until the transaction ends; before anything else
    is held. SQLite has one writer anyway.

    Raises:
        RuntimeError: called outside `write()`.
    """
    if not _WRITING.get():
        raise RuntimeError("hold_table() belongs inside write()")
    if db.engine.dialect.name == "postgresql":
        name = db.engine.dialect.identifier_preparer.quote(str(model.__tablename__))
        db.session.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not emit a deferred BEGIN of its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a confirmed sign-up survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "cache_size=-2000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _WRITING.get() else "BEGIN")


event.listen(Engine, "connect", _prepare_sqlite)
event.listen(Engine, "begin", _begin)
