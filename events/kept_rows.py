"""Rows as JSON can keep them, by table and by key: how they stand, and how they once stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, false, or_, select
from sqlalchemy.orm import Session

from core.db import AT_ONCE, Model, UTCDateTime
from events.models import (
    Assignment,
    Closure,
    Event,
    EventLanguage,
    EventTag,
    FormerKey,
    Occurrence,
    Room,
    Series,
    Venue,
)

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]  # by table, by key
# In the order in which rows are put back; they go in the opposite one.
_MODELS: tuple[type[Model], ...] = (
    Venue,
    Room,
    Closure,
    Event,
    EventTag,
    EventLanguage,
    Series,
    Occurrence,
    FormerKey,
    Assignment,
)
TABLES: dict[str, Table] = {str(model.__tablename__): model.__table__ for model in _MODELS}  # type: ignore[misc]


def plain_row(row: Mapping[str, Any]) -> Row:
    """A row as JSON can hold it, without its version, which goes on by itself."""
    return {
        key: value.isoformat() if isinstance(value, date | datetime | time) else value
        for key, value in row.items()
        if key != "version"
    }


def typed_row(table: Table, row: Row) -> Row:
    """A row as the database takes it."""
    found = {}
    for name, value in row.items():
        column = table.c[name].type
        kind = datetime if isinstance(column, UTCDateTime) else column.python_type
        dated = isinstance(value, str) and kind in (date, datetime, time)
        found[name] = kind.fromisoformat(value) if dated else value
    return found


def _key(table: Table, row: Row) -> str:
    return "/".join(str(row[column.name]) for column in table.primary_key.columns)


def where_key(table: Table, key: str) -> ColumnElement[bool]:
    """The row of a key."""
    columns = list(table.primary_key.columns)
    parts = key.split("/", len(columns) - 1)
    typed = [c.type.python_type(part) for c, part in zip(columns, parts, strict=True)]
    return and_(*(c == part for c, part in zip(columns, typed, strict=True)))


def rows_in(session: Session, scope: dict[str, ColumnElement[bool]]) -> Rows:
    """The rows of each table that its condition chooses, as they stand now."""
    session.flush()
    found: Rows = {}
    for name, condition in scope.items():
        table = TABLES[name]
        chosen = session.execute(select(table).where(condition)).mappings()
        plain = [plain_row(dict(row)) for row in chosen]
        found[name] = {_key(table, row): row for row in plain}
    return found


def among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether a column is one of these ids, a few hundred in each list."""
    return or_(false(), *(column.in_(ids[at : at + AT_ONCE]) for at in range(0, len(ids), AT_ONCE)))


def by_key(table: Table, keys: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    """Conditions that choose rows by key, a few hundred in each."""
    found = list(keys)
    for at in range(0, len(found), AT_ONCE):
        yield or_(false(), *(where_key(table, key) for key in found[at : at + AT_ONCE]))


def rows_now(session: Session, table: Table, keys: Iterable[str]) -> dict[str, Row]:
    """The rows of these keys that are there, as they stand now."""
    found: dict[str, Row] = {}
    for condition in by_key(table, keys):
        for row in session.execute(select(table).where(condition)).mappings():
            plain = plain_row(dict(row))
            found[_key(table, plain)] = plain
    return found


def remove_rows(session: Session, name: str, keys: Iterable[str]) -> None:
    """Delete the rows of these keys from the table of this name."""
    table = TABLES[name]
    for condition in by_key(table, keys):
        session.execute(delete(table).where(condition))
